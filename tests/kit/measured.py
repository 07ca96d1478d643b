"""The tables that metrics read, made by hand beside those of a report.

Belongs here: the columns that ``models/metrics.yml`` names. Does not belong here: what a metric
must be.
"""

from __future__ import annotations

_PLACES = """
    lead_source varchar, lead_channel varchar, platform varchar, campaign_name varchar
"""

TABLES = f"""
create table marts.leads (
    lead_key varchar, created_on date, {_PLACES}, segment varchar, country varchar,
    network varchar, referrer_host varchar, landing_page varchar, keyword varchar,
    content varchar, source_basis varchar, source_platform varchar, source_campaign_name varchar,
    channel_basis varchar, channel_platform varchar, channel_campaign_name varchar,
    is_referred boolean, lead_quality varchar, quality_reason varchar, source_system varchar,
    is_mature boolean, is_mql boolean, is_sql boolean, is_opportunity boolean,
    is_customer boolean, revenue decimal(18, 6), days_to_mql double, days_to_customer double
);
create table marts.performance_daily (
    date_day date, {_PLACES}, revenue decimal(18, 6), deals bigint, deals_won bigint,
    deals_lost bigint, won_value decimal(18, 6), pipeline_created decimal(18, 6),
    pipeline_open decimal(18, 6), impressions decimal(18, 6), clicks decimal(18, 6),
    ad_spend decimal(18, 6), other_costs decimal(18, 6), spend decimal(18, 6)
);
create table marts.attribution (
    month date, conversion_type varchar, {_PLACES}, conversions decimal(38, 12),
    revenue decimal(18, 6), pipeline decimal(18, 6)
);
create table marts.attribution_performance (
    month date, basis varchar, attribution_model varchar, conversion_type varchar, {_PLACES},
    conversions decimal(38, 12), value decimal(18, 6)
);
alter table core.fct_conversions add column conversion_key varchar;
alter table core.dim_lead_sources add column source_category varchar;
alter table core.dim_lead_sources add column is_paid boolean;
alter table core.dim_lead_sources add column is_digital boolean;
alter table core.dim_lead_channels add column channel_family varchar;
alter table core.dim_lead_channels add column is_paid boolean;
alter table core.dim_lead_channels add column is_digital boolean;
"""
