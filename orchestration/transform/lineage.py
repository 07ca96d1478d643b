"""Which columns a model's columns derive from, read from its compiled SQL.

Belongs here: column-level lineage as a pure function over SQL. Does not belong here: reporting it
to Dagster (``defs/transform/columns.py``). dagster-dbt has its own, but that opens the warehouse in
this process and keeps it open, so that no later step can.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from orchestration.foundation.durable import write_at_once

Columns = Mapping[str, tuple[str, ...]]
"""Relation as ``schema.name`` to its columns, in order."""
Origins = dict[str, frozenset[tuple[str, str]]]
"""Column to the ``(relation, column)`` pairs that its value derives from."""

DIALECT = "duckdb"


def column_origins(sql: str, relations: Columns) -> Origins:
    """The origins of every column that a query returns.

    Args:
        sql: One select statement.
        relations: The columns of every relation that it may read.

    Returns:
        By column, in order; empty for a query that cannot be read.
    """
    schema: dict[str, Any] = {}
    # Of one whose columns nobody knows, its own are lost, and not the whole query's.
    for relation, columns in filter(itemgetter(1), relations.items()):
        schema_name, _, name = relation.partition(".")
        schema.setdefault(schema_name, {})[name] = dict.fromkeys(columns, "text")
    try:
        query = qualify(
            parse_one(sql, dialect=DIALECT),
            schema=schema,
            dialect=DIALECT,
            validate_qualify_columns=False,
        )
        scope = build_scope(query)
    except SqlglotError:
        return {}
    return {} if scope is None else _Reader().origins(scope)


class KeptOrigins:
    """Origins by query, as an earlier run read them: reading all takes 1 CPU s a run.

    Args:
        path: Where they are kept; without a file that can be read, all are read from the SQL.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before: dict[str, dict[str, list[list[str]]]] = {}
        with suppress(OSError, ValueError):
            self._before = json.loads(path.read_bytes())
        self._now: dict[str, dict[str, list[list[str]]]] = {}
        self._reader = f"{version('sqlglot')} {Path(__file__).read_text(encoding='utf-8')}"

    def of(self, sql: str, relations: Columns) -> Origins:
        """As ``column_origins``."""
        said = json.dumps([self._reader, sql, sorted(relations.items())])
        key = hashlib.sha256(said.encode()).hexdigest()
        kept = self._before.get(key)
        if kept is None:
            origins = column_origins(sql, relations)
            kept = {name: sorted(map(list, found)) for name, found in origins.items()}
        self._now[key] = kept
        return {
            name: frozenset((relation, column) for relation, column in found)
            for name, found in kept.items()
        }

    def keep(self) -> None:
        """Keep what was asked for since the start, and nothing else."""
        write_at_once(self._path, json.dumps(self._now).encode())


class _Reader:
    """Follows columns through the scopes of one query; every scope is read once."""

    def __init__(self) -> None:
        self._known: dict[int, Origins] = {}

    def origins(self, scope: Scope) -> Origins:
        found = self._known.get(id(scope))
        if found is None:
            found = self._union(scope) if scope.set_operation_scopes else self._select(scope)
            self._known[id(scope)] = found
        return found

    def _union(self, scope: Scope) -> Origins:
        first, *others = [self.origins(part) for part in scope.set_operation_scopes]
        rest = [list(part.values()) for part in others]
        return {
            name: origins.union(*(part[at] for part in rest if at < len(part)))
            for at, (name, origins) in enumerate(first.items())
        }

    def _select(self, scope: Scope) -> Origins:
        query = scope.expression
        if not isinstance(query, exp.Query):
            return {}
        return {
            selected.alias_or_name: frozenset(
                origin
                for column in selected.find_all(exp.Column)
                for origin in self._column(scope, column)
            )
            for selected in query.selects
        }

    def _column(self, scope: Scope, column: exp.Column) -> frozenset[tuple[str, str]]:
        source = scope.sources.get(column.table)
        if isinstance(source, exp.Table):
            return frozenset({(f"{source.db}.{source.name}", column.name)})
        if isinstance(source, Scope):
            return self.origins(source).get(column.name, frozenset())
        return frozenset()
