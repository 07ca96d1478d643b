"""What the spend of some campaigns brings: planted, so that advice on budgets has a right answer.

Belongs here: the curves, and the spend of a week that fits what the week brought. Does not belong
here: who came (``touches``), or writing money down (``money``, ``platforms``).

Who comes is drawn without regard to money. So a week's spend is read off the campaign's curve at
the leads that the week brought: figures are the same as if the spend had been there first.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from simulator.rates import reporting_day
from simulator.world import Touch, World

Weeks = dict[tuple[str, date], float]
"""By campaign id and Monday."""

_MOST = 6.0
"""Leads of a week and campaign in the company of full size; a small one's weeks are lumpier."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Leads of a week by its spend: ``leads * ln(1 + spend / money)``, or a straight line.

    Attributes:
        leads: What tells how soon the curve bends; 0 for a straight line.
        money: In the account's currency; of a straight line, the price of a lead.
        least: Spent in any week.
    """

    leads: float
    money: float
    least: float

    def spend(self, leads: float) -> float:
        """What was spent in a week that brought so many leads."""
        leads = min(leads, _MOST)
        if not self.leads:
            return self.least + self.money * leads
        return self.least + self.money * math.expm1(leads / self.leads)


CURVES = {
    "20110000002": Curve(1.0, 290.0, 110.0),
    "20110000009": Curve(1.0, 115.0, 11.0),
    "636100002": Curve(0.0, 100.0, 30.0),
}
"""Two campaigns that are saturated, and one with room."""

BRINGS_NOTHING = "120330000000002"
"""The campaign whose visitors never become leads."""


def spend_by_week(world: World) -> Weeks:
    """The spend of every campaign that has a curve, in its account's currency.

    Weeks in which it brought no lead are left out: they cost ``Curve.least``.
    """
    found: Weeks = {}
    for (campaign_id, monday), leads in leads_by_week(world).items():
        if campaign_id in CURVES:
            spend = CURVES[campaign_id].spend(leads / world.scale)
            found[campaign_id, monday] = spend * world.scale
    return found


def leads_by_week(world: World) -> Weeks:
    """The leads that a campaign's touches of a week brought, each shared among its touches."""
    created: dict[int, datetime] = {}
    for contact in world.contacts:
        known = created.get(contact.person_id, contact.created_at)
        created[contact.person_id] = min(known, contact.created_at)
    journeys: dict[int, list[Touch]] = defaultdict(list)
    for touch in world.touches:
        if touch.person_id in created and touch.at <= created[touch.person_id]:
            journeys[touch.person_id].append(touch)
    found: Weeks = defaultdict(float)
    for touches in journeys.values():
        for touch in touches:
            if touch.campaign_id:
                found[touch.campaign_id, monday_of(reporting_day(touch.at))] += 1 / len(touches)
    return found


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())
