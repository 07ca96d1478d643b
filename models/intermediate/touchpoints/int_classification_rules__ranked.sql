-- The company's own rules come before the declared ones.
with

company_rules as (

    select * from {{ ref('stg_ops__classification_rules') }}

),

declared_rules as (

    select * from {{ ref('classification_rules') }}

),

all_rules as (

    select
        0 as precedence,
        company_rules.*
    from company_rules
    union all
    select
        1 as precedence,
        declared_rules.*
    from declared_rules

),

final as (

    select
        *,
        row_number() over (order by precedence, priority, rule_id) as rule_rank
    from all_rules

)

select * from final
