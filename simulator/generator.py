"""Generates the demo company's world: the same seed and scale give the same world anywhere.

Belongs here: the order in which the parts are generated. Does not belong here: the parts
(``generation``). Every part draws from its own random generator, seeded by the world's seed and the
part's name, so that a change in one does not reshuffle the others.
"""

from __future__ import annotations

import gc
import random

from simulator.generation.acquired import Acquisition
from simulator.generation.calendar import FIRST_DAY, LAST_DAY
from simulator.generation.deals import Deals
from simulator.generation.events import write_events
from simulator.generation.lead_forms import LeadForms
from simulator.generation.leads import Leads
from simulator.generation.mailings import Mailings
from simulator.generation.market import write_market
from simulator.generation.money import write_money
from simulator.generation.outreach import write_outreach
from simulator.generation.people import Register, visit_anonymously
from simulator.generation.platforms import AdPlatforms
from simulator.generation.quality import write_quality
from simulator.generation.records import Records
from simulator.generation.referrals import write_referrals
from simulator.generation.search import write_search
from simulator.generation.staff import visit_as_staff
from simulator.generation.touches import Scribe
from simulator.generation.words import FORM_PAGES
from simulator.world import DOMAIN, Form, World

LEADS = 8_000
ACQUIRED_LEADS = 300
FORM_LEADS = 120
VISITORS = 23_600


def generate(seed: int = 7, scale: float = 1.0) -> World:
    """The demo company's world.

    Args:
        seed: A different seed gives a different history of the same company.
        scale: Share of the demo's size: 1.0 is 8,000 leads and about 150,000 touches over 18
            months; 0.05 is quick and still contains every trap.

    Returns:
        The world, complete up to the demo's clock (``calendar.DEMO_NOW``).
    """
    # There is no garbage here: looking for it would take 1.2 of 4.2 CPU seconds at full size.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _generate(seed, scale)
    finally:
        if collecting:
            gc.enable()


def _generate(seed: int, scale: float) -> World:
    world = World(seed=seed, scale=scale, first_day=FIRST_DAY, last_day=LAST_DAY)
    world.forms = [Form(key, name, f"https://{DOMAIN}{page}") for key, name, page in FORM_PAGES]

    def part(name: str) -> random.Random:
        return random.Random(f"{seed}:{name}")

    ads = AdPlatforms(part("ads"), world)
    mailings = Mailings(part("mailings"), world)
    scribe = Scribe(part("touches"), world, ads, mailings)
    who = part("people")
    register = Register(who, world)
    leads = Leads(who, register, scribe)
    leads.make(round(LEADS * scale))
    sales = part("funnel")
    deals = Deals(sales, register, leads)
    deals.make()
    Records(sales, world, leads, deals, scribe).write()
    visit_anonymously(who, register, scribe, round(VISITORS * scale))
    visit_as_staff(part("staff"), register, scribe, scale)
    acquired = Acquisition(part("acquired"), world)
    acquired.make(max(60, round(ACQUIRED_LEADS * scale)))
    forms = LeadForms(part("lead forms"), world, scribe)
    forms.make(max(24, round(FORM_LEADS * scale)))
    _number_touches(world)
    mailings.write_activity()
    ads.write_days()
    write_events(part("events"), world)
    write_outreach(part("outreach"), world)
    write_referrals(world)
    write_market(part("market"), world)
    write_search(part("search"), world)
    write_money(part("money"), world)
    write_quality(part("quality"), world)
    acquired.join()
    forms.join()
    world.organisations.sort(key=lambda company: (company.created_at, company.company_id))
    return world


def _number_touches(world: World) -> None:
    world.touches.sort(key=lambda touch: touch.at)  # stable: ties keep their insertion order
    for number, touch in enumerate(world.touches, 1):
        touch.number = number
        touch.touch_id = f"t{number:07d}"
