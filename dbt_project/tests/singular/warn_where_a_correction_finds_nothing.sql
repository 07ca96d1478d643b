{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_conversions'}}}) }}

-- Returns rows = warning: a refund or correction for which no conversion was found. It keeps its
-- value and month, and the journey of its own person.
with

stated as (

    select * from {{ ref('int_conversions__combined') }}

),

corrections as (

    select * from {{ ref('fct_conversions') }}
    where correction_basis = 'not_found'

)

select
    corrections.conversion_id,
    stated.corrects_conversion_id,
    corrections.value,
    case
        when stated.corrects_conversion_id is null
            then
                'The refund ' || corrections.conversion_id
                || ' names no conversion, and its person has no earlier one of its type'
        else
            'The correction ' || corrections.conversion_id
            || ' names a conversion that is not known: ' || stated.corrects_conversion_id
    end as message
from corrections
inner join stated
    on
        corrections.source_system = stated.source_system
        and corrections.conversion_id = stated.conversion_id
        and corrections.is_stated = stated.is_stated
