{# Where a touch stands: its lead source and lead channel as one number, so that a step is three
   numbers instead of six. #}
{% macro place(lead_source_number, lead_channel_number) -%}
    cast({{ lead_source_number }} as bigint) * 1000000 + {{ lead_channel_number }}
{%- endmacro %}

{# The number of a place's lead source or lead channel. #}
{% macro member_at(place, dimension) -%}
    {%- if dimension == 'lead_source' -%}
        cast(floor({{ place }} / 1000000) as integer)
    {%- else -%}
        cast({{ place }} % 1000000 as integer)
    {%- endif -%}
{%- endmacro %}

{# The group of a person for resampling, one of 256: people are drawn by group. #}
{% macro bucket(person_number) -%}
    cast(abs({{ person_number }} % 256) as smallint)
{%- endmacro %}
