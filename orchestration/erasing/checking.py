"""Looks for a person in every byte of a home.

Belongs here: opening what is packed or a database, and the spellings that are looked for. Does not
belong here: removing anything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb

from orchestration.configuration.settings import Settings
from orchestration.erasing.finding import stream_of
from orchestration.extract.landing import Landing
from orchestration.extract.writer import SUFFIX
from orchestration.foundation.sql import quoted
from orchestration.privacy.hashes import email_hash, identity_key, phone_hash
from orchestration.privacy.holding import Held, distinctive
from orchestration.privacy.people import ADDRESS, PHONE, Identifier
from orchestration.serving.postgres import is_current

_SQLITE = b"SQLite format 3"
_CHUNK = 1 << 24


def places(settings: Settings, who: str, meant: Iterable[Identifier]) -> dict[str, str]:
    """Where in the home a person still is.

    Args:
        settings: Whose home.
        who: As written on the command line.
        meant: What that means.

    Returns:
        Path below the home: what was found there. ``identity.key`` and the company's own files are
        not looked at. Of a server that gets every generation, that it has an earlier one.
    """
    look = _Look(settings, who, list(meant))
    found = {}
    for path in sorted(settings.home.rglob("*")):
        if path.is_file() and (said := look.at(path)):
            found[path.relative_to(settings.home).as_posix()] = said
    found |= look.in_landing(Landing(settings.landing_dir))
    if not is_current(settings):
        found["serving.postgres"] = "not the published generation, or no answer"
    return found


class _Look:
    def __init__(self, settings: Settings, who: str, meant: list[Identifier]) -> None:
        key = identity_key(settings, keep=False)
        self._settings = settings
        held = Held(key, ())
        self._held = Held(key, held.hashes(meant))
        self._values = {who.strip(), *(item.value for item in meant)}
        self._hashes = set()
        for item in meant:
            if item.kind == ADDRESS:
                self._hashes.add(email_hash(key, item.value, frozenset()))
            elif item.kind == PHONE:
                self._hashes.add(phone_hash(key, who))
        known = self._hashes | {value for value in self._values if distinctive(value)}
        self._needles = [text.lower().encode() for text in known]
        self._needles += [text.lower().encode("utf-16-le") for text in known]

    def at(self, path: Path) -> str:
        """What a file holds of the person; empty if nothing."""
        if path.name.endswith(SUFFIX) or path.name == "identity.key":
            return ""
        if self._says(path.name):
            return "its name"
        with path.open("rb") as file:
            start = file.read(16)
        if start.startswith(_SQLITE):
            return self._in_rows(_rows_of_sqlite(path)) or self._in_bytes(path)
        if start[8:12] == b"DUCK":
            return self._in_duckdb(path) or self._in_bytes(path)
        return self._in_bytes(path) or self._in_text(path)

    def in_landing(self, landing: Landing) -> dict[str, str]:
        """The slices in which the person is still named."""
        found = {}
        for item in landing.slices():
            change = self._held.change(item.connector, stream_of(item.connector, item.stream))
            count = sum(change(record) is not record for record in landing.own(item))
            if count:
                path = landing.file(item).relative_to(self._settings.home)
                found[path.as_posix()] = f"{count} records"
        return found

    def _says(self, text: str, place: str = "") -> bool:
        """Whether a text is the person or mentions them."""
        value = text.strip()
        # A short id is only one where ids are.
        if value in self._values and (distinctive(value) or place.endswith(("_id", "_by"))):
            return True
        if self._held.text(text) != text:
            return True
        return any(hash_ in text for hash_ in self._hashes)

    def _in_rows(self, rows: Iterable[tuple[str, str]]) -> str:
        found = sorted({place for place, text in rows if self._says(text, place)})
        return ", ".join(found)

    def _in_text(self, path: Path) -> str:
        with path.open(encoding="utf-8", errors="replace") as lines:
            count = sum(self._says(line) for line in lines)
        return f"{count} lines" if count else ""

    def _in_bytes(self, path: Path) -> str:
        """Also what no table shows any more: freed pages keep their bytes."""
        longest = max(map(len, self._needles), default=0)
        rest = b""
        with path.open("rb") as file:
            while block := file.read(_CHUNK):
                block = rest + block.lower()
                if any(needle in block for needle in self._needles):
                    return "its bytes"
                rest = block[-longest:]
        return ""

    def _in_duckdb(self, path: Path) -> str:
        try:
            with duckdb.connect(str(path), read_only=True) as con:
                return self._in_rows(_texts_of_duckdb(con))
        except duckdb.Error as error:
            return f"cannot be opened: {error}"


def _rows_of_sqlite(path: Path) -> Iterator[tuple[str, str]]:
    try:
        yield from _rows_as_opened(path, "mode=ro")
    except sqlite3.OperationalError:
        # A store that a killed process left open wants to write beside itself, and the disk may be
        # read-only. What its log holds is found in the bytes of the log.
        yield from _rows_as_opened(path, "mode=ro&immutable=1")


def _rows_as_opened(path: Path, how: str) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as con:
        names = con.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (name,) in names:
            for row in con.execute(f"select * from {quoted(name)}"):
                yield from ((name, value) for value in row if isinstance(value, str))


def _texts_of_duckdb(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    columns = con.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where data_type = "
        "'VARCHAR' and database_name = current_database() and not internal and table_name in "
        "(select table_name from duckdb_tables())"
    ).fetchall()
    for schema, table, column in columns:
        place = f"{schema}.{table}.{column}"
        texts = con.execute(
            f"select distinct {quoted(column)} from {quoted(schema)}.{quoted(table)} "
            f"where {quoted(column)} is not null"
        )
        while rows := texts.fetchmany(10_000):
            yield from ((place, text) for (text,) in rows)
