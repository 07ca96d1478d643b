{# The path of a page, without host, parameters and a slash at its end, by which reports and visits
   know the same page; '' is the start page. Null without a page. #}
{% macro page_path(url) -%}
    lower({{ regex_extract(
        url, "'^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://[^/?#]*)?([^?#]*?)/*(?:[?#].*)?$'"
    ) }})
{%- endmacro %}
