"""Records which accounts could not be read last time, for ``meta.sources``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from orchestration.extract.failures import AccountFailure
from orchestration.foundation.sql import transaction


def record_failed_accounts(
    con: DuckDBPyConnection,
    connector: str,
    stream: str,
    failures: Sequence[AccountFailure],
    now: datetime,
) -> None:
    """Replace a stream's rows in ``ops.accounts_failed``.

    Args:
        con: The warehouse.
        connector: The connector.
        stream: One of its streams.
        failures: The accounts that failed in this run; an empty list clears the stream's rows.
        now: The time of this run, aware.
    """
    with transaction(con):
        con.execute(
            "delete from ops.accounts_failed where connector = ? and stream = ?",
            [connector, stream],
        )
        for failure in failures:
            con.execute(
                "insert into ops.accounts_failed values (?, ?, ?, ?, ?)",
                [
                    connector,
                    stream,
                    failure.account_id,
                    now.astimezone(UTC).replace(tzinfo=None),
                    failure.message,
                ],
            )
