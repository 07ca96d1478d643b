{#
  Replaces a table in one transaction. dbt-duckdb builds it under another name, renames twice and drops
  the old one, and asks for keys and grants, which no model has: a third of a small model's time.

  A model with a contract cannot read its own former rows: its table is made before it is filled.
#}
{% materialization table, adapter="duckdb", supported_languages=['sql', 'python'] %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% if existing is not none and not existing.is_table %}
    {% do adapter.drop_relation(existing) %}
  {% endif %}

  {% if model['language'] == 'python' %}
    {#- It writes by a connection of its own, so it cannot share this transaction. -#}
    {%- set unfinished = make_intermediate_relation(target_relation) -%}
    {% do drop_relation_if_exists(load_cached_relation(unfinished)) %}
    {% call statement('main', language='python') -%}
      {{- create_table_as(False, unfinished, compiled_code, 'python') -}}
    {%- endcall %}
    {% call statement('replace') -%}
      drop table if exists {{ target_relation }};
      alter table {{ unfinished }} rename to {{ adapter.quote(target_relation.identifier) }};
    {%- endcall %}
  {% else %}
    {% call statement('main') -%}
      {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(compiled_code) }}
        create or replace table {{ target_relation }} {{ get_table_columns_and_constraints() }};
        insert into {{ target_relation }} {{ get_column_names() }} (
          {{ get_select_subquery(compiled_code) }}
        );
      {%- else -%}
        create or replace table {{ target_relation }} as (
          {{ compiled_code }}
        );
      {%- endif -%}
    {%- endcall %}
  {% endif %}

  {% do create_indexes(target_relation) %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
