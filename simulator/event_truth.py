"""What a correct warehouse must show of each event, computed only from the world.

Belongs here: the restated definitions of ``marts.event_performance``. Does not belong here: leads,
deals and credit themselves (``truth``).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from simulator.answers import EventTruth, LeadTruth, Truth
from simulator.generation.events import GUESTS
from simulator.rates import Rates, reporting_day
from simulator.world import World


def event_costs(
    world: World, rates: Rates, today: date
) -> list[tuple[date, Decimal, tuple[str, str]]]:
    """Day, amount, and source and channel of what events cost."""
    return [
        (
            event.day,
            rates.convert(event.amount, event.currency, event.day),
            ("event", event.lead_channel),
        )
        for event in world.events
        if event.day <= today
    ]


def count_events(world: World, truth: Truth, rates: Rates, now: datetime) -> None:
    """Fill in ``truth.events``, once leads, deals, credit and own people are counted."""
    leads: dict[int, list[LeadTruth]] = defaultdict(list)
    for lead in truth.leads.values():
        leads[lead.contact.person_id].append(lead)

    def somebody(person_id: int, email: str) -> int | str:
        """A person whom the CRM knows, or who has nothing but an address."""
        return person_id if person_id in leads else email.strip().lower()

    came: dict[str, dict[int | str, date]] = defaultdict(dict)
    origins: dict[str, list[LeadTruth]] = defaultdict(list)
    for touch in world.touches_via(GUESTS):
        if touch.at <= now and touch.person_id not in truth.own_people:
            day = reporting_day(touch.at)
            days = came[touch.code]
            person = somebody(touch.person_id, touch.email)
            days[person] = min(day, days.get(person, day))
    for lead in truth.leads.values():
        if lead.origin is not None and lead.origin.via == GUESTS:
            origins[lead.origin.code].append(lead)
    for event in world.events:
        if event.day > reporting_day(now):
            continue
        guests = [
            guest
            for guest in world.guests
            if guest.event_id == event.event_id and guest.person_id not in truth.own_people
        ]
        attended = came[event.event_id]
        stayed_away = {somebody(guest.person_id, guest.email) for guest in guests}
        registered = {
            somebody(guest.person_id, guest.email) for guest in guests if guest.is_registered
        }
        touched = {
            lead.contact.contact_id: (lead, day)
            for person, day in attended.items()
            if isinstance(person, int)
            for lead in leads[person]
        }
        truth.events[event.event_id] = EventTruth(
            cost=rates.convert(event.amount, event.currency, event.day),
            invited=len(attended.keys() | stayed_away),
            registered=len(attended.keys() | registered),
            attended=len(attended),
            new_leads=len(origins[event.event_id]),
            touched_leads=len(touched),
            customers=sum(
                lead.customer_at is not None and reporting_day(lead.customer_at) >= day
                for lead, day in touched.values()
            ),
            revenue_originated=sum(
                (lead.revenue for lead in origins[event.event_id]), start=Decimal(0)
            ),
        )
        for touch in world.touches_via(GUESTS):
            if touch.code == event.event_id:
                truth.events[event.event_id].revenue_credited += truth.touch_revenue[touch.touch_id]
        for deal in world.every_deal:
            owner = truth.owners.get(deal.deal_id)
            if owner is None or owner.contact.contact_id not in touched:
                continue
            created = reporting_day(deal.created_at)
            if created >= touched[owner.contact.contact_id][1]:
                truth.events[event.event_id].pipeline += rates.convert(
                    deal.amount, deal.currency, created
                )
