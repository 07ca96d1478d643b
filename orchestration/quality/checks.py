"""The outcome of a check, kept per run in ``ops.checks`` of the build warehouse.

Belongs here: the type of a check's outcome, and writing and reading outcomes. Does not belong here:
the checks (``suites.py``, ``accounting.py``, dbt's tests), or the consequences (``gate.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, cast

from orchestration.foundation.fault_points import fault_point

if TYPE_CHECKING:
    import duckdb

CheckKind = Literal["dbt", "gx", "accounting"]
Severity = Literal["error", "warn"]
Status = Literal["pass", "fail", "warn", "error", "missing"]

UNKNOWN: frozenset[Status] = frozenset({"error", "missing"})
"""The result is unknown. This closes the gate whatever the severity, because the severity only says
how bad a failed check is.
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """A check that a run must have, known before it runs.

    Attributes:
        name: The dbt test's name, or ``<suite>.<expectation>``.
        kind: Who runs it.
        asset: What it guards: a stream ``<connector>.<stream>`` or a relation ``<schema>.<name>``.
        severity: Whether a failure stops publishing.
        expected: What must hold, in words.
    """

    name: str
    kind: CheckKind
    asset: str
    severity: Severity
    expected: str


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check.

    Attributes:
        name: As in ``Expected``; unique within a run.
        kind: As in ``Expected``.
        asset: As in ``Expected``.
        severity: As in ``Expected``.
        status: ``fail``: it ran and does not hold; ``warn``: it does not hold and has severity
            warn; ``error``: it could not run; ``missing``: it did not run.
        observed: What was seen, in words.
        expected: What must hold, in words.
        checked_at: UTC.
    """

    name: str
    kind: CheckKind
    asset: str
    severity: Severity
    status: Status
    observed: str
    expected: str
    checked_at: datetime

    @property
    def closes_gate(self) -> bool:
        """Whether this outcome stops publishing."""
        return self.status in UNKNOWN or (self.severity == "error" and self.status == "fail")

    @classmethod
    def outcome(
        cls, expected: Expected, status: Status, observed: str, checked_at: datetime
    ) -> Check:
        """The result of an expected check."""
        return cls(
            name=expected.name,
            kind=expected.kind,
            asset=expected.asset,
            severity=expected.severity,
            status=status,
            observed=observed,
            expected=expected.expected,
            checked_at=checked_at,
        )

    @classmethod
    def judged(cls, expected: Expected, holds: bool, observed: str, checked_at: datetime) -> Check:
        """The outcome of a check that ran; on failure its severity decides fail or warn."""
        failed: Status = "fail" if expected.severity == "error" else "warn"
        return cls.outcome(expected, "pass" if holds else failed, observed, checked_at)


def missing(expected: Expected, checked_at: datetime, reason: str) -> Check:
    """The outcome of a check that did not run."""
    return Check.outcome(expected, "missing", reason, checked_at)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's approval of a run; publishing requires one, and only the gate creates it.

    Attributes:
        run_id: The run that was verified.
        checks: Every check of the run, warnings included.
        relations: ``(schema, name)`` of every relation that the run built and verified.
    """

    run_id: str
    checks: tuple[Check, ...]
    relations: tuple[tuple[str, str], ...]


_COLUMNS = "name, kind, asset, severity, status, observed, expected, checked_at"

CREATE_CHECKS = """
create table if not exists ops.checks (
    run_id varchar not null,
    name varchar not null,
    kind varchar not null,
    asset varchar not null,
    severity varchar not null,
    status varchar not null,
    observed varchar not null,
    expected varchar not null,
    checked_at timestamp not null,
    primary key (run_id, name)
)
"""


def ensure_checks(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``ops.checks`` if it is missing."""
    con.execute("create schema if not exists ops")
    con.execute(CREATE_CHECKS)


def write_checks(con: duckdb.DuckDBPyConnection, run_id: str, checks: Sequence[Check]) -> None:
    """Record outcomes of a run; an earlier record of a check in the same run is replaced."""
    ensure_checks(con)
    fault_point("checks.record")
    insert_checks(con, "insert or replace into ops.checks", checks, run_id)


def insert_checks(
    con: duckdb.DuckDBPyConnection, insert: str, checks: Sequence[Check], *leading: str
) -> None:
    """Insert checks, each after the same leading values; times as naive UTC.

    One statement over lists: DuckDB takes about 15 ms for each row of an ``executemany``.
    """
    columns = [
        [check.name for check in checks],
        [check.kind for check in checks],
        [check.asset for check in checks],
        [check.severity for check in checks],
        [check.status for check in checks],
        [check.observed for check in checks],
        [check.expected for check in checks],
        [check.checked_at.replace(tzinfo=None) for check in checks],
    ]
    values = ", ".join(["?"] * len(leading) + ["unnest(?)"] * len(columns))
    con.execute(f"{insert} select {values}", [*leading, *columns])


def read_checks(con: duckdb.DuckDBPyConnection, run_id: str) -> list[Check]:
    """The recorded outcomes of a run, by name; none when the run recorded none."""
    exists = con.execute(
        "select count(*) from duckdb_tables() where schema_name = 'ops' and table_name = 'checks'"
    ).fetchall()
    if exists == [(0,)]:
        return []
    rows = con.execute(
        f"select {_COLUMNS} from ops.checks where run_id = ? order by name",
        [run_id],
    ).fetchall()
    return [
        Check(
            name=name,
            kind=cast(CheckKind, kind),
            asset=asset,
            severity=cast(Severity, severity),
            status=cast(Status, status),
            observed=observed,
            expected=expected,
            checked_at=checked_at.replace(tzinfo=UTC),
        )
        for name, kind, asset, severity, status, observed, expected, checked_at in rows
    ]
