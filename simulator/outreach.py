"""Whom the demo company wrote to and called, and whom it left out to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class Contacted:
    """One letter or call, or somebody on the list who got none.

    Attributes:
        outreach_id: The number in the company's list.
        kind: ``direct_mail`` or ``call``.
        touch_id: The answer's touch; empty where nobody answered.
        amount: What it cost, with two decimals; zero for who was left out.
    """

    outreach_id: str
    campaign: str
    wave: str
    kind: str
    person_id: int
    email: str
    day: date
    is_held_out: bool = False
    is_delivered: bool = True
    touch_id: str = ""
    amount: Decimal = Decimal(0)
    currency: str = "SEK"
