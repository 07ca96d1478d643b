-- Spend as the slices hold it, found without the macros that staging uses: for every day the rows
-- of the last slice whose window covers it. What staging shows must add up to the same.
with

ledger as (

    select * from {{ source('ops', 'ledger') }}

),

google_ads as (

    select
        'account_days' as stream,
        _slice_id,
        _account_id,
        date_day,
        cost_micros
    from {{ source('google_ads', 'account_days') }}
    union all
    select
        'campaign_days' as stream,
        _slice_id,
        _account_id,
        date_day,
        cost_micros
    from {{ source('google_ads', 'campaign_days') }}
    union all
    select
        'ad_group_days' as stream,
        _slice_id,
        _account_id,
        date_day,
        cost_micros
    from {{ source('google_ads', 'ad_group_days') }}
    union all
    select
        'ad_days' as stream,
        _slice_id,
        _account_id,
        date_day,
        cost_micros
    from {{ source('google_ads', 'ad_days') }}

),

inbox as (

    select * from {{ source('inbox', 'ad_spend') }}

),

google_days as (

    select
        google_ads.stream,
        google_ads._slice_id,
        google_ads._account_id,
        google_ads.date_day,
        ledger.sequence,
        sum(google_ads.cost_micros) as cost_micros
    from google_ads
    inner join ledger on google_ads._slice_id = ledger.slice_id
    group by
        google_ads.stream,
        google_ads._slice_id,
        google_ads._account_id,
        google_ads.date_day,
        ledger.sequence

),

superseded as (

    select
        google_days.stream,
        google_days._slice_id,
        google_days.date_day
    from google_days
    inner join ledger
        on
            google_days.stream = ledger.stream
            and google_days._account_id = ledger.account_id
            and google_days.sequence < ledger.sequence
    where
        ledger.connector = 'google_ads'
        and cast(google_days.date_day as timestamp) >= ledger.window_start
        and cast(google_days.date_day as timestamp) < ledger.window_end
    group by google_days.stream, google_days._slice_id, google_days.date_day

),

newest_files as (

    select * from {{ ref('stg_reconciliation__newest_files') }}
    where stream = 'ad_spend'

),

final as (

    select
        'google_ads' as platform,
        google_days._account_id as account_id,
        google_days.date_day,
        {{ from_micros('google_days.cost_micros') }} as spend_native
    from google_days
    left join superseded
        on
            google_days.stream = superseded.stream
            and google_days._slice_id = superseded._slice_id
            and google_days.date_day = superseded.date_day
    where superseded.date_day is null
    union all
    select
        {{ normalized_code('inbox.platform') }} as platform,
        inbox.account_id,
        inbox.date_day,
        inbox.spend as spend_native
    from inbox
    inner join newest_files
        on
            inbox._account_id = newest_files.account_id
            and inbox._sequence = newest_files.sequence

)

select * from final
