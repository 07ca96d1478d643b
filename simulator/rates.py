"""The reporting currency and the reporting day of the demo company.

Belongs here: conversion at a day's rate, computed only from the world.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from simulator.world import World

REPORTING_ZONE = ZoneInfo("Europe/Stockholm")
REPORTING_CURRENCY = "EUR"
FX_MAX_AGE_DAYS = 7


class Rates:
    """Exchange rates into the reporting currency.

    Args:
        world: Its rates are units of the reporting currency per unit.
    """

    def __init__(self, world: World) -> None:
        self._days: dict[str, list[date]] = defaultdict(list)
        self._rates: dict[str, list[Decimal]] = defaultdict(list)
        for rate in world.fx_rates:
            self._days[rate.currency].append(rate.day)
            self._rates[rate.currency].append(rate.rate)

    def convert(self, amount: Decimal, currency: str, day: date) -> Decimal:
        """An amount in the reporting currency, at the rate of the day or the last one before.

        Raises:
            LookupError: No rate of the currency is recent enough.
        """
        if currency == REPORTING_CURRENCY:
            return amount
        place = bisect_right(self._days[currency], day) - 1
        if place < 0 or day - self._days[currency][place] > timedelta(days=FX_MAX_AGE_DAYS):
            raise LookupError(f"no rate of {currency} for {day}")
        return amount * self._rates[currency][place]


def reporting_day(moment: datetime) -> date:
    """The day of a time in the reporting zone."""
    return moment.astimezone(REPORTING_ZONE).date()
