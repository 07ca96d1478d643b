"""The rules of portable SQL, as functions that return what is wrong with a statement.

Belongs here: the rules, and the functions that models may call. Does not belong here: choosing the
statements to check, which the tests do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import jinja2
from sqlglot import exp

MARK = "engine__"
"""Prefix of a function that a dispatched macro wrote."""

ALLOWED_FUNCTIONS = frozenset(
    [
        # grammar, which sqlglot counts among the functions
        "and", "or", "case", "if", "cast", "extract",
        "coalesce", "nullif",
        # the engines skip nulls in them, or do not: neither has a null here
        "greatest", "least",
        "abs", "exp", "floor", "ln", "power", "round", "sqrt",
        "length", "lower", "replace", "substring", "trim", "upper",
        "count", "max", "min", "sum",
        "dense_rank", "lag", "lead", "row_number",
    ]
)  # fmt: skip
"""Functions that DuckDB, Spark, Databricks, Snowflake and BigQuery call and compute alike."""

WRITTEN_BY_DBT = {
    "generate_series": "dbt.date_spine",
    "group_concat": "dbt.listagg",
    "str_position": "dbt.position",
    "timestamp_trunc": "dbt.date_trunc",
}
"""Functions that reach the models through macros of dbt, which every adapter has."""

_RAW = re.compile(r"(?<![.\w])(?:date_trunc|position|strpos|generate_series|range)\s*\(", re.I)
_NO_SQL = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
MOST_DIGITS = 28
MOST_COPIES = 64


def functions(statement: exp.Expr) -> set[str]:
    """The functions of a statement whose engine's functions are marked, in lower case."""
    return {
        (found.name if isinstance(found, exp.Anonymous) else found.sql_name()).lower()
        for found in statement.find_all(exp.Func)
    }


def foreign_functions(statement: exp.Expr) -> list[str]:
    """Functions that are neither allowed nor written by a dispatched macro."""
    known = ALLOWED_FUNCTIONS | WRITTEN_BY_DBT.keys()
    return sorted(
        name for name in functions(statement) if name not in known and not name.startswith(MARK)
    )


def trims_of_two_arguments(statement: exp.Expr) -> list[str]:
    """`trim(text, sign)`: Spark takes the sign for the text."""
    return [found.sql() for found in statement.find_all(exp.Trim) if found.args.get("expression")]


def having_beside_windows(statement: exp.Expr) -> list[str]:
    """A `having` in a select that has a window, too: engines differ in what they compute first."""
    return [
        select.args["having"].sql()
        for select in statement.find_all(exp.Select)
        if select.args.get("having") and any(item.find(exp.Window) for item in select.selects)
    ]


def ambiguous_aggregates(statement: exp.Expr) -> list[str]:
    """An aggregate named like its input, where the select uses that name again.

    After `sum(a) as a`, engines disagree on whether `a` in a `having`, `order by` or window means
    the row's value or the sum. If nothing uses it again, there is nothing to disagree on.
    """
    return [
        f"{item.alias} in {part.sql()[:80]}"
        for select in statement.find_all(exp.Select)
        for item in select.selects
        if isinstance(item, exp.Alias) and _aggregates_its_name(item)
        for part in _decided_late(select)
        if any(column.name == item.alias for column in part.find_all(exp.Column))
    ]


def _aggregates_its_name(item: exp.Alias) -> bool:
    return any(
        column.name == item.alias
        for aggregate in item.find_all(exp.AggFunc)
        if not isinstance(aggregate.parent, exp.Window)
        for column in aggregate.find_all(exp.Column)
    )


def _decided_late(select: exp.Select) -> Iterator[exp.Expr]:
    for name in ("having", "qualify", "order"):
        if part := select.args.get(name):
            yield part
    for item in select.selects:
        yield from item.find_all(exp.Window)


def wide_decimals(statement: exp.Expr) -> list[str]:
    """Arithmetic with decimals of more than 28 digits.

    Spark computes at most 38 digits and drops decimals to stay within. Only a cast states its
    width: a wide column or sum is not detected.
    """
    return [
        operation.sql()
        for operation in statement.find_all(exp.Add, exp.Sub, exp.Mul, exp.Div)
        for side in (operation.left.unnest(), operation.right.unnest())
        if isinstance(side, exp.Cast)
        and side.to.is_type(exp.DataType.Type.DECIMAL)
        and int(side.to.expressions[0].name) > MOST_DIGITS
    ]


def most_copies(statement: exp.Expr) -> int:
    """How often a common table expression is computed by an engine that inlines each reference."""
    most = 0
    for clause in statement.find_all(exp.With):
        if clause.args.get("recursive"):
            continue
        inside = [_references(item.this) for item in clause.expressions]
        copies = _references(clause.parent)
        for references in inside:
            copies -= references
        for item, references in reversed(list(zip(clause.expressions, inside, strict=True))):
            for name, times in references.items():
                copies[name] += times * copies[item.alias]
        most = max([most, *(copies[item.alias] for item in clause.expressions)])
    return most


def _references(part: exp.Expr | None) -> Counter[str]:
    tables = part.find_all(exp.Table) if part else ()
    return Counter(table.name for table in tables if not table.db)


def sql_of(template: str) -> list[str]:
    """The SQL that a template writes itself: its text outside Jinja and its strings inside."""
    written = []
    for _, kind, text in jinja2.Environment().lex(template):
        if kind == "data":
            written.append(text)
        elif kind == "string":
            inner = text[1:-1]
            # A hook is a template inside a string.
            written += sql_of(inner.replace("\\", "")) if "{{" in inner else [inner]
    return written


def unportable_text(sql: str) -> list[str]:
    """Problems that a compiled statement no longer shows: type names, quotes, dbt functions."""
    bare = _NO_SQL.sub("''", sql)
    found = [f"{word}: dbt.type_string()" for word in re.findall(r"\bvarchar\b", bare, re.I)]
    found += ["a quoted name: adapter.quote()"] * ('"' in bare)
    found += [f"{call[:-1].strip()}: a macro of dbt" for call in _RAW.findall(bare)]
    return found
