"""The query that asks for some metrics, grouped and filtered.

Belongs here: SQL of a question, and what is refused because its answer would mislead. Does not
belong here: running it (``publication/reader.py``), or what a metric is (``definitions.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from orchestration.foundation.errors import TributaryError
from orchestration.foundation.sql import literal
from orchestration.metrics.definitions import GRAINS, Catalogue, Metric, Table, catalogue
from orchestration.metrics.sums import Misleading, check_sums

BY_NAME = (
    "lead_source_performance",
    "lead_channel_performance",
    "campaign_performance",
    "segment_performance",
    "performance_daily",
)
"""Marts in which a column that is called like a metric is that metric, summed."""


class UnknownMetric(TributaryError):
    """There is no such metric, or it cannot be grouped or filtered so."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A metric as an expression over the rows of one mart.

    Attributes:
        label: For people.
        meaning: In words.
        unit: As in ``Metric``.
        sql: An aggregate, or several and what is made of them.
    """

    label: str
    meaning: str
    unit: str
    sql: str


def question(names: Sequence[str], by: Sequence[str] = (), where: str = "") -> str:
    """The query of some metrics.

    Args:
        names: Metrics, in the order of the answer's columns.
        by: Columns and lengths of time to group by; none for one row in total.
        where: A condition on such columns, as SQL; empty for none.

    Returns:
        One statement over the published file. Groups of which nothing is known are left out.

    Raises:
        UnknownMetric: A name is not known, or the metrics cannot be grouped or filtered so.
        Misleading: The sums would count something several times, or a ratio would be of money and
            leads that are in different rows.
    """
    known = catalogue()
    names, by = list(dict.fromkeys(names)), list(dict.fromkeys(by))
    _known_metrics(known, names)
    condition = _parsed(where)
    asked = [*by, *_columns(condition)]
    _known_groups(known, names, asked)
    _not_apart(known, names, asked)
    bases = {base.name: base for name in names for base in known.bases(name)}
    tables: dict[str, tuple[Table, list[Metric]]] = {}
    for base in bases.values():
        table = known.table(base)
        tables.setdefault(table.name, (table, []))[1].append(base)
    parts = [
        f"from_{name} as (\n{_aggregates(known, table, found, by, condition)}\n)"
        for name, (table, found) in tables.items()
    ]
    parts.append(f"merged as (\n{_merged(tables, list(bases.values()), by)}\n)")
    shown = [*by, *(f"{_formula(known, name)} as {name}" for name in names)]
    # One row in total says also that nothing is known.
    held = " or ".join(f"{name} is not null" for name in names) if by else "true"
    sql = (
        f"with {', '.join(parts)}\n"
        f"select * from (select {', '.join(shown)} from merged)\n"
        f"where {held}\norder by {_order(names, by)}"
    )
    check_sums(sql)
    return sql


def expressions(mart: str, columns: Iterable[str]) -> dict[str, Expression]:
    """The metrics that can be computed from one mart alone, for tools that group by themselves.

    Args:
        mart: Its name.
        columns: The columns that it has in this company.

    Returns:
        By name. Ratios are of sums, so they are right for any group.
    """
    known, there = catalogue(), set(columns)
    result: dict[str, Expression] = {}
    for name, metric in known.metrics.items():
        sums = {base.name: _over(known, mart, there, base) for base in known.bases(name)}
        if None in sums.values():
            continue
        sql = _replaced(_formula(known, name), {base: sql or "" for base, sql in sums.items()})
        result[name] = Expression(metric.label, metric.meaning, metric.unit, sql)
    return result


def _over(known: Catalogue, mart: str, columns: set[str], base: Metric) -> str | None:
    measure = known.table(base).measures[base.measure]
    if mart in BY_NAME and not base.condition:
        return f"sum({base.name})" if base.name in columns and measure.is_additive else None
    if known.table(base).relation.partition(".")[2] != mart:
        return None
    summed = measure.aggregate.format(measure.expression)
    summed += f" filter (where {base.condition})" if base.condition else ""
    return summed


def _known_metrics(known: Catalogue, names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in known.metrics]
    if unknown or not names:
        raise UnknownMetric(
            f"There is no metric {literal(', '.join(unknown))}.",
            remedy=f"There are: {', '.join(known.metrics)}",
        )


def _known_groups(known: Catalogue, names: Sequence[str], asked: Sequence[str]) -> None:
    groups = known.groups(names)
    for each in asked:
        if each not in groups:
            raise UnknownMetric(
                f"{', '.join(names)} cannot be grouped or filtered by {literal(each)}.",
                remedy=f"There are: {', '.join(groups)}",
            )


def _not_apart(known: Catalogue, names: Sequence[str], asked: Sequence[str]) -> None:
    for name in names:
        groups = known.metrics[name].apart
        used = [group for group in groups if any(_is_of(known, each, group) for each in asked)]
        if len(used) > 1:
            both = " and ".join(group[0] for group in used)
            raise Misleading(
                "This would mislead: money is where it was paid for, and leads are where they came "
                f"from or acted, so {name} by {both} would divide the money of one by the leads of "
                "another. Ask for one of them."
            )


def _is_of(known: Catalogue, name: str, group: Sequence[str]) -> bool:
    """Whether a column is one of a group, or says something of one."""
    return name in group or any(
        table.key in group and name in table.columns for table in known.tables.values()
    )


def _parsed(where: str) -> exp.Expr | None:
    if not where.strip():
        return None
    try:
        condition = parse_one(where, dialect="duckdb")
    except (SqlglotError, RecursionError):
        condition = None
    # Only a function of the columns: nothing that reads another table or sums over rows.
    if not isinstance(condition, exp.Condition) or condition.find(
        exp.Query, exp.AggFunc, exp.Window, exp.Star
    ):
        raise UnknownMetric(
            f"{literal(where[:200])} is no condition on columns.",
            remedy="Write it as in: --where \"country = 'SE' and month >= '2026-01-01'\"",
        )
    return condition


def _columns(condition: exp.Expr | None) -> list[str]:
    return [] if condition is None else [each.name for each in condition.find_all(exp.Column)]


def _aggregates(
    known: Catalogue,
    table: Table,
    metrics: Sequence[Metric],
    by: Sequence[str],
    condition: exp.Expr | None,
) -> str:
    """The aggregates of one table, one row per group."""
    joins: dict[str, str] = {}

    def column(name: str) -> str:
        if name in GRAINS:
            return f"cast(date_trunc('{name}', {table.name}.{table.day}) as date)"
        if name in table.columns:
            return f"{table.name}.{table.columns[name]}"
        other = known.joined(table, name)
        if other is None:
            raise UnknownMetric(f"{table.name} has no {name}.")
        here, there = table.columns[other.key], other.columns[other.key]
        joins[other.name] = (
            f"left join {other.relation} as {other.name}\n"
            f"    on {table.name}.{here} = {other.name}.{there}"
        )
        return f"{other.name}.{other.columns[name]}"

    def qualified(text: exp.Expr) -> str:
        def named(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column):
                return parse_one(column(node.name), dialect="duckdb")
            return node

        return text.copy().transform(named).sql(dialect="duckdb")

    selected = [f"{column(name)} as {name}" for name in by]
    for metric in metrics:
        measure = table.measures[metric.measure]
        summed = measure.aggregate.format(f"{table.name}.{measure.expression}")
        if metric.condition:
            only = qualified(parse_one(metric.condition, dialect="duckdb"))
            summed += f" filter (where {only})"
        selected.append(f"{summed} as {metric.name}")
    limited = f"\nwhere {qualified(condition)}" if condition is not None else ""
    grouped = f"\ngroup by {', '.join(map(column, by))}" if by else ""
    tables = "\n".join([f"from {table.relation} as {table.name}", *joins.values()])
    return f"select {', '.join(selected)}\n{tables}{limited}{grouped}"


def _merged(
    tables: Mapping[str, tuple[Table, Sequence[Metric]]], bases: Sequence[Metric], by: Sequence[str]
) -> str:
    """Groups of all tables: a union, as two unknown members are the same group."""
    sides = []
    for name, (_, found) in tables.items():
        there = {metric.name for metric in found}
        columns = [base.name if base.name in there else f"null as {base.name}" for base in bases]
        sides.append(f"select {', '.join([*by, *columns])} from from_{name}")
    shown = [
        f"coalesce(max({base.name}), 0) as {base.name}"
        if base.is_filled
        else f"max({base.name}) as {base.name}"
        for base in bases
    ]
    grouped = f"\ngroup by {', '.join(by)}" if by else ""
    return (
        f"select {', '.join([*by, *shown])}\nfrom (\n    "
        + "\n    union all\n    ".join(sides)
        + f"\n){grouped}"
    )


def _formula(known: Catalogue, name: str) -> str:
    metric = known.metrics[name]
    if metric.measure:
        return name
    parts = {
        each: each if known.metrics[each].measure else f"({_formula(known, each)})"
        for each in metric.inputs
    }
    return _replaced(metric.formula, parts)


def _replaced(formula: str, parts: Mapping[str, str]) -> str:
    return re.sub(r"\b[a-z_]\w*\b(?!\()", lambda word: parts.get(word[0], word[0]), formula)


def _order(names: Sequence[str], by: Sequence[str]) -> str:
    """By time, as a reader follows it; else the largest first, and then by name."""
    times = [name for name in by if name in GRAINS]
    others = [name for name in by if name not in GRAINS]
    largest = [] if times else [f"{names[0]} desc nulls last"]
    return ", ".join([*times, *largest, *others]) or "1"
