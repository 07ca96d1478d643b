{# The vocabulary that the configuration chooses: `detailed`, or `broad`. #}
{% macro vocabulary() -%}
    {{ return('broad' if env_var('TRIBUTARY_VOCABULARY', '') else 'detailed') }}
{%- endmacro %}

{# A code in the chosen vocabulary. What the broad one calls it comes from the seeds' column `broad`, as
   JSON in the environment: code to code, for each dimension. #}
{% macro in_vocabulary(code, dimension) -%}
    {%- if vocabulary() == 'broad' -%}
    case {{ code }}
        {%- for detailed, broad in fromjson(env_var('TRIBUTARY_VOCABULARY'))[dimension].items() %}
        when '{{ detailed }}' then '{{ broad }}'
        {%- endfor %}
        else {{ code }}
    end
    {%- else -%}
    {{ code }}
    {%- endif -%}
{%- endmacro %}

{# The key of a lead source or lead channel from its normalised code, in the chosen vocabulary. Unknown
   and unattributed are those words themselves, so that facts can be read without a join. #}
{% macro member_key(code, dimension) -%}
    {%- set code = in_vocabulary(code, dimension) -%}
    case
        when {{ code }} is null then 'unknown'
        when {{ code }} in ('unknown', 'unattributed') then {{ code }}
        else {{ surrogate_key([code]) }}
    end
{%- endmacro %}

{# A name for a code that no seed knows: `olark_chat` reads "Olark chat". #}
{% macro code_name(code) -%}
    upper(substring({{ code }}, 1, 1)) || replace(substring({{ code }}, 2), '_', ' ')
{%- endmacro %}

{# The tag of a column, or else of the landing page. Files hold values that were never decoded
   (`paid%20social`), and words for nothing: those are kept only where the page says nothing. #}
{% macro tag_or_parameter(column, parameter) -%}
    {%- set said -%}
        coalesce(
            {{ something_or_null('trim(' ~ url_decoded_if_encoded(column) ~ ')') }},
            {{ parameter }},
            nullif(trim({{ url_decoded_if_encoded(column) }}), '')
        )
    {%- endset -%}
    {{ cut(said) }}
{%- endmacro %}

{# The first 500 characters: a tag, keyword or content that is longer was not written by a person,
   and rules need time for each character. #}
{% macro cut(text) -%}
    substring({{ text }}, 1, 500)
{%- endmacro %}
