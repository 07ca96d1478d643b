"""The CRM's housekeeping: recommendations, merges, deletions and, last, ids."""

from __future__ import annotations

import random

from simulator.crm import Contact, StageChange
from simulator.generation.calendar import DAY, END, as_moment
from simulator.generation.deals import Deals
from simulator.generation.leads import Lead, Leads
from simulator.generation.touches import Scribe
from simulator.world import World

OFFLINE_ORIGINS = frozenset(
    {"events", "webinars", "calls", "direct_mail", "referrals", "partner_form"}
    | {"crm_only", "told_only", "nothing"}
)
"""Origins whose contacts did not come through a form on the web site."""


class Records:
    """Turns leads and deals into the records of a CRM that people work in."""

    def __init__(
        self, rng: random.Random, world: World, leads: Leads, deals: Deals, scribe: Scribe
    ) -> None:
        self._rng = rng
        self._world = world
        self._leads = leads
        self._deals = deals
        self._scribe = scribe
        self._extra: list[Contact] = []
        self._merges: list[tuple[Contact, Contact]] = []
        self._referrers: list[tuple[Contact, Contact]] = []

    def write(self) -> None:
        """Runs all steps, in an order that gives each step what it needs."""
        leads, customers, scale = self._leads.all, self._deals.customers, self._world.scale
        self._refer(leads, customers)
        self._deals.add_odd_ones()
        self._merge(leads, customers, max(3, round(240 * scale)))
        self._remove(max(3, round(150 * scale)), max(2, round(40 * scale)))
        self._number(leads)

    def _refer(self, leads: list[Lead], customers: list[Lead]) -> None:
        """Makes leads that a customer recommended name that customer."""
        pool = sorted(customers, key=lambda lead: lead.created)
        for lead in leads:
            if lead.origin == "referrals":
                earlier = [one for one in pool[:200] if one.created < lead.created - 30 * DAY]
                if earlier:
                    self._referrers.append((lead.contact, self._rng.choice(earlier).contact))

    def _merge(self, leads: list[Lead], customers: list[Lead], count: int) -> None:
        """Second records of the same person, merged away later; some had bought already."""
        rng = self._rng
        with_two = {id(contact) for _, contacts in self._deals.all if len(contacts) > 1
                    for contact in contacts}  # fmt: skip
        bought = {id(lead) for lead in customers}
        able = [
            lead
            for lead in leads
            if lead.person.visitor_ids
            and lead.origin not in OFFLINE_ORIGINS
            and lead.created < END - 90 * DAY
            and id(lead.contact) not in with_two
            and lead.origin != "forgotten"
        ]
        sold = [lead for lead in able if id(lead) in bought]
        rest = [lead for lead in able if id(lead) not in bought]
        for place, lead in enumerate(sold[: max(1, count // 20)] + rng.sample(rest, count)):
            self._second_record(lead, converted=place < max(1, count // 20))

    def _second_record(self, lead: Lead, converted: bool) -> None:
        rng, person, first = self._rng, lead.person, lead.contact
        at = lead.created + rng.randint(2, 50) * DAY
        local, _, domain = first.email.partition("@")
        email = f"{local}.work@{domain}"
        visitor = f"{rng.getrandbits(64):016x}"
        person.visitor_ids = (*person.visitor_ids, visitor)
        person.emails = (*person.emails, email)
        session = self._scribe.visit(person, at, "organic_search", visitor)
        form = self._scribe.form(person, session, at + 200, email)
        second = Contact(
            contact_id="",
            person_id=person.person_id,
            email=email,
            first_name=person.first_name,
            last_name=person.last_name,
            created_at=form.at,
            company_id=first.company_id,
            country=first.country,
            segment=first.segment,
            analytics_source="ORGANIC_SEARCH",
            first_url=session.landing_url,
            matomo_visitor_id=visitor,
            user_id=first.user_id,
            stages=[StageChange("lead", form.at)],
        )
        self._extra.append(second)
        latest = max(change.at for change in (*first.stages, *second.stages)).timestamp()
        merged_at = as_moment(min(max(int(latest), at) + rng.randint(1, 20) * DAY, END))
        # Half the time the record that bought is merged away; the survivor keeps its stages.
        survivor, gone = (second, first) if converted or rng.random() < 0.4 else (first, second)
        if survivor is second:
            second.stages = sorted(
                [*second.stages, *(change for change in first.stages if change.stage != "lead")],
                key=lambda change: change.at,
            )
            second.self_reported_source = first.self_reported_source
            second.user_id = first.user_id
        gone.merged_at = merged_at
        self._merges.append((gone, survivor))
        lead.merged.append(gone)

    def _remove(self, archived: int, erased: int) -> None:
        """Further contacts, which sales discarded or which asked to be forgotten."""
        rng = self._rng
        kept = self._leads.all
        self._leads.all = []
        self._leads.make(archived + erased, lasting=False)
        gone = self._leads.all
        self._leads.all = kept
        # A form submission outlives an archived record; an erased one leaves nothing behind.
        formless = {
            touch.person_id for touch in self._world.touches if touch.via.startswith("hubspot")
        }
        gone.sort(key=lambda lead: lead.person.person_id in formless)
        for place, lead in enumerate(gone):
            at = as_moment(min(lead.created + rng.randint(1, 60) * DAY, END))
            if place < erased and lead.person.person_id not in formless:
                lead.contact.erased_at = at
            else:
                lead.contact.archived_at = at
            self._extra.append(lead.contact)

    def _number(self, leads: list[Lead]) -> None:
        """Assigns ids in order of creation, and everything that refers to them."""
        world = self._world
        contacts = [lead.contact for lead in leads] + self._extra
        contacts.sort(key=lambda contact: (contact.created_at, contact.person_id, contact.email))
        for number, contact in enumerate(contacts):
            contact.contact_id = f"{20_300_000_000 + number * 37}"
            contact.stages.sort(key=lambda change: change.at)
            person = world.people[contact.person_id]
            person.contact_ids = (*person.contact_ids, contact.contact_id)
        for gone, survivor in self._merges:
            gone.merged_into = survivor.contact_id
        for contact, referrer in self._referrers:
            contact.referred_by = referrer.contact_id
        self._deals.all.sort(key=lambda pair: (pair[0].created_at, pair[0].name))
        for number, (deal, people) in enumerate(self._deals.all):
            deal.deal_id = f"{30_700_000_000 + number * 41}"
            deal.contact_ids = tuple(contact.contact_id for contact in people)
            world.deals.append(deal)
        world.contacts = contacts
