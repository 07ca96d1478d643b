-- What a tag or a code may be called: sources without a dot, words with a meaning, and every
-- value that a rule names.
with

rules as (

    select
        rule_rank,
        utm_source,
        utm_medium
    from {{ ref('int_classification_rules__ranked') }}

),

ga4_rules as (

    select
        priority as rule_rank,
        source as utm_source,
        medium as utm_medium
    from {{ ref('ga4_channel_rules') }}

),

patterns as (

    select
        'utm_source' as field,
        utm_source as pattern
    from rules
    where utm_source is not null
    union all
    select
        'utm_medium' as field,
        utm_medium as pattern
    from rules
    where utm_medium is not null
    union all
    select
        'utm_source' as field,
        utm_source as pattern
    from ga4_rules
    where utm_source is not null
    union all
    select
        'utm_medium' as field,
        utm_medium as pattern
    from ga4_rules
    where utm_medium is not null

),

parts as (
    {{ split_rows('patterns', 'pattern', '|', keep=['field']) }}
),

named as (

    select
        field,
        lower(trim(element)) as code
    from parts
    where element not like '%*%' and substring(trim(element), 1, 1) <> '('
    union
    select
        'utm_source' as field,
        domain as code
    from {{ ref('referrer_domains') }}
    where domain not like '%.%'
    union
    select
        'utm_medium' as field,
        word as code
    from {{ ref('tag_words') }}
    -- A short word is an edit away from too many others.
    where word not like '%*%' and length(word) >= 6
    union
    select
        'utm_medium' as field,
        utm_medium as code
    from {{ ref('click_id_types') }}
    where utm_medium <> ''
    union
    select
        'lead_source' as field,
        lead_source as code
    from {{ ref('lead_sources') }}
    union
    select
        'lead_channel' as field,
        lead_channel as code
    from {{ ref('lead_channels') }}

),

final as (

    select
        field,
        code
    from named
    where code <> ''

)

select * from final
