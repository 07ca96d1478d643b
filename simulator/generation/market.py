"""What social networks and a search engine report of the demo company.

Belongs here: the figures, which agree with who came. Does not belong here: the posts themselves
(``market``), or the visits (``touches``).
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from simulator.generation.words import SEARCHES
from simulator.market import PAID, POSTS, UNPAID, PostDay, SearchDay
from simulator.rates import reporting_day
from simulator.world import DOMAIN, World

_REPORTED_DAYS = 4
"""For how long a network reports a post by day."""

_WITHHELD = 0.35
"""The share of clicks whose term is too rare to be shown."""

_LIKED = {"document": 5, "video": 4, "picture": 2, "text": 1}
"""How many of a hundred people who see a post of a format react to it."""


def write_market(rng: random.Random, world: World) -> None:
    """Figures of posts and of unpaid search, once everybody has come."""
    _posts(rng, world)
    _searches(rng, world)


def _posts(rng: random.Random, world: World) -> None:
    by_day = {post.post_id for post in (*UNPAID, *PAID)}
    for post in POSTS:
        first = reporting_day(post.posted_at)
        if first > world.last_day:
            continue
        if post.post_id not in by_day:
            world.post_days.append(_figures(rng, post.post_id, None, post.format, 300))
            continue
        for offset in range(_REPORTED_DAYS):
            day = first + timedelta(days=offset)
            if day <= world.last_day:
                seen = (3 if post.is_paid else 1) * 900 // (offset + 1)
                world.post_days.append(_figures(rng, post.post_id, day, post.format, seen))


def _figures(
    rng: random.Random, post_id: str, day: date | None, post_format: str, usual: int
) -> PostDay:
    impressions = int(usual * rng.uniform(0.6, 1.5)) + 10
    engagements = int(impressions * _LIKED[post_format] / 100 * rng.uniform(0.7, 1.3))
    return PostDay(post_id, day, impressions, engagements, engagements // 3)


def _searches(rng: random.Random, world: World) -> None:
    """A page's clicks of a day are its visits by Google; most have a term that is not withheld."""
    visits: Counter[tuple[date, str]] = Counter()
    for touch in world.touches_via("matomo"):
        if touch.lead_source == "organic_search" and ".google." in touch.referrer:
            visits[reporting_day(touch.at), urlsplit(touch.landing_page).path] += 1
    for (day, page), count in sorted(visits.items()):
        terms = SEARCHES.get(page, ())
        shown = Counter(rng.choice(terms) for _ in range(count) if rng.random() > _WITHHELD)
        url = f"https://{DOMAIN}{page}"
        world.searches.append(_search(rng, day, "", url, count))
        for term, clicks in sorted(shown.items()):
            world.searches.append(_search(rng, day, term, url, clicks))


def _search(rng: random.Random, day: date, term: str, page: str, clicks: int) -> SearchDay:
    best = 1 if "fjordbase" in term else 3
    position = Decimal(rng.randint(10 * best, 40 * best)) / 10
    return SearchDay(day, term, page, clicks * rng.randint(8, 40), clicks, position)
