-- What one row shows together belongs to one person. Click ids outnumber people and join them only
-- where a lead carries one, so others are left out.
with

touchpoints as (

    select * from {{ ref('int_touchpoints__prepared') }}

),

leads as (

    select * from {{ ref('int_leads__unioned') }}

),

conversions as (

    select * from {{ ref('int_conversions__unioned') }}

),

lead_ids as (

    select * from {{ ref('int_lead_ids__resolved') }}

),

lead_merges as (

    select * from {{ ref('int_lead_merges__unioned') }}

),

delivered as (

    select * from {{ ref('int_identity_edges__unioned') }}

),

lead_clicks as (

    select trim(click_id) as click_id
    from leads
    where trim(click_id) <> ''
    group by trim(click_id)

),

shown as (

    select
        'lead:' || source_system || ':' || lead_id as lead_node,
        'email:' || email_hash as email_node,
        'user:' || user_id as user_node,
        'visitor:' || visitor_id as visitor_node,
        cast(null as {{ dbt.type_string() }}) as click_node
    from touchpoints

    union all

    select
        'lead:' || touchpoints.source_system || ':' || touchpoints.lead_id as lead_node,
        'email:' || touchpoints.email_hash as email_node,
        'user:' || touchpoints.user_id as user_node,
        'visitor:' || touchpoints.visitor_id as visitor_node,
        'click:' || touchpoints.click_id as click_node
    from touchpoints
    inner join lead_clicks on touchpoints.click_id = lead_clicks.click_id

    union all

    select
        'lead:' || source_system || ':' || lead_id as lead_node,
        'email:' || nullif(trim(email_hash), '') as email_node,
        'user:' || {{ identifier_or_null('user_id') }} as user_node,
        'visitor:' || {{ identifier_or_null('visitor_id') }} as visitor_node,
        'click:' || {{ identifier_or_null('click_id') }} as click_node
    from leads

    union all

    select
        'lead:' || source_system || ':' || nullif(trim(lead_id), '') as lead_node,
        'email:' || nullif(trim(email_hash), '') as email_node,
        cast(null as {{ dbt.type_string() }}) as user_node,
        'visitor:' || {{ identifier_or_null('visitor_id') }} as visitor_node,
        cast(null as {{ dbt.type_string() }}) as click_node
    from conversions
    {% if delivered('page_views', by='inbox') %}

        union all

        select
            'lead:' || source_system || ':' || lead_id as lead_node,
            'email:' || email_hash as email_node,
            cast(null as {{ dbt.type_string() }}) as user_node,
            'visitor:' || visitor_id as visitor_node,
            cast(null as {{ dbt.type_string() }}) as click_node
        from {{ ref('int_page_views__unioned') }}
        where coalesce(lead_id, email_hash) is not null
        group by source_system, lead_id, email_hash, visitor_id
    {% endif %}

),

pairs as (

    {% for left, right in [
        ('lead', 'email'), ('lead', 'user'), ('lead', 'visitor'), ('lead', 'click'),
        ('email', 'user'), ('email', 'visitor'), ('email', 'click'),
        ('user', 'visitor'), ('user', 'click'), ('visitor', 'click'),
    ] %}
        select
            '{{ left }}' as left_type,
            {{ left }}_node as left_node,
            '{{ right }}' as right_type,
            {{ right }}_node as right_node
        from shown
        where {{ left }}_node is not null and {{ right }}_node is not null
        union all
    {% endfor %}

    select
        'lead' as left_type,
        'lead:' || source_system || ':' || lead_id as left_node,
        'phone' as right_type,
        'phone:' || phone_hash as right_node
    from leads
    where trim(phone_hash) <> ''

    union all

    select
        'lead' as left_type,
        'lead:' || source_system || ':' || merged_lead_id as left_node,
        'lead' as right_type,
        'lead:' || source_system || ':' || surviving_lead_id as right_node
    from lead_merges

    union all

    -- An id in a file and the CRM's lead that it means.
    select
        'lead' as left_type,
        'lead:' || named.source_system || ':' || named.lead_id as left_node,
        'lead' as right_type,
        'lead:' || leads.source_system || ':' || leads.lead_id as right_node
    from lead_ids as named
    inner join leads
        on named.lead_key = {{ surrogate_key(['leads.source_system', 'leads.lead_id']) }}
    where named.source_system <> leads.source_system

    union all

    select
        left_type,
        left_type || ':' || case when left_type = 'lead' then source_system || ':' else '' end
        || left_id as left_node,
        right_type,
        right_type || ':' || case when right_type = 'lead' then source_system || ':' else '' end
        || right_id as right_node
    from delivered
    where
        {{ identifier_or_null('left_id') }} is not null
        and {{ identifier_or_null('right_id') }} is not null

),

-- Sources show a pair from either side; counted once, it is in the order of the text.
ordered as (

    select
        case when left_node < right_node then left_type else right_type end as left_type,
        case when left_node < right_node then left_node else right_node end as left_node,
        case when left_node < right_node then right_type else left_type end as right_type,
        case when left_node < right_node then right_node else left_node end as right_node
    from pairs
    where left_node <> right_node

),

final as (

    select
        left_type,
        left_node,
        right_type,
        right_node
    from ordered
    group by left_type, left_node, right_type, right_node

)

select * from final
