"""Lead forms at Meta: who filled one in, and whom sales knew before or wrote down after.

Belongs here: forms, and filled-in ones with their touches. Does not belong here: what became of
them (``deals``).
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from simulator.crm import Contact, StageChange
from simulator.generation import words
from simulator.generation.budgets import BRINGS_NOTHING
from simulator.generation.calendar import DAY, END, as_moment, office_hour
from simulator.generation.platforms import INBOX_CAMPAIGNS
from simulator.generation.social import PLATFORM, drawn, shown_at
from simulator.generation.touches import Scribe
from simulator.lead_forms import FormLead, LeadForm
from simulator.social import SocialAd
from simulator.world import Person, World

_FORMS = (
    LeadForm("240501000000000001", "Prislista", "sv_SE"),
    LeadForm("240501000000000002", "Guide: räkna rätt", "sv_SE", "ARCHIVED"),
)
_FIRST_ID = 2_405_020_000_000_000_001
"""Ids exceed 2^53."""

_FIRST_DAY = int(datetime(2026, 4, 8, tzinfo=UTC).timestamp())
"""Meta answers for 90 days, which at the demo's clock reach back to 2 April."""
_PAID = 0.85
"""The share of newcomers who opened the form from an ad."""
_DAYS = (END - _FIRST_DAY) // DAY

DUPLICATE = timedelta(days=30)
"""Who was a lead more recently is a duplicate; as in the demo's configuration."""


class LeadForms:
    """Fills in the forms: most people are new, every fifth is somebody whom sales know too."""

    def __init__(self, rng: random.Random, world: World, scribe: Scribe) -> None:
        self._rng = rng
        self._world = world
        self._scribe = scribe
        self._campaign = next(
            row[2] for row in INBOX_CAMPAIGNS if row[0] == PLATFORM and row[2] != BRINGS_NOTHING
        )
        self._leads: list[FormLead] = []
        self._known: list[tuple[Contact, Contact]] = []

    def make(self, count: int) -> None:
        """So many filled-in forms, with their touches."""
        known = max(6, count // 5)
        for contact, at in self._of_sales(known):
            lead = self._fill_in(self._world.people[contact.person_id], at, is_paid=True)
            self._known.append((contact, lead.contact))
        for _ in range(count - len(self._known)):
            at = office_hour(self._rng, _FIRST_DAY + self._rng.randrange(_DAYS) * DAY)
            self._fill_in(self._newcomer(), at, is_paid=self._rng.random() < _PAID)
        self._leads.sort(key=lambda lead: (lead.contact.created_at, lead.contact.person_id))
        for number, lead in enumerate(self._leads):
            lead.contact.contact_id = str(_FIRST_ID + number)

    def join(self) -> None:
        """Give the world the forms; of two leads within a month the later is a duplicate."""
        for contact, filled_in in self._known:
            first, second = sorted((contact, filled_in), key=lambda each: each.created_at)
            if second.quality == "valid" and second.created_at - first.created_at < DUPLICATE:
                second.quality = "duplicate"
        self._world.lead_forms = list(_FORMS)
        self._world.form_leads = self._leads

    def _of_sales(self, count: int) -> list[tuple[Contact, int]]:
        """Contacts of the CRM and when they filled in a form.

        In turn minutes before sales wrote them down, days after, and months after. Customers come
        first, and before others those who had left no trace: the form is where they came from.
        """
        world = self._world
        touched = {touch.person_id for touch in world.touches}
        won = {
            key for deal in world.deals if deal.is_won(as_moment(END)) for key in deal.contact_ids
        }
        usable = [
            contact
            for contact in world.contacts
            if len(world.people[contact.person_id].contact_ids) == 1
            and not (contact.utm_source or contact.archived_at or contact.erased_at)
        ]
        usable.sort(key=lambda each: (each.contact_id not in won, each.person_id in touched))
        before: list[tuple[Contact, int]] = []
        after: list[tuple[Contact, int]] = []
        later: list[tuple[Contact, int]] = []
        for contact in usable:
            created = int(contact.created_at.timestamp())
            if created < _FIRST_DAY - 40 * DAY:
                at = _FIRST_DAY + self._rng.randrange(_DAYS) * DAY
                later.append((contact, office_hour(self._rng, at)))
            elif _FIRST_DAY < created < END - 20 * DAY:
                if len(before) > len(after):
                    after.append((contact, office_hour(self._rng, created + 12 * DAY)))
                else:
                    before.append((contact, created - self._rng.randint(120, 900)))
        turns = [pair for turn in zip_longest(before, after, later) for pair in turn if pair]
        return turns[:count]

    def _newcomer(self) -> Person:
        rng, people = self._rng, self._world.people
        person = Person(
            person_id=len(people),
            first_name=rng.choice(words.FIRST_NAMES),
            last_name=rng.choice(words.LAST_NAMES),
            country=rng.choice(("SE", "SE", "SE", "NO")),
        )
        person.emails = (f"formular{person.person_id}@post.example",)
        if rng.random() < 0.6:
            person.phone = f"+4672{person.person_id:07d}"
        people.append(person)
        return person

    def _fill_in(self, person: Person, at: int, *, is_paid: bool) -> FormLead:
        rng = self._rng
        form = rng.choice(_FORMS)
        platform = rng.choice(("fb", "fb", "ig"))
        ad: SocialAd | None = None
        origin = ("organic_social", "social_post")
        evidence = {"utm_source": platform, "utm_medium": "social"}
        if is_paid:
            ad = drawn(shown_at(self._campaign, as_moment(at)), str(person.person_id))
            origin = ("paid_social", "social_ad")
            evidence |= {
                "utm_medium": "paid_social",
                "utm_content": ad.ad_id,
                "campaign_platform": PLATFORM,
                "campaign_id": ad.campaign_id,
            }
        touch = self._scribe.write(
            person, at, "form", "meta_leads", origin,
            email=person.emails[0], label=form.name, **evidence,
        )  # fmt: skip
        contact = Contact(
            contact_id="",
            person_id=person.person_id,
            email=person.emails[0],
            first_name=person.first_name,
            last_name=person.last_name,
            created_at=touch.at,
            phone="" if person.contact_ids else person.phone,
            country=person.country,
            segment=rng.choice(("SMB", "Mid-market", "")),
            stages=[StageChange("lead", touch.at)],
        )
        lead = FormLead(form.form_id, contact, ad, platform, agreed=rng.random() < 0.9)
        self._leads.append(lead)
        return lead
