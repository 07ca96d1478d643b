"""The dbt project stays portable: what can be known without another engine.

Statements are those of a first run: what only a refresh or a hook writes is looked at as text. That
a statement parses does not mean that it computes the same; only running it shows that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlglot
import yaml
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tests.kit.portability import rules
from tests.kit.portability.baseline import UNPARSED

REPOSITORY = Path(__file__).parents[3]
OUTSIDE_ENGINE = [
    path
    for folder in ("models", "dbt_project/macros", "dbt_project/tests")
    for path in sorted((REPOSITORY / folder).rglob("*.sql"))
    if path.parent.name != "engine"
]
DECLARATIONS = [
    path
    for folder in ("models", "seeds", "dbt_project/tests")
    for path in sorted((REPOSITORY / folder).rglob("*.yml"))
]
Rule = Callable[[exp.Expr], list[str]]
RULES: list[Rule] = [
    rules.foreign_functions,
    rules.trims_of_two_arguments,
    rules.having_beside_windows,
    rules.ambiguous_aggregates,
    rules.wide_decimals,
]
PLANTED: list[tuple[Rule, str]] = [
    (rules.foreign_functions, "select list_sort(a) from t"),
    (rules.foreign_functions, "select hash(a) from t"),
    (rules.trims_of_two_arguments, "select trim(a, '_') from t"),
    (
        rules.having_beside_windows,
        "select a, row_number() over (order by a) as c from t group by a having min(b) > 1",
    ),
    (rules.ambiguous_aggregates, "select a, sum(b) as b from t group by a having sum(b) > 0"),
    (
        rules.ambiguous_aggregates,
        "select a, min(b) as b, row_number() over (order by b) as c from t group by a, b",
    ),
    (rules.wide_decimals, "select cast(a as decimal(38, 12)) * b from t"),
]


@pytest.mark.parametrize(("rule", "sql"), PLANTED)
def test_each_rule_finds_what_it_forbids(rule: Rule, sql: str) -> None:
    """A rule that finds nothing anywhere would pass for ever."""
    assert rule(sqlglot.parse_one(sql, read="duckdb"))


@pytest.mark.parametrize("rule", RULES)
def test_models_and_tests_keep_the_rule(marked: dict[str, str], rule: Rule) -> None:
    """Each failed, or silently computed something else, when the models first ran on Spark."""
    assert len(marked) > 250
    broken = {
        name: found
        for name, sql in marked.items()
        if (found := rule(sqlglot.parse_one(sql, read="duckdb")))
    }
    assert broken == {}


def test_every_allowed_function_is_used(marked: dict[str, str]) -> None:
    """The list may shrink: a function that no model calls is not allowed in advance."""
    used = set().union(
        *(rules.functions(sqlglot.parse_one(sql, read="duckdb")) for sql in marked.values())
    )
    assert sorted(rules.ALLOWED_FUNCTIONS | rules.WRITTEN_BY_DBT.keys()) == sorted(
        name for name in used if not name.startswith(rules.MARK)
    )
    assert any(name.startswith(rules.MARK) for name in used)


@pytest.mark.parametrize("path", OUTSIDE_ENGINE, ids=lambda path: path.name)
def test_text_outside_of_the_engines_macros_is_portable(path: Path) -> None:
    """`varchar` without a length, `"left"` and what dbt's macros write differ by engine."""
    written = rules.sql_of(path.read_text(encoding="utf-8"))
    assert [found for sql in written for found in rules.unportable_text(sql)] == []


@pytest.mark.parametrize(
    "sql",
    [
        "select cast(null as varchar)",
        'select a as "left"',
        "{{ config(pre_hook=\"{{ delete_stale('a', \\\"date_trunc('day', b)\\\") }}\") }}",
        "{{ shorter('position(a in b)') }}",
    ],
)
def test_unportable_text_is_found(sql: str) -> None:
    """In plain SQL, in an argument of a macro, and in a hook."""
    assert [found for part in rules.sql_of(sql) for found in rules.unportable_text(part)]


@pytest.mark.parametrize("path", DECLARATIONS, ids=lambda path: path.name)
def test_declared_types_are_portable(path: Path) -> None:
    """Spark refuses `varchar` without a length in a contract and in a seed."""
    assert not re.search(r"\bvarchar\b", path.read_text(encoding="utf-8"), re.I)
    for model in _declared(path):
        for column in model.get("columns", []):
            kind = column.get("data_type")
            assert kind is None or re.fullmatch(
                r"string|bigint|integer|boolean|date|timestamp|double|decimal\(\d+, ?\d+\)", kind
            ), column["name"]


def _declared(path: Path) -> list[dict[str, Any]]:
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return [*content.get("models", []), *content.get("seeds", [])]


def test_spark_computes_nothing_over_and_over(for_spark: dict[str, str]) -> None:
    """Spark inlines common table expressions: sixteen rounds of labels were planned for ever."""
    copies = {
        name: rules.most_copies(sqlglot.parse_one(sql, read="spark"))
        for name, sql in for_spark.items()
    }
    assert {name: times for name, times in copies.items() if times > rules.MOST_COPIES} == {}
    doubled = "with a as (select 1 as x), " + ", ".join(
        f"{later} as (select * from {earlier} cross join {earlier} as other)"
        for earlier, later in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert rules.most_copies(sqlglot.parse_one(f"{doubled} select * from h")) == 128


@pytest.mark.parametrize("dialect", ["spark", "databricks"])
def test_what_spark_is_given_parses(for_spark: dict[str, str], dialect: str) -> None:
    """Databricks has no macros of its own in the project, so it gets Spark's."""
    assert len(for_spark) > 250
    assert _unparsed(for_spark, dialect) == []


@pytest.mark.parametrize("dialect", ["snowflake", "bigquery"])
def test_what_duckdb_is_given_parses_elsewhere_but_for_a_baseline(
    marked: dict[str, str], dialect: str
) -> None:
    """The project has no macros for these two: DuckDB's statements show what they will need.

    A node that parses now must leave the baseline, so it only shrinks.
    """
    statements = {name: sql.replace(rules.MARK, "") for name, sql in marked.items()}
    if dialect == "bigquery":
        # dbt's adapter writes the names of relations with backticks.
        statements = {name: re.sub(r'"(\w+)"', r"`\1`", sql) for name, sql in statements.items()}
    assert _unparsed(statements, dialect) == sorted(UNPARSED[dialect])


def _unparsed(statements: dict[str, str], dialect: str) -> list[str]:
    failed = []
    for name, sql in statements.items():
        try:
            sqlglot.parse_one(sql, read=dialect)
        except SqlglotError:
            failed.append(name)
    return sorted(failed)
