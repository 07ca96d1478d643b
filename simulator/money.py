"""Money that no vendor's API reports: costs, spend that comes as a file, exchange rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class Cost:
    """Money spent outside ad platforms, with two decimals.

    Attributes:
        lead_source: Code that the cost is booked on; may be empty.
        lead_channel: Likewise.
    """

    day: date
    amount: Decimal
    currency: str
    lead_source: str
    lead_channel: str
    campaign: str
    description: str


@dataclass(slots=True)
class InboxSpend:
    """Spend of an ad platform that comes as a file; two decimals."""

    day: date
    platform: str
    account_id: str
    campaign_id: str
    campaign_name: str
    spend: Decimal
    currency: str
    impressions: int
    clicks: int


@dataclass(slots=True)
class FxRate:
    """Units of EUR per unit of ``currency``, with four decimals; weekends have none."""

    day: date
    currency: str
    rate: Decimal
