"""The demo company's world: everything that happened, independent of any vendor's view.

Belongs here: people, touches, and the world that holds all parts. Does not belong here: generating
it (``generator``), what a correct warehouse must show (``truth``), wire formats
(``vendors/<vendor>``).

Which vendor shows which touch:

========================  ==========================================================================
``Touch.via``             shown by
========================  ==========================================================================
``matomo``                Matomo, as one visit: ``visitor_id``, ``user_id`` when logged in,
                          referrer, UTM and click ids in the first page's URL (``landing_url``)
``mailchimp``             Mailchimp, as the click in ``World.email_activity`` with its ``touch_id``
``hubspot_form``          HubSpot, as a form submission: ``email``, hidden fields
                          ``matomo_visitor_id``, ``utm_*``, ``referrer`` and the click id under
                          its type; ``page_url`` is ``landing_page`` without parameters
``hubspot_contact``       HubSpot, as the contact's own ``utm_*`` and ``gclid`` properties
``salesforce``            Salesforce, as a response to a campaign, or as the lead's own ``utm_*``
                          and ``gclid``
``meta_leads``            Meta, as a filled-in lead form
``inbox:<file>``          a CSV file of ``inbox_files``
========================  ==========================================================================

Every touch is shown exactly once. Empty text means "not there". All times are aware, in UTC, and
whole seconds; each vendor shows only what lies at or before the clock's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from simulator.ads import (
    Ad,
    AdAccount,
    AdClick,
    AdDay,
    AdFigure,
    AdGroup,
    Campaign,
    CampaignType,
    Keyword,
    figure_at,
)
from simulator.crm import Contact, Deal, Organisation, StageChange
from simulator.events import Event, Guest
from simulator.journeys import DOMAIN, Form, Person, Touch
from simulator.lead_forms import FormLead, LeadForm
from simulator.mail import EmailActivity, EmailCampaign, Member
from simulator.market import PostDay
from simulator.money import Cost, FxRate, InboxSpend
from simulator.outreach import Contacted
from simulator.salesforce import Acquired
from simulator.search import Search
from simulator.social import SocialAccount

__all__ = [
    "DOMAIN",
    "Ad",
    "AdAccount",
    "AdClick",
    "AdDay",
    "AdFigure",
    "AdGroup",
    "Campaign",
    "CampaignType",
    "Contact",
    "Cost",
    "Deal",
    "EmailActivity",
    "EmailCampaign",
    "Event",
    "Form",
    "FormLead",
    "FxRate",
    "Guest",
    "InboxSpend",
    "Keyword",
    "LeadForm",
    "Member",
    "Organisation",
    "Person",
    "SocialAccount",
    "StageChange",
    "Touch",
    "World",
]

_T = TypeVar("_T")


@dataclass
class World:
    """Everything that happened. Lists are in order of time (entities: of creation).

    Attributes:
        seed: The seed it was generated from, with ``scale``.
        first_day: First day of history in the reporting zone.
        last_day: Last complete day; the demo's clock is set to the morning after.
        touches: All touches, by (at, touch_id).
        contacts: Those of the company's own CRM, as ``deals`` and ``organisations``.
        acquired: The company that it bought, with a CRM of its own.
    """

    seed: int
    scale: float
    first_day: date
    last_day: date
    people: list[Person] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    ad_accounts: list[AdAccount] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    ad_groups: list[AdGroup] = field(default_factory=list)
    ads: list[Ad] = field(default_factory=list)
    keywords: list[Keyword] = field(default_factory=list)
    ad_clicks: list[AdClick] = field(default_factory=list)
    ad_days: list[AdDay] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    email_campaigns: list[EmailCampaign] = field(default_factory=list)
    email_activity: list[EmailActivity] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)
    outreach: list[Contacted] = field(default_factory=list)
    post_days: list[PostDay] = field(default_factory=list)
    searches: list[Search] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)
    inbox_spend: list[InboxSpend] = field(default_factory=list)
    social_accounts: list[SocialAccount] = field(default_factory=list)
    lead_forms: list[LeadForm] = field(default_factory=list)
    form_leads: list[FormLead] = field(default_factory=list)
    fx_rates: list[FxRate] = field(default_factory=list)
    acquired: Acquired = field(default_factory=Acquired)

    @property
    def every_contact(self) -> list[Contact]:
        """The contacts of both CRMs, and who filled in a lead form."""
        filled_in = [lead.contact for lead in self.form_leads]
        return [*self.contacts, *self.acquired.contacts, *filled_in]

    @property
    def every_deal(self) -> list[Deal]:
        """The deals of both CRMs."""
        return [*self.deals, *self.acquired.deals]

    def social_accounts_of(self, platform: str) -> list[SocialAccount]:
        """The accounts of one of ``meta_ads`` and ``linkedin_ads``."""
        return [account for account in self.social_accounts if account.platform == platform]

    def touches_via(self, via: str) -> list[Touch]:
        """The touches that one vendor or file shows, in order of time."""
        return self._touches_by_via.get(via, [])

    def contact(self, contact_id: str) -> Contact:
        """A contact by its id, merged ones included.

        Raises:
            KeyError: There is none.
        """
        return self._contacts_by_id[contact_id]

    def survivor_id(self, contact_id: str, now: datetime) -> str:
        """The id of a contact at ``now``, following merges."""
        contact = self._contacts_by_id[contact_id]
        if contact.merged_at is not None and contact.merged_at <= now:
            return self.survivor_id(contact.merged_into, now)
        return contact_id

    def merged_contacts(self, contact_id: str, now: datetime) -> list[Contact]:
        """The contacts that were merged into this one by ``now``."""
        return [
            other
            for other in self._merges_by_survivor.get(contact_id, [])
            if other.merged_at is not None and other.merged_at <= now
        ]

    def contact_created_at(self, contact: Contact, now: datetime) -> datetime:
        """``createdate`` as shown at ``now``: a survivor takes over the earlier creation."""
        merged = self.merged_contacts(contact.contact_id, now)
        return min([contact.created_at, *(other.created_at for other in merged)])

    def contact_modified_at(self, contact: Contact, now: datetime) -> datetime:
        """``lastmodifieddate`` as shown at ``now``."""
        moments: list[datetime | None] = [contact.created_at, contact.archived_at]
        moments += [change.at for change in contact.stages]
        moments += [other.merged_at for other in self.merged_contacts(contact.contact_id, now)]
        return max(moment for moment in moments if moment is not None and moment <= now)

    def deal_modified_at(self, deal: Deal, now: datetime) -> datetime:
        """``hs_lastmodifieddate`` as shown at ``now``."""
        moments = [deal.created_at, *(change.at for change in deal.stages)]
        if deal.archived_at is not None:
            moments.append(deal.archived_at)
        return max([deal.created_at, *(moment for moment in moments if moment <= now)])

    def ad_figures(
        self, account_id: str, start: date, end: date, asked_at: datetime
    ) -> Iterator[AdFigure]:
        """Figures of an account for the days of [start, end), as answered at ``asked_at``.

        One per ad and day, and one per Performance Max campaign and day (no ad group, no ad).
        Sum them for reports by ad group, campaign or account; reports by ad hold only those with
        ``in_ad_reports``. Rows with nothing to report are absent.
        """
        zone = self._zones[account_id]
        for row in self._ad_days_by_account.get(account_id, []):
            if start <= row.day < end:
                figure = figure_at(row, self._ads_by_id.get(row.ad_id), zone, asked_at)
                if figure is not None:
                    yield figure

    @cached_property
    def _touches_by_via(self) -> dict[str, list[Touch]]:
        return _grouped((touch.via, touch) for touch in self.touches)

    @cached_property
    def _contacts_by_id(self) -> dict[str, Contact]:
        return {contact.contact_id: contact for contact in self.every_contact}

    @cached_property
    def _merges_by_survivor(self) -> dict[str, list[Contact]]:
        return _grouped(
            (other.merged_into, other) for other in self.every_contact if other.merged_into
        )

    @cached_property
    def _ad_days_by_account(self) -> dict[str, list[AdDay]]:
        return _grouped((row.account_id, row) for row in self.ad_days)

    @cached_property
    def _ads_by_id(self) -> dict[str, Ad]:
        return {ad.ad_id: ad for ad in self.ads}

    @cached_property
    def _zones(self) -> dict[str, ZoneInfo]:
        return {account.account_id: account.zone for account in self.ad_accounts}


def _grouped(pairs: Iterable[tuple[str, _T]]) -> dict[str, list[_T]]:
    groups: dict[str, list[_T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
