"""What a correct warehouse must show for the demo company, computed only from the world.

Belongs here: leads, customers, revenue, spend and credit by true person, true source and true
channel. Does not belong here: anything that reads a vendor's view, or warehouse code.

Definitions, as docs/identity.md and docs/attribution.md have them:

- A lead is an active contact; survivors of merges have the earlier creation.
- Its source is the true source of the person's earliest eligible touch that is not direct, its
  channel the true channel of the last one; eligible: at or before creation and within the
  look-back of its type. Without one: what the CRM states, then what the lead says (source only),
  then those of direct touches, then ``unknown``.
- Touches that repeat or continue another of their visit count as that one (``visits``).
- Its source campaign is that of the touch that is its origin, its channel campaign that of the
  last; its campaign is the former, or if that touch shows none, the latter.
- Every won deal is a conversion on the day on which it closed: the first of a lead (or, where there
  is no lead, of a company) is ``customer``, later ones are ``repeat_customer``. A deal below zero
  is a correction: it is not counted, and takes its value from the touches of the latest earlier win
  of that lead, one of the same amount before a larger one before any.
- Revenue is the won deals of the lead, each at the rate of the day (in the reporting zone) on
  which it closed. A deal with a company only belongs to the company's earliest lead; without any
  lead its revenue counts as ``unattributed``, in the month in which it closed.
- A customer has a won deal, or has reached the stage; it became one with the first of these deals.
- Spend is ad spend by the campaign's type or the platform, and other costs by their codes; a cost
  without codes counts as ``unknown``. Each amount is converted at the rate of its day.
- Months are months of the reporting zone: the month of creation for leads and their results, the
  month of the day for spend.

Everything is exact: amounts have two decimals, rates four, and credit is a fraction.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from simulator.ad_truth import count_ads, count_keywords, count_paid_pages, count_terms
from simulator.ads import CampaignType
from simulator.answers import LeadTruth, Measures, Truth, Win
from simulator.content_truth import count_content
from simulator.crm import ANALYTICS_SOURCE_CODES, Contact, Deal
from simulator.event_truth import count_events, event_costs
from simulator.generation.staff import TOOLS
from simulator.mail_truth import count_mailings
from simulator.market_truth import count_market
from simulator.nurture_truth import count_nurture
from simulator.outreach_truth import count_outreach, outreach_costs
from simulator.page_truth import count_pages
from simulator.rates import Rates, reporting_day
from simulator.referral_truth import count_referrals
from simulator.social_truth import count_social_ads
from simulator.visits import LOOKBACK_DAYS, counting_touches
from simulator.world import Touch, World

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
DIRECT = "direct"


def code_of(text: str) -> str:
    """A stated source or channel as a code: lower case, underscores between words."""
    return re.sub(r"[\W_]+", "_", text.strip().lower()).strip("_")


def compute_truth(world: World, now: datetime) -> Truth:
    """What a correct warehouse must show when it reads the vendors at ``now``.

    Args:
        world: The demo company.
        now: When every vendor is read; the past is restated accordingly.
    """
    return _Calculation(world, now).run()


@dataclass(frozen=True)
class _Won:
    """A won deal: when it closed, its value, its lead, and the people named in it."""

    deal: Deal
    closed: datetime
    value: Decimal
    owner: LeadTruth | None
    contacts: list[int]


class _Calculation:
    """One computation; its parts share the resolved identities."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world = world
        self.now = now
        self.rates = Rates(world)
        self.truth = Truth()
        self.live = [contact for contact in world.every_contact if contact.is_live(now)]
        self.touches: dict[int, list[Touch]] = defaultdict(list)
        for touch in world.touches:
            if touch.at <= now:
                self.touches[touch.person_id].append(touch)
        self.counting = {
            person: counting_touches(touches) for person, touches in self.touches.items()
        }

    def run(self) -> Truth:
        for contact in self.live:
            self.truth.leads[contact.contact_id] = self._lead(contact)
        chains = self._deals()
        self._count_leads()
        self._count_spend()
        self._count_credits(chains)
        self._find_own_people()
        count_events(self.world, self.truth, self.rates, self.now)
        count_mailings(self.world, self.truth, self.counting, self.now)
        count_ads(self.world, self.truth, self.rates, self.now)
        count_social_ads(self.world, self.truth, self.rates, self.now)
        count_keywords(self.world, self.truth, self.rates, self.now)
        count_paid_pages(self.world, self.truth, self.rates, self.now)
        count_terms(self.world, self.truth, self.rates, self.now)
        count_market(self.world, self.truth, self.now)
        count_outreach(self.world, self.truth, self.rates, self.now)
        count_referrals(self.world, self.truth, self.now)
        count_pages(self.world, self.truth, self.now)
        count_content(self.world, self.truth, self.rates, self.now)
        count_nurture(self.truth, self.counting)
        return self.truth

    # -- leads and revenue -------------------------------------------------------------------

    def _lead(self, contact: Contact) -> LeadTruth:
        created = self.world.contact_created_at(contact, self.now)
        eligible = _eligible(self.counting.get(contact.person_id, []), created)
        stated, stated_channel = _stated(contact)
        evident = [touch for touch in eligible if touch.lead_source != DIRECT]
        origin = tactic = (UNKNOWN, UNKNOWN)
        if evident:
            source, channel = evident[0].lead_source, evident[-1].lead_channel
            origin, tactic = _campaign_of(evident[0]), _campaign_of(evident[-1])
        else:
            source = stated or (DIRECT if eligible else UNKNOWN)
            channel = stated_channel or (eligible[-1].lead_channel if eligible else UNKNOWN)
        return LeadTruth(
            contact=contact,
            created_at=created,
            lead_source=source,
            lead_channel=channel,
            campaign=tactic if origin == (UNKNOWN, UNKNOWN) else origin,
            source_campaign=origin,
            channel_campaign=tactic,
            mql_at=contact.stage_at("marketingqualifiedlead", self.now),
            sql_at=contact.stage_at("salesqualifiedlead", self.now),
            customer_at=contact.stage_at("customer", self.now),
            origin=evident[0] if evident else None,
            tactic=evident[-1] if evident else None,
        )

    def _deals(self) -> list[list[_Won]]:
        """Gives won deals to their leads; returns those of each lead, or of each company."""
        earliest: dict[str, LeadTruth] = {}
        for lead in self.truth.leads.values():
            account = lead.contact.company_id
            known = earliest.get(account)
            if account and (known is None or _order(lead) < _order(known)):
                earliest[account] = lead
        chains: dict[str, list[_Won]] = defaultdict(list)
        for deal in self.world.every_deal:
            if not deal.is_live(self.now):
                continue
            ids = [self.world.survivor_id(key, self.now) for key in deal.contact_ids]
            owners = [self.truth.leads[key] for key in ids if key in self.truth.leads]
            owner = min(owners, key=_order, default=earliest.get(deal.company_id))
            if owner is not None:
                self.truth.owners[deal.deal_id] = owner
            closed = deal.closed_at(self.now)
            if not deal.is_won(self.now) or closed is None:
                continue
            value = self.rates.convert(deal.amount, deal.currency, reporting_day(closed))
            won = _Won(deal, closed, value, owner, [lead.contact.person_id for lead in owners])
            if owner is None:
                chains[f"company {deal.company_id or deal.deal_id}"].append(won)
                continue
            owner.revenue += value
            chains[f"lead {owner.contact.contact_id}"].append(won)
        for chain in chains.values():
            chain.sort(key=lambda won: (won.closed, won.deal.deal_id))
            wins = [won for won in chain if won.deal.amount >= 0]
            if wins and wins[0].owner is not None:
                wins[0].owner.customer_at = wins[0].closed
        return list(chains.values())

    # -- totals ------------------------------------------------------------------------------

    def _cell(self, day: date, source: str, channel: str) -> tuple[Measures, Measures]:
        month = day.replace(day=1)
        return (
            self.truth.sources.setdefault((month, source), Measures()),
            self.truth.channels.setdefault((month, channel), Measures()),
        )

    def _campaign(self, key: tuple[str, str]) -> Measures:
        return self.truth.campaigns.setdefault(key, Measures())

    def _find_own_people(self) -> None:
        self.truth.own_people = {
            touch.person_id
            for touch in self.world.touches
            if touch.referrer in TOOLS and touch.at <= self.now
        } | {
            lead.contact.person_id
            for lead in self.truth.leads.values()
            if lead.quality in ("internal", "test")
        }

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
            self._campaign(lead.source_campaign).leads_originated += 1
            self._campaign(lead.channel_campaign).leads_triggered += 1

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
        for social in world.social_accounts:
            for seen in social.figures(self.now):
                self._spend(
                    seen.day,
                    self.rates.convert(seen.spend, social.currency, seen.day),
                    _PLATFORM_CODES[social.platform],
                    (social.platform, seen.campaign_id),
                )
        for cost in (*world.costs, *world.acquired.costs):
            if cost.day > today:
                continue
            codes = (cost.lead_source or UNKNOWN, cost.lead_channel or UNKNOWN)
            self._cost(cost.day, self.rates.convert(cost.amount, cost.currency, cost.day), codes)
        for costs in (event_costs, outreach_costs):
            for day, amount, codes in costs(world, self.rates, today):
                self._cost(day, amount, codes)
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

    def _count_credits(self, chains: list[list[_Won]]) -> None:
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
            self._give("lead", self._journey([own], stated, lead.created_at), Decimal(0))
        bought = set()
        for chain in chains:
            wins = [won for won in chain if won.deal.amount >= 0]
            for won in chain:
                is_win = won.deal.amount >= 0
                target = won if is_win else _corrected(won, wins)
                kind = "customer" if target is None or target is wins[0] else "repeat_customer"
                journey = self._touches_of(target or won, people, stated)
                self._give(kind, journey, won.value, counted=is_win)
                if won.owner is not None:
                    self.truth.wins.append(Win(won.owner, journey, won.value, is_win))
                self._win(kind, won.closed, won.value, counted=is_win)
                if won.owner is None:
                    self._lose(won)
                elif is_win:
                    bought.add(won.owner.contact.contact_id)
        for key, lead in self.truth.leads.items():
            if lead.customer_at is not None and key not in bought:
                group = people.get(lead.contact.company_id, {lead.contact.person_id})
                journey = self._journey(sorted(group), stated, lead.customer_at)
                self._give("customer", journey, Decimal(0))
                self.truth.wins.append(Win(lead, journey, Decimal(0), is_counted=True))
                self._win("customer", lead.customer_at, Decimal(0))

    def _touches_of(
        self, won: _Won, people: dict[str, set[int]], stated: dict[int, Touch]
    ) -> list[Touch]:
        """The eligible touches of everybody in the company, and of the deal's own contacts."""
        if won.owner is None:
            return []
        contact = won.owner.contact
        group = {contact.person_id, *won.contacts}
        group |= people.get(won.deal.company_id or contact.company_id, set())
        return self._journey(sorted(group), stated, won.closed)

    def _win(self, kind: str, at: datetime, value: Decimal, counted: bool = True) -> None:
        key = (reporting_day(at).replace(day=1), kind)
        count, amount = self.truth.won.get(key, (0, Decimal(0)))
        self.truth.won[key] = (count + int(counted), amount + value)

    def _lose(self, won: _Won) -> None:
        """Revenue without a lead."""
        self.truth.unattributed_revenue += won.value
        for cell in self._cell(reporting_day(won.closed), UNATTRIBUTED, UNATTRIBUTED):
            cell.revenue += won.value
        self._campaign((UNATTRIBUTED, UNATTRIBUTED)).revenue += won.value

    def _crm_record(self, lead: LeadTruth) -> Touch | None:
        """The touch of a lead whose records state a source that no tracked touch shows."""
        contact = lead.contact
        source, channel = _stated(contact)
        before = _eligible(self.counting.get(contact.person_id, []), lead.created_at)
        if any(touch.lead_source != DIRECT for touch in before) or not source:
            return None
        if before and source == DIRECT:
            return None
        return Touch(
            "", 0, contact.person_id, lead.created_at, "crm_record", "", source, channel or UNKNOWN
        )

    def _journey(self, people: list[int], stated: dict[int, Touch], at: datetime) -> list[Touch]:
        touches = [touch for person in people for touch in self.counting.get(person, [])]
        touches += [stated[person] for person in people if person in stated]
        return _eligible(sorted(touches, key=lambda touch: touch.at), at)

    def _give(self, kind: str, touches: list[Touch], value: Decimal, counted: bool = True) -> None:
        sources = [touch.lead_source for touch in touches] or [UNATTRIBUTED]
        for touch in touches:
            self.truth.touch_revenue[touch.touch_id] += Fraction(value) / len(touches)
        for model, receivers in (
            ("first_touch", sources[:1]),
            ("last_touch", sources[-1:]),
            ("linear", sources),
        ):
            share = Fraction(1, len(receivers))
            for source in receivers:
                key = (model, kind, source)
                count, amount = self.truth.credits.get(key, (Fraction(0), Fraction(0)))
                self.truth.credits[key] = (
                    count + (share if counted else 0),
                    amount + share * Fraction(value),
                )


def _campaign_of(touch: Touch) -> tuple[str, str]:
    if touch.campaign_id:
        return (touch.campaign_platform, touch.campaign_id)
    return (UNKNOWN, UNKNOWN)


def _corrected(correction: _Won, wins: list[_Won]) -> _Won | None:
    """The win that a deal below zero corrects, from wins in order of time."""
    before = [won for won in wins if won.closed <= correction.closed]
    same = [
        won
        for won in before
        if (won.deal.amount, won.deal.currency)
        == (-correction.deal.amount, correction.deal.currency)
    ]
    larger = [won for won in before if won.value >= -correction.value]
    return next((found[-1] for found in (same, larger, before) if found), None)


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
    said = code_of(contact.self_reported_source)
    return (said or crm if crm in ("", DIRECT) else crm), code_of(contact.lead_channel)
