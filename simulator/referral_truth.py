"""What a correct warehouse must show of each advocate, computed only from the world.

Belongs here: the restated definitions of ``marts.advocate_performance``. Does not belong here:
leads and revenue themselves (``truth``).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from simulator.answers import LeadTruth, Truth
from simulator.generation.referrals import REFERRALS
from simulator.world import World

_GENERATIONS = 6
"""How far the mart looks."""


def count_referrals(world: World, truth: Truth, now: datetime) -> None:
    """Fill in ``truth.advocates``, once leads and revenue are counted."""
    leads: dict[int, list[LeadTruth]] = defaultdict(list)
    for lead in truth.leads.values():
        leads[lead.contact.person_id].append(lead)

    def advocate(contact_id: str) -> int | str:
        """The person whose lead it is; the id of who is no lead any more."""
        known = truth.leads.get(world.survivor_id(contact_id, now))
        return known.contact.person_id if known else contact_id

    told: list[tuple[datetime, int, int | str]] = [
        (touch.at, touch.person_id, advocate(touch.code))
        for touch in world.touches_via(REFERRALS)
        if touch.at <= now
    ]
    told += [
        (lead.created_at, lead.contact.person_id, advocate(lead.contact.referred_by))
        for lead in truth.leads.values()
        if lead.contact.referred_by
    ]
    referred_by: dict[int, int | str] = {}
    for _, person, by in sorted(told, key=lambda one: one[0]):
        truth.advocates[by].referrals += 1
        referred_by.setdefault(person, by)
    children: dict[int | str, list[int]] = defaultdict(list)
    for person, by in referred_by.items():
        if person != by:
            children[by].append(person)
    for by, found in truth.advocates.items():
        people = children[by]
        for generation in range(1, _GENERATIONS + 1):
            if not people:
                break
            found.generations = generation
            for person in people:
                found.add(generation, leads[person])
            people = [
                child for person in people for child in children.get(person, []) if child != by
            ]
