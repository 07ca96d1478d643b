"""What a correct warehouse must show of each wave of outreach, computed only from the world.

Belongs here: the restated definitions of ``marts.outreach_performance``. Does not belong here:
leads, deals and credit themselves (``truth``).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from simulator.answers import OutreachTruth, Truth
from simulator.outreach import Contacted
from simulator.rates import Rates, reporting_day
from simulator.world import World

_CODES = {
    "direct_mail": ("direct_mail", "direct_mail_piece"),
    "call": ("phone", "phone_call"),
}


def outreach_costs(
    world: World, rates: Rates, today: date
) -> list[tuple[date, Decimal, tuple[str, str]]]:
    """Day, amount, and source and channel of what letters and calls cost."""
    return [
        (line.day, rates.convert(line.amount, line.currency, line.day), _CODES[line.kind])
        for line in world.outreach
        if line.amount and line.day <= today
    ]


def count_outreach(world: World, truth: Truth, rates: Rates, now: datetime) -> None:
    """Fill in ``truth.outreach``, once leads, deals, credit and own people are counted."""
    first_lead: dict[int, date] = {}
    first_purchase: dict[int, date] = {}
    for lead in truth.leads.values():
        person = lead.contact.person_id
        created = reporting_day(lead.created_at)
        first_lead[person] = min(created, first_lead.get(person, created))
        if lead.customer_at is not None:
            bought = reporting_day(lead.customer_at)
            first_purchase[person] = min(bought, first_purchase.get(person, bought))
    answered = {touch.touch_id for touch in world.touches if touch.at <= now}
    waves: dict[tuple[str, str], list[Contacted]] = defaultdict(list)
    for line in world.outreach:
        if line.day <= reporting_day(now):
            waves[line.campaign, line.wave].append(line)
    for key, lines in waves.items():
        wave = truth.outreach[key] = OutreachTruth()
        for line in lines:
            responded = line.touch_id in answered
            if not line.is_held_out:
                wave.cost += rates.convert(line.amount, line.currency, line.day)
                if responded:
                    wave.revenue_credited += truth.touch_revenue.get(line.touch_id, 0)
            # A letter to an address that nothing else shows went to somebody, whoever that is.
            is_known = line.email in world.people[line.person_id].emails
            if is_known and line.person_id in truth.own_people:
                continue
            is_customer = first_purchase.get(line.person_id, date.min) >= line.day
            if line.is_held_out:
                wave.held_out += 1
                wave.held_out_customers += is_customer
                continue
            wave.contacted += 1
            wave.delivered += line.is_delivered
            wave.responses += responded
            wave.leads += first_lead.get(line.person_id, date.min) >= line.day
            wave.customers += is_customer
