"""Reads the files that say which canonical streams a loader's tables of a vendor hold.

Belongs here: the shape of those files. Does not belong here: which loaders and vendors there are
(the folders beside this file), or reading tables (``orchestration/inbox/landed_tables.py``).

A file names the tables with the columns that it needs, and for each canonical stream a query in
DuckDB's SQL. The query sees every table as it counts: without deleted rows, one row per key, and
histories with the time in which each row was valid.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class LandedTable:
    """A table that a loader writes.

    Attributes:
        name: Its name in the query.
        found: Its name in the loader's schema.
        columns: The columns that a query needs; each with the name that the query uses and other
            names that it may have.
        optional: Columns that are null where the table lacks them.
        key: The columns of which the newest row counts, as the loader dates it; empty where the
            loader keeps one row itself.
        labels: Columns of the key with values of the time of the sync, such as a budget's name.
            Within one sync they tell parts of a day apart; of several syncs, the newest counts.
        history: The column that dates the rows of a history, of which a key has several.
        is_optional: Whether the table is empty where there is none.
        keeps_deleted: Whether rows count that were deleted at the vendor: names of what spent.
        daily: Names of series of tables, one for each day, ``<name>_YYYYMMDD``: of a day the table
            of the first series that has it counts. The query sees them as one, with ``table_day``,
            every other column as text and nested ones as JSON.
    """

    name: str
    found: str
    columns: tuple[tuple[str, ...], ...] = ()
    optional: tuple[tuple[str, ...], ...] = ()
    key: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    history: str = ""
    is_optional: bool = False
    keeps_deleted: bool = False
    daily: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LandedStream:
    """A canonical stream of a vendor's tables.

    Attributes:
        sql: The query; its columns have canonical names.
        tables: What it reads.
        one_of: Tables of which at least one must be there; the others are empty.
    """

    sql: str
    tables: tuple[LandedTable, ...]
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a loader lands of a vendor.

    Attributes:
        schema: Where the loader writes, unless it is configured otherwise.
        streams: By canonical stream.
    """

    schema: str
    streams: dict[str, LandedStream]


def vendors() -> dict[str, list[str]]:
    """The vendors whose tables are known, by loader."""
    found: dict[str, list[str]] = {}
    for path in sorted(_FOLDER.glob("*/*.toml")):
        found.setdefault(path.parent.name, []).append(path.stem)
    return found


@cache
def mapping(loader: str, vendor: str) -> Mapping:
    """What a loader lands of a vendor that ``vendors`` names."""
    data = _read(f"{loader}/{vendor}")
    like = _read(data["like"]) if "like" in data else {"tables": {}, "streams": {}}
    tables = {
        name: _table(name, like["tables"].get(name, {}) | data["tables"].get(name, {}))
        for name in like["tables"] | data["tables"]
    }
    streams = {}
    for name, own in data["streams"].items():
        facts = like["streams"].get(name, {}) | own
        streams[name] = LandedStream(
            facts["sql"].strip(),
            tuple(tables[table] for table in facts["tables"]),
            tuple(facts.get("one_of", ())),
        )
    return Mapping(data["schema"], streams)


def _read(name: str) -> dict[str, Any]:
    """A file's content; ``like`` in it names the file whose queries it takes over."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _table(name: str, facts: dict[str, Any]) -> LandedTable:
    named = {key: tuple(facts.get(key, ())) for key in ("columns", "optional")}
    return LandedTable(
        name,
        facts.get("found", name),
        **{key: tuple(tuple(each.split("|")) for each in names) for key, names in named.items()},
        key=tuple(facts.get("key", ())),
        labels=tuple(facts.get("labels", ())),
        history=facts.get("history", ""),
        is_optional=facts.get("is_optional", False),
        keeps_deleted=facts.get("keeps_deleted", False),
        daily=tuple(facts.get("daily", ())),
    )
