{# The place of a touch: its lead source and lead channel as one number, so that a step is three
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

{# The group of a person for resampling, one of 256: people are drawn by group. It is the first two
   digits of the person's key, which is an MD5, so that every engine draws the same people. Who is
   unknown is a group of its own, -1. #}
{% macro bucket(person_key) -%}
    case
        when {{ person_key }} = 'unknown' then cast(-1 as smallint)
        else {{ hex_number('substring(' ~ person_key ~ ', 1, 2)') }}
    end
{%- endmacro %}
