"""The first figures of a report: four weeks beside the four before.

Belongs here: the comparison. Does not belong here: how it is drawn (``templates``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from orchestration.reporting.chance import surprise
from orchestration.reporting.days import Days

SPAN = 28
"""Days that are compared: four whole weeks have the same weekdays."""
PERIODS = 12
"""Periods that the small chart of each figure shows."""
_DOUBT = 0.1


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure and its change.

    Attributes:
        name: ``leads``, ``customers``, ``revenue``, ``spend`` or ``cost_per_lead``.
        value: Of the last period; ``None`` where it is undefined, or no spend was ever recorded.
        change: Relative to the period before; ``None`` where that is undefined, 0 or negative.
        is_surprising: Whether chance alone rarely changes a count so much; ``None`` for money.
        history: The figure by period, oldest first; the last one is ``value``.
    """

    name: str
    value: Decimal | None
    change: float | None
    is_surprising: bool | None
    history: list[Decimal | None]


@dataclass(frozen=True, slots=True)
class Headlines:
    """The figures of the last four weeks.

    Attributes:
        first: The period's first day.
        last: Its last day.
        figures: In the order in which they are shown.
    """

    first: date
    last: date
    figures: list[Headline]


def headlines(found: Days, last: date) -> Headlines:
    """Compare the four weeks up to a day with the four before.

    Args:
        found: The company's days.
        last: The last complete day.
    """
    ends = [last - timedelta(days=SPAN * back) for back in reversed(range(PERIODS))]
    periods = [
        found.total(end - timedelta(days=SPAN - 1), end)
        for end in ends
        if end - timedelta(days=SPAN - 1) >= found.first or end == last
    ]
    now = periods[-1]
    before = periods[-2] if len(periods) > 1 else None
    figures = []
    for name in ("leads", "customers", "revenue", "spend", "cost_per_lead"):
        history = [_decimal(getattr(period, name)) for period in periods]
        if name == "spend" and not any(history):
            history = [None] * len(history)
        value, earlier = history[-1], history[-2] if before else None
        change = _change(value, earlier)
        is_surprising = None
        if before is not None and name in ("leads", "customers"):
            chance = surprise(getattr(now, name), getattr(before, name), 0.5)
            is_surprising = chance < _DOUBT
        figures.append(Headline(name, value, change, is_surprising, history))
    return Headlines(last - timedelta(days=SPAN - 1), last, figures)


def _change(value: Decimal | None, earlier: Decimal | None) -> float | None:
    # Beside more refunds than sales a rise would be written as a fall.
    return float(value / earlier - 1) if value is not None and earlier and earlier > 0 else None


def _decimal(value: Decimal | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
