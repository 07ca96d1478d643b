{# A canonical shape is what several vendors' staging delivers with the same columns: `touchpoints`,
   `leads`, `ad_spend` ... Which vendor has which is declared once, in `canonical_shapes` of
   dbt_project.yml; dbt refuses a declared shape whose model is missing, by its name. #}

{# What the company's sources deliver: vendor to shapes, as JSON in the environment, so that nothing
   is built for what it does not have. Without the variable everything that is declared counts. #}
{% macro delivered_shapes() -%}
    {%- set stated = env_var('TRIBUTARY_DELIVERED', '') -%}
    {{ return(fromjson(stated) if stated else var('canonical_shapes')) }}
{%- endmacro %}

{# Whether a source of this company delivers a shape: `config(enabled=delivered('events'))`. With
   `by`, whether that vendor delivers it; with `by` alone, whether it delivers anything. #}
{% macro delivered(shape=none, by=none) -%}
    {%- set found = [] -%}
    {%- for vendor, shapes in delivered_shapes().items() if by in (none, vendor) -%}
        {%- do found.extend(shapes | select('equalto', shape) if shape else shapes) -%}
    {%- endfor -%}
    {{ return(found | length > 0) }}
{%- endmacro %}

{# The vendors of this company that deliver a shape, in the order of their declaration. #}
{% macro vendors_with(shape) -%}
    {%- set declared = [] -%}
    {%- set found = [] -%}
    {%- for vendor, shapes in var('canonical_shapes').items() if shape in shapes -%}
        {%- do declared.append(vendor) -%}
        {%- if delivered(shape, by=vendor) -%}
            {%- do found.append(vendor) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not declared -%}
        {{ exceptions.raise_compiler_error("canonical_shapes names no vendor for '" ~ shape ~ "'") }}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{# The rows of every vendor's model `<prefix>_<vendor>__<shape>`: a whole select statement with the
   columns of this model's contract, each taken by its name. No rows where no vendor has them. #}
{% macro unioned(shape, prefix='stg') -%}
    {%- for vendor in vendors_with(shape) %}
    select
        {{ model.columns | join(',\n        ') }}
    from {{ ref(prefix ~ '_' ~ vendor ~ '__' ~ shape) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    {{ no_rows() }}
    {%- endfor %}
{%- endmacro %}

{# A select statement without rows that has the columns and types of this model's contract. #}
{% macro no_rows() -%}
    select
        {%- for column in model.columns.values() %}
        cast(null as {{ column.data_type }}) as {{ column.name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
{%- endmacro %}
