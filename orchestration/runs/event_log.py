"""Dagster's event log with connections that stay open.

Belongs here: how the event log reaches its files. Does not belong here: which events there are, and
when they are deleted (``janitor.py``).

Dagster's own SQLite storage makes an engine and a connection for every event it writes or reads; a
run of the demo has thousands. Keeping them took Dagster's process from 15.0 to 6.3 CPU seconds.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dagster import StringSource
from dagster._config.config_schema import UserConfigSchema
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

MOST_OPEN = 4
"""Files kept open: the index, the current run, and two that a page looks at."""


@dataclass(frozen=True, slots=True)
class _Kept:
    connection: Connection
    process: int
    file: tuple[int, int]


class KeptEventLog(SqliteEventLogStorage):
    """Dagster's SQLite event log, which keeps its last few connections.

    The lock of Dagster's class already lets one thread at a time use any connection. A connection
    is opened again when its file was replaced, after an error, and in a forked process.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._inherited: list[OrderedDict[str, _Kept]] = []
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """One setting: the folder of Dagster's instance."""
        return {"dagster_home": StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> KeptEventLog:
        """The log in the folder that Dagster's default uses, so older runs stay readable."""
        folder = Path(config_value["dagster_home"]) / "history" / "runs"
        return cls(str(folder), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            kept = self._current(shard) or self._open(shard)
            try:
                with kept.connection.begin():
                    yield kept.connection
            except BaseException:
                self._close(shard)
                raise

    def _current(self, shard: str) -> _Kept | None:
        kept = self._kept.get(shard)
        if kept is None:
            return None
        if kept.process != os.getpid():
            # SQLite forbids using or closing a parent's connection; referenced, it stays open.
            self._inherited.append(self._kept)
            self._kept = OrderedDict()
            return None
        if self._file(shard) != kept.file:
            self._close(shard)
            self._initialized_dbs.discard(shard)
            return None
        self._kept.move_to_end(shard)
        return kept

    def _open(self, shard: str) -> _Kept:
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=NullPool,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        connection = engine.connect()
        # Enough for a log with a write-ahead file: a power cut may take the last events with it,
        # and damages nothing. Otherwise each of three commits an event waits for the disk.
        connection.exec_driver_sql("pragma synchronous = normal")
        connection.commit()
        kept = _Kept(connection, os.getpid(), self._file(shard) or (0, 0))
        self._kept[shard] = kept
        while len(self._kept) > MOST_OPEN:
            self._close(next(iter(self._kept)))
        return kept

    def _file(self, shard: str) -> tuple[int, int] | None:
        try:
            found = Path(self.path_for_shard(shard)).stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _close(self, shard: str) -> None:
        kept = self._kept.pop(shard, None)
        if kept is not None and kept.process == os.getpid():
            kept.connection.close()

    def dispose(self) -> None:
        """Close what is open; SQLite then merges and removes its write-ahead files."""
        with self._db_lock:
            for shard in list(self._kept):
                self._close(shard)
        super().dispose()
