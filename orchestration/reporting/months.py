"""Month by month: leads of a month and what became of them, money of a month.

Belongs here: months of the mart, and which of them still grow. Does not belong here: days
(``days.py``).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from orchestration.foundation.sql import date_literal
from orchestration.reporting.measures import measures

SHOWN = 12
"""Months that a report covers, the present one among them."""

_MEASURES = ("leads", "mqls", "sqls", "opportunities", "customers", "revenue", "spend")
_MONTHS = """
select
    month,
    {measures},
    bool_and(is_mature)
from marts.lead_source_performance
where month between {first} and {last}
group by month
order by month
"""


@dataclass(frozen=True, slots=True)
class Month:
    """The leads that were created in a month, what became of them, and the month's spend.

    Attributes:
        first: The first day.
        leads: Created in the month.
        mqls: Those of them that got so far by now; so do the next three.
        sqls: As above.
        opportunities: As above.
        customers: As above.
        revenue: Of these leads by now.
        spend: Of the month.
        is_complete: Whether the month has ended.
        is_mature: Whether nine tenths of its customers are expected to be won; ``None`` where
            too few say anything.
    """

    first: date
    leads: int
    mqls: int
    sqls: int
    opportunities: int
    customers: int
    revenue: Decimal
    spend: Decimal
    is_complete: bool
    is_mature: bool | None


def month_start(day: date, back: int = 0) -> date:
    """The first of a day's month, or of one so many months before."""
    number = day.year * 12 + day.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def months(con: duckdb.DuckDBPyConnection, last: date) -> list[Month]:
    """Read the last months, oldest first.

    Args:
        con: A published file.
        last: The last complete day.
    """
    sql = _MONTHS.format(
        measures=measures("lead_source_performance", *_MEASURES),
        first=date_literal(month_start(last, SHOWN - 1)),
        last=date_literal(month_start(last)),
    )
    result = []
    for (
        first,
        leads,
        mqls,
        sqls,
        opportunities,
        customers,
        revenue,
        spend,
        is_mature,
    ) in con.execute(sql).fetchall():
        end = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        result.append(
            Month(
                first=first,
                leads=leads,
                mqls=mqls,
                sqls=sqls,
                opportunities=opportunities,
                customers=customers,
                revenue=revenue,
                spend=spend,
                is_complete=end <= last,
                is_mature=is_mature and end <= last if is_mature is not None else None,
            )
        )
    return result
