"""Events that the demo company went to, and who is on their lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class Event:
    """One event; sales speak of it until the next of its name.

    Attributes:
        event_id: The number in the company's list.
        lead_channel: True channel code of attending it.
        amount: What it cost, with two decimals.
    """

    event_id: str
    name: str
    lead_channel: str
    day: date
    amount: Decimal
    currency: str


@dataclass(slots=True)
class Guest:
    """Somebody on an event's list who did not come.

    Attributes:
        is_registered: Registered and stayed away; otherwise invited alone.
    """

    event_id: str
    person_id: int
    email: str
    is_registered: bool
