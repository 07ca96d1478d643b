"""Parts of a report that exist only where their mart does: one table each.

Belongs here: which marts, which of their columns, and in which order. Does not belong here: marts
that every company has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from orchestration.foundation.sql import date_literal, literal, quoted

SHOWN = 10
"""Rows of each part; the mart has them all."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a part shows of its mart.

    Attributes:
        key: Of its title and note in ``words``.
        mart: The table in ``marts``.
        columns: Column, or two of them with a slash for their quotient; key of its heading; and
            kind: ``name``, ``code``, ``text``, ``paid``, ``count``, ``money``, ``price``,
            ``share``, ``times``, ``estimate`` or ``day``. What the mart has not is left out.
        order: The columns that decide which rows come first, the largest on top.
        by: Where the mart has rows by month, the columns that rows are summed by.
        where: Which rows count.
        since: The column that says when a row was; only the report's months count.
        join: A table beside the mart, and ``joined``, its columns.
    """

    key: str
    mart: str
    columns: tuple[tuple[str, str, str], ...]
    order: tuple[str, ...]
    by: tuple[str, ...] = ()
    where: str = "true"
    since: str = ""
    join: str = ""
    joined: tuple[str, ...] = ()

    def sql(self, present: frozenset[str], first: date, last: date) -> str:
        """The query of the columns that are present."""
        selected = ", ".join(self._expression(what) for what, _, _ in self.shown(present))
        order = [f"{self._sum(name)} desc nulls last" for name in self.order if name in present]
        where = self.where
        if self.since:
            column = f"date_trunc('month', {quoted(self.since)})"
            where += f" and {column} between {date_literal(first)} and {date_literal(last)}"
        group = f" group by {', '.join(map(quoted, self.by))}" if self.by else ""
        return (
            f"select {selected} from marts.{quoted(self.mart)} {self.join} where {where}{group} "
            f"order by {', '.join([*order, '1'])}"
        )

    def shown(self, present: frozenset[str]) -> list[tuple[str, str, str]]:
        """The columns that can be shown where the mart has some."""
        return [column for column in self.columns if present.issuperset(column[0].split("/"))]

    def _expression(self, what: str) -> str:
        above, _, below = what.partition("/")
        if not below:
            return self._sum(above)
        return f"{self._sum(above)} / nullif({self._sum(below)}, 0)"

    def _sum(self, name: str) -> str:
        column = quoted(name)
        value = column if name in self.by or not self.by else f"sum({column})"
        # Without recorded spend nothing is known of it; that is not free.
        return f"nullif({value}, 0)" if name == "spend" else value


SHAPES = (
    Shape(
        "social",
        "social_performance",
        (
            ("network", "network", "code"),
            ("is_paid", "is_paid", "paid"),
            ("leads", "leads", "count"),
            ("customers", "customers", "count"),
            ("spend", "spend", "money"),
            ("spend/leads", "cost_per_lead", "price"),
            ("revenue", "revenue", "money"),
        ),
        ("leads", "spend"),
        by=("network", "is_paid"),
        since="month",
    ),
    Shape(
        "ads",
        "ad_performance",
        (
            ("ad_name", "ad", "name"),
            ("campaign_name", "campaign", "text"),
            ("headlines", "headlines", "text"),
            ("clicks", "clicks", "count"),
            ("leads", "leads", "count"),
            ("customers", "customers", "count"),
            ("spend", "spend", "money"),
            ("spend/leads", "cost_per_lead", "price"),
            ("revenue/spend", "return_on_spend", "times"),
        ),
        ("leads", "clicks", "spend"),
        by=("ad_key", "ad_name", "campaign_name", "headlines"),
        where="not is_residual",
        since="month",
    ),
    Shape(
        "mail",
        "email_performance",
        (
            ("mailing_name", "mailing", "name"),
            ("subject_line", "subject_line", "text"),
            ("sent_on", "starts_at", "day"),
            ("delivered", "delivered", "count"),
            ("clicked", "clicks", "count"),
            ("click_rate", "click_rate", "share"),
            ("touched_leads", "touched_leads", "count"),
            ("new_leads", "new_leads", "count"),
            ("revenue_credited", "revenue_credited", "money"),
        ),
        ("clicked", "delivered", "sent_on"),
        since="sent_on",
    ),
    Shape(
        "searches",
        "search_term_performance",
        (
            ("search_term", "search_term", "name"),
            ("is_paid", "is_paid", "paid"),
            ("impressions", "impressions", "count"),
            ("clicks", "clicks", "count"),
            ("spend", "spend", "money"),
            ("leads_estimated", "leads_estimated", "estimate"),
        ),
        ("clicks", "impressions"),
        by=("search_term", "is_paid"),
        since="month",
    ),
    Shape(
        "pages",
        "page_performance",
        (
            ("url", "page", "name"),
            ("visits", "visits", "count"),
            ("visits_captured", "visits_captured", "count"),
            ("visits_captured/visits", "capture_rate", "share"),
            ("leads", "leads", "count"),
            ("customers", "customers", "count"),
            ("revenue", "revenue", "money"),
        ),
        ("leads", "visits"),
        by=("url",),
        where="page_role = 'landing'",
        since="month",
    ),
    Shape(
        "content",
        "content_topic_performance",
        (
            ("topic", "topic", "name"),
            ("format", "format", "code"),
            ("leads", "leads", "count"),
            ("opportunities", "opportunities", "count"),
            ("pipeline_influenced", "pipeline_influenced", "money"),
            ("revenue_credited", "revenue_credited", "money"),
        ),
        ("leads", "pipeline_influenced"),
        by=("topic", "format"),
        since="month",
    ),
    Shape(
        "events",
        "event_performance",
        (
            ("event_name", "event", "name"),
            ("starts_on", "starts_at", "day"),
            ("attended", "attended", "count"),
            ("new_leads", "new_leads", "count"),
            ("customers", "touched_customers", "count"),
            ("spend", "spend", "money"),
            ("cost_per_new_lead", "cost_per_lead", "price"),
            ("revenue_credited", "revenue_credited", "money"),
            ("roi", "roi", "share"),
        ),
        ("new_leads", "attended", "spend", "starts_on"),
    ),
    Shape(
        "outreach",
        "outreach_performance",
        (
            ("campaign_name", "campaign", "name"),
            ("wave", "wave", "code"),
            ("contacted", "contacted", "count"),
            ("response_rate", "response_rate", "share"),
            ("leads", "leads", "count"),
            ("customers", "customers", "count"),
            ("spend", "spend", "money"),
            ("revenue_credited", "revenue_credited", "money"),
            ("roi", "roi", "share"),
            ("lift", "lift", "share"),
        ),
        ("leads", "contacted", "spend"),
    ),
    Shape(
        "advocates",
        "advocate_performance",
        (
            ("lead_id", "advocate", "name"),
            ("referrals", "referrals", "count"),
            ("leads", "leads", "count"),
            ("customers", "customers", "count"),
            ("revenue", "revenue", "money"),
            ("generations", "generations", "count"),
            ("revenue_of_all_generations", "revenue_of_all", "money"),
        ),
        ("revenue_of_all_generations", "referrals"),
        join="inner join (select lead_key, lead_id from core.fct_leads) as referring "
        "on advocate_lead_key = referring.lead_key",
        joined=("lead_id",),
    ),
)


@dataclass(frozen=True, slots=True)
class Extra:
    """One part with its rows.

    Attributes:
        key: Of its title and note in ``words``.
        mart: Where the rest is.
        headings: Key and kind of each column.
        rows: The first ``SHOWN``.
        more: How many there are beyond these.
    """

    key: str
    mart: str
    headings: list[tuple[str, str]]
    rows: list[tuple[Any, ...]]
    more: int


def extras(con: duckdb.DuckDBPyConnection, first: date, last: date) -> list[Extra]:
    """The parts whose mart is published and has rows.

    Args:
        con: A published file, opened for reading.
        first: The first month of parts that are about months.
        last: The last one.
    """
    return [found for shape in SHAPES if (found := _extra(con, shape, first, last)) is not None]


def _extra(con: duckdb.DuckDBPyConnection, shape: Shape, first: date, last: date) -> Extra | None:
    present = frozenset(
        name
        for (name,) in con.execute(
            "select column_name from duckdb_columns() where database_name = current_database() "
            f"and schema_name = 'marts' and table_name = {literal(shape.mart)}"
        ).fetchall()
    )
    if not present:
        return None
    present |= frozenset(shape.joined)
    columns = shape.shown(present)
    if not columns:
        return None
    rows = con.execute(shape.sql(present, first, last)).fetchall()
    if not rows:
        return None
    return Extra(
        shape.key,
        f"marts.{shape.mart}",
        [(heading, kind) for _, heading, kind in columns],
        rows[:SHOWN],
        max(len(rows) - SHOWN, 0),
    )
