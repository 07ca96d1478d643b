"""What a correct warehouse must show for the demo company, computed only from the world.

Belongs here: leads, customers, revenue, spend and credit by true person, true source and true
channel. Does not belong here: anything that reads a vendor's view, or warehouse code.

Definitions, as docs/identity.md and docs/attribution.md have them:

- A lead is an active contact; survivors of merges have the earlier creation.
- Its source is the true source of the person's earliest eligible touch, its channel the true
  channel of the last one; eligible: at or before creation and within the look-back of its type.
  Without one, the CRM's statement counts, then the lead's own (source only), then ``unknown``.
- Its campaign is that of its origin touch; if that has none, that of the last touch.
- Revenue is the won deals of the lead, each at the rate of the day (in the reporting zone) on
  which it closed. A deal with a company only belongs to the company's earliest lead; without any
  lead its revenue counts as ``unattributed``, in the month in which it closed.
- A customer has reached the stage, or has a won deal.
- Spend is ad spend by the campaign's type or the platform, and other costs by their codes; a cost
  without codes counts as ``unknown``. Each amount is converted at the rate of its day.
- Months are months of the reporting zone: the month of creation for leads and their results, the
  month of the day for spend.

Everything is exact: amounts have two decimals, rates four, and credit is a fraction.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from simulator.ads import CampaignType
from simulator.answers import LeadTruth, Measures, Truth
from simulator.crm import ANALYTICS_SOURCE_CODES, Contact, Deal
from simulator.rates import Rates, reporting_day
from simulator.world import Touch, World

LOOKBACK_DAYS: dict[str, int] = {
    "visit": 90,
    "email_click": 30,
    "form": 90,
    "call": 180,
    "event": 180,
    "webinar": 180,
    "direct_mail": 180,
    "referral": 180,
    "crm_record": 90,
}
"""As in the demo's configuration."""

_CAMPAIGN_CODES = {
    CampaignType.SEARCH: ("paid_search", "search_ad"),
    CampaignType.PERFORMANCE_MAX: ("cross_network", "other"),
    CampaignType.DISPLAY: ("display", "display_ad"),
    CampaignType.VIDEO: ("paid_video", "video_ad"),
}

_PLATFORM_CODES = {
    "linkedin_ads": ("paid_social", "social_ad"),
    "meta_ads": ("paid_social", "social_ad"),
    "microsoft_ads": ("paid_search", "search_ad"),
}

UNKNOWN = "unknown"
UNATTRIBUTED = "unattributed"


def code_of(text: str) -> str:
    """A stated source or channel as a code: lower case, underscores between words."""
    return re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")


def compute_truth(world: World, now: datetime) -> Truth:
    """What a correct warehouse must show when it reads the vendors at ``now``.

    Args:
        world: The demo company.
        now: When every vendor is read; the past is restated accordingly.
    """
    return _Telling(world, now).tell()


class _Telling:
    """One computation; its parts share the resolved identities."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world = world
        self.now = now
        self.rates = Rates(world)
        self.truth = Truth()
        self.live = [contact for contact in world.contacts if contact.is_live(now)]
        self.touches: dict[int, list[Touch]] = defaultdict(list)
        for touch in world.touches:
            if touch.at <= now:
                self.touches[touch.person_id].append(touch)

    def tell(self) -> Truth:
        for contact in self.live:
            self.truth.leads[contact.contact_id] = self._lead(contact)
        loose = self._deals()
        self._count_leads()
        self._count_spend()
        self._count_credits(loose)
        return self.truth

    # -- leads and revenue -------------------------------------------------------------------

    def _lead(self, contact: Contact) -> LeadTruth:
        created = self.world.contact_created_at(contact, self.now)
        eligible = _eligible(self.touches[contact.person_id], created)
        stated, stated_channel = _stated(contact)
        campaign = (UNKNOWN, UNKNOWN)
        if eligible:
            source, channel = eligible[0].lead_source, eligible[-1].lead_channel
            for touch in (eligible[-1], eligible[0]):
                if touch.campaign_id:
                    campaign = (touch.campaign_platform, touch.campaign_id)
        else:
            source, channel = stated or UNKNOWN, stated_channel or UNKNOWN
        return LeadTruth(
            contact=contact,
            created_at=created,
            lead_source=source,
            lead_channel=channel,
            campaign=campaign,
            mql_at=contact.stage_at("marketingqualifiedlead", self.now),
            sql_at=contact.stage_at("salesqualifiedlead", self.now),
            customer_at=contact.stage_at("customer", self.now),
        )

    def _deals(self) -> list[Deal]:
        """Gives won deals to their leads; returns those without one."""
        earliest: dict[str, LeadTruth] = {}
        for lead in self.truth.leads.values():
            account = lead.contact.company_id
            known = earliest.get(account)
            if account and (known is None or _order(lead) < _order(known)):
                earliest[account] = lead
        won: dict[str, list[datetime]] = defaultdict(list)
        loose = []
        for deal in self.world.deals:
            closed = deal.closed_at(self.now)
            if not (deal.is_live(self.now) and deal.is_won(self.now)) or closed is None:
                continue
            value = self.rates.convert(deal.amount, deal.currency, reporting_day(closed))
            ids = [self.world.survivor_id(key, self.now) for key in deal.contact_ids]
            owners = [self.truth.leads[key] for key in ids if key in self.truth.leads]
            owner = min(owners, key=_order, default=earliest.get(deal.company_id))
            if owner is None:
                loose.append(deal)
                continue
            owner.revenue += value
            won[owner.contact.contact_id].append(closed)
        for key, moments in won.items():
            lead = self.truth.leads[key]
            lead.customer_at = lead.customer_at or min(moments)
        return loose

    def _value(self, deal: Deal) -> tuple[date, Decimal]:
        closed = deal.closed_at(self.now)
        if closed is None:
            raise ValueError(f"{deal.deal_id} is open")
        day = reporting_day(closed)
        return day, self.rates.convert(deal.amount, deal.currency, day)

    # -- totals ------------------------------------------------------------------------------

    def _cell(self, day: date, source: str, channel: str) -> tuple[Measures, Measures]:
        month = day.replace(day=1)
        return (
            self.truth.sources.setdefault((month, source), Measures()),
            self.truth.channels.setdefault((month, channel), Measures()),
        )

    def _campaign(self, key: tuple[str, str]) -> Measures:
        return self.truth.campaigns.setdefault(key, Measures())

    def _count_leads(self) -> None:
        for lead in self.truth.leads.values():
            counted = Measures(
                leads=1,
                mqls=int(lead.mql_at is not None),
                sqls=int(lead.sql_at is not None),
                customers=int(lead.customer_at is not None),
                revenue=lead.revenue,
            )
            day = reporting_day(lead.created_at)
            for cell in self._cell(day, lead.lead_source, lead.lead_channel):
                cell.add(counted)
            self._campaign(lead.campaign).add(counted)

    def _count_spend(self) -> None:
        world = self.world
        kinds = {campaign.campaign_id: campaign.campaign_type for campaign in world.campaigns}
        today = reporting_day(self.now)
        end = today + timedelta(days=2)
        for account in world.ad_accounts:
            for figure in world.ad_figures(account.account_id, world.first_day, end, self.now):
                native = Decimal(figure.cost_micros) / 1_000_000
                self._spend(
                    figure.day,
                    self.rates.convert(native, account.currency, figure.day),
                    _CAMPAIGN_CODES[kinds[figure.campaign_id]],
                    ("google_ads", figure.campaign_id),
                )
        for row in world.inbox_spend:
            if row.day > today:
                continue
            self._spend(
                row.day,
                self.rates.convert(row.spend, row.currency, row.day),
                _PLATFORM_CODES[row.platform],
                (row.platform, row.campaign_id),
            )
        for cost in world.costs:
            if cost.day > today:
                continue
            codes = (cost.lead_source or UNKNOWN, cost.lead_channel or UNKNOWN)
            self._cost(cost.day, self.rates.convert(cost.amount, cost.currency, cost.day), codes)
        for touches in self.touches.values():
            for touch in touches:
                if touch.cost is not None:
                    day = reporting_day(touch.at)
                    amount = self.rates.convert(touch.cost, touch.currency, day)
                    self._cost(day, amount, (touch.lead_source, touch.lead_channel))

    def _spend(
        self, day: date, amount: Decimal, codes: tuple[str, str], campaign: tuple[str, str]
    ) -> None:
        for cell in (*self._cell(day, *codes), self._campaign(campaign)):
            cell.ad_spend += amount

    def _cost(self, day: date, amount: Decimal, codes: tuple[str, str]) -> None:
        for cell in self._cell(day, *codes):
            cell.other_costs += amount

    # -- credit ------------------------------------------------------------------------------

    def _count_credits(self, loose: list[Deal]) -> None:
        stated = {
            lead.contact.person_id: touch
            for lead in self.truth.leads.values()
            if (touch := self._crm_record(lead)) is not None
        }
        people: dict[str, set[int]] = defaultdict(set)
        for contact in self.live:
            if contact.company_id:
                people[contact.company_id].add(contact.person_id)
        for lead in self.truth.leads.values():
            own = lead.contact.person_id
            self._credit("lead", [own], stated, lead.created_at, Decimal(0))
            if lead.customer_at is not None:
                group = people.get(lead.contact.company_id, {own})
                self._credit("customer", sorted(group), stated, lead.customer_at, lead.revenue)
        for deal in loose:
            day, value = self._value(deal)
            self.truth.unattributed_revenue += value
            for cell in self._cell(day, UNATTRIBUTED, UNATTRIBUTED):
                cell.revenue += value
            self._campaign((UNATTRIBUTED, UNATTRIBUTED)).revenue += value
            self._give("customer", [], value)

    def _crm_record(self, lead: LeadTruth) -> Touch | None:
        """The touch of an untracked lead whose records state a source."""
        contact = lead.contact
        source, channel = _stated(contact)
        before = [touch for touch in self.touches[contact.person_id] if touch.at <= lead.created_at]
        if before or not source:
            return None
        return Touch(
            "", 0, contact.person_id, lead.created_at, "crm_record", "", source, channel or UNKNOWN
        )

    def _credit(
        self,
        kind: str,
        people: list[int],
        stated: dict[int, Touch],
        at: datetime,
        value: Decimal,
    ) -> None:
        touches = [touch for person in people for touch in self.touches.get(person, [])]
        touches += [stated[person] for person in people if person in stated]
        self._give(kind, _eligible(sorted(touches, key=lambda touch: touch.at), at), value)

    def _give(self, kind: str, touches: list[Touch], value: Decimal) -> None:
        sources = [touch.lead_source for touch in touches] or [UNATTRIBUTED]
        for model, receivers in (
            ("first_touch", sources[:1]),
            ("last_touch", sources[-1:]),
            ("linear", sources),
        ):
            share = Fraction(1, len(receivers))
            for source in receivers:
                key = (model, kind, source)
                count, amount = self.truth.credits.get(key, (Fraction(0), Fraction(0)))
                self.truth.credits[key] = (count + share, amount + share * Fraction(value))


def _order(lead: LeadTruth) -> tuple[datetime, str]:
    return (lead.created_at, lead.contact.contact_id)


def _eligible(touches: list[Touch], at: datetime) -> list[Touch]:
    """The touches, in order of time, that may earn credit for an event at a given time."""
    return [
        touch
        for touch in touches
        if touch.at <= at and at - touch.at <= timedelta(days=LOOKBACK_DAYS[touch.kind])
    ]


def _stated(contact: Contact) -> tuple[str, str]:
    """The source and channel in the contact's own fields; empty if not set."""
    crm = code_of(contact.lead_source) or ANALYTICS_SOURCE_CODES[contact.analytics_source] or ""
    return crm or code_of(contact.self_reported_source), code_of(contact.lead_channel)
