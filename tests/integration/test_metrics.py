"""Metrics by name are the same figures as by MetricFlow, by SQL on marts, and by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

import duckdb
import pytest

from orchestration.metrics.asking import BY_NAME, expressions, question
from orchestration.metrics.definitions import GRAINS, catalogue
from orchestration.publication.reader import ask, open_published
from tests.kit.demo import Demo
from tests.kit.metricflow import MetricFlow, metricflow, names_of

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]

ONE_CREDIT = "basis = 'touch_date' and attribution_model = 'linear'"
FLOW_OF_ONE = (
    "{{ Dimension('credit__basis') }} = 'touch_date' "
    "and {{ Dimension('credit__attribution_model') }} = 'linear'"
)
WON = ("customer", "repeat_customer")


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> MetricFlow:
    """MetricFlow with the project's definitions."""
    return metricflow(tmp_path_factory.mktemp("metricflow"))


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """The rows of an answer."""
    _, batches = ask(con, sql)
    return [row for batch in batches for row in batch]


def records(con: duckdb.DuckDBPyConnection, table: str) -> Rows:
    """A table's rows by column."""
    columns, batches = ask(con, f"select * from {table}")
    return [dict(zip(columns, row, strict=True)) for batch in batches for row in batch]


def keyed(found: Sequence[tuple[Any, ...]], keys: int = 1) -> dict[tuple[Any, ...], list[Any]]:
    """Figures by group, without groups in which nothing is known or all is zero."""
    result = {}
    for row in found:
        key = tuple(part.date() if hasattr(part, "hour") else part for part in row[:keys])
        figures = [None if value is None else float(value) for value in row[keys:]]
        assert key not in result, "a group is there once"
        if any(figures):
            result[key] = figures
    return result


def assert_same(ours: Mapping[Any, Any], theirs: Mapping[Any, Any], what: str) -> None:
    """Compare key by key."""
    assert set(ours) == set(theirs), what
    for key, figures in theirs.items():
        pairs = list(zip(ours[key], figures, strict=True))
        assert all((one is None) == (other is None) for one, other in pairs), (what, key, pairs)
        known = [pair for pair in pairs if None not in pair]  # approx takes no None
        assert [one for one, _ in known] == pytest.approx(
            [other for _, other in known], rel=1e-9, abs=1e-9
        ), (what, key)


def test_metricflow_finds_nothing_wrong(flow: MetricFlow) -> None:
    """The file is MetricFlow's syntax and not only ours."""
    assert flow.issues == []


def test_metricflow_answers_the_same(flow: MetricFlow, demo: Demo) -> None:
    """Every metric by everything that it can be grouped by, in both engines."""
    known = catalogue()
    asked: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in known.metrics:
        tables = [known.table(base) for base in known.bases(name)]
        shared = set.intersection(*(set(names_of(table)) for table in tables))
        assert {ours for ours, _ in shared} == set(known.groups([name])), name
        for pair in shared:
            asked[pair].append(name)
    compared = 0
    with open_published(demo.settings) as con:
        for (ours, theirs), names in asked.items():
            of_credits = [name for name in names if name.startswith("credited_")]
            for chosen in ([name for name in names if name not in of_credits], of_credits):
                if not chosen:
                    continue
                one, flow_one = (ONE_CREDIT, FLOW_OF_ONE) if chosen == of_credits else ("", None)
                assert_same(
                    keyed(rows(con, question(chosen, [ours], one))),
                    keyed(rows(con, flow.query(chosen, [theirs], flow_one))),
                    f"{chosen} by {ours}",
                )
                compared += len(chosen)
        both = ["leads", "spend", "cost_per_lead", "roi"]
        assert_same(
            keyed(rows(con, question(both, ["lead_source", "month"])), 2),
            keyed(rows(con, flow.query(both, ["lead_source", "metric_time__month"])), 2),
            "two groups",
        )
    assert compared == sum(len(known.groups([name])) for name in known.metrics)


def ratio(over: str, under: str) -> Callable[[Row], Any]:
    """A quotient of two sums; none over nothing."""
    return lambda sums: float(sums[over]) / float(sums[under]) if sums[under] else None


def cost(under: str) -> Callable[[Row], Any]:
    """What one costs; none without recorded spend."""
    return lambda sums: (
        float(sums["spend"]) / sums[under] if sums[under] and sums["spend"] else None
    )


COUNTED: Mapping[str, Callable[[Row], Any]] = {
    "leads": lambda row: 1,
    "mqls": lambda row: int(row["is_mql"]),
    "sqls": lambda row: int(row["is_sql"]),
    "opportunities": lambda row: int(row["is_opportunity"]),
    "customers": lambda row: int(row["is_customer"]),
    "lead_revenue": lambda row: row["revenue"],
}
SUMMED = (
    "revenue",
    "deals",
    "deals_won",
    "deals_lost",
    "won_value",
    "pipeline_created",
    "pipeline_open",
    "impressions",
    "clicks",
    "ad_spend",
    "other_costs",
    "spend",
)
DIVIDED: Mapping[str, Callable[[Row], Any]] = {
    "mql_rate": ratio("mqls", "leads"),
    "sql_rate": ratio("sqls", "leads"),
    "opportunity_rate": ratio("opportunities", "leads"),
    "conversion_rate": ratio("customers", "leads"),
    "revenue_per_lead": ratio("lead_revenue", "leads"),
    "average_deal": ratio("won_value", "deals_won"),
    "win_rate": lambda sums: (
        sums["deals_won"] / (sums["deals_won"] + sums["deals_lost"])
        if sums["deals_won"] + sums["deals_lost"]
        else None
    ),
    "cost_per_lead": cost("leads"),
    "cac": cost("customers"),
    "roas": ratio("revenue", "spend"),
    "roi": lambda sums: (
        float(sums["revenue"] - sums["spend"]) / float(sums["spend"]) if sums["spend"] else None
    ),
    "attributed_roas": ratio("attributed_revenue", "spend"),
}


def of_leads(found: Rows) -> Row:
    """What some leads amount to."""
    sums: dict[str, Any] = {
        name: sum(count(row) for row in found) for name, count in COUNTED.items()
    }
    for stage in ("mql", "customer"):
        days = [row[f"days_to_{stage}"] for row in found if row[f"days_to_{stage}"] is not None]
        sums[f"median_days_to_{stage}"] = median(days) if days else None
    return sums


def of_performance(found: Rows) -> Row:
    """What some days of some members amount to."""
    return {name: sum(row[name] for row in found) for name in SUMMED}


def of_conversions(found: Rows) -> Row:
    """What happened on some days."""
    return {
        "new_customers": sum(
            row["conversion_type"] == "customer" and not row["is_correction"] for row in found
        ),
        "booked_revenue": sum(row["value"] or 0 for row in found if row["conversion_type"] in WON),
    }


def of_attribution(found: Rows) -> Row:
    """What the chosen model credits."""
    return {
        "attributed_customers": sum(
            row["conversions"] for row in found if row["conversion_type"] == "customer"
        ),
        "attributed_revenue": sum(row["revenue"] for row in found),
        "attributed_pipeline": sum(row["pipeline"] for row in found),
    }


def of_credits(found: Rows) -> Row:
    """What one model credits on one basis."""

    def credited(column: str, *types: str) -> Any:
        return sum(row[column] or 0 for row in found if row["conversion_type"] in types)

    return {
        "credited_customers": credited("conversions", "customer"),
        "credited_revenue": credited("value", *WON),
        "credited_pipeline": credited("value", "opportunity"),
    }


BY_HAND: Mapping[str, tuple[str, str, Callable[[Rows], Row]]] = {
    "leads": ("marts.leads", "created_on", of_leads),
    "performance": ("marts.performance_daily", "date_day", of_performance),
    "conversions": ("core.fct_conversions", "occurred_on", of_conversions),
    "attribution": ("marts.attribution", "month", of_attribution),
    "credits": (f"marts.attribution_performance where {ONE_CREDIT}", "month", of_credits),
}


def start(day: date, grain: str) -> date:
    """The first day of a length of time that a day is in."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    month = {"day": day.month, "month": day.month, "year": 1}.get(
        grain, 1 + (day.month - 1) // 3 * 3
    )
    return date(day.year, month, day.day if grain == "day" else 1)


def test_every_metric_is_what_its_rows_say(demo: Demo) -> None:
    """All metrics by all columns, added up row by row from the marts' own columns of names."""
    known = catalogue()
    with open_published(demo.settings) as con:
        tables = {name: records(con, relation) for name, (relation, _, _) in BY_HAND.items()}
        groups = {group for name in known.metrics for group in known.groups([name])}
        for group in sorted(groups):
            sums: dict[Any, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
            for name, (_, day, summed) in BY_HAND.items():
                if group not in known.groups_of(known.tables[name]):
                    continue
                members: dict[Any, Rows] = defaultdict(list)
                for row in tables[name]:
                    of = start(row[day], group) if group in GRAINS else row[group]
                    members[of].append(row)
                for of, found in members.items():
                    sums[of] |= summed(found)
            for name in known.metrics:
                if group not in known.groups([name]):
                    continue
                where = ONE_CREDIT if name.startswith("credited_") else ""
                by_hand = [
                    (of, DIVIDED[name](each) if name in DIVIDED else each[name])
                    for of, each in sums.items()
                ]
                ours = keyed(rows(con, question([name], [group], where)))
                assert_same(ours, keyed(by_hand), f"{name} by {group}")


def test_marts_have_the_same_measures_under_the_same_names(demo: Demo) -> None:
    """Tools that read one mart get expressions over its columns: their totals are the metric's."""
    with open_published(demo.settings) as con:
        for mart in BY_NAME:
            found = expressions(mart, records(con, f"marts.{mart} limit 1")[0])
            assert {"leads", "customers", "revenue", "conversion_rate"} <= set(found), mart
            for name, expression in found.items():
                ((of_mart,),) = rows(con, f"select {expression.sql} from marts.{mart}")
                ((by_name,),) = rows(con, question([name]))
                assert of_mart == pytest.approx(by_name), (mart, name)
