{{ config(enabled=delivered(by='meta_ads')) }}

{%- set levels = [('account', 'account_days'), ('campaign', 'campaign_days'), ('ad', 'ad_days')] -%}
{%- set ids = ['campaign_id', 'campaign_name', 'objective'] -%}
{%- set ad_ids = ['adset_id', 'adset_name', 'ad_id', 'ad_name'] %}

-- A conversion has several names in `actions`: a total, and its parts beside it. Of each kind in
-- `meta_conversions` the first name that is there counts, in the account's own attribution window;
-- windows overlap, too.
with

{% for level, stream in levels -%}
    {{ stream }} as (
        {{ newest_report_rows(source('meta_ads', stream), 'meta_ads', stream, 'date_day') }}
    ),

{% endfor -%}
grains as (
    {%- for level, stream in levels %}
        select
            '{{ level }}' as grain,
            account_id,
            date_day,
            {%- for column in ids + ad_ids %}
                {%- if level == 'ad' or (level == 'campaign' and column in ids) %}
                    {{ column }},
                {%- else %}
                    cast(null as {{ dbt.type_string() }}) as {{ column }},
                {%- endif %}
            {%- endfor %}
            currency,
            spend,
            impressions,
            inline_link_clicks,
            actions,
            _slice_id,
            _row_number,
            _sequence,
            _extracted_at
        from {{ stream }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

actions as (
    {{ json_array_rows('grains', 'actions', keep=['_slice_id', '_row_number']) }}
),

counted as (
    select
        _slice_id,
        _row_number,
        {{ json_text('element', ['action_type']) }} as action_type,
        {{ json_text('element', ['value']) }} as actions_counted
    from actions
),

kinds as (
    select
        _slice_id,
        _row_number,
        case action_type
            {%- for kind, names in var('meta_conversions').items() %}
                {%- for name in names %}
                    when '{{ name }}' then '{{ kind }}'
                {%- endfor %}
            {%- endfor %}
        end as kind,
        case action_type
            {%- for names in var('meta_conversions').values() %}
                {%- for name in names %}
                    when '{{ name }}' then {{ loop.index }}
                {%- endfor %}
            {%- endfor %}
        end as preference,
        case
            when {{ regex_match('actions_counted', "'^[0-9]{1,12}([.][0-9]{1,6})?$'") }}
                then cast(actions_counted as decimal(18, 6))
        end as conversions
    from counted
),

chosen as (
    select
        *,
        row_number() over (
            partition by _slice_id, _row_number, kind
            order by preference asc, conversions desc
        ) as choice
    from kinds
    where kind is not null
),

conversions as (
    select
        _slice_id,
        _row_number,
        sum(conversions) as conversions
    from chosen
    where choice = 1
    group by _slice_id, _row_number
),

final as (
    select
        ---------- ids
        'meta_ads' as source_system,
        'meta_ads' as platform,
        grains.account_id,
        grains.date_day,
        grains.grain,
        grains.campaign_id,
        grains.campaign_name,
        grains.objective as campaign_type,
        grains.adset_id as ad_group_id,
        grains.adset_name as ad_group_name,
        grains.ad_id,
        grains.ad_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        cast(null as {{ dbt.type_string() }}) as stated_lead_source,
        cast(null as {{ dbt.type_string() }}) as stated_lead_channel,

        ---------- numerics
        cast(coalesce(grains.spend, 0) as decimal(18, 6)) as spend_native,
        grains.currency,
        cast(coalesce(grains.impressions, 0) as decimal(18, 6)) as impressions,
        cast(coalesce(grains.inline_link_clicks, 0) as decimal(18, 6)) as clicks,
        cast(coalesce(conversions.conversions, 0) as decimal(18, 6)) as platform_conversions,

        ---------- what is newer
        'meta_ads' as stated_by,
        grains._sequence as sequence,
        grains._extracted_at as read_at,
        false as is_additive
    from grains
    left join conversions
        on
            grains._slice_id = conversions._slice_id
            and grains._row_number = conversions._row_number
)

select * from final
