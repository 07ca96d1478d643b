-- Spend as the slices hold it, found without the macros that staging uses: for every day the rows
-- of the last slice whose window covers it. What staging shows must add up to the same.
with

ledger as (

    select * from {{ source('ops', 'ledger') }}

),

inbox as (

    select * from {{ source('inbox', 'ad_spend') }}

),

ad_platforms as (

    select * from {{ ref('ad_platforms') }}

),

newest_files as (

    select * from {{ ref('stg_reconciliation__newest_files') }}
    where stream = 'ad_spend'

),

reported as (
    {{ reported_spend() }}
),

report_days as (

    select
        reported.platform,
        reported.stream,
        reported._slice_id,
        reported._account_id,
        reported.date_day,
        reported.spend_native,
        ledger.sequence
    from reported
    inner join ledger on reported._slice_id = ledger.slice_id

),

superseded as (

    select
        report_days.platform,
        report_days.stream,
        report_days._slice_id,
        report_days.date_day
    from report_days
    inner join ledger
        on
            report_days.platform = ledger.connector
            and report_days.stream = ledger.stream
            and report_days._account_id = ledger.account_id
            and report_days.sequence < ledger.sequence
    where
        cast(report_days.date_day as timestamp) >= ledger.window_start
        and cast(report_days.date_day as timestamp) < ledger.window_end
    group by
        report_days.platform, report_days.stream, report_days._slice_id, report_days.date_day

),

final as (

    select
        report_days.platform,
        report_days._account_id as account_id,
        report_days.date_day,
        report_days.spend_native
    from report_days
    left join superseded
        on
            report_days.platform = superseded.platform
            and report_days.stream = superseded.stream
            and report_days._slice_id = superseded._slice_id
            and report_days.date_day = superseded.date_day
    where superseded.date_day is null
    union all
    select
        coalesce(ad_platforms.platform, {{ normalized_code('inbox.platform') }}) as platform,
        inbox.account_id,
        inbox.date_day,
        inbox.spend as spend_native
    from inbox
    left join ad_platforms on {{ normalized_code('inbox.platform') }} = ad_platforms.spelling
    inner join newest_files
        on
            inbox._account_id = newest_files.account_id
            and inbox._sequence = newest_files.sequence

)

select * from final
