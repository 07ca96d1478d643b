"""What a correct warehouse must show of each page, computed only from the world.

Belongs here: the restated definitions of ``marts.page_performance``. Does not belong here: leads
and revenue themselves (``truth``), or which pages a visit opened (``pages``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from simulator.answers import LeadTruth, PageTruth, Truth
from simulator.journeys import Touch
from simulator.pages import page_views
from simulator.rates import reporting_day
from simulator.visits import LOOKBACK_DAYS
from simulator.world import World

LANDING, SEEN, LAST = "landing", "seen", "last_before_lead"


def count_pages(world: World, truth: Truth, now: datetime) -> None:
    """Fill in ``truth.pages``, once leads, revenue and own people are counted."""
    visits = {
        touch.touch_id: (touch, [(at, page_of(url)) for at, url in page_views(touch, now)])
        for touch in world.touches_via("matomo")
        if touch.at <= now and touch.person_id not in truth.own_people
    }
    of_person: dict[int, list[Touch]] = defaultdict(list)
    for touch, _ in visits.values():
        of_person[touch.person_id].append(touch)
    capturing: set[str] = set()
    last_views: set[tuple[str, int]] = set()
    for lead in truth.leads.values():
        seen = sorted(
            (at, place, touch.touch_id, page)
            for touch in of_person[lead.contact.person_id]
            for place, (at, page) in enumerate(visits[touch.touch_id][1])
            if timedelta(0) <= lead.created_at - at <= timedelta(days=LOOKBACK_DAYS["visit"])
        )
        if not seen:
            continue
        for page, at in {page: at for at, _, _, page in seen}.items():
            _won(truth, at, page, SEEN, lead)
        at, place, visit, page = seen[-1]
        capturing.add(visit)
        last_views.add((visit, place))
        _won(truth, at, page, LAST, lead)
        _won(truth, *visits[visit][1][0], LANDING, lead)
    for visit, (_, views) in visits.items():
        for role, places in (
            (LANDING, [0]),
            (SEEN, range(len(views))),
            (LAST, [place for place in range(len(views)) if (visit, place) in last_views]),
        ):
            _viewed(truth, role, [views[place] for place in places], visit in capturing)


def _viewed(truth: Truth, role: str, views: Iterable[tuple[datetime, str]], captured: bool) -> None:
    cells: dict[tuple[date, str, str], int] = defaultdict(int)
    for at, page in views:
        cells[_month(at), page, role] += 1
    for key, count in cells.items():
        truth.pages[key].views += count
        truth.pages[key].visits += 1
        truth.pages[key].visits_captured += captured


def _won(truth: Truth, at: datetime, page: str, role: str, lead: LeadTruth) -> None:
    cell: PageTruth = truth.pages[_month(at), page, role]
    cell.leads += 1
    cell.customers += lead.customer_at is not None
    cell.revenue += lead.revenue


def _month(at: datetime) -> date:
    return reporting_day(at).replace(day=1)


def page_of(url: str) -> str:
    """An address as it is published."""
    host, _, path = url.removeprefix("https://www.").partition("/")
    return f"{host}/{path.rstrip('/')}"
