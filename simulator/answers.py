"""The shape of the truth: measures of a member, facts about a lead, and the whole.

Belongs here: the values that a test compares. Does not belong here: computing them (``truth``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from simulator.crm import Contact
from simulator.journeys import Touch


@dataclass(slots=True)
class Measures:
    """Totals of one member. Money in the reporting currency, exact."""

    leads: int = 0
    mqls: int = 0
    sqls: int = 0
    customers: int = 0
    revenue: Decimal = Decimal(0)
    ad_spend: Decimal = Decimal(0)
    other_costs: Decimal = Decimal(0)
    leads_originated: int = 0
    leads_triggered: int = 0

    @property
    def spend(self) -> Decimal:
        """The sum of ad spend and other costs."""
        return self.ad_spend + self.other_costs

    def add(self, other: Measures) -> None:
        """Adds another member's totals to these."""
        self.leads += other.leads
        self.mqls += other.mqls
        self.sqls += other.sqls
        self.customers += other.customers
        self.revenue += other.revenue
        self.ad_spend += other.ad_spend
        self.other_costs += other.other_costs
        self.leads_originated += other.leads_originated
        self.leads_triggered += other.leads_triggered


@dataclass(slots=True)
class LeadTruth:
    """The truth about one lead."""

    contact: Contact
    created_at: datetime
    lead_source: str
    lead_channel: str
    campaign: tuple[str, str]
    source_campaign: tuple[str, str]
    channel_campaign: tuple[str, str]
    mql_at: datetime | None
    sql_at: datetime | None
    customer_at: datetime | None = None
    revenue: Decimal = Decimal(0)
    origin: Touch | None = None
    """The touch that it came from, where one is evident."""
    tactic: Touch | None = None
    """The touch that made it act, where one is evident."""

    @property
    def quality(self) -> str:
        """Who bought was real, unless it is a test or one of our own."""
        planted = self.contact.quality
        return "valid" if self.customer_at and planted not in ("internal", "test") else planted


@dataclass(frozen=True, slots=True)
class Win:
    """What a lead bought, or took back, and the touches that it is credited to."""

    lead: LeadTruth
    journey: list[Touch]
    value: Decimal
    is_counted: bool


@dataclass(slots=True)
class NurtureTruth:
    """What reached leads of a month by one channel and campaign after their creation."""

    leads: int = 0
    touches: int = 0
    customers: int = 0
    credit: Fraction = Fraction(0)
    value: Fraction = Fraction(0)


@dataclass(slots=True)
class EventTruth:
    """What came of one event."""

    cost: Decimal = Decimal(0)
    invited: int = 0
    registered: int = 0
    attended: int = 0
    new_leads: int = 0
    touched_leads: int = 0
    pipeline: Decimal = Decimal(0)
    customers: int = 0
    revenue_originated: Decimal = Decimal(0)
    revenue_credited: Fraction = Fraction(0)


@dataclass(slots=True)
class MailingTruth:
    """What came of one mailing."""

    sent: int = 0
    bounced: int = 0
    opened: int = 0
    clicked: int = 0
    scanned: int = 0
    unsubscribed: int = 0
    new_leads: int = 0
    touched_leads: int = 0
    customers: int = 0
    revenue_credited: Fraction = Fraction(0)


@dataclass(slots=True)
class LinkTruth:
    """What came of one link of a mailing: clicks and people by readers, people by scanners."""

    clicks: int = 0
    clicked: set[int | str] = field(default_factory=set)
    scanned: set[int | str] = field(default_factory=set)
    revenue: Fraction = Fraction(0)


@dataclass(slots=True)
class AdTruth:
    """What an ad, or the rest of its campaign, cost and brought in a month."""

    clicks: int = 0
    impressions: int = 0
    spend: Decimal = Decimal(0)
    leads: int = 0
    customers: int = 0
    revenue: Decimal = Decimal(0)


@dataclass(slots=True)
class PaidPageTruth:
    """What Google's ads that led to a page cost in a month."""

    impressions: int = 0
    clicks: int = 0
    spend: Decimal = Decimal(0)


@dataclass(slots=True)
class TermTruth:
    """What a term that people searched for before an ad cost and brought in a month.

    Attributes:
        leads: Its share of the leads of its campaigns.
    """

    clicks: int = 0
    impressions: int = 0
    spend: Decimal = Decimal(0)
    leads: Fraction = Fraction(0)


@dataclass(slots=True)
class PostTruth:
    """What came of one post on a social network."""

    impressions: int = 0
    engagements: int = 0
    clicks: int = 0
    visits: int = 0
    new_leads: int = 0
    touched_leads: int = 0
    customers: int = 0
    revenue_credited: Fraction = Fraction(0)


@dataclass(slots=True)
class SearchTruth:
    """What came of one term of unpaid search in one month.

    Attributes:
        positions: The sum of each line's position times its impressions.
        leads: Its share of the leads of its pages.
    """

    impressions: int = 0
    clicks: int = 0
    positions: Decimal = Decimal(0)
    leads: Fraction = Fraction(0)


@dataclass(slots=True)
class PageTruth:
    """What came of one page in one month and role."""

    views: int = 0
    visits: int = 0
    visits_captured: int = 0
    leads: int = 0
    customers: int = 0
    revenue: Decimal = Decimal(0)


@dataclass(slots=True)
class ContentTruth:
    """What came of one piece of content, or of one topic and format, in one month."""

    leads: int = 0
    customers: int = 0
    opportunities: int = 0
    pipeline_influenced: Decimal = Decimal(0)
    revenue_credited: Fraction = Fraction(0)


@dataclass(slots=True)
class OutreachTruth:
    """What came of one wave of letters or calls."""

    contacted: int = 0
    delivered: int = 0
    responses: int = 0
    leads: int = 0
    customers: int = 0
    cost: Decimal = Decimal(0)
    held_out: int = 0
    held_out_customers: int = 0
    revenue_credited: Fraction = Fraction(0)


@dataclass(slots=True)
class AdvocateTruth:
    """What one referring customer brought."""

    referrals: int = 0
    people: int = 0
    leads: int = 0
    customers: int = 0
    revenue: Decimal = Decimal(0)
    generations: int = 0
    people_of_all: int = 0
    customers_of_all: int = 0
    revenue_of_all: Decimal = Decimal(0)

    def add(self, generation: int, leads: list[LeadTruth]) -> None:
        """Count one person of a generation."""
        is_customer = any(lead.customer_at is not None for lead in leads)
        revenue = sum((lead.revenue for lead in leads), start=Decimal(0))
        self.people_of_all += 1
        self.customers_of_all += is_customer
        self.revenue_of_all += revenue
        if generation == 1:
            self.people += 1
            self.leads += bool(leads)
            self.customers += is_customer
            self.revenue += revenue


@dataclass
class Truth:
    """The answers.

    Attributes:
        leads: By contact id.
        sources: By (first day of the month, lead source).
        channels: By (first day of the month, lead channel).
        campaigns: By (platform, campaign id), without other costs. Both are ``unknown`` for leads
            without a campaign, ``unattributed`` for revenue of deals without any lead.
        credits: By (model, conversion type, lead source): conversions and value. Models:
            ``first_touch``, ``last_touch``, ``linear``; types: ``lead``, ``customer``,
            ``repeat_customer``.
        won: By (first day of the month, conversion type): conversions and value of won deals, and
            of leads that are customers without one.
        touch_revenue: By touch id, what the model ``linear`` credits to it of won deals.
        wins: Every won deal of a lead, and every lead that became a customer without one.
        nurture: By (first day of the month of the lead, lead channel, (platform, campaign id)).
        owners: By deal id, the lead of every live deal that has one.
        events: By event id.
        mailings: By Mailchimp's id, those that were sent.
        links: By that id and the link.
        terms: Searched for before an ad of Google's, by (first day of the month, term).
        searches: Unpaid, by (first day of the month, term).
        posts: By the network's id.
        ads: Google's, Meta's and LinkedIn's, by (first day of the month, campaign id, ad id);
            without an ad id, what reports by ad do not show.
        keywords: Google's, by (first day of the month, campaign id, text, match type); without a
            text, what no keyword explains of the campaign.
        pages: By (first day of the month of the view, page, role).
        paid_pages: By (first day of the month, page); ``unknown`` for what no page explains.
        own_people: Our own people and tests, among visitors as among leads.
        outreach: By (campaign, wave).
        advocates: By the person who recommended; by contact id where that is no lead any more.
        content: By (first day of the month of the contact, content id).
        topics: By (first day of the month of the contact, (topic, format)).
        unattributed_revenue: Revenue of deals without any lead; part of ``sources``.
    """

    leads: dict[str, LeadTruth] = field(default_factory=dict)
    sources: dict[tuple[date, str], Measures] = field(default_factory=dict)
    channels: dict[tuple[date, str], Measures] = field(default_factory=dict)
    campaigns: dict[tuple[str, str], Measures] = field(default_factory=dict)
    credits: dict[tuple[str, str, str], tuple[Fraction, Fraction]] = field(default_factory=dict)
    won: dict[tuple[date, str], tuple[int, Decimal]] = field(default_factory=dict)
    touch_revenue: dict[str, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    wins: list[Win] = field(default_factory=list)
    nurture: dict[tuple[date, str, tuple[str, str]], NurtureTruth] = field(
        default_factory=lambda: defaultdict(NurtureTruth)
    )
    owners: dict[str, LeadTruth] = field(default_factory=dict)
    events: dict[str, EventTruth] = field(default_factory=dict)
    mailings: dict[str, MailingTruth] = field(default_factory=dict)
    links: dict[tuple[str, str], LinkTruth] = field(default_factory=dict)
    ads: dict[tuple[date, str, str], AdTruth] = field(default_factory=dict)
    terms: dict[tuple[date, str], TermTruth] = field(default_factory=dict)
    searches: dict[tuple[date, str], SearchTruth] = field(
        default_factory=lambda: defaultdict(SearchTruth)
    )
    posts: dict[str, PostTruth] = field(default_factory=dict)
    keywords: dict[tuple[date, str, str, str], AdTruth] = field(
        default_factory=lambda: defaultdict(AdTruth)
    )
    paid_pages: dict[tuple[date, str], PaidPageTruth] = field(
        default_factory=lambda: defaultdict(PaidPageTruth)
    )
    own_people: set[int] = field(default_factory=set)
    pages: dict[tuple[date, str, str], PageTruth] = field(
        default_factory=lambda: defaultdict(PageTruth)
    )
    outreach: dict[tuple[str, str], OutreachTruth] = field(default_factory=dict)
    advocates: dict[int | str, AdvocateTruth] = field(
        default_factory=lambda: defaultdict(AdvocateTruth)
    )
    content: dict[tuple[date, str], ContentTruth] = field(
        default_factory=lambda: defaultdict(ContentTruth)
    )
    topics: dict[tuple[date, tuple[str, str]], ContentTruth] = field(
        default_factory=lambda: defaultdict(ContentTruth)
    )
    unattributed_revenue: Decimal = Decimal(0)

    def by_lead_source(self) -> dict[str, Measures]:
        """Totals over all months by lead source."""
        return _rolled_up((code, measures) for (_, code), measures in self.sources.items())

    def by_lead_channel(self) -> dict[str, Measures]:
        """Totals over all months by lead channel."""
        return _rolled_up((code, measures) for (_, code), measures in self.channels.items())

    def total(self) -> Measures:
        """Everything."""
        return _rolled_up(("", measures) for measures in self.sources.values())[""]


def _rolled_up(pairs: Iterable[tuple[str, Measures]]) -> dict[str, Measures]:
    result: dict[str, Measures] = defaultdict(Measures)
    for code, measures in pairs:
        result[code].add(measures)
    return dict(result)
