-- Returns rows = failure: sums that must be equal and differ, with both of them.
select
    {{ adapter.quote('check') }},
    period,
    subject,
    {{ adapter.quote('left') }},
    {{ adapter.quote('right') }},
    difference,
    unit,
    {{ difference_in_words() }} as message
from {{ ref('reconciliation') }}
where severity = 'error' and difference <> 0
