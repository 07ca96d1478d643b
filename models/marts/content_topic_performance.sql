{{ config(enabled=delivered('content')) }}

with

{{ content_measures(['topic', 'format']) }},

final as (

    select
        month,
        topic,
        format,
        people,
        leads,
        customers,
        opportunities,
        pipeline_influenced,
        revenue_credited
    from measured

)

select * from final
