{# True where the pattern is found anywhere in the text; both are SQL expressions. #}
{% macro regex_match(column, pattern) -%}
    {{ return(adapter.dispatch('regex_match', 'tributary')(column, pattern)) }}
{%- endmacro %}

{% macro duckdb__regex_match(column, pattern) -%}
    regexp_matches({{ column }}, {{ pattern }})
{%- endmacro %}

{% macro spark__regex_match(column, pattern) -%}
    ({{ column }} rlike {{ pattern }})
{%- endmacro %}

{# A group of the first match ('' where nothing matches); `pattern` is a SQL expression. #}
{% macro regex_extract(column, pattern, group=1) -%}
    {{ return(adapter.dispatch('regex_extract', 'tributary')(column, pattern, group)) }}
{%- endmacro %}

{% macro duckdb__regex_extract(column, pattern, group) -%}
    regexp_extract({{ column }}, {{ pattern }}, {{ group }})
{%- endmacro %}

{% macro spark__regex_extract(column, pattern, group) -%}
    regexp_extract({{ column }}, {{ pattern }}, {{ group }})
{%- endmacro %}

{# Every match of the pattern replaced by the text; both are SQL expressions. #}
{% macro regex_replace(column, pattern, replacement) -%}
    {{ return(adapter.dispatch('regex_replace', 'tributary')(column, pattern, replacement)) }}
{%- endmacro %}

{% macro duckdb__regex_replace(column, pattern, replacement) -%}
    regexp_replace({{ column }}, {{ pattern }}, {{ replacement }}, 'g')
{%- endmacro %}

{% macro spark__regex_replace(column, pattern, replacement) -%}
    regexp_replace({{ column }}, {{ pattern }}, {{ replacement }})
{%- endmacro %}

{# What a group of the pattern matched, in the replacement of regex_replace. #}
{% macro regex_group(number) -%}
    {{ return(adapter.dispatch('regex_group', 'tributary')(number)) }}
{%- endmacro %}

{% macro duckdb__regex_group(number) -%}
    {{ return("\\" ~ number) }}
{%- endmacro %}

{% macro spark__regex_group(number) -%}
    {{ return("$" ~ number) }}
{%- endmacro %}

{# A backslash, which engines write in different ways in a text of their own. #}
{% macro backslash() -%}
    {{ return(adapter.dispatch('backslash', 'tributary')()) }}
{%- endmacro %}

{% macro duckdb__backslash() -%}
    {{ return("chr(92)") }}
{%- endmacro %}

{% macro spark__backslash() -%}
    {{ return("chr(92)") }}
{%- endmacro %}

{# A text in lower case with one blank around every run of letters of any alphabet: ` cpc brand `. #}
{% macro spaced_words(column) -%}
    {{ return(adapter.dispatch('spaced_words', 'tributary')(column)) }}
{%- endmacro %}

{% macro duckdb__spaced_words(column) -%}
    regexp_replace(' ' || lower({{ column }}) || ' ', '[^\p{L}]+', ' ', 'g')
{%- endmacro %}

{% macro spark__spaced_words(column) -%}
    regexp_replace(' ' || lower({{ column }}) || ' ', '[^\\p{L}]+', ' ')
{%- endmacro %}

{# A pattern of our rules, in which * means any text, as one of `like` with the escape !. #}
{% macro like_pattern(column) -%}
    replace(
        replace(replace(replace({{ column }}, '!', '!!'), '%', '!%'), '_', '!_'), '*', '%'
    )
{%- endmacro %}

{# The same pattern as a regular expression where it has more than two *, else null. `like` tries
   every place for every *: seven of them took minutes for one tag of a thousand characters. #}
{% macro wildcard_expression(column) -%}
    case
        when length({{ column }}) - length(replace({{ column }}, '*', '')) > 2
            then {{ adapter.dispatch('wildcards_expressed', 'tributary')(column) }}
    end
{%- endmacro %}

{# RE2 takes time in proportion to the text, whatever the pattern. #}
{% macro duckdb__wildcards_expressed(column) -%}
    '(?s)^' || replace(
        regexp_replace({{ column }}, '([\\.+?()\[\]{}|^$])', '\\\1', 'g'), '*', '.*'
    ) || '$'
{%- endmacro %}

{# Java tries again what it found, unless a group is atomic; only the last piece may end the text. #}
{% macro spark__wildcards_expressed(column) -%}
    '(?s)^' || replace(
        regexp_replace(
            regexp_replace({{ column }}, '([\\\\.+?()\\[\\]{}|^$])', '\\\\$1'),
            '[*]([^*]+)(?=[*])', '(?>.{0,}?$1)'
        ), '*', '.*'
    ) || '$'
{%- endmacro %}

{# True where a text matches a pattern of our rules in whole; the pattern comes prepared. #}
{% macro wildcard_match(text, like_pattern, expression) -%}
    case
        when {{ expression }} is null then {{ text }} like {{ like_pattern }} escape '!'
        else {{ regex_match(text, expression) }}
    end
{%- endmacro %}

{# A text without e-mail addresses and telephone numbers, however they were encoded: what is made
   into a code loses its signs, and publishing (orchestration/privacy/free_text.py) could not find
   them any more. An address goes with all that adjoins it, up to the next blank. #}
{% macro without_people(column) -%}
    {%- set sign = "(?:@|＠|﹫|%(?:25)*40|%(?:25)*ef%(?:25)*bc%(?:25)*a0|&#0*64;|&#x0*40;|&commat;"
        ~ "|=40|.u0040)" -%}
    {%- set word = " *[(] *(?:at|ät|@|arroba|snabel-?a) *[)] *" -%}
    {%- set dot = " *[(] *(?:dot|punkt|punto) *[)] *" -%}
    {%- set domains = "(?:com|net|org|info|biz|example|test|[a-z]{2})" -%}
    {%- set address = "'(?i)(?:[^ ]*mailto:|\"[^\"]*\"" ~ sign ~ "|[^ ]*[^ /]" ~ sign
        ~ "|[^ ]+ +" ~ sign ~ "[^ ]+[.]|[^ ]+" ~ word
        ~ "|[^ ]+ +at +[^ ]+(?:[.]| +(?:dot|punkt) +)[a-z]{2})[^ ]*"
        ~ "(?:" ~ dot ~ "[^ ]+| +[^ ]+[.][^ ]+)*'" -%}
    {%- set joined = "'(?i)[a-z0-9]+_[a-z0-9-]+[.]" ~ domains ~ "(?:[^a-z0-9_.]|$)'" -%}
    {%- set number = "'([+]|%2[Bb])[0-9](([ ().-]|%20){0,2}[0-9]){9,14}'" -%}
    {%- set plain = "replace(replace(replace(replace(" ~ column
        ~ ", '[', '('), ']', ')'), '{', '('), '}', ')')" -%}
    {%- set candidate = "'(?i)[^ -~]|[@+%&=]|u0040|mailto:|_[a-z0-9-]+[.]"
        ~ "|[^a-z0-9](?:at|ät|arroba|snabel-?a)[^a-z0-9]'" -%}
    case
        when {{ regex_match(column, candidate) }}
            then {{ regex_replace(
                regex_replace(regex_replace(plain, address, "' '"), joined, "' '"), number, "' '"
            ) }}
        else {{ column }}
    end
{%- endmacro %}

{# A code: lower case, with the letters and digits of every alphabet, every run of other characters
   one underscore; '' becomes null. orchestration/foundation/codes.py makes the same in Python. #}
{% macro normalized_code(column) -%}
    {{ return(adapter.dispatch('normalized_code', 'tributary')(column)) }}
{%- endmacro %}

{% macro duckdb__normalized_code(column) -%}
    nullif(
        trim(
            regexp_replace(
                nfc_normalize(lower(nfc_normalize({{ without_people(column) }}))),
                '[^\p{L}\p{M}\p{N}]+', '_', 'g'
            ),
            '_'
        ),
        ''
    )
{%- endmacro %}

{% macro spark__normalized_code(column) -%}
    nullif(
        trim(
            both '_'
            from regexp_replace(lower({{ without_people(column) }}), '[^\\p{L}\\p{M}\\p{N}]+', '_')
        ),
        ''
    )
{%- endmacro %}

{# A percent-encoded value of a URL's query as people wrote it, without characters that nobody sees
   (as orchestration/foundation/unseen.py strips them from cells); unchanged where it does not decode
   to UTF-8 (a Latin-1 %E4 stops the whole query otherwise). #}
{% macro url_decoded(column) -%}
    {{ return(adapter.dispatch('url_decoded', 'tributary')(column)) }}
{%- endmacro %}

{# Controls, formats, line ends, and what Unicode says nothing is drawn for. #}
{% macro unseen_characters(escape) -%}
    {{ return(
        "[/p{Cc}/p{Cf}/p{Zl}/p{Zp}/x{34f}/x{115f}/x{1160}/x{17b4}/x{17b5}/x{180b}-/x{180f}/x{2065}"
        "/x{2800}/x{3164}/x{fe00}-/x{fe0f}/x{ffa0}/x{fff0}-/x{fff8}/x{e0000}-/x{e0fff}]"
        | replace("/", escape)
    ) }}
{%- endmacro %}

{% macro duckdb__url_decoded(column) -%}
    coalesce(
        regexp_replace(
            try(url_decode(replace({{ column }}, '+', ' '))), '{{ unseen_characters("\\") }}', '', 'g'
        ),
        {{ column }}
    )
{%- endmacro %}

{% macro spark__url_decoded(column) -%}
    coalesce(
        regexp_replace(try_url_decode({{ column }}), '{{ unseen_characters("\\\\") }}', ''),
        {{ column }}
    )
{%- endmacro %}

{# The host of a URL, or of a text that is a host already: lower case, no user, port, `www.` or
   last dot; null for what cannot be one (a blank, an address in brackets, an e-mail address). A
   referrer that was percent-encoded as a whole is decoded first.
   The ranges hold all of ASCII's punctuation but hyphen, dot and underscore. #}
{% macro url_host(column) -%}
    nullif(
        {{ regex_replace(
            regex_extract(
                "lower(trim(" ~ url_decoded_if_encoded(column) ~ "))",
                "'^(?:(?:[a-z][a-z0-9+.-]*:/+|//)(?:[^/?#@]*@)?)?([^ !-,/:-^`{-~]+)(?:[/?#:]|$)'"
            ),
            "'^www[.]|[.]$'", "''"
        ) }},
        ''
    )
{%- endmacro %}

{# A host with * for its top-level domain, also one such as co.uk. #}
{% macro any_top_level_domain(column) -%}
    {{ regex_replace(
        column,
        "'[.](?:(?:com?|org|net|ac|edu|gov|gob|or|ne|go)[.][a-z]{2}|[a-z]{2,})$'",
        "'.*'"
    ) }}
{%- endmacro %}

{# Decoded only where there is a % at all, which is rare. #}
{% macro url_decoded_if_encoded(column) -%}
    case when {{ column }} like '%!%%' escape '!' then {{ url_decoded(column) }} else {{ column }} end
{%- endmacro %}

{# One row per part of a delimited text: a whole select statement with the columns in `keep` and
   `element`. #}
{% macro split_rows(relation, column, delimiter, keep=[]) -%}
    {{ return(adapter.dispatch('split_rows', 'tributary')(relation, column, delimiter, keep)) }}
{%- endmacro %}

{% macro duckdb__split_rows(relation, column, delimiter, keep) -%}
    select
        {% for name in keep -%}
        {{ name }},
        {% endfor -%}
        unnest(string_split({{ column }}, '{{ delimiter }}')) as element
    from {{ relation }}
{%- endmacro %}

{% macro spark__split_rows(relation, column, delimiter, keep) -%}
    select
        {% for name in keep -%}
        {{ name }},
        {% endfor -%}
        explode(split({{ column }}, '[{{ delimiter }}]')) as element
    from {{ relation }}
{%- endmacro %}

{# How many single edits lead from one text to the other. Two neighbours that changed places are
   one edit in DuckDB and two in Spark. #}
{% macro edit_distance(left, right) -%}
    {{ return(adapter.dispatch('edit_distance', 'tributary')(left, right)) }}
{%- endmacro %}

{% macro duckdb__edit_distance(left, right) -%}
    damerau_levenshtein({{ left }}, {{ right }})
{%- endmacro %}

{% macro spark__edit_distance(left, right) -%}
    levenshtein({{ left }}, {{ right }})
{%- endmacro %}
