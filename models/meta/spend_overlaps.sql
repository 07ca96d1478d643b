with

compared as (

    select * from {{ ref('int_ad_spend__compared') }}
    where counted_from is not null

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

final as (

    select
        compared.date_day,
        compared.platform,
        nullif(trim(compared.account_id), '') as account_id,
        compared.grain,
        compared.stated_by,
        compared.counted_from,
        coalesce(upper(compared.currency), company.reporting_currency) as currency,
        count(*) as rows,
        cast(sum(compared.spend_native) as decimal(18, 6)) as spend_native
    from compared
    cross join company
    group by
        compared.date_day,
        compared.platform,
        nullif(trim(compared.account_id), ''),
        compared.grain,
        compared.stated_by,
        compared.counted_from,
        coalesce(upper(compared.currency), company.reporting_currency)

)

select * from final
