{# The first rule that matches each signature: a whole select statement that ends in
   (signature_key, rule_rank).

   `signatures` has `signature_key` and one column per dimension. `rules` has `rule_rank` (unique;
   the lowest wins) and a pattern per dimension, under the same name. A rule matches when every
   dimension for which it has a pattern matches; a rule without patterns matches everything.
   A pattern holds alternatives separated by |, with * for any text, compared in lower case with
   the whole value. A dimension in `many` holds several values between &, of which one must match.

   Distinct values meet distinct alternatives, never touches rules: the cost follows the variety
   of the evidence. Patterns are not regular expressions, which DuckDB compiles again for every
   pair (8 s instead of 6 ms for a million pairs). #}
{% macro first_matching_rule(signatures, rules, dimensions, many=[]) -%}
    with signature_values as (
        {% for dimension in dimensions if dimension not in many -%}
        select
            signature_key,
            '{{ dimension }}' as dimension,
            lower(trim({{ dimension }})) as value
        from {{ signatures }}
        where trim({{ dimension }}) <> ''
        {% if not loop.last -%}
        union all
        {% endif -%}
        {% endfor -%}
        {% for dimension in many -%}
        union all
        select
            signature_key,
            '{{ dimension }}' as dimension,
            lower(trim(element)) as value
        from (
            {{ split_rows(signatures, dimension, '&', keep=['signature_key']) }}
        ) as {{ dimension }}_parts
        where trim(element) <> ''
        {% endfor -%}
    ),

    rule_patterns as (
        {% for dimension in dimensions + many -%}
        select
            rule_rank,
            '{{ dimension }}' as dimension,
            {{ dimension }} as pattern
        from {{ rules }}
        where trim({{ dimension }}) <> ''
        {% if not loop.last -%}
        union all
        {% endif -%}
        {% endfor -%}
    ),

    requirements as (
        select
            rule_rank,
            count(*) as required_dimensions
        from rule_patterns
        group by rule_rank
    ),

    pattern_parts as (
        {{ split_rows('rule_patterns', 'pattern', '|', keep=['rule_rank', 'dimension']) }}
    ),

    alternatives as (
        select
            rule_rank,
            dimension,
            lower(trim(element)) as alternative,
            element like '%*%' as has_wildcard,
            {{ like_pattern('lower(trim(element))') }} as like_pattern,
            {{ wildcard_expression('lower(trim(element))') }} as expression
        from pattern_parts
        where trim(element) <> ''
    ),

    distinct_values as (
        select
            dimension,
            value
        from signature_values
        group by dimension, value
    ),

    all_matches as (
        select
            distinct_values.dimension,
            distinct_values.value,
            alternatives.rule_rank
        from distinct_values
        inner join alternatives
            on
                distinct_values.dimension = alternatives.dimension
                and distinct_values.value = alternatives.alternative
        where not alternatives.has_wildcard
        union all
        select
            distinct_values.dimension,
            distinct_values.value,
            alternatives.rule_rank
        from distinct_values
        inner join alternatives
            on distinct_values.dimension = alternatives.dimension and alternatives.has_wildcard
        where
            {{ wildcard_match(
                'distinct_values.value', 'alternatives.like_pattern', 'alternatives.expression'
            ) }}
    ),

    matches as (
        select
            dimension,
            value,
            rule_rank
        from all_matches
        group by dimension, value, rule_rank
    ),

    satisfied as (
        select
            signature_values.signature_key,
            matches.rule_rank,
            {% if many %}count(distinct matches.dimension){% else %}count(*){% endif %} as matched_dimensions
        from signature_values
        inner join matches
            on
                signature_values.dimension = matches.dimension
                and signature_values.value = matches.value
        group by signature_values.signature_key, matches.rule_rank
    ),

    candidates as (
        select
            satisfied.signature_key,
            satisfied.rule_rank
        from satisfied
        inner join requirements
            on
                satisfied.rule_rank = requirements.rule_rank
                and satisfied.matched_dimensions = requirements.required_dimensions
        union all
        select
            signatures.signature_key,
            rules.rule_rank
        from {{ signatures }} as signatures
        cross join {{ rules }} as rules
        left join requirements on rules.rule_rank = requirements.rule_rank
        where requirements.rule_rank is null
    )

    select
        signature_key,
        min(rule_rank) as rule_rank
    from candidates
    group by signature_key
{%- endmacro %}
