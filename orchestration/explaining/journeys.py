"""One conversion's journey: which touches are in it, which are not, and why.

Belongs here: reading it from the published file. Does not belong here: who is credited
(``credits.py``), and showing it. Touches are judged by the rule itself, not by the credits, so that
credits can be checked against it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

import duckdb

_DAY = timedelta(days=1)
_ROLES = ("lead", "opportunity", "customer")
_FAMILIES = {"repeat_customer": "customer"}
"""Types of conversion that are the same milestone."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A conversion to explain.

    Attributes:
        conversion_key: Its key in ``core.fct_conversions``.
        conversion_id: Its natural id.
        conversion_type: ``lead``, ``mql``, ``sql``, ``opportunity``, ``customer``,
            ``repeat_customer`` or custom.
        occurred_at: UTC.
        occurred_until: UTC; later than that where only the day is known.
        value: In the reporting currency; ``None`` when the conversion has none.
        person_key: The person; ``unknown`` when no person is known.
        account_key: The account; ``unknown`` when no account is known.
        journey_at: The moment that look-backs are counted from: its own, or that of the conversion
            that it corrects.
        journey_until: The last moment of which touches count; later where only the day is known.
        journey_after: The moment after which touches count; ``None`` where look-backs do not
            restart.
        corrects: The id of the conversion that it corrects; ``None`` for every other.
        record_id: Touchpoint id of what the CRM states of its lead; empty without a lead.
        record_system: The source system of that.
        milestones: UTC moments by which lead, opportunity and customer were reached, as far as
            models look at them: its own, and those of its lead that are not after it.
    """

    conversion_key: str
    conversion_id: str
    conversion_type: str
    occurred_at: datetime
    occurred_until: datetime
    value: Decimal | None
    person_key: str
    account_key: str
    journey_at: datetime
    journey_until: datetime
    journey_after: datetime | None
    corrects: str | None
    record_id: str
    record_system: str
    milestones: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Touch:
    """A touch of a person whom the conversion concerns.

    Attributes:
        touchpoint_key: Its key in ``core.fct_touchpoints``.
        touched_at: UTC.
        touched_until: UTC; later than that where only the day is known.
        touch_type: As in the configuration's look-backs.
        lead_source: English name.
        lead_channel: English name.
        campaign: Its name; ``unknown`` for none.
        rule: What classified it.
        identified_by: The kind of identifier by which its person is known.
        is_stitched: Whether it was anonymous and only other records link it to this person.
        person: A lead id of the person who made it, or the person's key.
        is_own: Whether the conversion's own person made it, not a colleague.
        is_record: Whether it is what the CRM states of the conversion's own lead.
        lookback_days: The look-back of its type; ``None`` if the type never earns credit.
        visit_reason: ``bare_hit`` or ``repeated_hit`` where another touch counts for it.
        counting: Moment and lead source of that other touch.
        age: From the touch to the moment that look-backs are counted from, at least, where only the
            day of one is known.
        is_spent: Whether it lies before the conversion after which look-backs restart.
        lateness: From that moment to the touch, at least; not positive where it came before.
        counts_at: When it counts: ``touched_at``, but the conversion's moment for a later record.
    """

    touchpoint_key: str
    touched_at: datetime
    touched_until: datetime
    touch_type: str
    lead_source: str
    lead_channel: str
    campaign: str
    rule: str
    identified_by: str
    is_stitched: bool
    person: str
    is_own: bool
    is_record: bool
    lookback_days: float | None
    visit_reason: str
    counting: str
    age: timedelta = timedelta()
    is_spent: bool = False
    lateness: timedelta = timedelta()
    counts_at: datetime = datetime.min  # noqa: DTZ901 (moments are UTC without a zone)

    @property
    def left_out(self) -> str:
        """Which rule keeps it out of the journey; empty if it is in."""
        if self.lookback_days is None:
            return "of types that never earn credit"
        if self.visit_reason:
            return "of a visit that counts already"
        if self.lateness > timedelta() and not self.is_record:
            return "after the conversion"
        if self.age > timedelta(days=self.lookback_days):
            return "older than their look-back"
        if self.is_spent:
            return "before the previous conversion"
        return ""

    @property
    def reason(self) -> str:
        """Why it is not in the journey, with both numbers; empty if it is in."""
        if self.lookback_days is None:
            return f"{self.touch_type} never earns credit"
        if self.visit_reason == "bare_hit":
            return f"shows no origin; belongs to the visit of {self.counting}"
        if self.visit_reason:
            return f"shows the origin again; counts in {self.counting}"
        if self.lateness > timedelta() and not self.is_record:
            return f"{_length(self.lateness)} after"
        if self.age > timedelta(days=self.lookback_days):
            return f"{_length(self.age)} before; {self.touch_type} counts {self.lookback_days:g} d"
        if self.is_spent:
            return f"{_length(self.age)} before; look-backs restart after the previous conversion"
        return ""


@dataclass(frozen=True, slots=True)
class Journey:
    """A conversion and the touches of everybody it concerns.

    Attributes:
        conversion: The conversion.
        touches: The journey, in order.
        left_out: Touches of the same people that are not in it, in order of time.
        colleagues: People of the account whose touches do not count for this conversion.
        colleagues_touches: The number of their touches.
    """

    conversion: Conversion
    touches: tuple[Touch, ...]
    left_out: tuple[Touch, ...]
    colleagues: int
    colleagues_touches: int

    def roles(self) -> dict[str, list[str]]:
        """Touchpoint key to the roles that models weigh: first, last and the milestones."""
        played: dict[str, list[str]] = {touch.touchpoint_key: [] for touch in self.touches}
        if not self.touches:
            return played
        played[self.touches[0].touchpoint_key].append("first")
        for role in _ROLES:
            moment = self.conversion.milestones.get(role)
            before = [t for t in self.touches if moment is not None and t.counts_at <= moment]
            if before:
                played[before[-1].touchpoint_key].append(role)
        played[self.touches[-1].touchpoint_key].append("last")
        return played


_CONVERSIONS = """
    select
        conversions.conversion_key,
        conversions.conversion_id,
        conversions.conversion_type,
        conversions.occurred_at,
        conversions.occurred_until,
        conversions.value,
        conversions.person_key,
        conversions.account_key,
        conversions.journey_at,
        conversions.journey_until,
        conversions.journey_after,
        corrected.conversion_id,
        coalesce('crm:' || leads.lead_id, ''),
        coalesce(leads.source_system, ''),
        leads.created_at,
        leads.opportunity_at,
        leads.customer_at,
        leads.created_until,
        leads.opportunity_until,
        leads.customer_until
    from core.fct_conversions as conversions
    left join core.fct_leads as leads on conversions.lead_key = leads.lead_key
    left join core.fct_conversions as corrected
        on conversions.corrects_conversion_key = corrected.conversion_key
    where conversions.conversion_key = $key or conversions.lead_key = $key
    order by conversions.occurred_at, conversions.conversion_type, conversions.conversion_id
"""

_TOUCHES = """
    with people as (
        select person_key from core.bridge_conversion_people where conversion_key = $key
    ),

    names as (
        select person_key, min(lead_id) as lead_id
        from core.fct_leads
        where person_key in (select person_key from people)
        group by person_key
    )

    select
        touches.touchpoint_key,
        touches.occurred_at,
        touches.occurred_until,
        touches.touch_type,
        coalesce(sources.name_en, ''),
        coalesce(channels.name_en, ''),
        coalesce(campaigns.campaign_name, ''),
        coalesce(touches.rule_id, ''),
        touches.identified_by,
        touches.is_stitched,
        coalesce(names.lead_id, touches.person_key),
        touches.person_key = $person,
        touches.touch_type = 'crm_record'
            and touches.touchpoint_id = $record_id and touches.source_system = $record_system,
        touches.lookback_days,
        case
            when touches.ineligible_reason in ('bare_hit', 'repeated_hit')
                then touches.ineligible_reason
            else ''
        end,
        coalesce(counting_sources.name_en, '') || ' at ' || counting.occurred_at
    from core.fct_touchpoints as touches
    inner join people on touches.person_key = people.person_key
    left join names on touches.person_key = names.person_key
    left join core.dim_lead_sources as sources
        on touches.lead_source_key = sources.lead_source_key
    left join core.dim_lead_channels as channels
        on touches.lead_channel_key = channels.lead_channel_key
    left join core.fct_touchpoints as counting
        on touches.counting_touchpoint_key = counting.touchpoint_key
    left join core.dim_lead_sources as counting_sources
        on counting.lead_source_key = counting_sources.lead_source_key
    left join core.dim_campaigns as campaigns
        on touches.campaign_key = campaigns.campaign_key
    order by
        touches.occurred_at, touches.sequence_number, touches.touchpoint_id, touches.source_system
"""

_COLLEAGUES = """
    select count(distinct touches.person_key), count(*)
    from core.fct_touchpoints as touches
    where touches.person_key <> 'unknown'
        and touches.person_key in (
            select person_key from core.fct_leads
            where account_key = $account and account_key <> 'unknown'
        )
        and touches.person_key not in (
            select person_key from core.bridge_conversion_people where conversion_key = $key
        )
"""


def conversions_of(con: duckdb.DuckDBPyConnection, key: str) -> list[Conversion]:
    """The conversions of a lead, or one conversion.

    Args:
        con: The published file.
        key: A ``lead_key`` or a ``conversion_key``.
    """
    found = []
    for row in con.execute(_CONVERSIONS, {"key": key}).fetchall():
        conversion = Conversion(*row[:-6])
        began, ended = row[-6:-3], row[-3:]
        milestones = {
            role: last
            for role, at, last in zip(_ROLES, began, ended, strict=True)
            if at is not None and at <= conversion.journey_until
        }
        role = _FAMILIES.get(conversion.conversion_type, conversion.conversion_type)
        if role in _ROLES:
            milestones[role] = conversion.journey_until
        found.append(replace(conversion, milestones=milestones))
    return found


def read_journey(con: duckdb.DuckDBPyConnection, conversion: Conversion) -> Journey:
    """Work out the journey of a conversion.

    Args:
        con: The published file.
        conversion: From ``conversions_of``.
    """
    key = conversion.conversion_key
    asked = {
        "key": key,
        "person": conversion.person_key,
        "record_id": conversion.record_id,
        "record_system": conversion.record_system,
    }
    rows = con.execute(_TOUCHES, asked).fetchall()
    touches = [_aged(Touch(*row), conversion) for row in rows]
    journey = [touch for touch in touches if not touch.left_out]
    ((colleagues, their_touches),) = con.execute(
        _COLLEAGUES, {"key": key, "account": conversion.account_key}
    ).fetchall()
    return Journey(
        conversion,
        tuple(sorted(journey, key=lambda touch: touch.counts_at)),
        tuple(touch for touch in touches if touch.left_out),
        colleagues,
        their_touches,
    )


def _aged(touch: Touch, conversion: Conversion) -> Touch:
    lateness = touch.touched_at - conversion.journey_until
    restart = conversion.journey_after
    return replace(
        touch,
        age=conversion.journey_at - touch.touched_until,
        is_spent=restart is not None and touch.touched_at <= restart,
        lateness=lateness,
        counts_at=conversion.journey_at if lateness > timedelta() else touch.touched_at,
    )


def _length(span: timedelta) -> str:
    return f"{span // _DAY} d {str(span % _DAY).rjust(8, '0')}"
