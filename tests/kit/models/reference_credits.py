"""Each touch-level model's credits for one journey, worked out one touch at a time.

Belongs here: a second, slow and plain implementation of the table of models in
docs/attribution.md, written without looking at the SQL. Credit and money are exact (Fraction,
Decimal).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.kit.models.company import CUSTOM_WEIGHTS, HALF_LIFE_DAYS

CREDIT = Decimal("1e-12")
MONEY = Decimal("1e-6")

ROLE_WEIGHTS: dict[str, dict[str, Fraction]] = {
    model: {role: Fraction(weight) for role, weight in weights.items()}
    for model, weights in {
        "first_touch": {"first": "1"},
        "last_touch": {"last": "1"},
        "linear": {"middle": "1"},
        "position_based": {"first": "0.4", "last": "0.4", "middle": "0.2"},
        "j_shaped": {"first": "0.2", "last": "0.6", "middle": "0.2"},
        "inverse_j": {"first": "0.6", "last": "0.2", "middle": "0.2"},
        "u_lead": {"first": "0.5", "lead": "0.5"},
        "w_shaped": {"first": "0.3", "lead": "0.3", "opportunity": "0.3", "middle": "0.1"},
        "full_path": {
            "first": "0.225",
            "lead": "0.225",
            "opportunity": "0.225",
            "customer": "0.225",
            "middle": "0.1",
        },
        "custom": CUSTOM_WEIGHTS,
    }.items()
}


@dataclass(frozen=True)
class Step:
    """A touch of a journey, with the attributes that models use."""

    touchpoint_id: str
    at: datetime
    channel: str
    is_direct: bool
    is_paid: bool


def weights(
    model: str,
    journey: Sequence[Step],
    milestones: dict[str, datetime | None],
    half_life_days: float = HALF_LIFE_DAYS,
) -> list[Fraction]:
    """The weights of a journey's touches before they are normalised."""
    if model in ROLE_WEIGHTS:
        return _by_role(ROLE_WEIGHTS[model], journey, milestones)
    if model == "time_decay":
        # Ages relative to the youngest: 2 to the power of a whole CRM record's age is 0.
        youngest = max(step.at for step in journey)
        half_life = timedelta(days=half_life_days)
        return [Fraction(0.5 ** ((youngest - step.at) / half_life)) for step in journey]
    if model == "shapley_coverage":
        channels = [step.channel for step in journey]
        return [Fraction(1, channels.count(channel)) for channel in channels]
    end, _, kind = model.partition("_")
    wanted = [
        place
        for place, step in enumerate(journey)
        if (step.is_paid if kind == "paid" else not step.is_direct)
    ]
    if not wanted and kind == "non_direct":
        wanted = list(range(len(journey)))
    chosen = wanted[:1] if end == "first" else wanted[-1:]
    return [Fraction(place in chosen) for place in range(len(journey))]


def _by_role(
    given: dict[str, Fraction], journey: Sequence[Step], milestones: dict[str, datetime | None]
) -> list[Fraction]:
    places = {"first": 0, "last": len(journey) - 1}
    for role, moment in milestones.items():
        before = [place for place, step in enumerate(journey) if moment and step.at <= moment]
        if before:
            places[role] = before[-1]
    roles = {role: place for role, place in places.items() if role in given}
    middle = [place for place in range(len(journey)) if place not in roles.values()]
    weighed = [Fraction(0)] * len(journey)
    for role, place in roles.items():
        weighed[place] += given[role]
    for place in middle:
        weighed[place] += given.get("middle", Fraction(0)) / len(middle)
    return weighed if any(weighed) else [Fraction(1)] * len(journey)


def shares(
    journey: Sequence[Step], given: Sequence[Fraction], value: Decimal | None
) -> list[tuple[str, Decimal, Decimal | None]]:
    """Touchpoint, credit and value of everybody who gets some; the last takes the residue."""
    ranked = [(step, weight) for step, weight in zip(journey, given, strict=True) if weight > 0]
    if not ranked:
        return [("unattributed", Decimal(1), value)]
    total = sum(weight for _, weight in ranked)
    credited = [_rounded(weight / total, CREDIT) for _, weight in ranked]
    credited[-1] = 1 - sum(credited[:-1], Decimal(0))
    if value is None:
        values: list[Decimal | None] = [None] * len(credited)
    else:
        parts = [_rounded(Fraction(value) * Fraction(credit), MONEY) for credit in credited]
        parts[-1] = value - sum(parts[:-1], Decimal(0))
        values = list(parts)
    return [
        (step.touchpoint_id, credit, part)
        for (step, _), credit, part in zip(ranked, credited, values, strict=True)
    ]


def _rounded(exact: Fraction, unit: Decimal) -> Decimal:
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(unit, ROUND_HALF_UP)
