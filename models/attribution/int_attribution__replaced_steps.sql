-- What the paths that this run recomputes had added to the kept counts, to be taken off.
with

{% if refreshes() %}
    steps as (

        select steps.*
        from {{ existing('int_attribution__steps') }} as steps
        inner join {{ ref('int_attribution__stale_paths') }} as stale_paths
            on steps.path_number = stale_paths.path_number

    ),

    final as (

        {{ signed_steps('steps', existing('int_attribution__converted_people'), -1) | indent(8) }}

    )
{% else %}
    stale_paths as (

        select * from {{ ref('int_attribution__stale_paths') }}

    ),

    final as (

        select
            path_number,
            cast(null as smallint) as bucket,
            cast(null as {{ dbt.type_string() }}) as conversion_type,
            cast(null as decimal(18, 6)) as value,
            path_number as previous_place,
            path_number as place,
            path_number as next_place,
            {{ unconverted_state() }} as end_state,
            -1 as sign
        from stale_paths
        where path_number is null

    )
{% endif %}

select * from final
