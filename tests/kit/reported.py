"""A published file made by hand, with as much as a report reads.

Belongs here: a few rows of each table. Does not belong here: what a report must show of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import duckdb

from tests.kit.measured import TABLES

_TABLES = """
create schema core; create schema marts; create schema meta;
create table meta.publication as select
    7 as generation, timestamp '2026-03-02 05:00' as published_at,
    timestamp '2026-03-02 05:00' as data_through,
    cast(null as date) as first_complete_day, date '2026-03-01' as last_complete_day,
    'NOK' as reporting_currency, 'Europe/Oslo' as reporting_timezone;
create table meta.checks (name varchar, status varchar, observed varchar);
insert into meta.checks values ('holds', 'pass', ''), ('looks_odd', 'warn', 'one <b>row</b>');
create table meta.sources as select
    'inbox' as connector, 'leads' as stream, timestamp '2026-03-01 04:00' as newest_slice_at,
    3 as rows_loaded, 1 as rows_quarantined, 0 as accounts_failed;
create table meta.losses as select
    'inbox' as connector, 'leads' as stream, 'missing_key' as reason_code, 1 as rows,
    cast(12.5 as decimal(28, 6)) as money;
create table core.dim_lead_sources (
    lead_source_key varchar, lead_source varchar, name_en varchar, name_sv varchar
);
insert into core.dim_lead_sources values
    ('s1', 'event', 'Event', 'Evenemang'), ('s2', 'own', null, null),
    ('s3', 'direct', 'Direct', 'Direkt');
create table core.dim_lead_channels as
    select lead_source_key as lead_channel_key, lead_source as lead_channel, name_en, name_sv
    from core.dim_lead_sources;
create table core.dim_attribution_models (
    attribution_model varchar, name_en varchar, name_sv varchar, is_enabled boolean
);
insert into core.dim_attribution_models values
    ('first_touch', 'First touch', 'Första kontakten', true),
    ('last_touch', 'Last touch', 'Sista kontakten', true),
    ('linear', 'Linear', 'Linjär', false);
create table core.dim_campaigns (
    campaign_key varchar, campaign_durable_key varchar, campaign_name varchar, platform varchar,
    is_current boolean
);
insert into core.dim_campaigns values
    ('c1', 'c1', 'Spring', 'google_ads', true),
    ('c2', 'c2', '<script>alert(1)</script> {{ 7 * 6 }} \u202egnp', 'utm', true),
    ('unknown', 'unknown', null, 'unknown', true);
create table core.fct_leads (
    lead_source_key varchar, lead_channel_key varchar, campaign_key varchar,
    source_campaign_key varchar, channel_campaign_key varchar,
    created_on date, is_customer boolean
);
create table core.fct_conversions (
    conversion_type varchar, is_correction boolean, value decimal(18, 6), occurred_on date
);
create table core.fct_ad_spend (date_day date, campaign_key varchar, spend decimal(18, 6));
create table core.fct_costs (date_day date, campaign_key varchar, amount decimal(18, 6));
create table marts.utm_audit (
    issue varchar, field varchar, value varchar, suggested_value varchar, touches bigint,
    first_seen_on date
);
create table marts.lead_source_performance (
    month date, lead_source_key varchar, leads bigint, mqls bigint, sqls bigint,
    opportunities bigint, customers bigint, revenue decimal(18, 6), spend decimal(18, 6),
    is_mature boolean
);
create table marts.lead_channel_performance (
    month date, lead_channel_key varchar, leads bigint, customers bigint, revenue decimal(18, 6),
    spend decimal(18, 6)
);
create table marts.source_channel_matrix (
    month date, lead_source_key varchar, lead_channel_key varchar, leads bigint
);
create table marts.attribution_model_comparison (
    dimension varchar, member_key varchar, conversion_type varchar,
    first_touch_value decimal(18, 6), last_touch_value decimal(18, 6),
    linear_value decimal(18, 6)
);
create table marts.campaign_performance (
    month date, campaign_durable_key varchar, campaign_name varchar, platform varchar,
    leads bigint, customers bigint, revenue decimal(18, 6), spend decimal(18, 6),
    emails_sent bigint, unique_email_clicks bigint
);
"""

_MARTS = """
insert into marts.lead_source_performance
select
    date_trunc('month', created_on), lead_source_key, count(*), count(*), 0, 0,
    count(*) filter (where is_customer), 0, 0,
    created_on < date '2026-02-01'
from core.fct_leads group by 1, 2, created_on < date '2026-02-01';
insert into marts.lead_channel_performance
select date_trunc('month', created_on), lead_channel_key, count(*),
    count(*) filter (where is_customer), 0, 0
from core.fct_leads group by 1, 2;
insert into marts.source_channel_matrix
select date_trunc('month', created_on), lead_source_key, lead_channel_key, count(*)
from core.fct_leads group by 1, 2, 3;
insert into marts.campaign_performance
select date_trunc('month', created_on), campaign_key, campaign_name, platform, count(*),
    0, 0, 0, 0, 0
from core.fct_leads inner join core.dim_campaigns using (campaign_key) group by 1, 2, 3, 4;
"""


_MEASURED = """
insert into marts.leads by name select 'l' as lead_key, created_on from core.fct_leads;
insert into marts.performance_daily by name
select date_day, spend from core.fct_ad_spend
union all
select date_day, amount from core.fct_costs;
update core.fct_conversions set conversion_key = 'c';
"""


def published(path: Path, leads: Iterable[tuple[date, str, int]] = (), sql: str = "") -> Path:
    """Write a file.

    Args:
        path: Where.
        leads: Day, key of source, channel and campaign (``s1`` has ``c1``, others none), how many.
        sql: Further statements.
    """
    with duckdb.connect(str(path)) as con:
        con.execute(_TABLES)
        for day, source, count in leads:
            campaign = "c1" if source == "s1" else "unknown"
            con.execute(
                "insert into core.fct_leads select $1, $1, $2, $2, $2, $3, false from range($4)",
                [source, campaign, day, count],
            )
        con.execute(_MARTS)
        con.execute(sql)
    return path


def reported(path: Path, leads: Iterable[tuple[date, str, int]] = (), sql: str = "") -> Path:
    """Write a file with the tables of metrics as well, filled from its facts.

    Args:
        path: As of ``published``; so are the others.
        leads: As above.
        sql: As above.
    """
    with duckdb.connect(str(published(path, leads, sql))) as con:
        con.execute(TABLES + _MEASURED)
    return path


def every_day(first: date, days: int, source: str, count: int) -> list[tuple[date, str, int]]:
    """So many leads of one source on each of some days."""
    return [(first + timedelta(days=day), source, count) for day in range(days)]
