"""The definitions in ``models/metrics.yml``, which is written in MetricFlow's syntax.

Belongs here: reading the part of the syntax that the file uses. Does not belong here: making a
query of it (``asking.py``). What MetricFlow accepts and this does not read is refused, so that both
answer alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration.foundation.errors import TributaryError
from orchestration.foundation.repository import MODELS

FILE = MODELS / "metrics.yml"
GRAINS = ("day", "week", "month", "quarter", "year")
"""Lengths of time that a metric can be grouped by, the shortest first."""

_REF = re.compile(r"ref\('(\w+)'\)")
_DIMENSION = re.compile(r"\{\{ Dimension\('\w+?__(\w+)'\) \}\}")
_SUMS: Mapping[str, str] = {
    "sum": "sum({})",
    "count": "count({})",
    "sum_boolean": "sum(case when {} then 1 else 0 end)",
    "median": "quantile_cont({}, 0.5)",
}
_ADDITIVE = frozenset({"sum", "count", "sum_boolean"})


class WrongDefinition(TributaryError):
    """``metrics.yml`` has something that is not read."""


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate over the rows of a table.

    Attributes:
        name: The measure's.
        aggregate: SQL in which ``{}`` stands for the expression.
        expression: A column.
        is_additive: Whether the sums of two groups add up to that of both.
    """

    name: str
    aggregate: str
    expression: str
    is_additive: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A published table that has measures, or names of the members of a dimension.

    Attributes:
        name: The semantic model's.
        meaning: What its rows are, in words.
        relation: Such as ``marts.leads``.
        key: The entity of which each row is one; empty where it has no name of its own.
        day: The column of time by which measures are grouped; empty without measures.
        grain: Its length, of ``GRAINS``.
        columns: By which its rows can be grouped: name and column.
        measures: By name.
    """

    name: str
    meaning: str
    relation: str
    key: str
    day: str
    grain: str
    columns: Mapping[str, str]
    measures: Mapping[str, Measure]


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure of the company.

    Attributes:
        name: As in questions and answers.
        label: For people.
        meaning: In words.
        unit: ``count``, ``credits``, ``money``, ``share`` (0 to 1), ``factor`` or ``days``.
        measure: What it aggregates; empty for a formula.
        condition: Of the rows that count, as SQL over columns; empty for all.
        is_filled: Whether it is 0 where no row is; otherwise it is null.
        formula: Of other metrics, as SQL; empty for an aggregate.
        inputs: Their names.
        apart: Groups of columns of which one question may use only one.
    """

    name: str
    label: str
    meaning: str
    unit: str
    measure: str
    condition: str
    is_filled: bool
    formula: str
    inputs: Sequence[str]
    apart: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All definitions.

    Attributes:
        metrics: By name, in the file's order.
        tables: By name, likewise.
    """

    metrics: Mapping[str, Metric]
    tables: Mapping[str, Table]

    def bases(self, name: str) -> Iterator[Metric]:
        """The aggregates that a metric is made of; one may come several times."""
        metric = self.metrics[name]
        if metric.measure:
            yield metric
        for each in metric.inputs:
            yield from self.bases(each)

    def table(self, metric: Metric) -> Table:
        """The table that an aggregate reads."""
        return next(each for each in self.tables.values() if metric.measure in each.measures)

    def joined(self, table: Table, name: str) -> Table | None:
        """The dimension that has a column, if it is one of a table's dimensions."""
        for each in self.tables.values():
            if not each.measures and each.key in table.columns and name in each.columns:
                return each
        return None

    def groups(self, names: Sequence[str]) -> list[str]:
        """By what all of some metrics can be grouped, lengths of time first."""
        tables = [self.table(base) for name in names for base in self.bases(name)]
        found = [self.groups_of(table) for table in tables]
        return [each for each in found[0] if all(each in others for others in found)]

    def groups_of(self, table: Table) -> list[str]:
        """By what the measures of one table can be grouped, lengths of time first."""
        grains = GRAINS[GRAINS.index(table.grain) :]
        names = [*grains]
        for column in table.columns:
            names.append(column)
            for each in self.tables.values():
                if not each.measures and each.key == column:
                    names += [name for name in each.columns if name != column]
        return names


@cache
def catalogue() -> Catalogue:
    """The definitions of ``models/metrics.yml``.

    Raises:
        WrongDefinition: The file has something that is not read.
    """
    return read(FILE)


def read(path: Path) -> Catalogue:
    """The definitions of a file.

    Args:
        path: A file of semantic models and metrics.

    Raises:
        WrongDefinition: It has something that is not read.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        tables = {each["name"]: _table(each) for each in document["semantic_models"]}
        metrics = {each["name"]: _metric(each) for each in document["metrics"]}
        known = Catalogue(metrics, tables)
        for name in metrics:
            known.groups([name])
    except (KeyError, StopIteration, TypeError, ValueError, yaml.YAMLError) as error:
        raise WrongDefinition(
            f"It cannot be read: {error!r}",
            where=str(path),
            remedy="Write it as the other metrics are, and run: make metrics-check",
        ) from error
    return known


def _table(found: Mapping[str, Any]) -> Table:
    entities, dimensions = found.get("entities", ()), found.get("dimensions", ())
    keys = [each for each in entities if each["type"] == "primary"]
    days = {each["name"]: each for each in dimensions if each["type"] == "time"}
    columns = {each["name"]: _column(each) for each in entities if each["type"] == "foreign"}
    if not found.get("measures"):
        columns |= {each["name"]: _column(each) for each in keys}
    columns |= {each["name"]: _column(each) for each in dimensions if each["name"] not in days}
    measures = {each["name"]: _measure(each) for each in found.get("measures", ())}
    day = days[found["defaults"]["agg_time_dimension"]] if measures else None
    return Table(
        name=found["name"],
        meaning=found["description"].strip(),
        relation=_relation(found["model"]),
        key=keys[0]["name"] if keys else "",
        day=_column(day) if day else "",
        grain=day["type_params"]["time_granularity"] if day else GRAINS[0],
        columns=columns,
        measures=measures,
    )


def _relation(model: str) -> str:
    match = _REF.fullmatch(model)
    if match is None:
        raise ValueError(model)
    schema = next(
        each for each in ("marts", "core") if (MODELS / each / f"{match[1]}.sql").exists()
    )
    return f"{schema}.{match[1]}"


def _column(found: Mapping[str, Any]) -> str:
    return str(found.get("expr", found["name"]))


def _measure(found: Mapping[str, Any]) -> Measure:
    kind = found["agg"]
    return Measure(found["name"], _SUMS[kind], _column(found), kind in _ADDITIVE)


def _metric(found: Mapping[str, Any]) -> Metric:
    params, meta = found["type_params"], found["config"]["meta"]
    measure, formula, is_filled = "", "", False
    inputs: tuple[str, ...] = ()
    if found["type"] == "simple":
        measure = params["measure"]["name"]
        is_filled = params["measure"].get("fill_nulls_with") == 0
    elif found["type"] == "ratio":
        inputs = (params["numerator"], params["denominator"])
        formula = f"{inputs[0]} / nullif({inputs[1]}, 0)"
    elif found["type"] == "derived":
        inputs, formula = tuple(params["metrics"]), params["expr"]
    else:
        raise ValueError(found["type"])
    return Metric(
        name=found["name"],
        label=found["label"],
        meaning=found["description"],
        unit=meta["unit"],
        measure=measure,
        condition=_DIMENSION.sub(r"\1", found.get("filter", "")),
        is_filled=is_filled,
        formula=formula,
        inputs=inputs,
        apart=meta.get("apart", ()),
    )
