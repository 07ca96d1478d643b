"""The mart suites: aggregates that cannot be right never reach readers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.quality.checks import read_checks
from orchestration.quality.run import check_marts
from orchestration.quality.suites import mart_suites

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)

MARTS = """
create schema ops;
create schema core;
create schema marts;
create table core.dim_attribution_models as
    select * from (values
        ('first_touch', 'role', true), ('linear', 'role', true), ('custom', 'role', false),
        ('markov', 'channel', true)
    ) as t(attribution_model, family, is_enabled);
create table core.fct_leads as select 'l' || i as lead_key from range(40) as t(i);
create table core.fct_conversions as
    select
        'lead' as conversion_type, cast(null as decimal(18, 6)) as value, false as is_correction
    from range(40)
    union all
    select 'customer', cast(99.5 as decimal(18, 6)), false from range(4)
    union all
    select 'customer', cast(-9.5 as decimal(18, 6)), true;
create table core.fct_attribution_credits as
    select
        attribution_model,
        conversion_type,
        cast(0.5 as decimal(18, 12)) as credit,
        cast(value / 2 as decimal(18, 6)) as credited_value,
        is_correction
    from core.fct_conversions, core.dim_attribution_models, range(2)
    where is_enabled and family = 'role';
create table marts.lead_source_performance as
    select
        cast(month as date) as month,
        lead_source,
        cast(10 as bigint) as leads,
        cast(5 as bigint) as mqls,
        cast(2 as bigint) as sqls,
        cast(2 as bigint) as opportunities,
        cast(1 as bigint) as customers,
        cast(100 as decimal(18, 6)) as revenue,
        cast(-1.5 as decimal(18, 6)) as spend,
        cast(0.1 as double) as conversion_rate,
        cast(null as double) as roas
    from
        generate_series(date '2026-01-01', date '2026-02-01', interval 1 month) as t(month),
        (values ('email'), ('direct')) as s(lead_source);
create table marts.lead_channel_performance as
    select * rename (lead_source as lead_channel) from marts.lead_source_performance;
create table marts.attribution_performance as
    select
        basis,
        attribution_model,
        conversion_type,
        case when is_correction then 0 else credit end as conversions,
        credited_value as value,
        cast(1 as double) as ratio
    from core.fct_attribution_credits, (values ('conversion_date'), ('touch_date')) as b(basis);
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Marts that are right."""
    with duckdb.connect() as connection:
        connection.execute(MARTS)
        yield connection


def odd(con: duckdb.DuckDBPyConnection, home: Path) -> dict[str, tuple[str, str]]:
    """Status and observation of what did not pass; all outcomes must be recorded for the run."""
    settings = Settings(home=home, config_path=None, config=Config(), fixed_now=NOW)
    checks = check_marts(con, settings, "run-1")
    expected = [item for suite in mart_suites(settings.config.quality) for item in suite.expected()]
    assert [check.name for check in checks] == [item.name for item in expected]
    assert sorted(check.name for check in read_checks(con, "run-1")) == sorted(
        item.name for item in expected
    )
    return {
        check.name: (check.status, check.observed) for check in checks if check.status != "pass"
    }


def test_right_marts_pass(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """A credit makes a month's spend negative, and a ratio may be undefined; both are right."""
    assert odd(con, tmp_path) == {}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            "update marts.lead_source_performance set roas = 'nan' where month = '2026-02-01'",
            {"lead_source_performance.finite": ("fail", "2026-02: 2")},
        ),
        (
            "update marts.lead_channel_performance set mqls = -1 where lead_channel = 'email'",
            {"lead_channel_performance.counts_not_negative": ("fail", "2026-01: -1; 2026-02: -1")},
        ),
        (
            "update marts.lead_source_performance set month = '2026-04-01' "
            "where month = '2026-02-01'",
            {"lead_source_performance.months_continuous": ("warn", "2026-02: 0; 2026-03: 0")},
        ),
        (
            "delete from marts.lead_source_performance",
            {
                "lead_source_performance.months_present": ("fail", "no month: None"),
                "lead_source_performance.months_continuous": ("warn", "no month: 0"),
            },
        ),
        (
            "update marts.lead_source_performance set lead_source = 'unknown' "
            "where lead_source = 'email'",
            {"lead_source_performance.unknown_share": ("warn", "2026-01: 0.5; 2026-02: 0.5")},
        ),
        (
            # One model lost its customers: every total of that model is too small.
            "delete from core.fct_attribution_credits "
            "where attribution_model = 'linear' and conversion_type = 'customer'",
            {
                "fct_attribution_credits.conversions_equal": ("fail", "linear/customer: -4"),
                "fct_attribution_credits.value_equal": ("fail", "linear/customer: -388.5"),
            },
        ),
        (
            # A fan-out in a join doubles one basis.
            "insert into marts.attribution_performance "
            "select * from marts.attribution_performance "
            "where basis = 'touch_date' and conversion_type = 'lead' "
            "and attribution_model = 'linear'",
            {"attribution_performance.conversions_equal": ("fail", "touch_date/linear/lead: 40")},
        ),
    ],
)
def test_wrong_marts_are_told(
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    change: str,
    found: dict[str, tuple[str, str]],
) -> None:
    """A reader of the mart would believe each of these."""
    con.execute(change)
    assert odd(con, tmp_path) == found


def test_a_company_without_leads_publishes_empty_marts(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Typed and empty is right for a company that has only just configured its spend."""
    for table in ("core.fct_leads", "core.fct_conversions", "core.fct_attribution_credits"):
        con.execute(f"delete from {table}")
    for name in ("lead_source_performance", "lead_channel_performance", "attribution_performance"):
        con.execute(f"delete from marts.{name}")
    assert odd(con, tmp_path) == {}


def test_a_mart_that_is_not_there_is_an_error_of_its_checks(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """A renamed mart must not make its checks pass by having nothing to look at."""
    con.execute("drop table marts.attribution_performance")
    found = odd(con, tmp_path)
    assert set(found) == {
        "attribution_performance.conversions_equal",
        "attribution_performance.value_equal",
        "attribution_performance.finite",
    }
    assert {status for status, _ in found.values()} == {"error"}
