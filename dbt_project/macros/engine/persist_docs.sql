{#
  Writes the descriptions of a relation and its columns in one statement. dbt's own asks twice which
  columns there are; a described column that is missing ends the model here, and dbt drops its text.
#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
  {%- set described = [] -%}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {%- do described.append(alter_relation_comment(relation, model.description | trim)) -%}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() -%}
    {%- for column in model.columns.values() if column.description -%}
      {%- set name = adapter.quote(column.name) if column.quote else column.name -%}
      {%- do described.append(
        'comment on column ' ~ relation ~ '.' ~ name ~ ' is '
        ~ duckdb_escape_comment(column.description | trim) ~ ';'
      ) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- if described -%}
    {%- call statement('persist_docs') -%}{{ described | join('\n') }}{%- endcall -%}
  {%- endif -%}
{%- endmacro %}
