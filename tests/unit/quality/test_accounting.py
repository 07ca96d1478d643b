"""Accounting: no landed record may be anywhere but in ``raw`` or in quarantine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import duckdb
import pytest

from orchestration.connectors.registry import find_stream
from orchestration.extract.slices import Slice
from orchestration.quality.accounting import account
from orchestration.quality.checks import Check
from orchestration.warehouse.schema import ensure_schema

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
LEADS = find_stream("inbox", "leads")


def landed(slice_id: str, rows: int, *, sequence: int, stream: str = "leads") -> Slice:
    """A slice in landing's manifest."""
    return Slice(
        slice_id=slice_id,
        sequence=sequence,
        connector="inbox",
        stream=stream,
        account_id="leads.csv",
        window_start=None,
        window_end=None,
        extracted_at=NOW,
        row_count=rows,
        sha256="",
        content_sha256="",
        api_version="1",
        unknown_fields=(),
        missing_fields=(),
        source_zone="UTC",
        path="",
        size=0,
        rows_left_out=0,
    )


LANDED = [
    landed("a", 3, sequence=1),
    landed("b", 2, sequence=3),
    landed("other", 9, sequence=4, stream="costs"),
]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Slice a: 2 loaded and 1 quarantined; slice b: 2 loaded."""
    with duckdb.connect() as connection:
        ensure_schema(connection)
        for slice_id, rows, sequence in (("a", 3, 1), ("b", 2, 3)):
            connection.execute(
                "insert into ops.ledger "
                "(slice_id, connector, stream, account_id, rows_in, sequence) "
                "values (?, 'inbox', 'leads', 'leads.csv', ?, ?)",
                [slice_id, rows, sequence],
            )
            for number in (1, 2):
                connection.execute(
                    "insert into raw.inbox__leads (_slice_id, _row_number) values (?, ?)",
                    [slice_id, number],
                )
        connection.execute(
            "insert into ops.quarantine (slice_id, connector, stream, row_number) "
            "values ('a', 'inbox', 'leads', 3)"
        )
        yield connection


def check(con: duckdb.DuckDBPyConnection, *more: Slice) -> Check:
    """The accounting of the leads."""
    [result] = account(con, [("inbox", LEADS)], [*LANDED, *more], NOW)
    return result


def test_everything_accounted_for(con: duckdb.DuckDBPyConnection) -> None:
    """The sum is stated, so that a person can compare it with the source."""
    result = check(con)
    assert (result.name, result.status, result.observed) == (
        "accounting.inbox.leads",
        "pass",
        "2 slices: 5 records = 4 loaded + 1 quarantined",
    )


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (
            "delete from raw.inbox__leads where _slice_id = 'b' and _row_number = 1",
            "slice b: 2 landed, 2 in the ledger, 1 loaded, 0 quarantined",
        ),
        (
            "insert into raw.inbox__leads (_slice_id) values ('a')",
            "slice a: 3 landed, 3 in the ledger, 3 loaded, 1 quarantined",
        ),
        (
            "delete from ops.quarantine",
            "slice a: 3 landed, 3 in the ledger, 2 loaded, 0 quarantined",
        ),
        (
            # A slice loaded twice.
            "insert into ops.ledger select * from ops.ledger where slice_id = 'b'",
            "slice b: 2 landed, 4 in the ledger, 2 loaded, 0 quarantined",
        ),
        (
            # A slice that was landed and never loaded.
            "delete from ops.ledger where slice_id = 'b'; "
            "delete from raw.inbox__leads where _slice_id = 'b'",
            "slice b: 2 landed, none in the ledger, 0 loaded, 0 quarantined",
        ),
        (
            # Rows of a slice that landing does not know.
            "insert into raw.inbox__leads (_slice_id) values ('z')",
            "slice z: none landed, none in the ledger, 1 loaded, 0 quarantined",
        ),
    ],
)
def test_a_record_lost_or_doubled_is_an_error(
    con: duckdb.DuckDBPyConnection, change: str, seen: str
) -> None:
    """Every way in which the four places can disagree, found by counting and not by the ledger."""
    con.execute(change)
    result = check(con)
    assert (result.severity, result.status) == ("error", "fail")
    assert result.observed == f"1 of 2 slices differ: {seen}"


def test_a_refused_slice_is_left_out_only_when_a_newer_one_covers_it(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """A broken export of Monday must not stop Tuesday's good one, nor go unmentioned."""
    result = check(con, landed("refused", 50, sequence=2))
    assert result.status == "pass"
    assert result.observed.endswith("; 1 refused slices left out, newer ones cover them")
    result = check(con, landed("newest", 50, sequence=9))
    assert (result.status, result.observed) == (
        "fail",
        "1 of 3 slices differ: "
        "slice newest: 50 landed, none in the ledger, 0 loaded, 0 quarantined",
    )
