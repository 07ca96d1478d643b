"""The tools of an assistant, as functions that give text.

Belongs here: what each answers, and the limits of an answer. Does not belong here: the protocol
(``server.py``).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

import duckdb
from rich.console import Console

from orchestration.commands.explain import explain
from orchestration.commands.formats import as_json
from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.sql import date_literal, literal
from orchestration.metrics.asking import question
from orchestration.metrics.definitions import catalogue
from orchestration.metrics.sums import check_sums
from orchestration.publication.reader import (
    RELATIONS,
    Answer,
    QueryRefused,
    ask,
    open_published,
)

SECONDS = 10.0
MOST = 200
"""Rows of one answer."""
CHARACTERS = 60_000
"""Of one answer; an assistant reads what it is given."""
_WIDTH = 1000
"""Characters of a line: a table is as wide as it must be, and no heading of it is cut."""

_TABLES = f"""
select schema_name || '.' || name as "table", comment as meaning
from {RELATIONS}
where schema_name in ('marts', 'core', 'meta')
order by schema_name <> 'marts', 1
"""
_COLUMNS = """
select column_name as "column", data_type as type, comment as meaning
from duckdb_columns()
where database_name = 'tributary' and schema_name || '.' || table_name = {table}
order by column_index
"""
_ABOUT = """
select generation, data_through, reporting_currency, reporting_timezone
from meta.publication
"""


class TooSlow(TributaryError):
    """A question took too long."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What an assistant may ask of one company.

    Attributes:
        settings: The company's.
        seconds: How long a question may take.
    """

    settings: Settings
    seconds: float = SECONDS

    def tables(self) -> str:
        """List the published tables with what one row of each is. Marts answer most questions."""
        return self._answer(_TABLES, MOST)

    def describe(self, table: str) -> str:
        """Columns of a table (schema.table) with type, meaning, unit and whether they add up."""
        return self._answer(_COLUMNS.format(table=literal(table)), MOST)

    def metrics(self) -> str:
        """List the metrics that the tool metric knows, with their definitions.

        Metrics that are made of several tables can be grouped by what all of these can be.
        """
        known = catalogue()
        metrics = {
            name: {
                "meaning": metric.meaning,
                "unit": metric.unit,
                "formula": metric.formula,
                "of": sorted({known.table(base).name for base in known.bases(name)}),
            }
            for name, metric in known.metrics.items()
        }
        groups = {
            table.name: {"rows": table.meaning, "by": known.groups_of(table)}
            for table in known.tables.values()
            if table.measures
        }
        return json.dumps({"metrics": metrics, "tables": groups})

    def metric(
        self,
        names: list[str],
        by: list[str] | None = None,
        where: str = "",
        first_month: str = "",
        last_month: str = "",
    ) -> str:
        """Ask for metrics, correctly grouped.

        Args:
            names: Such as leads, customers, revenue, spend, cost_per_lead; metrics lists them.
            by: Such as month, week, lead_source, lead_channel, campaign_name; none for the total.
            where: A condition on what can be grouped by, such as country = 'SE'; empty for all.
            first_month: As 2026-01; empty for all.
            last_month: Likewise.
        """
        within = [f"({where}\n)"] if where.strip() else []
        first, last = _month(first_month), _month(last_month)
        if first is not None:
            within.append(f"month >= {date_literal(first.replace(day=1))}")
        if last is not None:
            within.append(f"month <= {date_literal(last.replace(day=1))}")
        return self._answer(question(names, by or (), " and ".join(within)), MOST)

    def explain(self, identifier: str) -> str:
        """Explain how a lead or conversion was credited, or what models say of a source or channel.

        Args:
            identifier: An id of a lead or conversion, a code such as paid_search, or a key.
        """
        file = StringIO()
        console = Console(file=file, width=_WIDTH, color_system=None)
        with open_published(self.settings) as con:
            about = _about(con)
            explain(con, self.settings, identifier, console)
        return _shortened(f"{about}.\n{file.getvalue()}")

    def query(self, sql: str, rows: int = MOST) -> str:
        """Run one SELECT on the published file; at most 200 rows and 10 seconds.

        Sums over several attribution models or bases are refused, because they count each
        conversion several times. Ratios cannot be averaged.

        Args:
            sql: DuckDB SQL, read-only.
            rows: The most rows.
        """
        check_sums(sql)
        return self._answer(sql, max(1, min(rows, MOST)))

    def _answer(self, sql: str, rows: int) -> str:
        with open_published(self.settings) as con:
            about = _about(con)
            with _ended_after(con, self.seconds):
                found = _first(con, sql, rows)
        said = f"{about}. Rows: {len(found.rows)}"
        more = "; there are more, which this answer does not show." if found.truncated else "."
        return said + more + "\n" + "".join(as_json(found))


def _about(con: duckdb.DuckDBPyConnection) -> str:
    """What an answer is of."""
    ((generation, through, currency, zone),) = con.execute(_ABOUT).fetchall()
    return (
        f"Generation {generation}, data through {through}; amounts in {currency}, months and "
        f"days of {zone}, moments in UTC"
    )


def _first(con: duckdb.DuckDBPyConnection, sql: str, most: int) -> Answer:
    """The first rows of an answer, as many as an assistant can read."""
    columns, batches = ask(con, sql)
    rows: list[Sequence[Any]] = []
    characters = 0
    for batch in batches:
        for row in batch:
            characters += sum(len(str(value)) for value in row) + sum(map(len, columns))
            if len(rows) == most or characters > CHARACTERS:
                return Answer(columns, [tuple(row) for row in rows], truncated=True)
            rows.append(row)
    return Answer(columns, [tuple(row) for row in rows], truncated=False)


@contextmanager
def _ended_after(con: duckdb.DuckDBPyConnection, seconds: float) -> Any:
    timer = threading.Timer(seconds, con.interrupt)
    timer.start()
    try:
        yield
    except (QueryRefused, KeyboardInterrupt) as error:
        if timer.is_alive():
            raise
        raise TooSlow(
            f"The question took more than {seconds:g} seconds.",
            remedy="Ask for less: a mart instead of a fact, fewer months, an aggregate.",
        ) from error
    finally:
        timer.cancel()


def _month(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        raise QueryRefused(
            f"{literal(text[:50])} is no month.", remedy="Write it as 2026-01."
        ) from None


def _shortened(text: str) -> str:
    return text if len(text) <= CHARACTERS else text[:CHARACTERS] + "\n… (shortened)"
