"""The bought company's leads, campaigns and deals, with the traps of its CRM."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from simulator.crm import Contact, Deal, Organisation, StageChange
from simulator.generation import words
from simulator.generation.calendar import DAY, END, as_moment, draw_moment, office_hour
from simulator.money import Cost
from simulator.salesforce import (
    HOME,
    Acquired,
    Conversion,
    Membership,
    SalesCampaign,
    midnight,
    short_id,
)
from simulator.world import Person, Touch, World

_CAMPAIGNS = (
    ("Logistiikka-messut 2025", "Trade Show", date(2025, 3, 12), "14200.00", "EUR"),
    ("Data Day Helsinki", "Conference", date(2025, 10, 8), "6800.00", "EUR"),
    ("Logistiikka-messut 2026", "Trade Show", date(2026, 3, 11), "15100.00", "EUR"),
    ("Varasto ilman yllätyksiä", "Webinar", date(2025, 5, 21), "900.00", "EUR"),
    ("Räkna rätt i lagret", "Webinar", date(2026, 2, 4), "9500.00", "SEK"),
    ("Kevätkirje 2025", "Direct Mail", date(2025, 4, 28), "3150.50", "EUR"),
    ("Uutiskirje kesä", "Email", date(2025, 6, 16), "0", "EUR"),
    ("Uutiskirje talvi", "Email", date(2026, 1, 19), "0", "EUR"),
    # What the ad platform reports as well: counting it here would be counting it twice.
    ("Google-mainokset", "Advertisement", date(2025, 9, 1), "4000.00", "EUR"),
)
"""Name, type, first day, what it cost."""

_TOUCHED = {
    "Trade Show": ("event", "event", "trade_show"),
    "Conference": ("event", "event", "conference"),
    "Webinar": ("webinar", "webinar", "webinar"),
    "Direct Mail": ("direct_mail", "direct_mail", "direct_mail_piece"),
    "Email": ("email_click", "email", "email_campaign"),
}
"""What a response is: type of touch, source, channel. Advertisement has no members."""

_EVENTS = ("Trade Show", "Conference", "Webinar")
_ORIGINS = {"event": 40, "ad": 20, "partner": 14, "phone": 10, "outbound": 6, "web": 10}
_STATED = {"event": "event", "partner": "partner", "phone": "phone", "outbound": "outbound_sales"}
"""What is entered as the source, as our code; others say by what means alone (Web)."""
_STATUSES = ("Open - Not Contacted", "Working - Contacted")
_PRICE = {"EUR": 1.0, "SEK": 11.2, "USD": 1.1}


class Acquisition:
    """Fills the bought company's CRM.

    People and touches join the world at once, records when everything else is written, so that
    nothing else is drawn among them.
    """

    def __init__(self, rng: random.Random, world: World) -> None:
        self._rng = rng
        self._world = world
        self._crm = Acquired()
        self._numbers: dict[str, int] = {}
        self._by_kind: dict[str, list[SalesCampaign]] = {}

    def make(self, count: int) -> None:
        """Campaigns, and so many leads with what became of them."""
        self._campaigns()
        leads = [self._lead() for _ in range(count)]
        leads.sort(key=lambda lead: (lead.created_at, lead.person_id))
        for number, lead in enumerate(leads):
            self._follow(lead, number)
        self._crm.memberships.sort(key=lambda each: (each.created_at, each.member_id))

    def join(self) -> None:
        """Give the world the CRM."""
        crm = self._crm
        crm.contacts.sort(key=lambda each: (each.created_at, each.contact_id))
        crm.deals.sort(key=lambda each: (each.created_at, each.deal_id))
        for contact in crm.contacts:
            person = self._world.people[contact.person_id]
            person.contact_ids = (*person.contact_ids, contact.contact_id)
        self._world.acquired = crm

    def _id(self, prefix: str) -> str:
        # Far apart, and so that there are ids that differ in the case of a letter alone.
        self._numbers[prefix] = self._numbers.get(prefix, 40_000) + 26
        return short_id(prefix, self._numbers[prefix])

    def _campaigns(self) -> None:
        for name, kind, day, cost, currency in _CAMPAIGNS:
            campaign = SalesCampaign(
                self._id("701"), name, kind, day, Decimal(cost), currency,
                midnight(day - timedelta(days=30)).astimezone(UTC) + timedelta(hours=9),
            )  # fmt: skip
            self._crm.campaigns.append(campaign)
            self._by_kind.setdefault(kind, []).append(campaign)
            if campaign.cost and kind in _TOUCHED:
                _, source, channel = _TOUCHED[kind]
                self._crm.costs.append(
                    Cost(day, campaign.cost, currency, source, channel, name, name)
                )

    def _lead(self) -> Contact:
        """A person, their record, and what brought them."""
        rng, world = self._rng, self._world
        origin = rng.choices(list(_ORIGINS), weights=list(_ORIGINS.values()))[0]
        person = Person(
            person_id=len(world.people),
            first_name=rng.choice(words.FIRST_NAMES),
            last_name=rng.choice(words.LAST_NAMES),
            country="FI",
        )
        person.emails = (f"contact{person.person_id}@asiakas.example",)
        if rng.random() < 0.4:
            person.phone = f"+35840{person.person_id:07d}"
        world.people.append(person)
        campaign = None
        if origin == "event":
            kind = rng.choices(_EVENTS, weights=(5, 2, 3))[0]
            campaign = rng.choice(self._by_kind[kind])
            day = campaign.day + timedelta(days=rng.randint(1, 6))
            created = office_hour(rng, int(midnight(day).timestamp()) + DAY // 2)
        else:
            created = office_hour(rng, min(draw_moment(rng), END - DAY))
        contact = Contact(
            contact_id=self._id("00Q"),
            person_id=person.person_id,
            email=person.emails[0],
            first_name=person.first_name,
            last_name=person.last_name,
            created_at=as_moment(created),
            phone=person.phone,
            lead_source=_STATED.get(origin, ""),
            lead_status=rng.choice(_STATUSES),
            country="FI",
            stages=[StageChange("lead", as_moment(created))],
        )
        self._crm.contacts.append(contact)
        self._crm.companies[contact.contact_id] = f"Asiakas {person.person_id} Oy"
        if campaign is not None:
            contact.lead_source = _TOUCHED[campaign.kind][1]
            self._respond(contact, campaign, campaign.day, "Attended")
        elif origin == "ad":
            self._advertised(contact)
        return contact

    def _advertised(self, contact: Contact) -> None:
        """Came by a form that noted the tags of an ad."""
        contact.utm_source, contact.utm_medium = "google", "cpc"
        contact.utm_campaign = "varasto-haku"
        self._touch(
            contact, contact.created_at, "form", "paid_search", "search_ad",
            utm_source="google", utm_medium="cpc", utm_campaign="varasto-haku",
            campaign_platform="utm", campaign_id="varasto_haku",
        )  # fmt: skip

    def _respond(self, contact: Contact, campaign: SalesCampaign, day: date, status: str) -> None:
        kind, source, channel = _TOUCHED[campaign.kind]
        self._member(contact, campaign, status, day)
        self._touch(
            contact, midnight(day).astimezone(UTC), kind, source, channel,
            campaign_platform="salesforce", campaign_id=campaign.campaign_id,
            label=campaign.name,
        )  # fmt: skip

    def _member(
        self, contact: Contact, campaign: SalesCampaign, status: str, day: date | None
    ) -> None:
        """Membership without more: nobody was touched who only received something."""
        at = contact.created_at if day is None else midnight(day).astimezone(UTC)
        self._crm.memberships.append(
            Membership(
                self._id("00v"),
                campaign.campaign_id,
                contact.contact_id,
                status,
                day is not None or status == "No Show",
                day,
                max(contact.created_at, at + timedelta(hours=10)),
            )
        )

    def _touch(
        self, contact: Contact, at: datetime, kind: str, source: str, channel: str, **more: Any
    ) -> None:
        self._world.touches.append(
            Touch(
                touch_id="",
                number=0,
                person_id=contact.person_id,
                email=contact.email,
                at=at,
                kind=kind,
                via="salesforce",
                lead_source=source,
                lead_channel=channel,
                **more,
            )
        )

    def _follow(self, lead: Contact, number: int) -> None:
        """What became of a lead; every so often something unusual."""
        rng = self._rng
        created = int(lead.created_at.timestamp())
        match number % 20:
            case 3:
                # Every other one is still in the recycle bin.
                days = rng.randint(2, 90)
                recently = number % 40 == 3 and created < END - 20 * DAY
                at = END - days % 10 * DAY if recently else created + days * DAY
                lead.archived_at = as_moment(min(at, END))
                self._untouch(lead)
                return
            case 7 if number % 40 == 7:
                lead.erased_at = as_moment(min(created + rng.randint(2, 90) * DAY, END))
                self._untouch(lead)
                crm = self._crm
                crm.memberships = [
                    each for each in crm.memberships if each.contact_id != lead.contact_id
                ]
                return
            case 11:
                self._merge(lead)
            case 14:
                self._member(lead, self._by_kind["Trade Show"][0], "No Show", None)
            case 17:
                self._directly(lead)
            case _:
                pass
        self._nurture(lead)
        if rng.random() < 0.5:
            self._convert(lead)

    def _untouch(self, lead: Contact) -> None:
        """Whoever is deleted leaves every campaign."""
        self._world.touches = [
            touch
            for touch in self._world.touches
            if touch.via != "salesforce" or touch.person_id != lead.person_id
        ]

    def _is_member(self, lead: Contact) -> bool:
        return any(each.contact_id == lead.contact_id for each in self._crm.memberships)

    def _merge(self, lead: Contact) -> None:
        """A second record of the person, merged away; the survivor was created when it was."""
        if lead.utm_source or self._is_member(lead):
            return
        at = lead.created_at - timedelta(days=self._rng.randint(1, 3))
        if at <= as_moment(int(datetime(2025, 1, 3, tzinfo=UTC).timestamp())):
            return
        merged_at = min(lead.created_at + timedelta(days=2), as_moment(END))
        self._crm.contacts.append(
            Contact(
                contact_id=self._id("00Q"),
                person_id=lead.person_id,
                email=lead.email,
                first_name=lead.first_name,
                last_name=lead.last_name,
                created_at=at,
                country="FI",
                stages=[StageChange("lead", at)],
                merged_into=lead.contact_id,
                merged_at=merged_at,
            )
        )

    def _directly(self, lead: Contact) -> None:
        """A contact that sales made, into which the person's lead is converted later."""
        if self._is_member(lead):
            return
        lead_id, contact_id = lead.contact_id, self._id("003")
        at = lead.created_at + timedelta(days=4)
        if at >= as_moment(END - DAY):
            return
        account = self._account(lead, at)
        later = Contact(
            contact_id=lead_id, person_id=lead.person_id, email=lead.email,
            first_name=lead.first_name, last_name=lead.last_name, created_at=at,
            country="FI", lead_status="Qualified",
            stages=[StageChange("lead", at)],
        )  # fmt: skip
        lead.contact_id, lead.company_id = contact_id, account
        lead.lead_status = ""
        if lead.utm_source:
            # A contact has no such fields of its own here: its lead brings them.
            later.utm_source, later.utm_medium = lead.utm_source, lead.utm_medium
            later.utm_campaign = lead.utm_campaign
        day = midnight((at.astimezone(HOME) + timedelta(days=3)).date()).astimezone(UTC)
        later.merged_into, later.merged_at = contact_id, day
        lead.stages.append(StageChange("salesqualifiedlead", day))
        self._crm.conversions[lead_id] = Conversion(day, contact_id, account)
        self._crm.contacts.append(later)

    def _nurture(self, lead: Contact) -> None:
        """Answers a mailing, or only receives it."""
        rng = self._rng
        for kind in ("Direct Mail", "Email"):
            for campaign in self._by_kind[kind]:
                day = campaign.day + timedelta(days=rng.randint(1, 5))
                if lead.created_at + timedelta(days=1) > midnight(day) or rng.random() < 0.7:
                    continue
                if rng.random() < 0.4:
                    self._respond(lead, campaign, day, "Responded")
                else:
                    self._member(lead, campaign, "Sent", None)

    def _account(self, lead: Contact, at: datetime) -> str:
        crm, rng = self._crm, self._rng
        if crm.organisations and rng.random() < 0.3:
            company = rng.choice(crm.organisations)
            company.created_at = min(company.created_at, at)
        else:
            company = Organisation(
                self._id("001"), f"Asiakas {lead.person_id} Oy",
                f"asiakas{lead.person_id}.example", "FI", "Logistics", 40, at,
            )  # fmt: skip
            crm.organisations.append(company)
        return company.company_id

    def _convert(self, lead: Contact) -> None:
        """Becomes a contact, an account and a deal, which may be won or lost."""
        rng, crm = self._rng, self._crm
        if lead.contact_id.startswith("003"):
            return
        day = (lead.created_at.astimezone(HOME) + timedelta(days=rng.randint(3, 40))).date()
        at = midnight(day).astimezone(UTC)
        opened = at + timedelta(hours=11)
        if opened >= as_moment(END - 2 * DAY):
            return
        lead.company_id = self._account(lead, at)
        lead.lead_status = "Qualified"
        lead.stages.append(StageChange("salesqualifiedlead", at))
        deal_id = self._id("006")
        crm.conversions[lead.contact_id] = Conversion(at, self._id("003"), lead.company_id, deal_id)
        stages = [
            StageChange("appointmentscheduled", opened),
            StageChange("qualifiedtobuy", opened + timedelta(days=1)),
        ]
        closing = day + timedelta(days=rng.randint(10, 90))
        # Whether a touch or a close came first on one day, nobody can tell.
        while any(0 <= (closing - each.day).days <= 6 for each in crm.campaigns):
            closing += timedelta(days=1)
        closed = midnight(closing).astimezone(UTC)
        chance = rng.random()
        if closed < as_moment(END) and chance < 0.75:
            stages.append(StageChange("closedwon" if chance < 0.45 else "closedlost", closed))
        currency = rng.choices(("EUR", "SEK", "USD"), weights=(7, 2, 1))[0]
        units = int(4200 * rng.lognormvariate(0, 0.6) * _PRICE[currency]) // 10 * 10
        crm.deals.append(
            Deal(
                deal_id=deal_id,
                name=f"Tilaus {deal_id}",
                company_id=lead.company_id,
                contact_ids=(lead.contact_id,),
                amount=Decimal(units) + Decimal("0.50"),
                currency=currency,
                created_at=opened,
                stages=stages,
            )
        )
