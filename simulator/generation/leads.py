"""How each lead met the company, and what they did afterwards.

Belongs here: which touches a lead has and when its contact is created. Does not belong here:
identities (``people``), writing a touch (``touches``), what sales do next (``deals``).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import accumulate

from simulator.crm import Contact, StageChange
from simulator.generation import words
from simulator.generation.calendar import (
    DAY,
    END,
    NIGHTS,
    START,
    as_moment,
    draw_moment,
    office_hour,
)
from simulator.generation.evidence import CRM_CATEGORY
from simulator.generation.people import Register
from simulator.generation.platforms import CLICKS_KNOWN_FROM
from simulator.generation.touches import GOOGLE_SOURCES, OFFLINE, Scribe
from simulator.mail import Member
from simulator.world import Person, Touch

_ORIGINS = {
    "organic_search": 190, "paid_search": 150, "microsoft_search": 20, "cross_network": 40,
    "display": 20, "paid_video": 15, "paid_social": 80, "organic_social": 50, "organic_video": 15,
    "referral_site": 50, "partner": 18, "affiliate": 10, "content_syndication": 10, "audio": 7,
    "mail_qr": 12, "ai_assistant": 45, "email": 8, "direct": 55, "paid_other": 7,
    "programmatic": 8, "event_link": 6, "webinar_link": 6,
    "events": 55, "webinars": 42, "direct_mail": 18, "calls": 24, "referrals": 48,
    "partner_form": 12, "crm_only": 22, "told_only": 6, "nothing": 5, "forgotten": 3,
}  # fmt: skip
"""How a thousand leads begin, by count. The last ones have no recorded touch: the source is stated
in the CRM, or by the lead, or not at all, or the visit is older than any look-back.
"""

_LATER = {
    "direct": 30, "organic_search": 22, "mail": 20, "paid_search": 8, "display": 4,
    "cross_network": 2, "paid_social": 4, "organic_social": 5, "ai_assistant": 3,
    "referral_site": 2, "organic_video": 1, "webinars": 3, "events": 1, "calls": 2,
}  # fmt: skip
"""How people come back."""

_LAST = {
    "direct": 30, "organic_search": 26, "paid_search": 14, "mail": 14, "paid_social": 5,
    "organic_social": 5, "ai_assistant": 4, "referral_site": 3, "display": 2, "webinar_link": 2,
}  # fmt: skip
"""How people arrive in the session in which they write to us."""

_CRM_STATED = (
    ("Outbound Sales", "Sales Outreach"),
    ("Partner", "Partner Listing"),
    ("Olark Chat", "Chat"),
    ("Content Syndication", "Content Asset"),
)

_OFFLINE_STATED = {
    "events": "Event",
    "webinars": "Webinar",
    "calls": "Phone",
    "direct_mail": "Direct mail",
    "referrals": "Customer referral",
}

_SEGMENTS = ("SMB", "Mid-market", "Enterprise")


@dataclass(slots=True)
class Lead:
    """A contact being generated, with what later parts need to know."""

    person: Person
    contact: Contact
    created: int
    origin: str
    member: Member | None = None
    merged: list[Contact] = field(default_factory=list)


class Leads:
    """Generates leads, each with the touches before and after its creation."""

    def __init__(self, rng: random.Random, register: Register, scribe: Scribe) -> None:
        self._rng = rng
        self._register = register
        self._scribe = scribe
        self._stated = 0
        self.all: list[Lead] = []

    def make(self, count: int, lasting: bool = True) -> None:
        """Leads in order of creation, each with the touches before and after.

        Args:
            count: How many.
            lasting: False for contacts that will be discarded: none of these has a touch that only
                its own record shows, because it would disappear with the record.
        """
        rng = self._rng
        nights = NIGHTS[: count // 20]
        moments = [draw_moment(rng) for _ in range(count - len(nights))]
        origins, weights = list(_ORIGINS), list(accumulate(_ORIGINS.values()))
        drawn = rng.choices(origins, cum_weights=weights, k=count)
        if count >= 200:
            # However small the company, each way of arriving occurs at least once.
            for place, origin in enumerate(origins):
                drawn[count // 2 + place * (count // 100)] = origin
        for created, origin in zip(sorted([*moments, *nights]), drawn, strict=True):
            early = created < START + 200 * DAY and origin == "forgotten"
            hidden = origin == "partner_form" and not lasting
            self.all.append(self._lead(created, "direct" if early or hidden else origin))

    def _lead(self, created: int, origin: str) -> Lead:
        rng = self._rng
        untouched = origin in ("crm_only", "told_only", "nothing")
        person = self._register.person(created, 0 if untouched else 1)
        contact = Contact(
            contact_id="",
            person_id=person.person_id,
            email=person.emails[0],
            first_name=person.first_name,
            last_name=person.last_name,
            created_at=as_moment(created),
            phone=person.phone,
            company_id=person.company_id,
            country=person.country,
            segment=rng.choices(_SEGMENTS, (60, 30, 10))[0],
        )
        lead = Lead(person, contact, created, origin)
        if rng.random() < 0.62:
            joined = max(created - int(rng.expovariate(1 / (20 * DAY))), START)
            joined = joined if rng.random() < 0.4 and not untouched else created
            email = contact.email if rng.random() < 0.9 else contact.email.title()
            names = (person.first_name, person.last_name)
            lead.member = self._scribe.mailings.join(person.person_id, email, names, joined)
        if not untouched and rng.random() < 0.45:
            person.user_id = contact.user_id = f"u-{person.person_id:06d}"
        if untouched:
            self._state(lead)
        elif origin == "partner_form":
            self._partner_form(lead)
        elif origin == "forgotten":
            self._scribe.visit(person, created - (120 + rng.randint(0, 60)) * DAY,
                               "organic_search", person.visitor_ids[0])  # fmt: skip
            contact.matomo_visitor_id = person.visitor_ids[0]
        elif origin in OFFLINE:
            self._met_offline(lead)
        else:
            self._met_online(lead)
        created = int(contact.created_at.timestamp())
        lead.created = created
        contact.stages.append(StageChange("lead", contact.created_at))
        if not untouched:
            self._afterwards(lead)
        if rng.random() < 0.12 and not untouched and origin != "forgotten":
            # What people say is kept beside what was tracked, and often differs.
            contact.self_reported_source = rng.choice(words.SELF_REPORTED)
        return lead

    def _state(self, lead: Lead) -> None:
        if lead.origin == "crm_only":
            stated = _CRM_STATED[self._stated % len(_CRM_STATED)]
            self._stated += 1
            lead.contact.lead_source, lead.contact.lead_channel = stated
        elif lead.origin == "told_only":
            lead.contact.self_reported_source = self._rng.choice(words.SELF_REPORTED)

    def _partner_form(self, lead: Lead) -> None:
        """A partner's form created the contact through the API, including its parameters."""
        contact = lead.contact
        contact.utm_source, contact.utm_medium = "nordpartner", "partner"
        contact.utm_campaign = "api-form"
        contact.analytics_source = "OFFLINE"
        contact.analytics_source_data_1 = "INTEGRATION"
        touch = self._scribe.write(
            lead.person, lead.created, "form", "hubspot_contact", ("partner", "partner_listing"),
            email=contact.email, utm_source="nordpartner", utm_medium="partner",
            utm_campaign="api-form", campaign_platform="utm", campaign_id="api_form",
        )  # fmt: skip
        contact.created_at = touch.at
        contact.matomo_visitor_id = lead.person.visitor_ids[0]

    def _met_offline(self, lead: Lead) -> None:
        """Met at an event, by phone or through a customer; sales or an import adds the contact."""
        rng, contact, person = self._rng, lead.contact, lead.person
        gap = rng.randint(300, 7200) if lead.origin == "calls" else rng.randint(2, 40) * 3600
        slow = rng.random() < 0.12
        if slow:
            # Older than the look-back of visits, but within that of offline touches.
            gap = rng.randint(95, 170) * DAY
        met = office_hour(rng, max(lead.created - gap, START + DAY))
        if met >= lead.created:
            met = office_hour(rng, lead.created - 2 * DAY)
        met = max(met, START)
        created = max(lead.created, met + 240)
        email = contact.email if rng.random() < 0.8 else contact.email.upper()
        if lead.origin == "calls" and rng.random() < 0.3:
            self._scribe.offline(person, met, "calls", "", visitor_id=person.visitor_ids[0])
        else:
            self._scribe.offline(person, met, lead.origin, email)
        contact.analytics_source_data_1 = "IMPORT" if lead.origin == "events" else "CRM_UI"
        contact.lead_source = _OFFLINE_STATED[lead.origin]
        contact.matomo_visitor_id = person.visitor_ids[0]
        for _ in range(int(rng.expovariate(0.8))):
            at = met + int(rng.random() * (created - met))
            if met < at < created:
                self._return(lead, at)
        if slow or rng.random() < 0.35:
            source = "direct" if rng.random() < 0.6 else "organic_search"
            session = self._scribe.visit(person, created - 150, source, person.visitor_ids[0])
            form = self._scribe.form(person, session, created, contact.email)
            contact.created_at = form.at
        else:
            contact.created_at = as_moment(created)

    def _met_online(self, lead: Lead) -> None:
        """Came through the web; the last session before creation sends the form."""
        rng, contact, person = self._rng, lead.contact, lead.person
        visitor = person.visitor_ids[0]
        count = 1 + int(rng.expovariate(0.24))
        span = min(int(rng.expovariate(1 / (20 * DAY))), 85 * DAY)
        first = max(lead.created - span - 900, START)
        last = max(lead.created - rng.randint(60, 900), first + 1)
        if rng.random() < 0.03 and first > START + 110 * DAY:
            # Outside the look-back, so the origin is the next touch.
            self._scribe.visit(
                person, first - rng.randint(95, 105) * DAY, "organic_social", visitor
            )
        session: Touch | None = None
        if count == 1:
            session = self._session(lead, last, lead.origin)
        else:
            self._scribe.visit(person, first, lead.origin, visitor)
            for _ in range(count - 2):
                at = first + 1 + int(rng.random() * (last - first - 1))
                if first < at < last:
                    self._return(lead, at)
            later = rng.choices(tuple(_LAST), tuple(_LAST.values()))[0]
            session = self._session(lead, last, later)
        source = session.lead_source if count == 1 else lead.origin
        contact.analytics_source = CRM_CATEGORY.get(source, "OTHER_CAMPAIGNS")
        contact.analytics_source_data_1 = source
        contact.first_url = session.landing_url
        form = self._scribe.form(person, session, max(lead.created, last + 30), contact.email)
        # Some records have the form's time, others are a second or two younger.
        seconds = int(form.at.timestamp()) + rng.choice((0, 0, 1, 2))
        contact.created_at = as_moment(seconds)
        if rng.random() < 0.8:
            contact.matomo_visitor_id = visitor

    def _session(self, lead: Lead, at: int, source: str) -> Touch:
        """The session that ends in the form.

        A form shows a click id but no campaign id. Where the click is too old to be looked up and
        the campaign's type decides the source, people come back directly before they write.
        """
        visitor = lead.person.visitor_ids[0]
        if source == "mail":
            member, moment = lead.member, at - 40
            if member is not None and member.opted_in_at.timestamp() < moment:
                touches = self._scribe.mail_click(lead.person, member, moment, visitor)
                if touches and touches[-1].via == "matomo":
                    return touches[-1]
            source = "direct"
        session = self._scribe.visit(lead.person, at, source, visitor)
        lost = as_moment(at).date() < CLICKS_KNOWN_FROM and source in GOOGLE_SOURCES
        if lost and source != "paid_search":
            session = self._scribe.visit(lead.person, at + 20, "direct", visitor)
        return session

    def _return(self, lead: Lead, at: int, visitor_id: str = "", user_id: str = "") -> None:
        """One of the ways in which people come back."""
        rng, person = self._rng, lead.person
        visitor = visitor_id or person.visitor_ids[0]
        source = rng.choices(tuple(_LATER), tuple(_LATER.values()))[0]
        if source == "mail":
            opted_in = lead.member is not None and lead.member.opted_in_at.timestamp() < at
            if (
                lead.member is not None
                and opted_in
                and self._scribe.mail_click(person, lead.member, at, visitor)
            ):
                return
            source = "direct"
        if source in OFFLINE:
            moment = office_hour(rng, at)
            if START < moment < min(lead.created, END) or lead.created < moment < END:
                self._scribe.offline(person, moment, source, lead.contact.email)
            return
        self._scribe.visit(person, at, source, visitor, user_id if source == "direct" else "")

    def _afterwards(self, lead: Lead) -> None:
        """What people do once they are known; logging in links a second browser to them."""
        rng, person = self._rng, lead.person
        visitors = list(person.visitor_ids)
        if person.user_id and rng.random() < 0.4 and lead.created < END - 3 * DAY:
            visitors += self._register.visitor_ids(1)
            person.visitor_ids = tuple(visitors)
            at = lead.created + rng.randint(3600, 2 * DAY)
            self._scribe.visit(person, at, "direct", visitors[1], person.user_id)
        for _ in range(int(rng.expovariate(0.15))):
            at = lead.created + 600 + int(rng.expovariate(1 / (45 * DAY)))
            if at < END:
                self._return(lead, at, rng.choice(visitors), person.user_id)
