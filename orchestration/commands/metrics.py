"""``tributary metrics``: which metrics there are, and the query of some of them.

Belongs here: what is typed. Does not belong here: the definitions and the query (``metrics``), or
showing an answer (``sql.py``).
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from orchestration.foundation.terminal import shown
from orchestration.metrics.asking import question
from orchestration.metrics.definitions import catalogue


def metrics_query(names: Sequence[str], by: str, where: str) -> str:
    """The query of what was typed.

    Args:
        names: Metrics, each word one or several with commas.
        by: Columns to group by, with commas; empty for the total.
        where: A condition; empty for all.

    Raises:
        UnknownMetric: A name is not known, or the metrics cannot be grouped or filtered so.
        Misleading: The answer would mislead.
    """
    return question([each for name in names for each in _listed(name)], _listed(by), where)


def list_metrics(console: Console) -> None:
    """Show every metric with its meaning."""
    table = Table(header_style="bold")
    for name in ("metric", "unit", "meaning"):
        table.add_column(name, overflow="fold")
    for metric in catalogue().metrics.values():
        table.add_row(shown(metric.name), metric.unit, shown(metric.meaning))
    console.print(table)
    console.print("docs/metrics.md says by what each can be grouped.", style="dim")


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
