"""A company with lead forms at Meta: two forms, one of them archived, and who filled them in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import cycle

from simulator.crm import Contact
from simulator.generator import generate
from simulator.lead_forms import FormLead, LeadForm
from simulator.world import World

FORMS = (
    LeadForm("240101000000000001", "Boka en demo", "sv_SE"),
    LeadForm("240101000000000002", "Prislista 2025", "sv_SE", "ARCHIVED"),
)
FIRST_ID = 2_401_020_000_000_000_001
"""Lead ids exceed 2^53."""
FIRST_DAY = datetime(2026, 4, 15, 9, 17, 5, tzinfo=UTC)
LEADS = 12
_NAMES = (("Signe", "Ekdahl"), ("Otto", "Wikander"), ("Maja", "Rönnlund"))


def company_with_forms() -> World:
    """A fiftieth of the demo company, with forms and a lead every six days until 20 June 2026."""
    world = generate(seed=7, scale=0.02)
    world.lead_forms = list(FORMS)
    world.form_leads = [
        _lead(world, number, form) for number, form in zip(range(LEADS), cycle(FORMS), strict=False)
    ]
    return world


def _lead(world: World, number: int, form: LeadForm) -> FormLead:
    """The fifth is a test; the third and ninth come from the page; the eighth's ad is hidden."""
    at = FIRST_DAY + timedelta(days=6 * number)
    first_name, last_name = _NAMES[number % len(_NAMES)]
    contact = Contact(
        contact_id=str(FIRST_ID + number),
        person_id=number,
        email=f"form.lead.{number}@post.example",
        first_name=first_name,
        last_name=last_name,
        created_at=at,
        phone=f"+4672{number:07d}",
        country="SE",
        segment="SMB" if number % 3 else "",
    )
    (account,) = world.social_accounts_of("meta_ads")
    ads = [ad for ad in account.ads if not ad.is_deleted(at)]
    return FormLead(
        form.form_id,
        contact,
        ad=None if number % 6 == 2 else ads[number % len(ads)],
        platform="ig" if number % 2 else "fb",
        agreed=number % 4 != 1,
        is_test=number == 4,
        is_ad_hidden=number == 7,
    )
