"""Campaigns: what they cost and brought, and what mailings did.

Belongs here: reading them from the mart. Does not belong here: sources and channels
(``members.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.foundation.sql import date_literal
from orchestration.reporting.measures import exact, measures

SHOWN = 15
"""Campaigns in a table; the mart has them all."""

_MEASURES = ("leads", "customers", "revenue", "spend", "cost_per_lead", "roas")
_CAMPAIGNS = """
select
    max(campaign_name),
    max(platform),
    {measures}
from marts.campaign_performance
where month between {first} and {last} and platform <> 'unknown'
group by campaign_durable_key
having sum(leads) <> 0 or sum(revenue) <> 0 or sum(spend) <> 0
order by leads desc, spend desc, max(campaign_name)
"""

_MAILINGS = """
select
    max(campaign_name),
    cast(sum(emails_sent) as bigint) as sent,
    cast(sum(unique_email_clicks) as bigint) as clicks,
    cast(sum(leads) as bigint)
from marts.campaign_performance
where month between {first} and {last}
group by campaign_durable_key
having sent > 0 or clicks > 0
order by clicks desc, sent desc, max(campaign_name)
"""


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a campaign cost and brought.

    Attributes:
        name: Its current name.
        platform: Where it ran.
        leads: Created in the period.
        customers: Those of them that became one by now.
        revenue: Of these leads by now.
        spend: Of the period.
        cost_per_lead: ``None`` without leads or recorded spend.
        return_on_spend: Revenue by spend; ``None`` without recorded spend.
    """

    name: str
    platform: str
    leads: int
    customers: int
    revenue: Decimal
    spend: Decimal
    cost_per_lead: Decimal | None
    return_on_spend: float | None


@dataclass(frozen=True, slots=True)
class Mailing:
    """What a mailing did.

    Attributes:
        name: The campaign's.
        sent: Mails; 0 where the sender does not count them.
        clicks: Of different recipients.
        leads: That the campaign brought.
    """

    name: str
    sent: int
    clicks: int
    leads: int

    @property
    def click_rate(self) -> float | None:
        """Clicks by mails; ``None`` where mails are not counted."""
        return self.clicks / self.sent if self.sent else None


def campaigns(con: duckdb.DuckDBPyConnection, first: date, last: date) -> list[Campaign]:
    """All campaigns with leads or money in some months, those with most leads first."""
    sql = _CAMPAIGNS.replace("{measures}", measures("campaign_performance", *_MEASURES))
    return [
        Campaign(name or "", platform or "", leads, customers, revenue, spend, exact(cost), roas)
        for name, platform, leads, customers, revenue, spend, cost, roas in _rows(
            con, sql, first, last
        )
    ]


def mailings(con: duckdb.DuckDBPyConnection, first: date, last: date) -> list[Mailing]:
    """All mailings of some months, those with most clicks first."""
    rows = _rows(con, _MAILINGS, first, last)
    return [Mailing(name or "", *figures) for name, *figures in rows]


def _rows(
    con: duckdb.DuckDBPyConnection, sql: str, first: date, last: date
) -> list[tuple[Any, ...]]:
    return con.execute(sql.format(first=date_literal(first), last=date_literal(last))).fetchall()
