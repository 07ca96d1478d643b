-- Custom weights come from the configuration, all others from the seed.
with

declared as (

    select * from {{ ref('attribution_models') }}
    where family = 'role' and attribution_model <> 'custom'

),

configured as (

    -- They come in any unit; as shares of their sum none exceeds 1.
    select
        role,
        weight / nullif(sum(weight) over (), 0) as weight
    from {{ ref('stg_ops__custom_weights') }}

),

final as (

    select
        attribution_model,
        {% for role in touch_roles() + ['middle'] %}
            cast({{ role }}_weight as decimal(18, 17)) as {{ role }}_weight
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from declared

    union all

    select
        'custom' as attribution_model,
        {% for role in touch_roles() + ['middle'] %}
            max(case when role = '{{ role }}' then cast(weight as decimal(18, 17)) end)
                as {{ role }}_weight
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from configured

)

select * from final
