"""The company that the demo company bought: its own CRM, with campaigns and conversions.

Belongs here: what Salesforce knows besides contacts and deals, its ids, and its calendar. Does not
belong here: Salesforce's wire format (``vendors/salesforce``).

Its leads and contacts are ``Contact``, by the id that their person keeps: a lead's, also after it
was converted. A lead that was converted into a contact that was there before is merged into that
one for the truth, and not at the vendor. Times of conversions and of closing are the midnights at
which the days begin that Salesforce gives instead of times.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from simulator.crm import Contact, Deal, Organisation
from simulator.money import Cost

HOME = ZoneInfo("Europe/Helsinki")
"""The calendar of its dates: an hour ahead of the reporting one."""
REPORTING = ZoneInfo("Europe/Stockholm")
CURRENCY = "EUR"

STAGES: tuple[tuple[str, str, str, bool, bool], ...] = (
    ("appointmentscheduled", "Kartoitus", "Kartoitus", False, False),
    ("qualifiedtobuy", "Tarjous", "Tarjous lähetetty", False, False),
    ("closedwon", "Voitettu", "Voitettu", True, True),
    ("closedlost", "Hävitty", "Hävitty", True, False),
)
"""(stage of ``Deal``, its name in the API, its label, is closed, is won)."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def short_id(prefix: str, number: int) -> str:
    """An id of 15 characters, in which case matters."""
    digits = ""
    for _ in range(7):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return f"{prefix}5g000{digits}"


def long_id(short: str) -> str:
    """The id with the checksum that tells where its capitals are."""
    marks = ""
    for start in (0, 5, 10):
        capitals = [letter.isupper() for letter in short[start : start + 5]]
        marks += _CHECKS[sum(1 << place for place, is_one in enumerate(capitals) if is_one)]
    return short + marks


def midnight(day: date) -> datetime:
    """When a day begins in the reporting zone."""
    return datetime.combine(day, time(), REPORTING)


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a lead became, from the midnight ``at`` on."""

    at: datetime
    contact_id: str
    account_id: str
    deal_id: str = ""


@dataclass(frozen=True, slots=True)
class SalesCampaign:
    """A campaign in the CRM; ``day`` is its first, and of an event the only one."""

    campaign_id: str
    name: str
    kind: str
    day: date
    cost: Decimal
    currency: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody in a campaign; ``responded`` is a day, or empty."""

    member_id: str
    campaign_id: str
    contact_id: str
    status: str
    has_responded: bool
    responded: date | None
    created_at: datetime


@dataclass
class Acquired:
    """Everything in that CRM.

    Attributes:
        conversions: By the id of the lead.
        companies: The names that unconverted leads gave, by their id.
    """

    contacts: list[Contact] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    conversions: dict[str, Conversion] = field(default_factory=dict)
    companies: dict[str, str] = field(default_factory=dict)
    campaigns: list[SalesCampaign] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)
