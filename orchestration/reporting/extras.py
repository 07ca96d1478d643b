"""Parts of a report that exist only where their mart does: one table each.

Belongs here: which marts, which of their columns, and in which order. Does not belong here: marts
that every company has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.foundation.sql import literal, quoted

SHOWN = 10
"""Rows of each part; the mart has them all."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a part shows of its mart.

    Attributes:
        key: Of its title and note in ``words``.
        mart: The table in ``marts``.
        columns: Column, key of its heading, and kind: ``name``, ``code``, ``count``, ``money``,
            ``price``, ``share``, ``times`` or ``day``. Columns that the mart has not are left out.
        order: The columns that decide which rows come first, the largest on top.
    """

    key: str
    mart: str
    columns: tuple[tuple[str, str, str], ...]
    order: tuple[str, ...]


SHAPES = (
    Shape(
        "events",
        "event_performance",
        (
            ("event_name", "event", "name"),
            ("starts_at", "starts_at", "day"),
            ("attended", "attended", "count"),
            ("new_leads", "new_leads", "count"),
            ("customers", "touched_customers", "count"),
            ("cost", "spend", "money"),
            ("cost_per_new_lead", "cost_per_lead", "price"),
            ("revenue_credited", "revenue_credited", "money"),
            ("roi", "roi", "share"),
        ),
        ("new_leads", "attended", "cost"),
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
            ("cost", "spend", "money"),
            ("revenue_credited", "revenue_credited", "money"),
            ("roi", "roi", "share"),
            ("lift", "lift", "share"),
        ),
        ("leads", "contacted", "cost"),
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


def extras(con: duckdb.DuckDBPyConnection) -> list[Extra]:
    """The parts whose mart is published and has rows."""
    return [found for shape in SHAPES if (found := _extra(con, shape)) is not None]


def _extra(con: duckdb.DuckDBPyConnection, shape: Shape) -> Extra | None:
    present = {
        name
        for (name,) in con.execute(
            "select column_name from duckdb_columns() where database_name = current_database() "
            f"and schema_name = 'marts' and table_name = {literal(shape.mart)}"
        ).fetchall()
    }
    columns = [column for column in shape.columns if column[0] in present]
    if not columns:
        return None
    selected = ", ".join(quoted(name) for name, _, _ in columns)
    order = [f"{quoted(name)} desc nulls last" for name in shape.order if name in present]
    rows = con.execute(
        f"select {selected} from marts.{quoted(shape.mart)} order by {', '.join([*order, '1'])}"
    ).fetchall()
    if not rows:
        return None
    return Extra(
        shape.key,
        f"marts.{shape.mart}",
        [(heading, kind) for _, heading, kind in columns],
        rows[:SHOWN],
        max(len(rows) - SHOWN, 0),
    )
