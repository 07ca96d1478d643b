"""The company day by day, and which days are complete.

Belongs here: the metrics by day, and their sums. Does not belong here: months (``months.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from orchestration.metrics.asking import question

_COMPLETE = "select first_complete_day, last_complete_day from meta.publication"
_MEASURES = ("leads", "new_customers", "booked_revenue", "spend")
_COUNTED = "select * from ({days}) where day <= (select last_complete_day from meta.publication)"


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day, or on several.

    Attributes:
        leads: Created.
        customers: Won for the first time.
        revenue: Of all that was won, less corrections.
        spend: Ads and other costs.
    """

    leads: int = 0
    customers: int = 0
    revenue: Decimal = Decimal()
    spend: Decimal = Decimal()

    def __add__(self, other: Day) -> Day:
        return Day(
            self.leads + other.leads,
            self.customers + other.customers,
            self.revenue + other.revenue,
            self.spend + other.spend,
        )

    @property
    def cost_per_lead(self) -> Decimal | None:
        """``None`` without leads or recorded spend: null is not free."""
        return self.spend / self.leads if self.leads and self.spend else None


@dataclass(frozen=True, slots=True)
class Days:
    """All days on which something happened.

    Attributes:
        by_day: In order.
        complete: The last complete day, with facts or without; ``None`` without data.
        complete_from: The day from which all vendors were read; ``None`` with files alone.
    """

    by_day: dict[date, Day]
    complete: date | None
    complete_from: date | None = None

    @property
    def first(self) -> date:
        """The first day that another may be compared with: before it a vendor's facts are missing.

        Raises:
            ValueError: There are no facts.
        """
        earliest = min(self.by_day)
        return max(earliest, self.complete_from or earliest)

    @property
    def last(self) -> date | None:
        """The last complete day that has any fact; ``None`` for a company without facts."""
        return max(self.by_day, default=None)

    def sunday(self, last: date) -> date:
        """The end of the last whole week that has any fact.

        Where nobody works at weekends the last fact is a Friday's, and the week is over all the
        same.

        Args:
            last: The last day with a fact.
        """
        end = min(self.complete or last, last + timedelta(days=6 - last.weekday()))
        return end - timedelta(days=(end.weekday() + 1) % 7)

    def total(self, first: date, last: date) -> Day:
        """The sum of some days, both ends among them."""
        found = (
            self.by_day.get(first + timedelta(days=i), Day())
            for i in range((last - first).days + 1)
        )
        return sum(found, Day())


def days(con: duckdb.DuckDBPyConnection) -> Days:
    """Read all complete days of the reporting zone."""
    ((complete_from, complete),) = con.execute(_COMPLETE).fetchall()
    rows = con.execute(_COUNTED.format(days=question(_MEASURES, ("day",)))).fetchall()
    return Days(
        {
            day: Day(leads, customers, Decimal(revenue), Decimal(spend))
            for day, leads, customers, revenue, spend in rows
        },
        complete,
        complete_from,
    )
