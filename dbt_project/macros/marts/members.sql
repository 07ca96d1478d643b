{# The columns of the lead source and of the lead channel, by the names that they have in every mart.
   `lead_sources` and `lead_channels` are the dimensions. #}
{% macro lead_source_columns() -%}
    lead_sources.lead_source,
    lead_sources.name_en as lead_source_name,
    lead_sources.name_sv as lead_source_name_sv,
    lead_sources.source_category,
    lead_sources.is_paid,
    lead_sources.is_digital
{%- endmacro %}

{% macro lead_channel_columns() -%}
    lead_channels.lead_channel,
    lead_channels.name_en as lead_channel_name,
    lead_channels.name_sv as lead_channel_name_sv,
    lead_channels.channel_family,
    lead_channels.is_paid as channel_is_paid,
    lead_channels.is_digital as channel_is_digital
{%- endmacro %}
