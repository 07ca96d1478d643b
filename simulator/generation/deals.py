"""What became of the leads in sales: stages, deals, and unusual cases among them."""

from __future__ import annotations

import random
from decimal import Decimal

from simulator.crm import Contact, Deal, Organisation, StageChange
from simulator.generation.calendar import DAY, END, START, as_moment
from simulator.generation.leads import Lead, Leads
from simulator.generation.people import Register
from simulator.world import World

_WARM = {
    "referrals": 3.2, "events": 1.5, "webinars": 1.4, "partner_form": 1.8, "partner": 1.8,
    "calls": 1.7, "paid_search": 1.3, "organic_search": 1.2, "ai_assistant": 1.5, "direct": 1.3,
    "paid_social": 0.6, "display": 0.4, "cross_network": 0.6, "paid_video": 0.5,
    "organic_social": 0.8, "affiliate": 0.7,
}  # fmt: skip
"""How likely leads of an origin become customers, relative to 1.0 for the others."""

_OPEN_STAGES = (
    "appointmentscheduled",
    "qualifiedtobuy",
    "presentationscheduled",
    "decisionmakerboughtin",
    "contractsent",
)

_CURRENCY = {"SE": "SEK", "US": "USD"}

_PRICE = {"EUR": 1.0, "SEK": 11.2, "USD": 1.1}

CUSTOMERS_OF_A_THOUSAND = 108
"""How many of a thousand leads buy through their own deal; company deals add some."""


class Deals:
    """Adds stages to the leads and deals to the world.

    Attributes:
        all: Every deal with its contacts; ids come later (``records``).
        customers: The leads that buy through a deal of their own, the likeliest first.
    """

    def __init__(self, rng: random.Random, register: Register, leads: Leads) -> None:
        self._rng = rng
        self._register = register
        self._world: World = register.world
        self._leads = leads
        self._companies: dict[str, Organisation] = {}
        self.all: list[tuple[Deal, list[Contact]]] = []
        self.customers: list[Lead] = []

    def make(self) -> None:
        """Decides who buys, who might, and who never will."""
        leads, rng = self._leads.all, self._rng
        self._companies = {company.company_id: company for company in self._world.organisations}
        ranked = sorted(
            leads,
            key=lambda lead: rng.random() ** (1 / _WARM.get(lead.origin, 1.0)),
            reverse=True,
        )
        wanted = len(leads) * CUSTOMERS_OF_A_THOUSAND // 1000
        rest: list[Lead] = []
        for lead in ranked:
            if len(self.customers) == wanted:
                rest.append(lead)
                continue
            wait = int(rng.lognormvariate(3.55, 0.75) * DAY) + 4 * DAY
            if lead.created + wait < END:
                self.customers.append(lead)
                self._customer(lead, wait)
            else:
                self._still_deciding(lead, wait)
        for lead in rest:
            self._not_yet(lead)
        self._flipped_by_hand(rest)

    def _deal(
        self,
        lead: Lead | None,
        company_id: str,
        created: int,
        closed: int | None,
        won: bool,
        amount: Decimal,
        currency: str,
        suffix: str = "",
    ) -> Deal:
        rng = self._rng
        end = closed if closed is not None else min(created + 60 * DAY, END)
        steps = rng.randint(1, 3) if closed is not None else rng.randint(1, 4)
        moments = [created + (end - created) * step // (steps + 1) for step in range(steps)]
        stages = [
            StageChange(_OPEN_STAGES[step], as_moment(moment))
            for step, moment in enumerate(moments)
            if moment <= END
        ]
        if closed is not None:
            stages.append(StageChange("closedwon" if won else "closedlost", as_moment(closed)))
        name = self._companies[company_id].name if company_id else ""
        if not name and lead is not None:
            name = f"{lead.person.first_name} {lead.person.last_name}"
        deal = Deal(
            deal_id="",
            name=f"{name} – Fjordbase{suffix}",
            company_id=company_id,
            contact_ids=(),
            amount=amount,
            currency=currency,
            created_at=as_moment(created),
            stages=stages,
        )
        self.all.append((deal, [lead.contact] if lead else []))
        return deal

    def _price(self, country: str, median: float = 5200.0) -> tuple[Decimal, str]:
        currency = _CURRENCY.get(country, "EUR")
        units = median * self._rng.lognormvariate(0, 0.75) * _PRICE[currency]
        cents = self._rng.choice((0, 0, 50, 90))
        return Decimal(int(units) // 10 * 10) + Decimal(cents) / 100, currency

    def _qualify(self, lead: Lead, until: int) -> None:
        """Enters the stages between lead and opportunity, the last one before ``until``."""
        rng, room = self._rng, until - lead.created
        mql = lead.created + int(room * rng.uniform(0.02, 0.3))
        sql = lead.created + int(room * rng.uniform(0.35, 0.7))
        if rng.random() < 0.95:
            self._enter(lead, "marketingqualifiedlead", mql)
        self._enter(lead, "salesqualifiedlead", sql)

    @staticmethod
    def _enter(lead: Lead, stage: str, at: int) -> None:
        """Notes a stage, unless it lies after the last day."""
        if at < END:
            lead.contact.stages.append(StageChange(stage, as_moment(at)))

    def _still_deciding(self, lead: Lead, wait: int) -> None:
        """Will buy after the last day: until then a deal is open, if there is one yet."""
        opened = lead.created + int(wait * self._rng.uniform(0.15, 0.6))
        if opened >= END:
            return
        self._qualify(lead, opened)
        amount, currency = self._price(lead.contact.country)
        self._deal(lead, lead.contact.company_id, opened, None, False, amount, currency)
        lead.contact.stages.append(StageChange("opportunity", as_moment(opened)))

    def _customer(self, lead: Lead, wait: int) -> None:
        """Buys ``wait`` seconds after becoming a lead; some buy again."""
        rng, contact = self._rng, lead.contact
        closed = lead.created + wait
        opened = lead.created + int(wait * rng.uniform(0.15, 0.6))
        self._qualify(lead, opened)
        amount, currency = self._price(contact.country)
        self._deal(lead, contact.company_id, opened, closed, True, amount, currency)
        contact.stages.append(StageChange("opportunity", as_moment(opened)))
        if rng.random() < 0.96:
            contact.stages.append(StageChange("customer", as_moment(closed)))
        if rng.random() < 0.15:
            again = closed + rng.randint(30, 200) * DAY
            if again < END:
                amount, currency = self._price(contact.country, 2600.0)
                self._deal(lead, contact.company_id, again - 9 * DAY, again, True, amount,
                           currency, " (more seats)")  # fmt: skip

    def _not_yet(self, lead: Lead) -> None:
        rng, contact = self._rng, lead.contact
        chance = rng.random()
        if chance < 0.06:
            opened = lead.created + rng.randint(5, 40) * DAY
            self._qualify(lead, opened)
            if opened >= END:
                return
            contact.stages.append(StageChange("opportunity", as_moment(opened)))
            closed = opened + rng.randint(10, 120) * DAY
            amount, currency = self._price(contact.country)
            self._deal(lead, contact.company_id, opened, closed if closed < END else None,
                       False, amount, currency)  # fmt: skip
        elif chance < 0.16:
            self._qualify(lead, lead.created + 9 * DAY)
        elif chance < 0.38:
            self._enter(lead, "marketingqualifiedlead", lead.created + rng.randint(3600, 6 * DAY))

    def _flipped_by_hand(self, leads: list[Lead]) -> None:
        """Customers by stage only: there is no deal for them."""
        for lead in leads[3 : 3 + max(1, round(5 * self._world.scale))]:
            if lead.contact.stages[-1].stage == "lead":
                at = as_moment(min(lead.created + 12 * DAY, END))
                lead.contact.stages.append(StageChange("customer", at))

    def add_odd_ones(self) -> None:
        """Refunds, deals without people, companies without leads, and similar cases."""
        rng, customers, scale = self._rng, self.customers, self._world.scale
        of_lead = {id(people[0]): deal for deal, people in reversed(self.all) if people}
        in_company = [
            lead
            for lead in customers
            if lead.contact.company_id
            and of_lead[id(lead.contact)].stages[-1].at < as_moment(END - 3 * DAY)
        ]
        count = max(1, round(4 * scale))
        for lead in in_company[:count]:
            # A refund is a separate won deal with a negative amount.
            deal = of_lead[id(lead.contact)]
            closed = int(deal.stages[-1].at.timestamp()) + 3 * DAY
            back = -(deal.amount / 4).quantize(Decimal("0.01"))
            self._deal(lead, deal.company_id, closed - 60, closed, True, back,
                       deal.currency, " (refund)")  # fmt: skip
        for lead in in_company[count : 2 * count]:
            # Won before the contact was recorded: the CRM was introduced late.
            closed = max(lead.created - 3 * DAY, START)
            self._deal(lead, lead.contact.company_id, closed - 8 * DAY, closed, True,
                       *self._price("SE"), " (by phone)")  # fmt: skip
        biggest = next(lead for lead in in_company[2 * count :] if lead.created + 90 * DAY < END)
        self._deal(biggest, biggest.contact.company_id, biggest.created + 2 * DAY,
                   biggest.created + 90 * DAY, True,
                   Decimal("412500.00"), "EUR", " (group licence)")  # fmt: skip
        for deal, contacts in rng.sample(self.all, max(1, round(60 * scale))):
            # A colleague who came later joins the deal.
            others = [
                lead.contact
                for lead in self._leads.all
                if lead.contact.company_id == deal.company_id
                and deal.company_id
                and contacts
                and lead.contact.created_at > contacts[0].created_at
            ]
            contacts += others[:1]
        for company_id in {deal.company_id: 0 for deal, _ in self.all[5 : 5 + count * 4]}:
            # The company is known, the person who signs is not.
            if company_id:
                created = rng.randint(START + 40 * DAY, END - 40 * DAY)
                self._deal(None, company_id, created, created + 20 * DAY, True, *self._price("SE"))
        for _ in range(max(1, round(6 * scale))):
            created = rng.randint(START + 40 * DAY, END - 40 * DAY)
            company = self._register.organisation(created)
            self._companies[company.company_id] = company
            self._deal(None, company.company_id, created, created + 15 * DAY, True,
                       *self._price(company.country))  # fmt: skip
        for _ in range(max(1, round(3 * scale))):
            lead = rng.choice([lead for lead in customers if lead.created < END - 20 * DAY])
            deal = self._deal(lead, lead.contact.company_id, lead.created + DAY,
                              lead.created + 5 * DAY, True, *self._price("SE"))  # fmt: skip
            deal.archived_at = as_moment(min(lead.created + 6 * DAY, END))
