"""Refuses sums that count the same thing several times, and averages of ratios.

Belongs here: which columns must be one value for a sum, and finding sums over several. Does not
belong here: whether a statement only reads (``publication/questions.py``).

Assistants ask what people ask, and do not read the footnote: ``sum(value)`` of
``attribution_performance`` without filters is 77 times the revenue. A statement is read as its
tree; what cannot be read and sums such a table is refused with a remedy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

ONE_OF_EACH: Mapping[str, Mapping[str, str]] = {
    "attribution_performance": {
        "basis": "every credit is there twice, by conversion_date and by touch_date",
        "attribution_model": "each model credits all conversions, so several count them again",
    },
    "fct_attribution_credits": {
        "attribution_model": "each model credits all conversions, so several count them again",
    },
    "fct_channel_attribution": {
        "dimension": "sources and channels each have all conversions",
        "attribution_model": "each model credits all conversions, so several count them again",
    },
    "attribution_model_comparison": {
        "dimension": "sources and channels each have all conversions",
    },
    "utm_audit": {
        "value": "a value may have several issues, so its touches are there several times",
    },
}
"""Columns of which a sum may have only one value, and why."""

_COUNTED = {
    "attribution_performance": frozenset({"conversions"}),
    "fct_attribution_credits": frozenset({"credit"}),
}
"""Sums of these mix leads with customers unless ``conversion_type`` is chosen."""
_TYPE = "conversion_type"
_TYPE_WHY = "a lead, an opportunity and a customer of one journey are each a conversion"

_RATIO = re.compile(
    r"(^|_)(rate|share|roi|roas|cac)(_low|_high)?$|^(cost_per|median|average)_"
    r"|^(maturity|lift)(_low|_high)?$",
    re.IGNORECASE,
)
_SUMS = (exp.Sum, exp.Avg, exp.Median, exp.Quantile)


class Misleading(Exception):
    """A sum that would mislead; the message says why, and what to write instead."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A column that is not one value yet.

    Attributes:
        table: Where it comes from.
        column: Its name there.
        name: Its name here; ``None`` where it was dropped.
        several: Whether several values may be chosen on purpose.
    """

    table: str
    column: str
    name: str | None
    several: bool = False


def check_sums(sql: str) -> None:
    """Refuse a statement whose sums would mislead.

    Args:
        sql: One statement that reads.

    Raises:
        Misleading: It sums over models or bases, counts a journey several times, or adds ratios.
    """
    try:
        tree = parse_one(sql, dialect="duckdb")
    except (SqlglotError, RecursionError):
        _check_text(sql)
        return
    for function in tree.find_all(*_SUMS):
        summed = function.this
        while isinstance(summed, exp.Cast | exp.Paren):
            summed = summed.this
        if isinstance(summed, exp.Column) and _RATIO.search(summed.name):
            raise Misleading(
                f"{summed.name} is a ratio or a median; sums and averages of it mean nothing. "
                "Divide sums instead, for example sum(customers) / nullif(sum(leads), 0), or ask "
                "the tool metric."
            )
    known: dict[str, list[_Open]] = {}
    query = tree.find(exp.Query)
    if query is not None:
        _open(query, known)


def _check_text(sql: str) -> None:
    low = sql.lower()
    for table in ONE_OF_EACH:
        if table in low and any(word in low for word in ("sum", "avg", "count", "pivot")):
            raise Misleading(
                f"This statement about {table} cannot be judged. Write it as a plain SELECT with "
                f"a WHERE on {' and '.join(ONE_OF_EACH[table])}."
            )


def _open(query: exp.Query, known: Mapping[str, list[_Open]]) -> list[_Open]:
    """The columns of a query's answer that are still several values."""
    known = dict(known)
    for cte in query.ctes:
        inner = cte.this
        known[cte.alias.lower()] = _open(inner, known) if isinstance(inner, exp.Query) else []
    if isinstance(query, exp.SetOperation):
        sides = (query.this, query.expression)
        return [
            each for side in sides if isinstance(side, exp.Query) for each in _open(side, known)
        ]
    if isinstance(query, exp.Subquery):
        return _open(query.this, known) if isinstance(query.this, exp.Query) else []
    if not isinstance(query, exp.Select):
        return []
    open_here = [each for source in _sources(query) for each in _of_source(source, known)]
    for inner in _nested(query):
        _open(inner, known)
    fixed = _fixed(query.args.get("where"))
    for join in query.args.get("joins") or ():
        fixed |= _fixed(join.args.get("on"))
    left = [each for each in open_here if each.name not in fixed]
    grouped = _grouped(query)
    sums = list(_own(query, *_SUMS, exp.Count))
    for function in sums:
        _judge(function, left, grouped)
    kept = [each for each in left if not sums or (each.name in grouped and not each.several)]
    return [_renamed(each, query) for each in kept]


def _sources(query: exp.Select) -> Iterator[exp.Expression]:
    start = query.args.get("from_") or query.args.get("from")
    if start is not None:
        yield start.this
    for join in query.args.get("joins") or ():
        yield join.this


def _of_source(source: exp.Expression, known: Mapping[str, list[_Open]]) -> list[_Open]:
    if isinstance(source, exp.Query):
        return _open(source, known)
    if not isinstance(source, exp.Table):
        return []
    table = source.name.lower()
    if not source.db and table in known:
        return known[table]
    found = [_Open(table, column, column) for column in ONE_OF_EACH.get(table, ())]
    if table in _COUNTED:
        found.append(_Open(table, _TYPE, _TYPE, several=True))
    return found


def _own(query: exp.Select, *kinds: type[exp.Expression]) -> Iterator[exp.Expression]:
    """What is in a query itself and not in one inside of it."""
    for found in query.find_all(*kinds):
        if found.find_ancestor(exp.Select) is query:
            yield found


def _nested(query: exp.Select) -> Iterator[exp.Query]:
    """Queries in expressions, such as ``(select sum(...) ...)`` as a column."""
    for found in query.find_all(exp.Select):
        if found is not query and found.parent_select is query:
            inside = found.find_ancestor(exp.From, exp.Join, exp.CTE)
            if inside is None or inside.find_ancestor(exp.Select) is not query:
                yield found


def _fixed(condition: exp.Expression | None) -> set[str]:
    """Columns that a condition allows to have one value, or a chosen list for the types."""
    if condition is None:
        return set()
    if isinstance(condition, exp.Where | exp.Paren):
        return _fixed(condition.this)
    if isinstance(condition, exp.And):
        return _fixed(condition.args["this"]) | _fixed(condition.args["expression"])
    if isinstance(condition, exp.EQ):
        for side, other in ((condition.left, condition.right), (condition.right, condition.left)):
            if isinstance(side, exp.Column) and isinstance(other, exp.Literal):
                return {side.name.lower()}
    if isinstance(condition, exp.In) and isinstance(condition.this, exp.Column):
        values = condition.expressions
        name = condition.this.name.lower()
        if len(values) == 1 or (values and name == _TYPE):
            return {name}
    return set()


def _grouped(query: exp.Select) -> set[str]:
    group = query.args.get("group")
    if group is None:
        return set()
    names: set[str] = set()
    if group.args.get("all") or any(each.name.lower() == "all" for each in group.expressions):
        for each in query.expressions:
            if each.find(exp.AggFunc) is None:
                names |= _names(each)
        return names
    for each in group.expressions:
        if isinstance(each, exp.Literal) and each.is_int:
            at = int(each.name) - 1
            if 0 <= at < len(query.expressions):
                names |= _names(query.expressions[at])
        else:
            names |= _names(each)
            # A group may be named by the alias of what is selected.
            for selected in query.expressions:
                if selected.alias and selected.alias.lower() == each.name.lower():
                    names |= _names(selected)
    return names


def _names(expression: exp.Expression) -> set[str]:
    """The column that an expression is; a function of one has fewer values than the column."""
    inner = expression.this if isinstance(expression, exp.Alias) else expression
    return {inner.name.lower()} if isinstance(inner, exp.Column) else set()


def _judge(function: exp.Expression, left: list[_Open], grouped: set[str]) -> None:
    parent = function.parent
    chosen = set(grouped)
    if isinstance(parent, exp.Filter):
        chosen |= _fixed(parent.args.get("expression"))
        parent = parent.parent
    if isinstance(parent, exp.Window):
        chosen = set()
        for each in parent.args.get("partition_by") or ():
            chosen |= _names(each)
    used = {column.name.lower() for column in function.find_all(exp.Column)}
    if isinstance(function, exp.Count) and function.this and not used:
        return
    for each in left:
        if each.name in chosen:
            continue
        if each.several and not used & _COUNTED[each.table]:
            continue
        if isinstance(function, exp.Count) and isinstance(function.this, exp.Distinct):
            continue
        why = _TYPE_WHY if each.several else ONE_OF_EACH[each.table][each.column]
        raise Misleading(
            f"This would mislead: {why}. Filter {each.table}.{each.column} to one value, or group "
            "by it." + (" Won deals are 'customer' and 'repeat_customer'." if each.several else "")
        )


def _renamed(each: _Open, query: exp.Select) -> _Open:
    """A column under its name in the answer of a query."""
    if each.name is None or any(isinstance(found, exp.Star) for found in query.expressions):
        return each
    for selected in query.expressions:
        if each.name in _names(selected):
            return _Open(each.table, each.column, selected.alias_or_name.lower(), each.several)
        if isinstance(selected, exp.Column) and isinstance(selected.this, exp.Star):
            return each
    return _Open(each.table, each.column, None, each.several)
