"""What people searched for before they came to the demo company's site without an ad.

Belongs here: the searches, and what of them the search engine shows at a given time. Does not
belong here: drawing them (``generation/search``), Search Console's wire format
(``vendors/search_console``), or what became of who came (``market_truth``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

SITE = "sc-domain:fjordbase.example"
"""The property that the company reads: all hosts of its domain."""

SEARCH_ZONE = ZoneInfo("America/Los_Angeles")
"""Where the engine's days begin."""

FINAL_AFTER = 2
"""Full days after a day until its figures are final."""

KEPT_DAYS = 479
"""How far back the engine answers, beside today: some 16 months."""


@dataclass(frozen=True, slots=True)
class Search:
    """Searches of one day that showed one page; no two lines count the same click.

    Attributes:
        day: In ``SEARCH_ZONE``.
        term: What people searched for.
        country: ISO 3166-1 alpha-3, in lower case.
        position: With one decimal; one is the top.
        is_rare: So few people searched for it that the engine does not show the term.
        is_second: Another page of the site stood above this one in the same results.
    """

    day: date
    term: str
    page: str
    country: str
    impressions: int
    clicks: int
    position: Decimal
    is_rare: bool = False
    is_second: bool = False


def shown(searches: list[Search], now: datetime, *, only_final: bool = True) -> list[Search]:
    """The searches that the engine reports at a given time.

    Args:
        searches: All of them.
        now: Aware.
        only_final: Without days that may still change. With them, a day that is not over yet has
            the share of it that has passed.
    """
    today = now.astimezone(SEARCH_ZONE).date()
    last = today - timedelta(days=FINAL_AFTER + 1 if only_final else 0)
    first = today - timedelta(days=KEPT_DAYS)
    found = (_seen(line, now) for line in searches if first <= line.day <= last)
    return [line for line in found if line.impressions]


def _seen(line: Search, now: datetime) -> Search:
    """A line as far as it is known: all of it once two days have passed."""
    start = datetime.combine(line.day, time(), SEARCH_ZONE)
    hours = int((now - start).total_seconds() // 3600)
    settled = 24 * (FINAL_AFTER + 1)
    if hours >= settled:
        return line
    return replace(
        line,
        impressions=line.impressions * hours // settled,
        clicks=line.clicks * hours // settled,
    )
