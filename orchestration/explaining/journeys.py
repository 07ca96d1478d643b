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
        value: In the reporting currency; ``None`` when the conversion has none.
        person_key: The person; ``unknown`` when no person is known.
        account_key: The account; ``unknown`` when no account is known.
        journey_at: The time from which look-backs count: its own, or that of the conversion that it
            corrects.
        journey_after: The time after which touches count; ``None`` if look-backs do not restart.
        corrects: The id of the conversion that it corrects; ``None`` for every other.
        milestones: UTC times of lead, opportunity and customer that models consider: its own, and
            those of its lead that are not after it.
    """

    conversion_key: str
    conversion_id: str
    conversion_type: str
    occurred_at: datetime
    value: Decimal | None
    person_key: str
    account_key: str
    journey_at: datetime
    journey_after: datetime | None
    corrects: str | None
    milestones: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Touch:
    """A touch of a person whom the conversion concerns.

    Attributes:
        touchpoint_key: Its key in ``core.fct_touchpoints``.
        touched_at: UTC.
        touch_type: As in the configuration's look-backs.
        lead_source: English name.
        lead_channel: English name.
        campaign: Its name; ``unknown`` for none.
        rule: What classified it.
        identified_by: The kind of identifier by which its person is known.
        is_stitched: Whether it was anonymous and only other records link it to this person.
        person: A lead id of the person who made it, or the person's key.
        is_own: Whether the conversion's own person made it, not a colleague.
        lookback_days: The look-back of its type; ``None`` if the type never earns credit.
        age: From the touch to the moment that look-backs are counted from; negative if it came
            after it.
        is_spent: Whether it lies before the conversion after which look-backs restart.
    """

    touchpoint_key: str
    touched_at: datetime
    touch_type: str
    lead_source: str
    lead_channel: str
    campaign: str
    rule: str
    identified_by: str
    is_stitched: bool
    person: str
    is_own: bool
    lookback_days: float | None
    age: timedelta = timedelta()
    is_spent: bool = False

    @property
    def left_out(self) -> str:
        """Which rule keeps it out of the journey; empty if it is in."""
        if self.lookback_days is None:
            return "of types that never earn credit"
        if self.age < timedelta():
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
        if self.age < timedelta():
            return f"{_length(-self.age)} after"
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
            before = [t for t in self.touches if moment is not None and t.touched_at <= moment]
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
        conversions.value,
        conversions.person_key,
        conversions.account_key,
        conversions.journey_at,
        conversions.journey_after,
        corrected.conversion_id,
        leads.created_at,
        leads.opportunity_at,
        leads.customer_at
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
        touches.touch_type,
        coalesce(sources.name_en, ''),
        coalesce(channels.name_en, ''),
        coalesce(campaigns.campaign_name, ''),
        coalesce(touches.rule_id, ''),
        touches.identified_by,
        touches.is_stitched,
        coalesce(names.lead_id, touches.person_key),
        touches.person_key = $person,
        case when touches.is_eligible then touches.lookback_days end
    from core.fct_touchpoints as touches
    inner join people on touches.person_key = people.person_key
    left join names on touches.person_key = names.person_key
    left join core.dim_lead_sources as sources
        on touches.lead_source_key = sources.lead_source_key
    left join core.dim_lead_channels as channels
        on touches.lead_channel_key = channels.lead_channel_key
    left join core.dim_campaigns as campaigns
        on touches.campaign_key = campaigns.campaign_key
    order by touches.occurred_at, touches.touchpoint_id, touches.source_system
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
    for *facts, created_at, opportunity_at, customer_at in con.execute(
        _CONVERSIONS, {"key": key}
    ).fetchall():
        kind, moment = facts[2], facts[7]
        history = dict(zip(_ROLES, (created_at, opportunity_at, customer_at), strict=True))
        milestones = {role: at for role, at in history.items() if at is not None and at <= moment}
        role = _FAMILIES.get(kind, kind)
        if role in _ROLES:
            milestones[role] = moment
        found.append(replace(Conversion(*facts), milestones=milestones))
    return found


def read_journey(con: duckdb.DuckDBPyConnection, conversion: Conversion) -> Journey:
    """Work out the journey of a conversion.

    Args:
        con: The published file.
        conversion: From ``conversions_of``.
    """
    key = conversion.conversion_key
    rows = con.execute(_TOUCHES, {"key": key, "person": conversion.person_key}).fetchall()
    restart = conversion.journey_after
    touches = [
        replace(
            Touch(*row),
            age=conversion.journey_at - row[1],
            is_spent=restart is not None and row[1] <= restart,
        )
        for row in rows
    ]
    ((colleagues, their_touches),) = con.execute(
        _COLLEAGUES, {"key": key, "account": conversion.account_key}
    ).fetchall()
    return Journey(
        conversion,
        tuple(touch for touch in touches if not touch.left_out),
        tuple(touch for touch in touches if touch.left_out),
        colleagues,
        their_touches,
    )


def _length(span: timedelta) -> str:
    return f"{span // _DAY} d {str(span % _DAY).rjust(8, '0')}"
