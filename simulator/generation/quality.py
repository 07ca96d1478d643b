"""Leads that were never real: spam, duplicates, tests, staff, and those that sales turned down.

Belongs here: which leads these are, and what the CRM says of them. Does not belong here: how they
came (``leads``), or what became of them (``deals``).
"""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import cycle

from simulator.crm import Contact
from simulator.generation.staff import TOOLS
from simulator.world import DOMAIN, Touch, World

_STATED = (
    ("spam", 30, (("UNQUALIFIED", "Spam"), ("Skräp", ""), ("Unqualified - spam", ""))),
    ("duplicate", 12, (("UNQUALIFIED", "Dubblett"), ("Duplicate", ""))),
    ("disqualified", 45, (("UNQUALIFIED", "Too small"), ("UNQUALIFIED", "Student"),
                          ("UNQUALIFIED", "Outside our markets"), ("Unqualified", ""))),
)  # fmt: skip
"""Quality, how many of a thousand leads have it, and the ways in which people say so."""
_OPEN = ("NEW", "OPEN", "IN_PROGRESS", "ATTEMPTED_TO_CONTACT", "")
_STAFF = 3
"""Of a thousand leads, own people who filled in a form; half as many are tests."""


def write_quality(rng: random.Random, world: World) -> None:
    """Give contacts that got no further their status, and some of them an address of our own."""
    known = {touch.person_id for touch in world.touches if touch.email}
    known |= {member.person_id for member in world.members}
    known |= {guest.person_id for guest in world.guests}
    merged = {contact.merged_into for contact in world.contacts}
    busy = merged.union(*(deal.contact_ids for deal in world.deals))
    idle = [
        contact
        for contact in world.contacts
        if [change.stage for change in contact.stages] == ["lead"]
        and not contact.merged_into
        and contact.contact_id not in busy
    ]
    unseen = [contact for contact in idle if contact.person_id not in known]
    staff = unseen[: max(2, round(_STAFF * len(world.contacts) / 1000))]
    _give_visits(world, staff)
    for number, contact in enumerate(staff):
        name = "test" if number % 3 == 1 else f"{contact.first_name}.{contact.last_name}".lower()
        contact.quality = "test" if number % 3 == 1 else "internal"
        domain = "example.com" if number % 3 == 1 else DOMAIN
        contact.email = f"{name}+{number}@{domain}".replace(" ", "")
        world.people[contact.person_id].emails = (contact.email,)
    rest = [contact for contact in idle if contact.quality == "valid"]
    rng.shuffle(rest)
    for quality, share, ways in _STATED:
        count = max(2, round(share * len(world.contacts) / 1000))
        for contact, (status, reason) in zip(rest[:count], cycle(ways), strict=False):
            contact.quality, contact.lead_status = quality, status
            contact.disqualification_reason = reason
        rest = rest[count:]
    for contact in rest:
        contact.lead_status = rng.choice(_OPEN)


def _give_visits(world: World, staff: list[Contact]) -> None:
    """Let those of our own people who filled in a form be some of those who visit the site.

    Whoever already has touches is recorded by one visitor, which no second may replace.
    """
    touched = {touch.person_id for touch in world.touches}
    unseen = [contact for contact in staff if contact.person_id not in touched]
    visits: dict[int, list[Touch]] = defaultdict(list)
    for touch in world.touches:
        if touch.referrer in TOOLS:
            visits[touch.person_id].append(touch)
    for contact, (visitor, touches) in zip(unseen, visits.items(), strict=False):
        contact.matomo_visitor_id = touches[0].visitor_id
        for touch in touches:
            touch.person_id = contact.person_id
        world.people[contact.person_id].visitor_ids += world.people[visitor].visitor_ids
        world.people[visitor].visitor_ids = ()
