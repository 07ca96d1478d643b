"""What people searched for before they came to the demo company's site without an ad.

Belongs here: searches that agree with who came. Does not belong here: the visits (``touches``).
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from simulator.generation.words import SEARCHES
from simulator.search import SEARCH_ZONE, Search
from simulator.world import DOMAIN, World

_RARE = 0.35
"""The share of clicks whose term is too rare to be shown."""

_COUNTRIES = ("swe",) * 13 + ("nor", "nor", "dnk", "dnk", "fin", "deu", "usa")
_NAME = "fjordbase"
_SECOND = f"https://{DOMAIN}/pricing"
"""The page that is shown below the first one to whoever searches for the company by name."""


def write_search(rng: random.Random, world: World) -> None:
    """Unpaid searches, once everybody has come: a page's clicks of a day are its visits by Google.

    Most have a term that is shown.
    """
    visits: Counter[tuple[date, str]] = Counter()
    for touch in world.touches_via("matomo"):
        if touch.lead_source == "organic_search" and ".google." in touch.referrer:
            day = touch.at.astimezone(SEARCH_ZONE).date()
            visits[day, urlsplit(touch.landing_page).path] += 1
    for (day, page), count in sorted(visits.items()):
        terms = SEARCHES.get(page, ())
        came = Counter(
            (
                rng.choice(terms) if terms else page,
                rng.choice(_COUNTRIES),
                not terms or rng.random() < _RARE,
            )
            for _ in range(count)
        )
        for (term, country, is_rare), clicks in sorted(came.items()):
            best = 1 if _NAME in term else 3
            line = Search(
                day, term, f"https://{DOMAIN}{page}", country, clicks * rng.randint(8, 40), clicks,
                Decimal(rng.randint(10 * best, 40 * best)) / 10, is_rare=is_rare,
            )  # fmt: skip
            world.searches.append(line)
            if term == _NAME and line.page != _SECOND:
                world.searches.append(_second(line))


def _second(line: Search) -> Search:
    """The other page in the same results, which nobody opened."""
    return Search(
        line.day, line.term, _SECOND, line.country, line.impressions, 0, line.position + 1,
        is_rare=line.is_rare, is_second=True,
    )  # fmt: skip
