{# The key of the ad that a row names, by its id or else by its name; null where it names none.
   `campaign_id` is the campaign's, as `dim_campaigns` has it. #}
{% macro ad_key(relation, campaign_id) -%}
    {%- set ad = 'coalesce(' ~ relation ~ '.ad_id, ' ~ relation ~ '.ad_name)' -%}
    case
        when {{ ad }} is not null
            then {{ surrogate_key([
                relation ~ '.platform',
                "coalesce(" ~ relation ~ ".account_id, '')",
                campaign_id,
                'coalesce(' ~ relation ~ '.ad_group_id, ' ~ relation ~ ".ad_group_name, '')",
                ad,
            ]) }}
    end
{%- endmacro %}
