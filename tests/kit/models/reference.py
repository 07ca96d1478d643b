"""The expected results for a company, computed one person and one conversion at a time.

Belongs here: a second, slow and plain implementation of docs/identity.md and
docs/attribution.md, written without looking at the SQL. Money and credit are exact (Fraction, Decimal).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from tests.kit.models.company import EVIDENCE, LOOKBACK_DAYS, Company
from tests.kit.models.graph import Groups
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

    def __init__(self, rows: Iterable[list[str]]) -> None:
        groups = Groups()
        for identifiers in rows:
            for left, right in combinations(identifiers, 2):
                groups.join(left, right)
        self._person = {
            identifier: min(group) for group in groups.groups() for identifier in group
        }

    def of(self, identifier: str) -> str:
        """The person's representative."""
        return self._person.get(identifier, identifier)


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
    native: Decimal | None = None
    currency: str = "EUR"
    is_correction: bool = False
    number: int | None = None
    corrects: Conversion | None = None

    @property
    def chain(self) -> str:
        """Whose conversions of this type are one after the other."""
        return f"{self.lead_id or self.person or self.account or self.conversion_id}"

    @property
    def named_type(self) -> str:
        """A win after the first is a repeated one; a correction has the type of what it
        corrects.
        """
        if self.corrects is not None:
            return self.corrects.named_type
        repeats = self.conversion_type == "customer" and (self.number or 1) > 1
        return "repeat_customer" if repeats else self.conversion_type

    @property
    def journey(self) -> Conversion:
        """The conversion whose touches it credits."""
        return self.corrects or self


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


def _likeness(correction: Conversion, other: Conversion) -> int:
    """How well a conversion fits a correction that names none: 1 best, 3 worst."""
    if correction.native is None or correction.value is None or other.value is None:
        return 3
    if other.native == -correction.native and other.currency == correction.currency:
        return 1
    return 2 if other.value >= -correction.value else 3


class Reference:
    """Works out a company."""

    def __init__(self, company: Company) -> None:
        self.company = company
        rows = [*company.leads, *company.touchpoints]
        self.people = People(self._identifiers(row) for row in rows)
        self.leads = {row["lead_id"]: row for row in company.leads}
        self.rates = {row["date_day"]: row["rate"] for row in company.fx_rates}
        self.expected = Expected()

    def work_out(self) -> Expected:
        """Everything."""
        tracked = [self._touch(row) for row in self.company.touchpoints]
        tracked += [touch for row in self.company.leads if (touch := self._form(row))]
        self.expected.conversions = self._sequenced(self._conversions())
        self.expected.touches = tracked + self._decide_leads(tracked)
        self._credit()
        return self.expected

    def _identifiers(self, row: dict[str, Any]) -> list[str]:
        # A click id joins hits to a lead and no two leads; here only leads carry one.
        names = {"lead": "lead_id", "email": "email_hash", "visitor": "visitor_id"}
        return [f"{kind}:{row[name]}" for kind, name in names.items() if row.get(name)]

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
                    self.people.of(f"lead:{row['lead_id']}"),
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
            person = self.people.of(f"lead:{lead_id}")
            eligible = sorted(
                (t for t in by_person[person] if t.is_eligible(row["created_at"])),
                key=lambda touch: (touch.at, touch.touchpoint_id),
            )
            crm = normalised(row["lead_source"])
            told = normalised(row["self_reported_source"])
            said = (crm if crm != "unknown" else None) or told or crm
            channel = normalised(row["lead_channel"])
            evident = [touch for touch in eligible if touch.source != "direct"]
            # No lead of this company states "direct".
            origin = next((code for code in (crm, told) if code not in (None, "unknown")), None)
            direct = "direct" if eligible else None
            tactic = eligible[-1].channel if eligible else None
            if not evident and (said or channel) and (origin or channel or not eligible):
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
            values = [
                conversion.value
                for conversion in self.expected.conversions
                if conversion.conversion_type == "customer" and conversion.lead_id == lead_id
            ]
            self.expected.leads[lead_id] = (
                (evident[0].source if evident else origin) or direct or "unknown",
                (evident[-1].channel if evident else channel) or tactic or "unknown",
                (evident or eligible)[0].source if eligible else None,
                self._customer_at(lead_id, row) is not None,
                sum((value for value in values if value is not None), Decimal(0)),
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
            if row["lead_id"] == lead_id
            and normalised(row["conversion_type"]) == conversion_type
            and (row["value"] or 0) >= 0
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
            (min(stated) if stated else None)
            or (min(won) if won else None)
            or row["customer_at"]
            or flagged
        )

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
                if at is None or self._stated(lead_id, kind):
                    continue
                value = None
                if kind == "customer":
                    if self._won(lead_id):
                        continue
                    value = self._converted(row["value"], row["currency"], at)
                found.append(self._conversion(kind, f"{kind}:{lead_id}", lead_id, at, value))
        for row in self.company.conversions:
            value = self._converted(row["value"], row["currency"], row["occurred_at"])
            kind = normalised(row["conversion_type"]) or ""
            lead_id = row["lead_id"] if row["lead_id"] in self.leads else None
            stated = self._conversion(
                kind, row["conversion_id"], lead_id, row["occurred_at"], value
            )
            person = stated.person or self.people.of(f"lead_id:{row['lead_id']}")
            found.append(
                replace(
                    stated,
                    person=person,
                    native=row["value"],
                    currency=row["currency"] or "EUR",
                    is_correction=(row["value"] or 0) < 0,
                )
            )
        for row in self.company.opportunities:
            owner = self._owner(row)
            at = row["created_at"]
            value = self._converted(row["amount"], row["currency"], at)
            account = row["account_id"]
            name = f"opportunity:{row['opportunity_id']}"
            found.append(self._conversion("opportunity", name, owner, at, value, account))
            if row["is_won"] and not (owner and self._stated(owner, "customer")):
                at = row["closed_at"] or at
                value = self._converted(row["amount"], row["currency"], at)
                found.append(
                    replace(
                        self._conversion("customer", f"customer:{name}", owner, at, value, account),
                        native=row["amount"],
                        currency=row["currency"] or "EUR",
                    )
                )
        return found

    def _sequenced(self, found: list[Conversion]) -> list[Conversion]:
        """Each with its number in its chain, and corrections with what they correct."""
        chains = defaultdict(list)
        for item in found:
            chains[item.chain, item.conversion_type].append(item)
        sequenced = []
        for chain in chains.values():
            real = [item for item in chain if not item.is_correction]
            ordered = [
                replace(item, number=number)
                for number, item in enumerate(
                    sorted(real, key=lambda item: (item.at, item.conversion_id)), start=1
                )
            ]
            sequenced += ordered
            for item in chain:
                if item.is_correction:
                    before = [other for other in ordered if other.at <= item.at]
                    before.sort(key=lambda other: (-_likeness(item, other), other.number))
                    corrects = before[-1] if before else None
                    sequenced.append(replace(item, corrects=corrects))
        return sequenced

    def _conversion(
        self,
        kind: str,
        name: str,
        lead_id: str | None,
        at: datetime,
        value: Decimal | None,
        account: str | None = None,
    ) -> Conversion:
        person = self.people.of(f"lead:{lead_id}") if lead_id else None
        own = self.leads[lead_id]["account_id"] if lead_id else None
        return Conversion(kind, name, lead_id, person, account or own, at, value)

    def _credit(self) -> None:
        members = defaultdict(set)
        for lead_id, row in self.leads.items():
            if row["account_id"]:
                members[row["account_id"]].add(self.people.of(f"lead:{lead_id}"))
        by_person = defaultdict(list)
        for touch in self.expected.touches:
            by_person[touch.person].append(touch)
        for conversion in self.expected.conversions:
            concerned = conversion.journey
            audience = {concerned.person} if concerned.person else set()
            if concerned.conversion_type in ("opportunity", "customer") and concerned.account:
                audience |= members[concerned.account]
            eligible = sorted(
                (
                    t
                    for person in audience
                    for t in by_person[person]
                    if t.is_eligible(concerned.at)
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
                given = weights(model, journey, self._milestones(concerned)) if journey else []
                for touchpoint, credit, value in shares(journey, given, conversion.value):
                    key = (conversion.named_type, conversion.conversion_id, model, touchpoint)
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
