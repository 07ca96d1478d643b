{{ config(severity='warn') }}

-- Returns rows = warning: what a source reports does not add up (account total 1,632.33 over
-- campaigns of 231.33), or lines of a file replaced each other. Both sums are shown. Money of
-- refused lines is left to meta.losses, which a run prints and whose limit decides to publish.
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
where
    severity = 'warn'
    and difference <> 0
    and {{ adapter.quote('check') }} <> 'money_counted_and_missing_vs_counted'
