"""Takes people out of logs and of Dagster's stores.

Belongs here: text files and SQLite databases in the home. Does not belong here: landing, the
warehouse and the published file (``carrying_out.py``).

Values of cells do not get there by design; what did get there, in an error of a library, goes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from orchestration.configuration.settings import Settings
from orchestration.foundation.sql import quoted
from orchestration.privacy.holding import Held

_SQLITE = b"SQLite format 3"
_START = 4096
"""Bytes by which a text is told from anything else."""
_WAIT_SECONDS = 60.0


def clean_stores(settings: Settings, held: Held) -> dict[str, int]:
    """Blot people out of everything beside landing, build and the published files.

    Args:
        settings: Whose home.
        held: The people.

    Returns:
        Passages by ``logs``, ``dagster`` and ``dbt``.
    """
    folders = {
        "logs": settings.home / "logs",
        "dagster": settings.dagster_home,
        "dbt": settings.dbt_target_dir,
    }
    passages = {
        name: sum(_clean(path, held) for path in _files(folder)) for name, folder in folders.items()
    }
    elsewhere = sum(_clean(path, held) for path in _others(settings, folders.values()))
    return passages | ({"elsewhere": elsewhere} if elsewhere else {})


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(("-wal", "-shm", "-journal", ".lock")):
            yield path


def _others(settings: Settings, done: Iterable[Path]) -> Iterator[Path]:
    """The home's files in folders that nobody thought of here."""
    own = (
        settings.landing_dir,
        settings.build_dir,
        settings.published_dir,
        settings.erasures_dir,
        settings.token_dir,
        settings.home / "identity.key",
        *done,
    )
    for path in _files(settings.home):
        if not any(path == each or each in path.parents for each in own):
            yield path


def _clean(path: Path, held: Held) -> int:
    with path.open("rb") as file:
        start = file.read(_START)
    if start.startswith(_SQLITE):
        return _clean_database(path, held)
    return 0 if b"\0" in start else _clean_text(path, held)


def _clean_text(path: Path, held: Held) -> int:
    """Rewritten in place: a process that is writing a log appends to the same file."""
    with path.open("rb") as file:
        lines = file.read().decode("utf-8", "surrogateescape").splitlines(keepends=True)
    kept = [held.text(line) for line in lines]
    changed = sum(new is not old and new != old for new, old in zip(kept, lines, strict=True))
    if changed:
        with path.open("r+b") as file:
            file.write("".join(kept).encode("utf-8", "surrogateescape"))
            file.truncate()
    return changed


def _clean_database(path: Path, held: Held) -> int:
    changed = 0
    with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS)) as con:
        # What is overwritten is filled with zeros, so that no freed page keeps it.
        con.execute("pragma secure_delete = on")
        tables = con.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            columns = con.execute(f"pragma table_info({quoted(table)})").fetchall()
            for _, column, kind, *_ in columns:
                if "INT" not in kind.upper() and "TIME" not in kind.upper():
                    changed += _clean_column(con, table, column, held)
        con.commit()
        con.execute("pragma wal_checkpoint(truncate)").fetchall()
    return changed


def _clean_column(con: sqlite3.Connection, table: str, column: str, held: Held) -> int:
    name, where = quoted(column), quoted(table)
    rows = con.execute(f"select rowid, {name} from {where} where typeof({name}) = 'text'")
    found = [(new, rowid) for rowid, old in rows if (new := held.text(old)) != old]
    con.executemany(f"update {where} set {name} = ? where rowid = ?", found)
    return len(found)
