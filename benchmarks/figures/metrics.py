"""``python -m benchmarks.figures.metrics``: write the tables of docs/metrics.md.

Belongs here: tables of the definitions. Does not belong here: the definitions, which are in
``models/metrics.yml``.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.foundation.repository import REPOSITORY
from orchestration.metrics.definitions import GRAINS, Catalogue, Metric, Table, catalogue

PAGE = REPOSITORY / "docs" / "metrics.md"

MARK = "<!-- metrics: written by make docs-figures -->\n"
"""What a person writes comes before it."""


def page(before: str) -> str:
    """The text of docs/metrics.md with its tables as they are defined now.

    Args:
        before: The page as it is.
    """
    head, mark, _ = before.partition(MARK)
    return head + mark + "\n" + "\n".join(_parts(catalogue()))


def _parts(known: Catalogue) -> Iterator[str]:
    of: dict[tuple[str, ...], list[Metric]] = {}
    for name, metric in known.metrics.items():
        tables = dict.fromkeys(known.table(base).name for base in known.bases(name))
        of.setdefault(tuple(tables), []).append(metric)
    for names, metrics in of.items():
        yield from _section(known, [known.tables[name] for name in names], metrics)


def _section(known: Catalogue, tables: list[Table], metrics: list[Metric]) -> Iterator[str]:
    yield f"## Of {' and '.join(f'`{table.relation}`' for table in tables)}\n"
    if len(tables) == 1:
        yield f"{' '.join(tables[0].meaning.split())}\n"
    yield "| metric | unit | meaning | definition |"
    yield "|---|---|---|---|"
    for metric in metrics:
        cells = (f"`{metric.name}`", metric.unit, metric.meaning, f"`{_definition(known, metric)}`")
        yield f"| {' | '.join(cells)} |"
    groups = known.groups([metric.name for metric in metrics])
    times = [name for name in groups if name in GRAINS]
    others = [f"`{name}`" for name in groups if name not in GRAINS]
    yield f"\nBy {times[0]} and longer, {', '.join(others)}.\n"


def _definition(known: Catalogue, metric: Metric) -> str:
    if metric.formula:
        return metric.formula
    measure = known.table(metric).measures[metric.measure]
    summed = measure.aggregate.format(measure.expression)
    return f"{summed} where {metric.condition}" if metric.condition else summed


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
