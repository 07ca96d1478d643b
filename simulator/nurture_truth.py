"""What a correct warehouse must show of touches after a lead's creation, computed from the world.

Belongs here: the restated definitions of ``marts.nurture_performance``, with the demo's default
model, ``position_based``. Does not belong here: journeys and wins themselves (``truth``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from simulator.answers import NurtureTruth, Truth
from simulator.journeys import Touch
from simulator.rates import reporting_day

Cell = tuple[date, str, tuple[str, str]]

UNKNOWN = ("unknown", "unknown")
"""No campaign."""


def count_nurture(truth: Truth, counting: Mapping[int, Sequence[Touch]]) -> None:
    """Fill in ``truth.nurture``, once leads and wins are counted.

    Args:
        truth: The answers so far.
        counting: The touches of each person that may earn credit.
    """
    for lead in truth.leads.values():
        reached: dict[Cell, int] = defaultdict(int)
        month = reporting_day(lead.created_at).replace(day=1)
        for touch in counting.get(lead.contact.person_id, ()):
            if lead.created_at < touch.at and not (
                lead.customer_at and touch.at > lead.customer_at
            ):
                reached[_cell(month, touch)] += 1
        for key, touches in reached.items():
            cell: NurtureTruth = truth.nurture[key]
            cell.leads += 1
            cell.touches += touches
            cell.customers += lead.customer_at is not None
    for win in truth.wins:
        month = reporting_day(win.lead.created_at).replace(day=1)
        shares = _position_based(len(win.journey))
        for touch, share in zip(win.journey, shares, strict=True):
            if touch.at > win.lead.created_at:
                cell = truth.nurture[_cell(month, touch)]
                cell.credit += share if win.is_counted else 0
                cell.value += share * Fraction(win.value)


def _position_based(touches: int) -> list[Fraction]:
    """The first and the last get 40 % each, those between share the rest; two get half each."""
    if touches <= 2:
        return [Fraction(1, max(touches, 1))] * touches
    between = Fraction(1, 5) / (touches - 2)
    return [Fraction(2, 5), *[between] * (touches - 2), Fraction(2, 5)]


def _cell(month: date, touch: Touch) -> Cell:
    campaign = (touch.campaign_platform, touch.campaign_id) if touch.campaign_id else UNKNOWN
    return (month, touch.lead_channel, campaign)
