"""The measures that an assistant may ask for by name, each defined once.

Belongs here: their formulas over the marts, and by what they can be grouped. Does not belong here:
asking (``tools.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from orchestration.foundation.errors import TributaryError
from orchestration.foundation.sql import date_literal, literal

MOST = 200
"""Rows of one answer."""


class UnknownMetric(TributaryError):
    """There is no such metric, or it cannot be grouped so."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure of the performance marts.

    Attributes:
        meaning: In words.
        formula: Over any group of rows.
    """

    meaning: str
    formula: str


METRICS: Mapping[str, Metric] = {
    "leads": Metric("Leads created.", "sum(leads)"),
    "mqls": Metric("Those of the leads that became marketing qualified by now.", "sum(mqls)"),
    "sqls": Metric("Those of the leads that became sales qualified by now.", "sum(sqls)"),
    "opportunities": Metric(
        "Those of the leads that became an opportunity by now.", "sum(opportunities)"
    ),
    "customers": Metric(
        "Those of the leads that became a customer by now; recent months still grow.",
        "sum(customers)",
    ),
    "revenue": Metric("Revenue of these leads by now.", "sum(revenue)"),
    "spend": Metric("Ads and other costs of the months.", "sum(spend)"),
    "conversion_rate": Metric(
        "Share of the leads that became a customer by now.",
        "sum(customers) / nullif(sum(leads), 0)",
    ),
    "cost_per_lead": Metric(
        "Spend by leads; null where no spend is recorded, which is not free.",
        "nullif(sum(spend), 0) / nullif(sum(leads), 0)",
    ),
    "cac": Metric(
        "Spend by customers; null where no spend is recorded.",
        "nullif(sum(spend), 0) / nullif(sum(customers), 0)",
    ),
    "roas": Metric("Revenue by spend.", "sum(revenue) / nullif(sum(spend), 0)"),
    "roi": Metric(
        "Revenue less spend, by spend.", "(sum(revenue) - sum(spend)) / nullif(sum(spend), 0)"
    ),
}

_GROUPS: Mapping[str, tuple[str, str]] = {
    "lead_source": ("lead_source_performance", "lead_source"),
    "lead_channel": ("lead_channel_performance", "lead_channel"),
    "campaign": ("campaign_performance", "campaign_name"),
    "platform": ("campaign_performance", "platform"),
    "month": ("lead_source_performance", "month"),
    "total": ("lead_source_performance", "'total'"),
}
GROUPS = tuple(_GROUPS)


def metric_sql(names: list[str], by: str, first: date | None, last: date | None) -> str:
    """The query of some metrics.

    Args:
        names: Of ``METRICS``.
        by: Of ``GROUPS``.
        first: The first month, as any of its days; ``None`` for all.
        last: The last month, likewise.

    Raises:
        UnknownMetric: A name or a group is not known.
    """
    unknown = [name for name in names if name not in METRICS]
    if unknown or not names:
        raise UnknownMetric(
            f"There is no metric {literal(', '.join(unknown))}.",
            remedy=f"There are: {', '.join(METRICS)}",
        )
    if by not in _GROUPS:
        raise UnknownMetric(
            f"Metrics cannot be grouped by {literal(by)}.", remedy=f"Group by: {', '.join(GROUPS)}"
        )
    mart, column = _GROUPS[by]
    selected = ", ".join(f"{METRICS[name].formula} as {name}" for name in dict.fromkeys(names))
    within = []
    if first is not None:
        within.append(f"month >= {date_literal(first.replace(day=1))}")
    if last is not None:
        within.append(f"month <= {date_literal(last.replace(day=1))}")
    where = f" where {' and '.join(within)}" if within else ""
    order = "1" if by == "month" else "2 desc nulls last, 1"
    # A group without recorded spend has no cost per lead, and leads all the same.
    known = " or ".join(f"{METRICS[name].formula} is not null" for name in dict.fromkeys(names))
    return (
        f"select {column} as {by}, {selected} from marts.{mart}{where} group by 1 "
        f"having {known} order by {order}"
    )
