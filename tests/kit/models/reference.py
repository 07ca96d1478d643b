"""The expected results for a company, computed one person and one conversion at a time.

Belongs here: a second, slow and plain implementation of docs/identity.md and
docs/attribution.md, written without looking at the SQL. Money and credit are exact (Fraction,
Decimal).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.kit.models.company import EVIDENCE, LOOKBACK_DAYS, VISIT_MINUTES, Company
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
    return re.sub(r"[\W_]+", "_", (code or "").strip().lower()).strip("_") or None


class People:
    """Which identifiers are one person."""

    def __init__(self, rows: Iterable[list[str]]) -> None:
        groups = Groups()
        for identifiers in rows:
            for left, right in combinations(identifiers, 2):
                groups.join(left, right)
        self._person = {identifier: min(group) for group in groups.groups() for identifier in group}

    def of(self, identifier: str) -> str:
        """The person's representative."""
        return self._person.get(identifier, identifier)


class Moment(NamedTuple):
    """When something happened, and the last moment that it may have been."""

    at: datetime
    until: datetime


def stated(row: dict[str, Any], name: str) -> Moment | None:
    """What a row says: a moment, or a day."""
    at = row.get(f"{name}_at")
    return None if at is None else Moment(at, row.get(f"{name}_until") or at)


def first(moments: Iterable[Moment | None]) -> Moment | None:
    """When the first of them had happened, as far as one knows."""
    known = [moment for moment in moments if moment is not None]
    return Moment(min(m.at for m in known), min(m.until for m in known)) if known else None


@dataclass(frozen=True)
class Touch:
    """A touch that counts."""

    touchpoint_id: str
    at: datetime
    touch_type: str
    person: str
    source: str
    channel: str
    until: datetime
    line: int = 0
    sequence: int = 1
    counts: bool = True

    @property
    def order(self) -> tuple[datetime, int, str]:
        """Touches of a journey are in this order."""
        return (self.at, self.sequence, self.touchpoint_id)

    def is_eligible(self, moment: Moment, records: str = "") -> bool:
        """Whether it may earn credit for what happens at that moment, to the lead recorded."""
        if self.touch_type == "email_open" or not self.counts:
            return False
        days = LOOKBACK_DAYS.get(self.touch_type, LOOKBACK_DAYS["visit"])
        in_time = self.at <= moment.until or self.touchpoint_id == records
        return in_time and moment.at - self.until <= timedelta(days=days)


@dataclass(frozen=True)
class Conversion:
    """A person at a stage."""

    conversion_type: str
    conversion_id: str
    lead_id: str | None
    person: str | None
    account: str | None
    at: Moment
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
        """A win after the first is a repeat; a correction has the type of what it corrects."""
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


def placed(touches: Iterable[Touch]) -> list[Touch]:
    """The touches with their place among those of one moment, and whether they count."""
    by_person: dict[str, list[Touch]] = defaultdict(list)
    for touch in touches:
        by_person[touch.person].append(touch)
    found = []
    for own in by_person.values():
        sequenced = []
        for touch in own:
            number = int(touch.touchpoint_id) if touch.touchpoint_id.isdecimal() else None
            same = sorted((t for t in own if t.at == touch.at), key=_place)
            sequence = same.index(touch) + 1
            sequenced.append(
                (sequence, replace(touch, sequence=sequence if number is None else number))
            )
        found += _visits([touch for _, touch in sorted(sequenced, key=lambda p: (p[1].at, p[0]))])
    return found


def _place(touch: Touch) -> tuple[int, str]:
    number = touch.touchpoint_id
    return (int(number) if number.isdecimal() else touch.line, number)


def _visits(own: list[Touch]) -> list[Touch]:
    """One person's touches, of which those that only continue a visit do not count."""
    found: list[Touch] = []
    last: datetime | None = None
    last_type = ""
    shown: tuple[str, str] | None = None
    for touch in own:
        if touch.touch_type in ("webinar", "email_open") or touch.until > touch.at:
            found.append(touch)
            continue
        if last is None or touch.at - last > timedelta(minutes=VISIT_MINUTES):
            opens, shown = True, None
        else:
            opens = False
        is_bare = touch.source == "direct"
        is_scan = (
            touch.touch_type == last_type == "email_click"
            and last is not None
            and touch.at - last <= timedelta(seconds=10)
        )
        counts = opens or (not is_bare and not is_scan and (touch.source, touch.channel) != shown)
        if not is_bare:
            shown = (touch.source, touch.channel)
        last, last_type = touch.at, touch.touch_type
        found.append(replace(touch, counts=counts))
    return found


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
        tracked = [self._touch(*line) for line in enumerate(self.company.touchpoints, start=1)]
        tracked += [touch for row in self.company.leads if (touch := self._form(row))]
        tracked = placed(tracked)
        self.expected.conversions = self._sequenced(self._conversions())
        self.expected.touches = tracked + self._decide_leads(tracked)
        self._credit()
        return self.expected

    def _identifiers(self, row: dict[str, Any]) -> list[str]:
        # A click id joins hits to a lead and no two leads; here only leads carry one.
        names = {"lead": "lead_id", "email": "email_hash", "visitor": "visitor_id"}
        return [f"{kind}:{row[name]}" for kind, name in names.items() if row.get(name)]

    def _touch(self, line: int, row: dict[str, Any]) -> Touch:
        moment = stated(row, "occurred") or Moment(row["occurred_at"], row["occurred_at"])
        return Touch(
            row["touchpoint_id"],
            moment.at,
            row["touch_type"],
            self.people.of(self._identifiers(row)[0]),
            normalised(row["lead_source"]) or "",
            normalised(row["lead_channel"]) or "",
            moment.until,
            line,
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
                    self._created(row).until,
                )
        return None

    def _created(self, row: dict[str, Any]) -> Moment:
        return stated(row, "created") or Moment(row["created_at"], row["created_at"])

    def _decide_leads(self, tracked: list[Touch]) -> list[Touch]:
        records = []
        by_person = defaultdict(list)
        for touch in tracked:
            by_person[touch.person].append(touch)
        for lead_id, row in self.leads.items():
            person = self.people.of(f"lead:{lead_id}")
            eligible = sorted(
                (t for t in by_person[person] if t.is_eligible(self._created(row))),
                key=lambda touch: touch.order,
            )
            crm = normalised(row["lead_source"])
            told = normalised(row["self_reported_source"])
            said = (crm if crm != "unknown" else None) or told or crm
            channel = normalised(row["lead_channel"])
            evident = [touch for touch in eligible if touch.source != "direct"]
            # No lead of this company states "direct".
            origin = next((code for code in (crm, told) if code not in (None, "unknown")), None)
            direct = "direct" if eligible and not channel else None
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
                        self._created(row).until,
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

    def _customer_at(self, lead_id: str, row: dict[str, Any]) -> Moment | None:
        return (
            first(stated(other, "occurred") for other in self._stated(lead_id, "customer"))
            or first(
                stated(deal, "closed") or stated(deal, "created") for deal in self._won(lead_id)
            )
            or stated(row, "customer")
            or (self._created(row) if row["is_customer"] else None)
        )

    def _conversions(self) -> list[Conversion]:
        found = []
        for lead_id, row in self.leads.items():
            moments = {
                "lead": self._created(row),
                "mql": self._created(row) if row["is_qualified"] else None,
                "sql": stated(row, "sql"),
                "customer": self._customer_at(lead_id, row),
            }
            for kind, at in moments.items():
                if at is None or self._stated(lead_id, kind):
                    continue
                value = None
                if kind == "customer":
                    if self._won(lead_id):
                        continue
                    value = self._converted(row["value"], row["currency"], at.at)
                found.append(self._conversion(kind, f"{kind}:{lead_id}", lead_id, at, value))
        for row in self.company.conversions:
            value = self._converted(row["value"], row["currency"], row["occurred_at"])
            kind = normalised(row["conversion_type"]) or ""
            lead_id = row["lead_id"] if row["lead_id"] in self.leads else None
            at = stated(row, "occurred")
            made = self._conversion(kind, row["conversion_id"], lead_id, at, value)
            person = made.person or self.people.of(f"lead:{row['lead_id']}")
            found.append(
                replace(
                    made,
                    person=person,
                    native=row["value"],
                    currency=row["currency"] or "EUR",
                    is_correction=(row["value"] or 0) < 0,
                )
            )
        for row in self.company.opportunities:
            owner = self._owner(row)
            at = self._created(row)
            value = self._converted(row["amount"], row["currency"], at.at)
            account = row["account_id"]
            name = f"opportunity:{row['opportunity_id']}"
            found.append(self._conversion("opportunity", name, owner, at, value, account))
            if row["is_won"] and not (owner and self._stated(owner, "customer")):
                at = stated(row, "closed") or at
                value = self._converted(row["amount"], row["currency"], at.at)
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
                    sorted(real, key=lambda item: (item.at.at, item.conversion_id)), start=1
                )
            ]
            sequenced += ordered
            for item in chain:
                if item.is_correction:
                    before = [other for other in ordered if other.at.at <= item.at.until]
                    before.sort(key=lambda other: (-_likeness(item, other), other.number))
                    corrects = before[-1] if before else None
                    sequenced.append(replace(item, corrects=corrects))
        return sequenced

    def _conversion(
        self,
        kind: str,
        name: str,
        lead_id: str | None,
        at: Moment,
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
                    if t.is_eligible(concerned.at, f"crm:{concerned.lead_id}")
                ),
                key=lambda touch: (
                    touch.at if touch.at <= concerned.at.until else concerned.at.at,
                    touch.order[1:],
                ),
            )
            journey = [
                Step(
                    touch.touchpoint_id,
                    touch.at if touch.at <= concerned.at.until else concerned.at.at,
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
        """When the lead reached what models look at, as far as it was before the conversion."""
        history: dict[str, Moment | None] = dict.fromkeys(("lead", "opportunity", "customer"))
        if conversion.lead_id is not None:
            row = self.leads[conversion.lead_id]
            deals = [
                self._created(deal)
                for deal in self.company.opportunities
                if self._owner(deal) == conversion.lead_id
            ]
            history = {
                "lead": self._created(row),
                "opportunity": first(deals),
                "customer": self._customer_at(conversion.lead_id, row),
            }
        return {
            role: conversion.at.until
            if role == conversion.conversion_type
            else (moment.until if moment and moment.at <= conversion.at.until else None)
            for role, moment in history.items()
        }
