"""Which events there were, which touches happened at them, and who was invited and stayed away.

Belongs here: what a list of events and a list of guests show. Does not belong here: that somebody
was met at an event at all (``touches``).
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal

from simulator.events import Event, Guest
from simulator.rates import reporting_day
from simulator.world import World

_EVENTS = (
    (date(2025, 2, 11), "14500.00", "EUR", "trade_show", "Kistamässan"),
    (date(2025, 4, 1), "31250.00", "EUR", "trade_show", "Hannover Messe"),
    (date(2025, 9, 24), "98000.00", "SEK", "conference", "Nordic Data Conference"),
    (date(2025, 11, 13), "12400.50", "SEK", "meetup", "Meetup: data på svenska"),
    (date(2026, 2, 10), "15900.00", "EUR", "trade_show", "Kistamässan"),
    (date(2026, 4, 20), "33800.75", "EUR", "trade_show", "Hannover Messe"),
    (date(2026, 5, 28), "4200.00", "USD", "conference", "Nordic Data Conference"),
)

GUESTS = "inbox:guests"
"""The file that shows who came to an event of the list."""

_STAYED_AWAY = 14
"""People on each list who did not come."""


def write_events(rng: random.Random, world: World) -> None:
    """Events, their guests, and the touches that their lists show instead of sales' own file."""
    for number, (day, amount, currency, channel, name) in enumerate(_EVENTS, start=1):
        event = Event(f"E{number:02d}", name, channel, day, Decimal(amount), currency)
        world.events.append(event)
    _move_touches(world)
    addresses = Counter(contact.email.lower() for contact in world.contacts)
    invited = [
        contact
        for contact in world.contacts
        if addresses[contact.email.lower()] == 1
        and not (contact.archived_at or contact.erased_at or contact.merged_at)
    ]
    for event in world.events:
        for contact in rng.sample(invited, min(_STAYED_AWAY, len(invited))):
            is_registered = rng.random() < 0.5
            world.guests.append(
                Guest(event.event_id, contact.person_id, contact.email, is_registered)
            )


def _move_touches(world: World) -> None:
    """A list shows a person once; what sales met before the first event stays in their file."""
    listed = set()
    for touch in world.touches:
        if touch.via != "inbox:events":
            continue
        held = [
            event
            for event in world.events
            if event.name == touch.label and event.day <= reporting_day(touch.at)
        ]
        if not held:
            continue
        key = (held[-1].event_id, touch.email.strip().lower())
        if key not in listed:
            listed.add(key)
            touch.via, touch.code = GUESTS, held[-1].event_id
