"""The files that the inbox's entries name, in the order in which they supersede each other.

Belongs here: entries with a pattern for a name, and which of several files is the newer one. Does
not belong here: reading them (``orchestration/inbox``).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from orchestration.configuration.inbox import InboxEntry, is_pattern, names_file
from orchestration.configuration.secrets import Secret

_NUMBER = re.compile(r"([0-9]+)")
_BESIDE = ("~$", ".~lock.", "._")
"""What the names of files begin with that Excel, LibreOffice and Macs put beside a file."""


def inbox_files(entries: Iterable[InboxEntry]) -> list[InboxEntry]:
    """Every entry's file; an entry whose name is a pattern becomes one for each file it matches.

    A pattern that matches nothing stays as it is: there is no file of that name to be read.
    """
    return [file for entry in entries for file in _files(entry)]


def groups(files: Iterable[InboxEntry]) -> list[list[InboxEntry]]:
    """Files of one stream as the lists they belong to, older files first.

    Files of one pattern are in the order that the entry declares. So are those of separate entries
    whose names differ in their numbers alone (``2026-09.csv``, ``2026-10.csv``), by name. Lists
    with one file are in the order in which the files were written: what was exported last is newer.
    """
    found: dict[str, list[InboxEntry]] = {}
    for file in files:
        found.setdefault(file.series or _NUMBER.sub("0", file.written_path), []).append(file)
    lists = [sorted(group, key=_age) for group in found.values()]
    return sorted(lists, key=lambda group: max(map(_changed, group)))


def present_paths(entry: InboxEntry) -> list[Path] | None:
    """The files whose times tell whether what an entry reads has changed.

    Returns:
        Its file, whether it exists or not; the files of a query's place; ``None`` for a database,
        which has none.
    """
    if entry.query is None:
        return [entry.path]
    place = entry.query.place
    if isinstance(place, Secret):
        return None
    if place.is_dir():
        return sorted(place.rglob("*.parquet"))
    return [place, place.with_name(f"{place.name}.wal")]


def _files(entry: InboxEntry) -> list[InboxEntry]:
    if not is_pattern(entry.written_path):
        return [entry]
    folder, pattern = entry.path.parent, entry.path.name
    names = [path.name for path in folder.glob("*") if path.is_file()] if folder.is_dir() else []
    written = PurePosixPath(entry.written_path).parent
    matching = [
        entry.model_copy(
            update={
                "path": folder / name,
                "written_path": str(written / name),
                "series": entry.written_path,
            }
        )
        for name in sorted(names)
        if names_file(pattern, name) and not name.startswith(_BESIDE)
    ]
    if not matching:
        return [entry]
    return sorted(matching, key=_age)[-1:] if entry.files == "newest" else matching


def _age(file: InboxEntry) -> tuple[int, list[tuple[int, str]]]:
    """What orders files of one list: their time where that is declared, then their names."""
    parts = _NUMBER.split(file.path.name)
    name = [(int(part), "") if part.isdecimal() else (0, part) for part in parts]
    return (_modified(file.path) if file.order == "modified" else 0, name)


def _changed(file: InboxEntry) -> int:
    paths = present_paths(file)
    # A database is read as it is now.
    return sys.maxsize if paths is None else max(map(_modified, paths), default=0)


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
