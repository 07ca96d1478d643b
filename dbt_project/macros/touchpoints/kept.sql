{# What a touch says is kept from run to run, with a fingerprint of what decided it. A run computes
   what differs and deletes what is gone. It asks neither when a touch arrived nor which run was the
   last, so one that was broken off leaves nothing to repair. Where the models themselves changed, a
   run of Tributary starts from nothing; by hand, dbt wants --full-refresh. #}

{# A number over rows, in whatever order. #}
{% macro rows_fingerprint(fingerprint) -%}
    sum(cast({{ fingerprint }} as decimal(38, 0)))
{%- endmacro %}

{# Before an incremental model adds touches: those that `present` has no more go. #}
{% macro delete_vanished_touchpoints(present) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} as kept
        where not exists (
            select 1
            from {{ ref(present) }} as present
            where
                kept.source_system = present.source_system
                and kept.touchpoint_id = present.touchpoint_id
        )
    {%- endif -%}
{%- endmacro %}

{# Before an incremental model adds references to campaigns: those of costs, of touches that changed
   or are gone, and all of them where other codes mean networks. #}
{% macro delete_stale_references() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} as kept
        where not exists (
            select 1
            from ({{ reference_fingerprints() }}) as present
            where
                kept.source_system = present.source_system
                and kept.reference_id = present.touchpoint_id
                and kept.fingerprint = present.fingerprint
        )
    {%- endif -%}
{%- endmacro %}

{# What decides what a touch says of its campaign: the touch, and which codes mean a network. #}
{% macro reference_fingerprints() -%}
    select
        touchpoints.source_system,
        touchpoints.touchpoint_id,
        {{ row_fingerprint(['touchpoints.fingerprint', 'networks.fingerprint']) }} as fingerprint
    from {{ ref('int_touchpoints__prepared') }} as touchpoints
    cross join (
        select {{ rows_fingerprint(row_fingerprint(['code', 'network'])) }} as fingerprint
        from {{ ref('int_ad_networks__named') }}
    ) as networks
{%- endmacro %}
