"""The last whole week: what moved beyond chance, money without leads, new errors in tags.

Belongs here: what report and digest say of a week. Does not belong here: longer periods.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from orchestration.foundation.sql import date_literal
from orchestration.reporting.about import About
from orchestration.reporting.chance import beyond_chance, surprise
from orchestration.reporting.days import Day, Days
from orchestration.reporting.members import names

WEEKS_BEFORE = 8
"""Weeks that say what is usual."""
_FEWEST_WEEKS = 3
IDLE_DAYS = 30
"""Days in which a campaign that costs money should bring a lead."""
_WEEK = timedelta(days=7)

_COUNTS = """
with leads as (
    select
        leads.lead_source_key,
        leads.lead_channel_key,
        campaigns.campaign_durable_key,
        leads.created_on as day
    from core.fct_leads as leads
    left join core.dim_campaigns as campaigns on leads.campaign_key = campaigns.campaign_key
)

select
    {key},
    cast(count(*) filter (where day >= {monday}) as bigint),
    cast(count(*) filter (where day < {monday}) as bigint)
from leads
where day >= {first} and day < {end} and {key} is not null
group by {key}
order by {key}
"""

_IDLE = """
with spending as (
    select date_day, campaign_key, spend as amount
    from core.fct_ad_spend
    union all
    select date_day, campaign_key, amount
    from core.fct_costs
),

leads as (
    select unnest([campaign_key, source_campaign_key, channel_campaign_key]) as campaign_key
    from core.fct_leads
    where created_on between {first} and {last}
),

led as (
    select campaigns.campaign_durable_key
    from leads
    inner join core.dim_campaigns as campaigns on leads.campaign_key = campaigns.campaign_key
)

select current.campaign_name, current.platform, sum(spending.amount) as spend
from spending
inner join core.dim_campaigns as campaigns on spending.campaign_key = campaigns.campaign_key
inner join core.dim_campaigns as current
    on campaigns.campaign_durable_key = current.campaign_durable_key and current.is_current
where
    spending.date_day between {first} and {last}
    and current.platform <> 'unknown'
    and campaigns.campaign_durable_key not in (select campaign_durable_key from led)
group by current.campaign_durable_key, current.campaign_name, current.platform
having sum(spending.amount) > 0
order by spend desc, current.campaign_name
"""

_CAMPAIGN_NAMES = """
select campaign_durable_key, campaign_name
from core.dim_campaigns
where is_current and platform <> 'unknown' and campaign_name is not null
"""

_TAGS = """
select issue, field, value, suggested_value, touches
from marts.utm_audit
where first_seen_on between {first} and {last}
order by touches desc, issue, field, value
"""


@dataclass(frozen=True, slots=True)
class Mover:
    """A member whose leads of the week differ from the usual more than chance explains.

    Attributes:
        kind: ``lead_source``, ``lead_channel`` or ``campaign``.
        name: Its name.
        leads: Of the week.
        usual: The mean week before.
    """

    kind: str
    name: str
    leads: int
    usual: float


@dataclass(frozen=True, slots=True)
class Idle:
    """A campaign that cost money and brought no lead in ``IDLE_DAYS``."""

    name: str
    platform: str
    spend: Decimal


@dataclass(frozen=True, slots=True)
class NewTag:
    """An error in a tag that was first seen in the week.

    Attributes:
        issue: As in ``marts.utm_audit``; so are the others.
        field: As above.
        value: As above.
        suggested: What was probably meant, if anything is near.
        touches: As above.
    """

    issue: str
    field: str
    value: str
    suggested: str | None
    touches: int


@dataclass(frozen=True, slots=True)
class Week:
    """The last whole week, Monday to Sunday.

    Attributes:
        first: Its Monday.
        last: Its Sunday.
        total: What happened in it.
        usual: The weeks before, oldest first.
        movers: Those that moved most come first; ``None`` where too few weeks came before.
        idle: Money without leads, the largest sum first.
        tags: New errors in tags, the most frequent first.
    """

    first: date
    last: date
    total: Day
    usual: list[Day]
    movers: list[Mover] | None
    idle: list[Idle]
    tags: list[NewTag]


def week(con: duckdb.DuckDBPyConnection, about: About, found: Days, last: date) -> Week:
    """The last whole week before the end of the data.

    Args:
        con: A published file.
        about: The company.
        found: Its days; not empty.
        last: The last complete day.
    """
    sunday = found.sunday(last)
    monday = sunday - timedelta(days=6)
    before = [
        monday - _WEEK * back
        for back in range(WEEKS_BEFORE, 0, -1)
        if monday - _WEEK * back >= found.first
    ]
    enough = len(before) >= _FEWEST_WEEKS
    end = date_literal(last)
    idle_from = date_literal(last - timedelta(days=IDLE_DAYS - 1))
    idle = con.execute(_IDLE.format(first=idle_from, last=end)).fetchall()
    tags = con.execute(
        _TAGS.format(first=date_literal(monday), last=date_literal(sunday))
    ).fetchall()
    return Week(
        monday,
        sunday,
        found.total(monday, sunday),
        [found.total(start, start + timedelta(days=6)) for start in before],
        _movers(con, about, monday, len(before)) if enough else None,
        [Idle(name or "", platform, spend) for name, platform, spend in idle],
        [NewTag(*row) for row in tags],
    )


def _movers(con: duckdb.DuckDBPyConnection, about: About, monday: date, weeks: int) -> list[Mover]:
    known = {
        "lead_source": dict(names(con, "lead_source", about)),
        "lead_channel": dict(names(con, "lead_channel", about)),
        "campaign": dict(con.execute(_CAMPAIGN_NAMES).fetchall()),
    }
    candidates: list[Mover] = []
    chances: list[float] = []
    for kind, column in (
        ("lead_source", "lead_source_key"),
        ("lead_channel", "lead_channel_key"),
        ("campaign", "campaign_durable_key"),
    ):
        sql = _COUNTS.format(
            key=column,
            monday=date_literal(monday),
            first=date_literal(monday - _WEEK * weeks),
            end=date_literal(monday + _WEEK),
        )
        for key, now, before in con.execute(sql).fetchall():
            if key in known[kind]:
                candidates.append(Mover(kind, known[kind][key], now, before / weeks))
                chances.append(surprise(now, before, 1 / (weeks + 1)))
    chosen = beyond_chance(chances)
    order = sorted(chosen, key=lambda position: (chances[position], position))
    return [candidates[position] for position in order]
