{# A canonical shape is what several vendors' staging delivers with the same columns: `touchpoints`,
   `leads`, `ad_spend` ... Which vendor has which is declared once, in `canonical_shapes` of
   dbt_project.yml; dbt refuses a declared shape whose model is missing, by its name. #}

{# What the company's sources deliver: vendor to shapes, as JSON in the environment, so that nothing
   is built for what it does not have. Without the variable everything that is declared counts. #}
{% macro delivered_shapes() -%}
    {%- set stated = env_var('TRIBUTARY_DELIVERED', '') -%}
    {{ return(fromjson(stated) if stated else var('canonical_shapes')) }}
{%- endmacro %}

{# Whether any source of this company delivers a shape: `config(enabled=delivered('events'))`. #}
{% macro delivered(shape) -%}
    {{ return(delivered_shapes().values() | sum(start=[]) | select('equalto', shape) | list | length > 0) }}
{%- endmacro %}

{# The vendors that deliver a shape, in the order of their declaration. #}
{% macro vendors_with(shape) -%}
    {%- set found = [] -%}
    {%- for vendor, shapes in var('canonical_shapes').items() if shape in shapes -%}
        {%- do found.append(vendor) -%}
    {%- endfor -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error("canonical_shapes names no vendor for '" ~ shape ~ "'") }}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{# The rows of every vendor's model `<prefix>_<vendor>__<shape>`: a whole select statement with the
   columns of this model's contract, each taken by its name. #}
{% macro unioned(shape, prefix='stg') -%}
    {%- for vendor in vendors_with(shape) %}
    select
        {{ model.columns | join(',\n        ') }}
    from {{ ref(prefix ~ '_' ~ vendor ~ '__' ~ shape) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
