-- What the words of a tag mean. A word is a run of letters; an unknown one is also tried as
-- two known ones in a row (`socialpaid`). A source that is a host is a name and has no words.
with

touchpoints as (

    select
        lower(trim(utm_source)) as utm_source,
        lower(trim(utm_medium)) as utm_medium,
        lower(trim(utm_campaign)) as utm_campaign
    from {{ ref('int_touchpoints__prepared') }}

),

campaigns as (

    select lower(trim(campaign_name)) as campaign_name
    from {{ ref('int_campaigns__combined') }}

),

vocabulary as (

    select * from {{ ref('tag_words') }}

),

tags as (

    select utm_source as tag
    from touchpoints
    where utm_source <> '' and utm_source not like '%.%'
    union
    select utm_medium as tag
    from touchpoints
    where utm_medium <> ''
    union
    select utm_campaign as tag
    from touchpoints
    where utm_campaign <> ''
    union
    select campaign_name as tag
    from campaigns
    where campaign_name <> ''

),

spaced as (

    select
        tag,
        {{ spaced_words('tag') }} as words
    from tags

),

split as (
    {{ split_rows('spaced', 'words', ' ', keep=['tag']) }}
),

words as (

    select element as word
    from split
    where element <> ''
    group by element

),

plain as (

    select * from vocabulary
    where word not like '%*%' and word not like '% %'

),

patterns as (

    select
        {{ like_pattern('word') }} as like_pattern,
        meaning
    from vocabulary
    where word like '%*%'

),

phrases as (

    select
        '% ' || word || ' %' as like_pattern,
        meaning
    from vocabulary
    where word like '% %'

),

parts as (

    select
        word as part,
        max(meaning) as some_meaning
    from plain
    where length(word) > 1
    group by word

),

lengths as (

    {% for letters in range(2, 13) %}
        select {{ letters }} as letters
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

cuts as (

    select
        words.word,
        substring(words.word, 1, lengths.letters) as head,
        substring(words.word, lengths.letters + 1) as tail
    from words
    cross join lengths
    where length(words.word) > lengths.letters + 1

),

halves as (

    select cuts.*
    from cuts
    inner join parts as heads on cuts.head = heads.part
    inner join parts as tails on cuts.tail = tails.part

),

-- A word of the vocabulary is not taken apart.
unknown_halves as (

    select halves.*
    from halves
    left join parts on halves.word = parts.part
    where parts.part is null

),

meanings as (

    select
        words.word,
        plain.meaning
    from words
    inner join plain on words.word = plain.word
    union
    select
        words.word,
        patterns.meaning
    from words
    inner join patterns on words.word like patterns.like_pattern escape '!'
    union
    select
        unknown_halves.word,
        plain.meaning
    from unknown_halves
    inner join plain on unknown_halves.head = plain.word
    union
    select
        unknown_halves.word,
        plain.meaning
    from unknown_halves
    inner join plain on unknown_halves.tail = plain.word

),

meant as (

    select
        split.tag,
        meanings.meaning
    from split
    inner join meanings on split.element = meanings.word
    union
    select
        spaced.tag,
        phrases.meaning
    from spaced
    inner join phrases on spaced.words like phrases.like_pattern

),

final as (

    select
        tag,
        {{ dbt.listagg('meaning', "'&'", 'order by meaning') }} as words,
        max(case when meaning = 'paid' then 1 else 0 end) = 1 as has_paid,
        max(case when meaning = 'unpaid' then 1 else 0 end) = 1 as has_unpaid,
        max(
            case when meaning in ('email', 'newsletter', 'nurture', 'sms', 'push') then 1 else 0 end
        ) = 1 as has_message
    from meant
    group by tag

)

select * from final
