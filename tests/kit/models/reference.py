"""The expected results for a company, computed one person and one conversion at a time.

Belongs here: a second, slow and plain implementation of docs/identity.md and
docs/attribution.md, written without looking at the SQL. Money and credit are exact (Fraction, Decimal).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.kit.models.company import EVIDENCE, LOOKBACK_DAYS, Company
from tests.kit.models.reference_credits import MONEY, ROLE_WEIGHTS, Step, shares, weights

STOCKHOLM = ZoneInfo("Europe/Stockholm")
PAID_SOURCES = {"paid_search"}
OTHER_TOUCH_MODELS = (
    "time_decay",
    "last_non_direct",
    "first_non_direct",
    "last_paid",
    "first_paid",
    "shapley_coverage",
)
"""Models that need only one journey; markov_path needs everybody's (``reference_paths``)."""


def normalised(code: str | None) -> str | None:
    """The code in lower case, underscores between words; nothing: None."""
    return re.sub(r"[^a-z0-9]+", "_", (code or "").strip().lower()).strip("_") or None


class People:
    """Which identifiers are one person."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def of(self, identifier: str) -> str:
        """The person's representative."""
        parent = self._parent.setdefault(identifier, identifier)
        return identifier if parent == identifier else self.of(parent)

    def join(self, identifiers: list[str]) -> None:
        """Make them one."""
        for other in identifiers[1:]:
            self._parent[self.of(other)] = self.of(identifiers[0])


@dataclass(frozen=True)
class Touch:
    """A touch that counts."""

    touchpoint_id: str
    at: datetime
    touch_type: str
    person: str
    source: str
    channel: str

    def is_eligible(self, moment: datetime) -> bool:
        """Whether it may earn credit for an event at that time."""
        if self.touch_type == "email_open":
            return False
        days = LOOKBACK_DAYS.get(self.touch_type, LOOKBACK_DAYS["visit"])
        return self.at <= moment and moment - self.at <= timedelta(days=days)


@dataclass(frozen=True)
class Conversion:
    """A person at a stage."""

    conversion_type: str
    conversion_id: str
    lead_id: str | None
    person: str | None
    account: str | None
    at: datetime
    value: Decimal | None


@dataclass
class Expected:
    """The right answer."""

    leads: dict[str, tuple[str, str, str | None, bool, Decimal]] = field(default_factory=dict)
    """lead id: source, channel, tracked source, is customer, revenue."""
    touches: list[Touch] = field(default_factory=list)
    conversions: list[Conversion] = field(default_factory=list)
    credits: dict[tuple[str, str, str, str], tuple[Decimal, Decimal | None]] = field(
        default_factory=dict
    )
    """(conversion type, conversion id, model, touchpoint id): credit, credited value."""


class Reference:
    """Works out a company."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.people = People()
        self.leads = {row["lead_id"]: row for row in company.leads}
        self.rates = {row["date_day"]: row["rate"] for row in company.fx_rates}
        self.expected = Expected()

    def work_out(self) -> Expected:
        """Everything."""
        for row in [*self.company.leads, *self.company.touchpoints]:
            self.people.join(self._identifiers(row))
        tracked = [self._touch(row) for row in self.company.touchpoints]
        tracked += [touch for row in self.company.leads if (touch := self._form(row))]
        self.expected.touches = tracked + self._decide_leads(tracked)
        self.expected.conversions = self._conversions()
        self._credit()
        return self.expected

    def _identifiers(self, row: dict[str, Any]) -> list[str]:
        names = ("lead_id", "email_hash", "visitor_id", "click_id")
        # A click id joins people only through leads; here only leads carry one.
        return [f"{name}:{row[name]}" for name in names if row.get(name)]

    def _touch(self, row: dict[str, Any]) -> Touch:
        return Touch(
            row["touchpoint_id"],
            row["occurred_at"],
            row["touch_type"],
            self.people.of(self._identifiers(row)[0]),
            normalised(row["lead_source"]) or "",
            normalised(row["lead_channel"]) or "",
        )

    def _form(self, row: dict[str, Any]) -> Touch | None:
        for evidence, source, channel in EVIDENCE:
            if all(row.get(name) == value for name, value in evidence.items()):
                return Touch(
                    f"lead:{row['lead_id']}",
                    row["created_at"],
                    "form",
                    self.people.of(f"lead_id:{row['lead_id']}"),
                    source,
                    channel,
                )
        return None

    def _decide_leads(self, tracked: list[Touch]) -> list[Touch]:
        records = []
        by_person = defaultdict(list)
        for touch in tracked:
            by_person[touch.person].append(touch)
        for lead_id, row in self.leads.items():
            person = self.people.of(f"lead_id:{lead_id}")
            eligible = sorted(
                (t for t in by_person[person] if t.is_eligible(row["created_at"])),
                key=lambda touch: (touch.at, touch.touchpoint_id),
            )
            crm = normalised(row["lead_source"])
            told = normalised(row["self_reported_source"])
            said = (crm if crm != "unknown" else None) or told or crm
            channel = normalised(row["lead_channel"])
            if not eligible and (said or channel):
                records.append(
                    Touch(
                        f"crm:{lead_id}",
                        row["created_at"],
                        "crm_record",
                        person,
                        said or "unknown",
                        channel or "unknown",
                    )
                )
            customer, revenue = self._revenue(lead_id, row)
            self.expected.leads[lead_id] = (
                eligible[0].source if eligible else said or "unknown",
                eligible[-1].channel if eligible else channel or "unknown",
                eligible[0].source if eligible else None,
                customer,
                revenue,
            )
        return records

    def _converted(
        self, amount: Decimal | None, currency: str | None, moment: datetime
    ) -> Decimal | None:
        if amount is None or (currency or "EUR") == "EUR":
            return amount
        day: date = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(STOCKHOLM).date()
        newest = max(rate_day for rate_day in self.rates if rate_day <= day)
        return (amount * self.rates[newest]).quantize(MONEY, ROUND_HALF_UP)

    def _stated(self, lead_id: str, conversion_type: str) -> list[dict[str, Any]]:
        return [
            row
            for row in self.company.conversions
            if row["lead_id"] == lead_id and normalised(row["conversion_type"]) == conversion_type
        ]

    def _owner(self, opportunity: dict[str, Any]) -> str | None:
        if opportunity["lead_id"] in self.leads:
            return str(opportunity["lead_id"])
        colleagues = [
            (row["created_at"], lead_id)
            for lead_id, row in self.leads.items()
            if row["account_id"] == opportunity["account_id"]
        ]
        return min(colleagues)[1] if colleagues else None

    def _won(self, lead_id: str | None) -> list[dict[str, Any]]:
        return [
            row
            for row in self.company.opportunities
            if row["is_won"] and self._owner(row) == lead_id
        ]

    def _customer_at(self, lead_id: str, row: dict[str, Any]) -> datetime | None:
        stated = [other["occurred_at"] for other in self._stated(lead_id, "customer")]
        won = [deal["closed_at"] or deal["created_at"] for deal in self._won(lead_id)]
        flagged = row["created_at"] if row["is_customer"] else None
        return (
            row["customer_at"]
            or (min(stated) if stated else None)
            or (min(won) if won else None)
            or flagged
        )

    def _revenue(self, lead_id: str, row: dict[str, Any]) -> tuple[bool, Decimal]:
        customer_at = self._customer_at(lead_id, row)
        if customer_at is None:
            return False, Decimal(0)
        stated, won = self._stated(lead_id, "customer"), self._won(lead_id)
        if stated:
            values = [self._converted(s["value"], s["currency"], s["occurred_at"]) for s in stated]
        elif won:
            values = [
                self._converted(d["amount"], d["currency"], d["closed_at"] or d["created_at"])
                for d in won
            ]
        else:
            values = [self._converted(row["value"], row["currency"], customer_at)]
        return True, sum((value for value in values if value is not None), Decimal(0))

    def _conversions(self) -> list[Conversion]:
        found = []
        for lead_id, row in self.leads.items():
            moments = {
                "lead": row["created_at"],
                "mql": row["created_at"] if row["is_qualified"] else None,
                "sql": row["sql_at"],
                "customer": self._customer_at(lead_id, row),
            }
            for kind, at in moments.items():
                if at is not None and not self._stated(lead_id, kind):
                    value = self._derived_value(lead_id, row) if kind == "customer" else None
                    found.append(self._conversion(kind, f"{kind}:{lead_id}", lead_id, at, value))
        for row in self.company.conversions:
            value = self._converted(row["value"], row["currency"], row["occurred_at"])
            kind = normalised(row["conversion_type"]) or ""
            lead_id = row["lead_id"] if row["lead_id"] in self.leads else None
            stated = self._conversion(
                kind, row["conversion_id"], lead_id, row["occurred_at"], value
            )
            found.append(stated)
        for row in self.company.opportunities:
            owner = self._owner(row)
            at = row["created_at"]
            value = self._converted(row["amount"], row["currency"], at)
            account = row["account_id"]
            name = f"opportunity:{row['opportunity_id']}"
            found.append(self._conversion("opportunity", name, owner, at, value, account))
            if row["is_won"] and owner is None:
                at = row["closed_at"] or at
                value = self._converted(row["amount"], row["currency"], at)
                found.append(
                    self._conversion("customer", f"customer:{name}", None, at, value, account)
                )
        return found

    def _derived_value(self, lead_id: str, row: dict[str, Any]) -> Decimal | None:
        won = self._won(lead_id)
        if all(deal["amount"] is None for deal in won) if won else row["value"] is None:
            return None
        return self._revenue(lead_id, row)[1]

    def _conversion(
        self,
        kind: str,
        name: str,
        lead_id: str | None,
        at: datetime,
        value: Decimal | None,
        account: str | None = None,
    ) -> Conversion:
        person = self.people.of(f"lead_id:{lead_id}") if lead_id else None
        own = self.leads[lead_id]["account_id"] if lead_id else None
        return Conversion(kind, name, lead_id, person, account or own, at, value)

    def _credit(self) -> None:
        members = defaultdict(set)
        for lead_id, row in self.leads.items():
            if row["account_id"]:
                members[row["account_id"]].add(self.people.of(f"lead_id:{lead_id}"))
        by_person = defaultdict(list)
        for touch in self.expected.touches:
            by_person[touch.person].append(touch)
        for conversion in self.expected.conversions:
            audience = {conversion.person} if conversion.person else set()
            if conversion.conversion_type in ("opportunity", "customer") and conversion.account:
                audience |= members[conversion.account]
            eligible = sorted(
                (
                    t
                    for person in audience
                    for t in by_person[person]
                    if t.is_eligible(conversion.at)
                ),
                key=lambda touch: (touch.at, touch.touchpoint_id),
            )
            journey = [
                Step(
                    touch.touchpoint_id,
                    touch.at,
                    touch.channel,
                    touch.source == "direct",
                    touch.source in PAID_SOURCES,
                )
                for touch in eligible
            ]
            for model in (*ROLE_WEIGHTS, *OTHER_TOUCH_MODELS):
                given = weights(model, journey, self._milestones(conversion)) if journey else []
                for touchpoint, credit, value in shares(journey, given, conversion.value):
                    key = (conversion.conversion_type, conversion.conversion_id, model, touchpoint)
                    self.expected.credits[key] = (credit, value)

    def _milestones(self, conversion: Conversion) -> dict[str, datetime | None]:
        """When the lead reached the milestones that models use, if before the conversion."""
        history: dict[str, datetime | None] = dict.fromkeys(("lead", "opportunity", "customer"))
        if conversion.lead_id is not None:
            row = self.leads[conversion.lead_id]
            deals = [
                deal["created_at"]
                for deal in self.company.opportunities
                if self._owner(deal) == conversion.lead_id
            ]
            history = {
                "lead": row["created_at"],
                "opportunity": min(deals, default=None),
                "customer": self._customer_at(conversion.lead_id, row),
            }
        return {
            role: conversion.at
            if role == conversion.conversion_type
            else (moment if moment and moment <= conversion.at else None)
            for role, moment in history.items()
        }
