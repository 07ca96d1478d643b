"""Refuses sums that count the same thing several times, and averages of ratios.

Belongs here: finding sums over several values of what must be one (``rules.py`` says what). Does
not belong here: whether a statement only reads (``publication/questions.py``).

Assistants ask what people ask, and do not read the footnote: ``sum(value)`` of
``attribution_performance`` without filters is 77 times the revenue. A statement is read as its
tree; what cannot be read and sums such a table is refused with a remedy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from orchestration.foundation.errors import TributaryError
from orchestration.metrics.rules import RULES, Rule

_RATIO = re.compile(
    r"(^|_)(rate|share|roi|roas|cac)(_low|_high)?$|^(cost_per|median|average)_"
    r"|^(maturity|lift)(_low|_high)?$",
    re.IGNORECASE,
)
_SUMS = (exp.Sum, exp.Avg, exp.Median, exp.Quantile, exp.PercentileCont, exp.PercentileDisc)
_MEANS = frozenset({"mean", "favg", "list_avg", "quantile_cont", "quantile_disc"})
_OTHER_SUMS = _MEANS | {"fsum", "sumkahan", "kahan_sum", "sum_no_overflow", "list_sum"}
"""Functions of DuckDB that the parser knows by name alone."""


class Misleading(TributaryError):
    """A sum that would mislead; the message says why, and what to write instead."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A column that is not one value yet.

    Attributes:
        rule: What it must be.
        table: Where it comes from.
        name: Its name here; ``None`` where it was dropped.
        source: What its table or query is called here.
        measures: The names here of the sums that need it; ``None`` for all.
    """

    rule: Rule
    table: str
    name: str | None
    source: str
    measures: frozenset[str] | None


_Names = set[tuple[str, str]]
"""Columns that are one value: the table's name, or nothing, and the column's."""


def check_sums(sql: str) -> None:
    """Refuse a statement whose sums would mislead.

    Args:
        sql: One statement that reads.

    Raises:
        Misleading: It sums over models or bases, counts a journey several times, adds currencies,
            or adds ratios.
    """
    try:
        tree = parse_one(sql, dialect="duckdb")
    except (SqlglotError, RecursionError):
        _check_text(sql)
        return
    _check_ratios(tree)
    if any(not pivot.args.get("unpivot") or _any_sum(tree) for pivot in tree.find_all(exp.Pivot)):
        _check_text(sql)
    query = tree.find(exp.Query)
    if query is not None:
        _open(query, {})


def _check_text(sql: str) -> None:
    for table, rules in RULES.items():
        if re.search(rf"\b{table}\b", sql, re.IGNORECASE) and re.search(
            "sum|avg|mean|count|pivot", sql, re.IGNORECASE
        ):
            columns = [rule.column for rule in rules if rule.column]
            where = f" with a WHERE on {' and '.join(columns)}" if columns else ""
            raise Misleading(
                f"This statement about {table} cannot be judged. Write it as a plain SELECT{where}."
            )


def _check_ratios(tree: exp.Expr) -> None:
    """Refuse averages of ratios, also of those that the statement computes or renames."""
    renamed: set[str] = set()

    def ratios(found: exp.Expr) -> list[str]:
        columns = [column.name for column in found.find_all(exp.Column)]
        return [name for name in columns if _RATIO.search(name) or name.lower() in renamed]

    for alias in tree.find_all(exp.Alias):
        inner = alias.this
        while isinstance(inner, exp.Paren | exp.Round | exp.Cast | exp.Coalesce):
            inner = inner.this
        columns = list(inner.find_all(exp.Column))
        divides = isinstance(inner, exp.Div) and all(
            side.find(*_SUMS) for side in (inner.left, inner.right)
        )
        if divides or (
            columns and len(ratios(inner)) == len(columns) and not inner.find(exp.AggFunc)
        ):
            renamed.add(alias.alias.lower())
    for function in _sums(tree):
        named = ratios(function)
        total = len(list(function.find_all(exp.Column)))
        if named and (len(named) == total or _is_mean(function)):
            raise Misleading(
                f"{named[0]} is a ratio or a median; sums and averages of it mean nothing. "
                "Divide sums instead, for example sum(customers) / nullif(sum(leads), 0), or ask "
                "the tool metric."
            )


def _is_sum(found: exp.Expr) -> bool:
    if isinstance(found, exp.Anonymous):
        return found.name.lower() in _OTHER_SUMS
    return isinstance(found, _SUMS)


def _is_mean(found: exp.Expr) -> bool:
    if isinstance(found, exp.Anonymous):
        return found.name.lower() in _MEANS
    return not isinstance(found, exp.Sum)


def _sums(tree: exp.Expr) -> Iterator[exp.Expr]:
    for found in tree.find_all(*_SUMS, exp.Anonymous):
        if _is_sum(found):
            yield found


def _any_sum(tree: exp.Expr) -> bool:
    return next(_sums(tree), None) is not None


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
    left = _left(query, open_here)
    grouped = _grouped(query)
    sums = [
        found
        for found in _own(query, *_SUMS, exp.Count, exp.Anonymous)
        if isinstance(found, exp.Count) or _is_sum(found)
    ]
    for function in sums:
        _judge(function, left, grouped)
    kept = [each for each in left if not sums or each.name in grouped]
    return [_renamed(each, query) for each in kept]


def _left(query: exp.Select, open_here: list[_Open]) -> list[_Open]:
    """What the conditions of a query leave open."""
    where = query.args.get("where")
    fixed, values = _fixed(where), _values(where)
    left = [each for each in open_here if not _is_in(each, fixed) and not _is_met(each, values)]
    for join in query.args.get("joins") or ():
        fixed = _fixed(join.args.get("on"))
        own, side = join.alias_or_name.lower(), join.side
        # An outer join keeps the rows of its other side, whatever its condition says of them.
        left = [
            each
            for each in left
            if side == "FULL"
            or (side == "LEFT" and each.source != own)
            or (side == "RIGHT" and each.source == own)
            or not _is_in(each, fixed)
        ]
    return left


def _is_in(each: _Open, names: _Names) -> bool:
    return (each.name or "") != "" and not names.isdisjoint(
        {("", each.name or ""), (each.source, each.name or "")}
    )


def _is_met(each: _Open, values: set[tuple[str, str, str]]) -> bool:
    """Whether only rows are left of which any sum is right."""
    if each.rule.unless is None:
        return False
    column, right = each.rule.unless
    return any(
        name == column and table in ("", each.source) and value in right
        for table, name, value in values
    )


def _sources(query: exp.Select) -> Iterator[exp.Expression]:
    start = query.args.get("from_") or query.args.get("from")
    if start is not None:
        yield start.this
    for join in query.args.get("joins") or ():
        yield join.this
    yield from query.args.get("laterals") or ()


def _of_source(source: exp.Expression, known: Mapping[str, list[_Open]]) -> list[_Open]:
    alias = source.alias_or_name.lower()
    inner = source.this if isinstance(source, exp.Lateral) else source
    if isinstance(inner, exp.Subquery) and isinstance(inner.this, exp.Table):
        # Parentheses around tables that are joined.
        inside = [inner.this, *(join.this for join in inner.this.args.get("joins") or ())]
        return [each for table in inside for each in _of_source(table, known)]
    if isinstance(inner, exp.Query):
        return [replace(each, source=alias) for each in _open(inner, known)]
    if not isinstance(inner, exp.Table):
        return []
    table = inner.name.lower()
    if not inner.db and table in known:
        return [replace(each, source=alias) for each in known[table]]
    return [
        _Open(rule, table, rule.column or None, alias, rule.measures)
        for rule in RULES.get(table, ())
    ]


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


def _fixed(condition: exp.Expression | None) -> _Names:
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
                return {(side.table.lower(), side.name.lower())}
    if isinstance(condition, exp.In) and isinstance(condition.this, exp.Column):
        values = condition.expressions
        name = condition.this.name.lower()
        if len(values) == 1 or (values and name == "conversion_type"):
            return {(condition.this.table.lower(), name)}
    return set()


def _values(condition: exp.Expression | None) -> set[tuple[str, str, str]]:
    """Table, column and text of every column that a condition says is one text."""
    if isinstance(condition, exp.Where | exp.Paren):
        return _values(condition.this)
    if isinstance(condition, exp.And):
        return _values(condition.args["this"]) | _values(condition.args["expression"])
    if isinstance(condition, exp.EQ):
        for side, other in ((condition.left, condition.right), (condition.right, condition.left)):
            if isinstance(side, exp.Column) and isinstance(other, exp.Literal):
                return {(side.table.lower(), side.name.lower(), other.name)}
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


def _judge(function: exp.Expr, left: list[_Open], grouped: set[str]) -> None:
    parent = function.parent
    chosen: _Names = {("", name) for name in grouped}
    if isinstance(parent, exp.Filter):
        chosen |= _fixed(parent.args.get("expression"))
        parent = parent.parent
    if isinstance(parent, exp.Window):
        chosen = set()
        for each in parent.args.get("partition_by") or ():
            chosen |= {("", name) for name in _names(each)}
    used = {column.name.lower() for column in function.find_all(exp.Column)}
    counts = isinstance(function, exp.Count)
    if counts and (isinstance(function.this, exp.Distinct) or (function.this and not used)):
        return
    for each in left:
        if _is_in(each, chosen):
            continue
        if each.measures is not None and (counts or not _uses(function, used, each.measures)):
            continue
        if not each.rule.column and (counts or _is_mean(function)):
            continue
        raise Misleading(f"This would mislead: {each.rule.why}. {each.rule.remedy(each.table)}")


def _uses(function: exp.Expr, used: set[str], measures: frozenset[str]) -> bool:
    return not used.isdisjoint(measures) or function.find(exp.Star, exp.Columns) is not None


def _renamed(each: _Open, query: exp.Select) -> _Open:
    """A column, and the sums that need it, under their names in the answer of a query."""
    name: str | None = None
    measures: set[str] = set()
    for selected in query.expressions:
        called = selected.alias_or_name.lower()
        if selected.find(exp.Star) and not selected.find(exp.AggFunc):
            name = name or each.name
            measures |= each.measures or set()
        if each.name in _names(selected):
            name = called
        if each.measures and any(
            column.name.lower() in each.measures for column in selected.find_all(exp.Column)
        ):
            measures.add(called)
    return replace(each, name=name, measures=None if each.measures is None else frozenset(measures))
