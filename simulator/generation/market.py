"""What social networks report of the demo company.

Belongs here: the figures, which agree with who came. Does not belong here: the posts themselves
(``market``), or the visits (``touches``).
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from simulator.market import PAID, POSTS, UNPAID, PostDay
from simulator.rates import reporting_day
from simulator.world import World

_REPORTED_DAYS = 4
"""For how long a network reports a post by day."""

_LIKED = {"document": 5, "video": 4, "picture": 2, "text": 1}
"""How many of a hundred people who see a post of a format react to it."""


def write_market(rng: random.Random, world: World) -> None:
    """Figures of posts, once everybody has come."""
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
