"""One transaction of a PostgreSQL server, by ADBC.

Belongs here: connecting, statements, and the errors of both in words for people. Does not belong
here: what is served (``relations.py``) and how it gets there (``postgres.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.sql import literal
from orchestration.privacy.redaction import knowing_all_secrets

if TYPE_CHECKING:
    import pyarrow as pa

_DEFAULTS = {
    "application_name": "tributary",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""A server that went away is noticed in a minute; without these it takes hours."""

_URI = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)

_REMEDIES = {
    "08": "Check that the server runs and can be reached from this machine.",
    "28": "Check user and password in the connection, and pg_hba.conf of the server.",
    "3D": "Create the database, or correct its name in the connection.",
    "42501": "Let the server's administrator grant what is missing; docs/bi.md lists it.",
    "53": "Free space, memory or connections on the server.",
    "55P03": "Somebody reads the present generation, or changes it, for a long time; see "
    "pg_stat_activity on the server.",
    "57": "The server ended the statement or shuts down; look into its log.",
}
"""By SQLSTATE or its class."""


class ServingFailed(TributaryError):
    """The server did not get the generation; it keeps the one that it had."""


class Session:
    """A connection whose statements are one transaction up to each ``commit``."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._cursor = connection.cursor()

    def run(self, statement: str) -> None:
        """Carry out a statement that returns nothing."""
        self._cursor.execute(statement)

    def run_all(self, statements: list[str]) -> None:
        """Carry out many statements in one trip to the server."""
        if statements:
            self.run("do " + literal("begin " + "; ".join(statements) + "; end"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        self._cursor.execute(query)
        found: list[tuple[Any, ...]] = self._cursor.fetchall()
        return found

    def load(self, schema: str, table: str, batches: pa.RecordBatchReader) -> int:
        """Append batches to a table whose columns have these names and types; how many rows."""
        return int(self._cursor.adbc_ingest(table, batches, mode="append", db_schema_name=schema))

    def commit(self) -> None:
        """Let everybody see what was done."""
        self._connection.commit()


def driver() -> ModuleType:
    """The driver.

    Raises:
        ServingFailed: The extra ``postgres`` is not installed.
    """
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError as error:
        raise ServingFailed(
            "The driver for PostgreSQL is not installed.",
            where="configuration key serving.postgres, package adbc-driver-postgresql",
            remedy="Install it: pip install 'tributary-warehouse[postgres]'",
        ) from error
    return dbapi  # type: ignore[no-any-return]


@contextmanager
def session(settings: Settings) -> Iterator[Session]:
    """Connect to the configured server; what was not committed is undone at the end.

    Raises:
        ServingFailed: The driver is missing, or the server refused something.
        MissingSecret: The connection's variable is not set.
    """
    config = settings.config.serving.postgres
    assert config is not None
    dbapi = driver()
    secret = config.connection
    address = with_defaults(secret.reveal())
    try:
        connection = dbapi.connect(address)
        try:
            yield Session(connection)
        finally:
            with suppress(dbapi.Error):
                connection.rollback()
            with suppress(dbapi.Error):
                connection.close()
    except dbapi.Error as error:
        raise ServingFailed(
            f"PostgreSQL: {knowing_all_secrets(settings).clean(said(str(error)))}",
            where=f"configuration key {secret.key}, environment variable {secret.variable}",
            remedy=f"{_remedy(error.sqlstate)} Readers of the server keep what they have; the next "
            "run tries again.",
        ) from None


def said(message: str) -> str:
    """What the server said in its first sentence, without the driver's words.

    Only of what depends on our tables does the detail name it; other details repeat values.
    """
    message = re.sub(r"\A[A-Z_]+: (?:\[libpq\] )?|\.? *SQLSTATE: \w+\s*\Z", "", message)
    message = message.partition("\n\nQuery was:")[0]
    _, found, server = message.rpartition("ERROR:  ")
    first, *others = (server if found else message).strip().splitlines()
    if "depend" in first:
        details = (line.removeprefix("DETAIL:  ") for line in others if " depends on " in line)
        return "; ".join([first, *details])
    return first


def with_defaults(address: str) -> str:
    """A URI or keywords of libpq, with what Tributary wants unless it is stated."""
    missing = {name: value for name, value in _DEFAULTS.items() if f"{name}=" not in address}
    if _URI.match(address):
        return address + ("&" if "?" in address else "?") + urlencode(missing)
    return " ".join([*(f"{name}={value}" for name, value in missing.items()), address])


def _remedy(sqlstate: str | None) -> str:
    state = sqlstate or "08"
    return _REMEDIES.get(state) or _REMEDIES.get(state[:2]) or "Look into the server's log."
