{{ config(severity='warn') }}

-- Returns rows = warning: two sources state the spend of the same days, and only the newer counts.
select
    platform,
    account_id,
    stated_by,
    counted_from,
    currency,
    sum(spend_native) as spend_native,
    platform || coalesce(' account ' || account_id, '') || ', '
    || cast(min(date_day) as {{ dbt.type_string() }}) || ' to '
    || cast(max(date_day) as {{ dbt.type_string() }}) || ': '
    || cast(cast(sum(spend_native) as double) as {{ dbt.type_string() }}) || ' ' || currency
    || ' of ' || stated_by || ' do not count, because ' || counted_from
    || ' is newer. If they are different money, set additive: true for one of the files'
        as message
from {{ ref('spend_overlaps') }}
group by platform, account_id, stated_by, counted_from, currency
