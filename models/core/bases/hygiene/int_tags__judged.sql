-- A value that no rule and no list of sources knows is misspelt when one that they know is a single
-- edit away (two from eight letters on), and unmatched otherwise. An unknown source does
-- no harm where its medium says enough.
with

seen as (

    select * from {{ ref('int_tags__seen') }}
    where field not like '%:%'

),

members as (

    select * from {{ ref('int_members__stated') }}

),

known as (

    select * from {{ ref('int_tags__known') }}

),

rules as (

    select * from {{ ref('int_classification_rules__ranked') }}

),

ga4_rules as (

    select * from {{ ref('ga4_channel_rules') }}

),

locations as (

    select * from {{ ref('int_locations__categorized') }}

),

classified as (

    select * from {{ ref('int_tags__classified') }}

),

words as (

    select * from {{ ref('int_tag_words__read') }}

),

used as (

    select
        field,
        value,
        code,
        count(*) as touches
    from seen
    group by field, value, code
    union all
    -- What only money or rules name.
    select
        members.dimension as field,
        members.code as value,
        members.code,
        0 as touches
    from members
    left join seen on members.dimension = seen.field and members.code = seen.value
    where seen.value is null

),

codes as (

    select
        {{ surrogate_key(['field', 'code']) }} as signature_key,
        field,
        code,
        case when field = 'utm_source' then code end as utm_source,
        case when field = 'utm_medium' then code end as utm_medium,
        count(distinct value) as spellings,
        sum(touches) as touches
    from used
    where value <> '(personal data)'
    group by field, code

),

-- One pattern by itself, so that a value is known whatever else its rule asks for.
patterns as (

    select
        utm_source,
        cast(null as {{ dbt.type_string() }}) as utm_medium
    from rules
    where utm_source <> '*'
    union all
    select
        cast(null as {{ dbt.type_string() }}) as utm_source,
        utm_medium
    from rules
    where utm_medium <> '*'
    union all
    select
        source as utm_source,
        cast(null as {{ dbt.type_string() }}) as utm_medium
    from ga4_rules
    where source is not null
    union all
    select
        cast(null as {{ dbt.type_string() }}) as utm_source,
        medium as utm_medium
    from ga4_rules
    where medium is not null

),

single_rules as (

    select
        *,
        row_number() over (order by utm_source, utm_medium) as rule_rank
    from patterns

),

matched as (

    {{ first_matching_rule('codes', 'single_rules', ['utm_source', 'utm_medium']) | indent(4) }}

),

unknown_codes as (

    select
        codes.field,
        codes.code,
        codes.touches
    from codes
    left join matched on codes.signature_key = matched.signature_key
    left join known on codes.field = known.field and codes.code = known.code
    left join locations
        on codes.code = locations.location and locations.category is not null
    -- A source that is a host has no words, also where a campaign is called like it.
    left join words
        on
            codes.code = words.tag
            and not (codes.field = 'utm_source' and codes.code like '%.%')
    where
        codes.field <> 'utm_campaign'
        and not (codes.field in ('utm_source', 'utm_medium') and words.tag is not null)
        and codes.code not in ('unknown', 'unattributed')
        and matched.signature_key is null
        and known.code is null
        and not (codes.field = 'utm_source' and locations.location is not null)

),

compared as (

    select
        unknown_codes.field,
        unknown_codes.code,
        known.code as suggested_value,
        {{ edit_distance('unknown_codes.code', 'known.code') }} as edits,
        coalesce(codes.touches, 0) as suggested_touches
    from unknown_codes
    inner join known
        on
            unknown_codes.field = known.field
            and length(known.code) >= 4
            and abs(length(unknown_codes.code) - length(known.code)) <= 2
    left join codes on known.field = codes.field and known.code = codes.code
    where length(unknown_codes.code) between 4 and 40

),

suggested as (

    select
        field,
        code,
        suggested_value,
        row_number() over (
            partition by field, code
            order by edits asc, suggested_touches desc, suggested_value asc
        ) as choice
    from compared
    where edits <= case when length(code) >= 8 then 2 else 1 end

),

last_resorts as (

    select ga4_source as code
    from classified
    where is_last_resort and ga4_source is not null
    group by ga4_source

),

unknown_judged as (

    select
        unknown_codes.field,
        unknown_codes.code,
        suggested.suggested_value,
        case
            when suggested.suggested_value is not null then 'misspelt'
            when unknown_codes.field <> 'utm_source' then 'unmatched'
            when last_resorts.code is not null then 'unmatched'
        end as issue
    from unknown_codes
    left join suggested
        on
            unknown_codes.field = suggested.field
            and unknown_codes.code = suggested.code
            and suggested.choice = 1
    left join last_resorts on unknown_codes.code = last_resorts.code

),

final as (

    select
        unknown_judged.issue,
        used.field,
        used.value,
        unknown_judged.suggested_value
    from unknown_judged
    inner join used
        on unknown_judged.field = used.field and unknown_judged.code = used.code
    where unknown_judged.issue is not null

    union all

    select
        'inconsistent_case' as issue,
        used.field,
        used.value,
        used.code as suggested_value
    from used
    inner join codes on used.field = codes.field and used.code = codes.code
    where
        codes.spellings > 1
        and used.value <> used.code
        and used.field in ('utm_source', 'utm_medium', 'utm_campaign')

    union all

    select
        'personal_data' as issue,
        field,
        value,
        cast(null as {{ dbt.type_string() }}) as suggested_value
    from used
    where value = '(personal data)'

)

select * from final
