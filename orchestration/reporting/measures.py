"""The report's measures of a mart, as ``models/metrics.yml`` defines them.

Belongs here: their SQL, for queries that also have columns of their own. Does not belong here: what
a measure is (``metrics/definitions.py``).
"""

from __future__ import annotations

from decimal import Decimal

from orchestration.metrics.asking import expressions
from orchestration.metrics.definitions import catalogue


def measures(mart: str, *names: str) -> str:
    """Metrics over the rows of a mart, as a list of what to select.

    Args:
        mart: Which has the columns of all of them.
        names: Metrics, which are also the names of the answer's columns.
    """
    known = expressions(mart, catalogue().metrics)
    return ",\n    ".join(f"{known[name].sql} as {name}" for name in names)


def exact(value: float | Decimal | None) -> Decimal | None:
    """A ratio as a decimal, as prices are written."""
    return None if value is None else Decimal(str(value))
