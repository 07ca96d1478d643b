"""Which pages of the demo company's site a visit opened, and when.

Belongs here: the road of a visitor through the site. Does not belong here: how a tracker shows it,
or what became of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from simulator.journeys import DOMAIN, Touch

_ROAD = ("/product", "/customers", "/pricing", "/demo", "/contact")
"""Pages in the order in which visitors read on; where one begins is up to the visit."""

_ENTRANCES = 3


def page_views(touch: Touch, now: datetime) -> list[tuple[datetime, str]]:
    """The pages that a visit opened by ``now``, each with its moment and its URL.

    Args:
        touch: A visit; the last of its pages ends it.
        now: The visit may still be going on.
    """
    seconds = [0]
    if touch.pages > 1:
        seconds = [touch.seconds * page // (touch.pages - 1) for page in range(touch.pages)]
    views = []
    for page, offset in enumerate(seconds):
        at = touch.at + timedelta(seconds=offset)
        if page and at > now:
            break
        place = (touch.number % _ENTRANCES + page - 1) % len(_ROAD)
        views.append((at, f"https://{DOMAIN}{_ROAD[place]}" if page else touch.landing_page))
    return views
