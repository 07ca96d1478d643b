{# The key of a lead source or lead channel from its normalised code. Unknown and unattributed are
   those words themselves, so that facts can be read without a join. #}
{% macro member_key(code) -%}
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

{# The value of the first non-empty column, or else of the landing page's parameter; files hold
   values that nobody decoded (`paid%20social`), too. #}
{% macro tag_or_parameter(column, landing_page, name) -%}
    coalesce(
        nullif(trim({{ url_decoded_if_encoded(column) }}), ''),
        case when {{ landing_page }} like '%{{ name }}=%' then {{ url_parameter(landing_page, name) }} end
    )
{%- endmacro %}
