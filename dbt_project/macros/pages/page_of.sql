{# What an address of the site says: taken apart once for each distinct one, since parameters make
   nearly every address its own. #}

{# An address without parameters; a fragment that begins with a slash is the path of an application
   that has only one file. #}
{% macro page_address(column) -%}
    {{ regex_replace(
        regex_extract(column, "'^[^?#;]*(?:#!?/[^?#;]*)?'", 0), "'/?#!?/'", "'/'"
    ) }}
{%- endmacro %}

{# The host of such an address, in lower case and without user, `www.` and last dot; '' where it has
   none. #}
{% macro page_host(address) -%}
    {{ regex_replace(
        "lower(" ~ regex_extract(_page_rest(address), "'^[^/]*'", 0) ~ ")", "'^www[.]|[.]$'", "''"
    ) }}
{%- endmacro %}

{# The path of such an address without final slashes; '/' for the first page. #}
{% macro page_path(address) -%}
    coalesce(
        nullif(
            {{ regex_replace(
                regex_extract(_page_rest(address), "'/.*$'", 0), "'/+$'", "''"
            ) }},
            ''
        ),
        '/'
    )
{%- endmacro %}

{# The page of an address: host and path. #}
{% macro page_of(column) -%}
    {{ page_host(page_address(column)) }} || {{ page_path(page_address(column)) }}
{%- endmacro %}

{% macro _page_rest(address) -%}
    {{ regex_replace(address, "'^(?:[A-Za-z][A-Za-z0-9+.-]*:)?/{2,}(?:[^/@]*@)?'", "''") }}
{%- endmacro %}
