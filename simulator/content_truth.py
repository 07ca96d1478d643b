"""What a correct warehouse must show of each piece of content, computed only from the world.

Belongs here: the restated definitions of ``marts.content_performance`` and
``marts.content_topic_performance``. Does not belong here: leads, deals and credit themselves
(``truth``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from simulator.answers import ContentTruth, Truth
from simulator.content import Piece, piece_of
from simulator.journeys import Touch
from simulator.pages import page_views
from simulator.rates import Rates, reporting_day
from simulator.visits import LOOKBACK_DAYS
from simulator.world import World

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _Contact:
    at: datetime
    piece: Piece
    touch: Touch | None = None

    @property
    def month(self) -> date:
        return reporting_day(self.at).replace(day=1)


def count_content(world: World, truth: Truth, rates: Rates, now: datetime) -> None:
    """Fill in ``truth.content`` and ``truth.topics``, once deals and own people are counted."""
    contacts = _contacts(world, truth.own_people, now)
    _count(world, truth, rates, contacts, truth.content, lambda piece: piece.content_id)
    _count(world, truth, rates, contacts, truth.topics, lambda piece: (piece.topic, piece.format))


def _contacts(world: World, own_people: Set[int], now: datetime) -> dict[int, list[_Contact]]:
    """By person who is none of the company's own, in order of time."""
    found: dict[int, list[_Contact]] = defaultdict(list)
    for touch in world.touches:
        if touch.at > now or not touch.landing_page or touch.person_id in own_people:
            continue
        if piece := piece_of(touch.landing_page):
            found[touch.person_id].append(_Contact(touch.at, piece, touch))
        if touch.via == "matomo":
            for at, url in page_views(touch, now):
                if piece := piece_of(url):
                    found[touch.person_id].append(_Contact(at, piece))
    for of_person in found.values():
        of_person.sort(key=lambda contact: contact.at)
    return found


def _count(
    world: World,
    truth: Truth,
    rates: Rates,
    contacts: dict[int, list[_Contact]],
    cells: dict[tuple[date, K], ContentTruth],
    key: Callable[[Piece], K],
) -> None:
    def last(person_id: int, at: datetime) -> dict[K, date]:
        """The month of the last contact with each before a moment."""
        return {
            key(contact.piece): contact.month
            for contact in contacts.get(person_id, [])
            if timedelta(0) <= at - contact.at <= timedelta(days=LOOKBACK_DAYS["visit"])
        }

    for of_person in contacts.values():
        for contact in of_person:
            cell = cells[contact.month, key(contact.piece)]
            if contact.touch is not None:
                cell.revenue_credited += truth.touch_revenue.get(contact.touch.touch_id, 0)
    for lead in truth.leads.values():
        for member, month in last(lead.contact.person_id, lead.created_at).items():
            cells[month, member].leads += 1
            cells[month, member].customers += lead.customer_at is not None
    for deal in world.every_deal:
        owner = truth.owners.get(deal.deal_id)
        if owner is None or deal.amount < 0:
            continue
        for member, month in last(owner.contact.person_id, deal.created_at).items():
            cells[month, member].opportunities += 1
            cells[month, member].pipeline_influenced += rates.convert(
                deal.amount, deal.currency, reporting_day(deal.created_at)
            )
