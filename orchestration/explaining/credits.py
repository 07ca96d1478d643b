"""How each model credits one conversion, and whether the credits add up.

Belongs here: reading credits from the published file and checking them against the journey. Does
not belong here: the journey itself (``journeys.py``), and showing either.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from orchestration.explaining.journeys import Conversion, Journey

UNATTRIBUTED = "unattributed"
"""The touchpoint key of credit that a model gives to no touch."""


@dataclass(frozen=True, slots=True)
class ModelCredit:
    """How one model credits a conversion.

    Attributes:
        model: Its name.
        shares: Touchpoint key to credit, ``UNATTRIBUTED`` among them.
        value: The sum of the credited values; ``None`` when there are none.
        faults: What is wrong: sums that are not exact, credit outside the journey.
    """

    model: str
    shares: dict[str, Decimal]
    value: Decimal | None
    faults: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """The sum of all credits: 1 if nothing is wrong."""
        return sum(self.shares.values(), Decimal(0))


_MODELS = """
    select attribution_model
    from core.dim_attribution_models
    where is_enabled and family <> 'channel'
    order by
        list_position(['role', 'decay', 'choice', 'coverage', 'removal'], family),
        attribution_model
"""

_CREDITS = """
    select attribution_model, touchpoint_key, credit, credited_value
    from core.fct_attribution_credits
    where conversion_key = $key
"""


def read_credits(con: duckdb.DuckDBPyConnection, journey: Journey) -> list[ModelCredit]:
    """The credits of a conversion under every enabled model, checked against its journey.

    Args:
        con: The published file.
        journey: The conversion's journey.
    """
    shares: dict[str, dict[str, Decimal]] = {
        model: {} for (model,) in con.execute(_MODELS).fetchall()
    }
    values: dict[str, list[Decimal]] = {}
    for model, touchpoint_key, credit, value in con.execute(
        _CREDITS, {"key": journey.conversion.conversion_key}
    ).fetchall():
        shares.setdefault(model, {})[touchpoint_key] = credit
        if value is not None:
            values.setdefault(model, []).append(value)
    in_journey = {touch.touchpoint_key for touch in journey.touches}
    found = []
    for model, given in shares.items():
        value = sum(values[model], Decimal(0)) if model in values else None
        faults = _faults(journey.conversion, given, value, in_journey)
        found.append(ModelCredit(model, given, value, tuple(faults)))
    return found


def _faults(
    conversion: Conversion, given: dict[str, Decimal], value: Decimal | None, in_journey: set[str]
) -> list[str]:
    faults = []
    if (total := sum(given.values(), Decimal(0))) != 1:
        faults.append(f"credits sum to {total}, not to 1")
    if value != conversion.value:
        faults.append(f"values sum to {value}, not to {conversion.value}")
    if strangers := given.keys() - in_journey - {UNATTRIBUTED}:
        faults.append(f"{len(strangers)} touches outside the journey have credit")
    return faults
