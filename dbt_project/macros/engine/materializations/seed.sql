{#
  Loads a seed's file in one transaction, into a table that enforces what the seed promises. dbt reads
  the file in Python to guess types, and takes a test of its own for each promise, at every run.

  `column_types` names every column. A column's `constraints` are those of contracts; a key of several
  columns is `meta.primary_key`. Other engines load the file by dbt's own way and enforce nothing: what
  is shipped was loaded here.
#}
{% materialization seed, adapter="duckdb" %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set columns = {} -%}
  {%- for name, type in config.require('column_types').items() -%}
    {%- set constraints = model.columns.get(name, {}).get('constraints', []) -%}
    {%- do columns.update({name: {'name': name, 'data_type': type, 'constraints': constraints}}) -%}
  {%- endfor -%}
  {%- set promised = adapter.render_raw_columns_constraints(raw_columns=columns) -%}
  {%- set together = config.get('meta', {}).get('primary_key') -%}
  {%- if together -%}
    {%- do promised.append('primary key (' ~ together | join(', ') ~ ')') -%}
  {%- endif -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% if existing is not none and not existing.is_table %}
    {% do adapter.drop_relation(existing) %}
  {% endif %}

  {% call statement('main') -%}
    create or replace table {{ target_relation }} ({{ promised | join(', ') }});
    insert into {{ target_relation }} by name
    select * from read_csv(
      '{{ adapter.get_seed_file_path(model) | replace("'", "''") }}',
      delim=',', quote=chr(34), escape=chr(34), header=true, all_varchar=true
    );
  {%- endcall %}

  {#- dbt asks every seed for the rows that it read, though it shows them with --show alone. -#}
  {% do store_result('agate_table', response='OK') %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
