-- Which run of dbt begins to compute, and on which it builds.
{% set settled = settled_run() %}
with

final as (

    select
        '{{ invocation_id }}' as dbt_run,
        {% if settled is none %}
            cast(null as {{ dbt.type_string() }}) as builds_on
        {% else %}
            '{{ settled }}' as builds_on
        {% endif %}

)

select * from final
