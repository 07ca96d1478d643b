{{ config(materialized='ephemeral', enabled=delivered(by='salesforce')) }}

with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

campaigns as (

    select
        campaigns.*,
        coalesce(
            {{ known_from('campaigns.starts_at', 'company.reporting_timezone') }},
            campaigns.created_at
        ) as begun_at,
        company.reporting_timezone,
        row_number() over (
            partition by campaigns.campaign_id
            order by campaigns._sequence desc, campaigns._row_number desc
        ) as row_rank
    from {{ source('salesforce', 'campaigns') }} as campaigns
    cross join company

),

final as (

    select
        cast({{ to_local('campaigns.begun_at', 'campaigns.reporting_timezone') }} as date)
            as date_day,
        upper(trim(coalesce(campaigns.currency, campaigns.corporate_currency))) as currency,
        campaigns.actual_cost as amount
    from campaigns
    left join {{ ref('salesforce_campaign_types') }} as types
        on {{ bare_word('campaigns.type') }} = types.campaign_type_word
    where
        campaigns.row_rank = 1
        and not coalesce(campaigns.is_deleted, false)
        and campaigns.actual_cost <> 0
        {% if delivered('ad_spend') -%}
            and not coalesce(types.is_media, false)
        {%- endif %}

)

select * from final
