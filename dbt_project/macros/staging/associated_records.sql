{# Which records HubSpot's associations name: a whole select statement of (key, associated_id,
   is_primary, position) over raw rows whose `associated` is the vendor's list. A record is primary
   where a label of the association says so: HubSpot's own among companies (types 1 and 5), one
   that the account defined among contacts. #}
{% macro associated_records(relation, key) -%}
    {%- set types = "lower(" ~ json_text('element', ['associationTypes']) ~ ")" -%}
    {%- set label = "'\"label\" *: *\"(primary|main)'" -%}
    {%- set type = "'\"hubspot_defined\" *, *\"typeid\" *: *(1|5) *[,}]'" -%}
    select
        {{ key }},
        {{ json_text('element', ['toObjectId']) }} as associated_id,
        coalesce(
            {{ regex_match(types, label) }} or {{ regex_match(types, type) }}, false
        ) as is_primary,
        element_index as position
    from (
        {{ json_array_rows(relation, 'associated', keep=[key]) }}
    ) as _associations
{%- endmacro %}

{# The one record that counts for each key: the primary one, else the first. #}
{% macro first_associated(relation, key) -%}
    select
        {{ key }},
        associated_id
    from (
        select
            *,
            row_number() over (
                partition by {{ key }}
                order by case when is_primary then 1 else 2 end, position
            ) as choice
        from (
            {{ associated_records(relation, key) }}
        ) as _associated
    ) as _chosen
    where choice = 1
{%- endmacro %}
