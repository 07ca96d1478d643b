"""Metrics divide sums, keep what is unknown apart from nothing, and refuse what would mislead."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.foundation.errors import TributaryError
from orchestration.metrics.asking import UnknownMetric, expressions, question
from orchestration.metrics.definitions import catalogue
from orchestration.metrics.sums import Misleading
from orchestration.publication.reader import ask, open_generation
from tests.kit.measured import TABLES
from tests.kit.reported import published

ROWS = """
    insert into marts.leads by name
    select * from (values
        ('l1', date '2026-01-31', 'event', 'own', 'utm', 'Fair', 'SE', true, 100, 3.0),
        ('l2', date '2026-02-01', 'event', 'own', 'utm', 'Fair', 'SE', false, 0, null),
        ('l3', date '2026-02-03', 'direct', 'own', 'unknown', null, 'NO', false, 0, null),
        ('l4', date '2026-02-04', null, 'own', 'unknown', null, 'NO', true, 50, 9.0)
    ) as t (lead_key, created_on, lead_source, lead_channel, platform, campaign_name, country,
        is_customer, revenue, days_to_customer);
    insert into marts.performance_daily by name
    select * from (values
        (date '2026-01-31', 'event', 'own', 'utm', 'Fair', 100, 0),
        (date '2026-02-10', 'event', 'own', 'utm', 'Fair', 0, 30),
        (date '2026-02-11', 'own', 'direct', 'google_ads', 'Brand', 0, 20),
        (date '2026-02-12', null, 'own', 'unknown', null, 50, 8)
    ) as t (date_day, lead_source, lead_channel, platform, campaign_name, revenue, spend);
    insert into core.fct_conversions by name
    select * from (values
        ('customer', false, 100, date '2026-02-20', 'a'),
        ('customer', true, -10, date '2026-02-21', 'b'),
        ('repeat_customer', false, 7, date '2026-02-22', 'c'),
        ('lead', false, 1000, date '2026-02-22', 'd')
    ) as t (conversion_type, is_correction, value, occurred_on, conversion_key);
    insert into marts.attribution_performance by name
    select date '2026-01-01' as month, basis, model as attribution_model, type as conversion_type,
        'event' as lead_source, 1 as conversions, amount as value
    from unnest(['conversion_date', 'touch_date']) as b (basis),
        unnest(['linear', 'first']) as m (model),
        (values ('customer', 100), ('opportunity', 40), ('lead', null)) as t (type, amount);
    insert into marts.attribution by name
    select date '2026-01-01' as month, 'customer' as conversion_type, 0.25 as conversions,
        25 as revenue, 3 as pipeline;
    update core.dim_lead_sources set source_category = 'offline' where lead_source = 'event';
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four leads, of which one has no source; money of three sources."""
    return published(tmp_path_factory.mktemp("metrics") / "p.duckdb", (), TABLES + ROWS)


def answer(file: Path, names: Sequence[str], by: Sequence[str] = (), where: str = "") -> Any:
    """The rows of an answer."""
    with open_generation(file) as con:
        _, batches = ask(con, question(names, by, where))
        return [row for batch in batches for row in batch]


def test_two_tables_meet_by_what_they_share(file: Path) -> None:
    """A source that only costs has no leads, one that costs nothing no price, no source is one."""
    assert answer(file, ["leads", "spend", "cost_per_lead"], ["lead_source"]) == [
        ("event", 2, 30, 15.0),
        ("direct", 1, 0, None),
        (None, 1, 8, 8.0),
        ("own", 0, 20, None),
    ]
    assert answer(file, ["cost_per_lead"], ["lead_source"]) == [("event", 15.0), (None, 8.0)]
    assert answer(file, ["spend", "roi"]) == [(58, pytest.approx(92 / 58))]
    assert answer(file, ["cost_per_lead"], (), "lead_source = 'direct'") == [(None,)]


def test_time_and_names_of_members(file: Path) -> None:
    """Months of the reporting days, and what the dimension says of a member."""
    found = answer(file, ["customers", "conversion_rate"], ["source_category", "quarter"])
    assert [(row[0], str(row[1]), *row[2:]) for row in found] == [
        ("offline", "2026-01-01", 1, 0.5),
        (None, "2026-01-01", 1, 0.5),
    ]
    by_month = answer(file, ["leads"], ["month"], "month >= '2026-02-01' and country = 'NO'")
    assert [(str(month), leads) for month, leads in by_month] == [("2026-02-01", 2)]
    named = answer(file, ["leads"], ["lead_source_name"], "lead_source_name = 'Event'")
    assert named == [("Event", 2)]
    assert answer(file, ["median_days_to_customer"]) == [(6.0,)]


def test_what_counts_is_chosen_by_the_metric(file: Path) -> None:
    """A correction is no customer and takes its money back; a lead's value is no revenue."""
    assert answer(file, ["new_customers", "booked_revenue"]) == [(1, Decimal(97))]
    credited = answer(
        file, ["credited_revenue", "credited_pipeline"], ["basis"], "attribution_model = 'linear'"
    )
    assert credited == [("conversion_date", 100, 40), ("touch_date", 100, 40)]


@pytest.mark.parametrize(
    ("names", "by", "where", "why"),
    [
        (["credited_revenue"], ["lead_source"], "", "every credit is there twice"),
        (["credited_revenue"], ["basis"], "", "each model credits all"),
        (["credited_revenue"], ["basis"], "attribution_model in ('a', 'b')", "each model credits"),
        (["credited_revenue"], ["basis"], "attribution_model <> 'a'", "each model credits all"),
        (["leads", "credited_revenue"], ["month"], "", "would mislead"),
        (["cost_per_lead"], ["lead_source", "lead_channel"], "", "money is where it was paid"),
        (["leads", "roi"], ["source_category"], "channel_family = 'web'", "money is where"),
        (["cac"], ["campaign_name"], "lead_source = 'event'", "money is where it was paid"),
    ],
)
def test_what_would_mislead_is_refused(
    names: list[str], by: list[str], where: str, why: str
) -> None:
    """532,536,891 was the answer to the revenue of a company that had 6,901,271."""
    with pytest.raises(TributaryError, match=why) as caught:
        question(names, by, where)
    assert isinstance(caught.value, Misleading | UnknownMetric)


@pytest.mark.parametrize(
    ("names", "by", "where"),
    [
        ([], [], ""),
        (["profit"], [], ""),
        (["spend"], ["segment"], ""),
        (["credited_revenue"], ["week"], ""),
        (["leads"], ["lead_key"], ""),
        (["leads"], [], "lead_key = 'x'"),
        (["leads"], [], "1 = 1) union select 1"),
        (["leads"], [], "country in (select 'SE')"),
        (["leads"], [], "country = 'SE'; drop table marts.leads"),
        (["leads"], [], "sum(revenue) > 1"),
        (["leads"], [], "country = "),
        (["leads"], [], "*"),
    ],
)
def test_what_is_not_known_is_named(names: list[str], by: list[str], where: str) -> None:
    """With what there is instead; a condition reads the columns of its metrics and nothing else."""
    with pytest.raises(UnknownMetric) as caught:
        question(names, by, where)
    assert caught.value.remedy


def test_every_metric_answers_by_everything_that_is_offered(file: Path) -> None:
    """A column that the file offers and the table lacks would fail at the first question."""
    for name in catalogue().metrics:
        for group in catalogue().groups([name]):
            with open_generation(file) as con:
                fixed = "basis = 'touch_date' and attribution_model = 'linear'"
                where = fixed if "basis" in catalogue().groups([name]) else ""
                ask(con, question([name], [group], where))


def test_a_tool_that_groups_by_itself_gets_sums(file: Path) -> None:
    """Over the rows of a mart, ratios of sums, and only what its columns say."""
    found = expressions("performance_daily", ["spend", "revenue", "leads", "date_day"])
    assert set(found) == {"spend", "revenue", "leads", "cost_per_lead", "roas", "roi"}
    assert found["roi"].sql == "(sum(revenue) - sum(spend)) / nullif(sum(spend), 0)"
    assert "spend" not in expressions("content_performance", ["spend", "leads"])
    with open_generation(file) as con:
        for mart in ("leads", "attribution"):
            for name, expression in expressions(mart, []).items():
                _, batches = ask(con, f"select {expression.sql} from marts.{mart}")
                assert [row for batch in batches for row in batch] == answer(file, [name]), name
