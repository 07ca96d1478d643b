"""Carries rows over from the generation before, so that a day's change costs a day's change.

A generation begins as a copy of the one before it where both were made by the same code, with the
same configuration and of the same people. Of its large tables, only rows that changed are hidden
and written again; everything else is dropped and filled as ever. What changed is known from a
number over the rows of each key, kept in the build folder: whoever discards that (a rebuild, an
erasure, damage) has everything written anew.

Belongs here: what may be carried over, and doing it. Does not belong here: how rows are hidden
(``hiding.py``), or what else a generation holds (``contents.py``).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from orchestration.configuration.settings import Settings
from orchestration.foundation.durable import sync_directory, write_at_once
from orchestration.foundation.sql import literal, quoted, transaction
from orchestration.publication.hiding import Hiding
from orchestration.publication.standing import present_basis, what_the_system_says
from orchestration.warehouse.build import carried_path

Relation = tuple[str, str]

CARRIED: dict[Relation, str] = {
    ("core", "dim_people"): "person_key",
    ("core", "fct_attribution_credits_wide"): "conversion_key",
    ("core", "fct_conversions"): "conversion_key",
    ("core", "fct_leads"): "lead_key",
    ("core", "fct_touchpoints"): "touchpoint_key",
    ("marts", "leads"): "lead_key",
}
"""The tables that grow with the company's people, each with the key whose rows change together."""

LEAST = 50_000
"""Rows below which a table is sooner written than compared."""
TIMES = 6
"""Generations that follow each other so; then all is written anew, in order and without gaps."""
_SHARE = 5
"""A table of which more than one part in so many changed is written anew."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a generation was made by, which carrying over must not change.

    Attributes:
        published: Its file, as the system shows it; a new one is moved, and so stays the same.
        digests: Of that file, and of the kept numbers: a disk damages files and tells nobody.
        basis: A digest of code, configuration, people, and what may be shown.
        times: How many generations before it were carried over, up to one that was not.
    """

    published: list[int]
    digests: list[str]
    basis: str
    times: int


def basis_of(settings: Settings, hiding: Hiding) -> str:
    """A digest of all that decides how a row is published, but for the row itself."""
    found = present_basis(settings, "")
    parts = [found.code, found.configuration, found.people, duckdb.__version__]
    parts += [*sorted(hiding.known), "", *hiding.parameters_shown]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_worthwhile(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the warehouse, attached as ``build``, holds any table that is large enough."""
    tables = con.execute(
        "select schema_name, table_name, estimated_size from duckdb_tables()"
        " where database_name = 'build'"
    ).fetchall()
    return any((schema, name) in CARRIED and size >= LEAST for schema, name, size in tables)


def begin(settings: Settings, path: Path, basis: str) -> int:
    """Let a new file begin as a copy of the published one, if that was made alike and is sound.

    Args:
        settings: Whose home.
        path: The new file, which does not exist.
        basis: From ``basis_of``.

    Returns:
        How often that was done in a row, this time included; 0 where the file was not made.
    """
    try:
        origin = Origin(**json.loads(_origin_path(settings).read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return 0
    alike = origin.basis == basis and origin.times < TIMES
    if not alike or not origin.published:
        return 0
    if origin.published != what_the_system_says(settings.published_path):
        return 0
    numbers = carried_path(settings)
    if not numbers.exists() or _log_of(numbers).exists():
        return 0
    shutil.copyfile(settings.published_path, path)
    if origin.digests != [_digest(path), _digest(numbers)]:
        path.unlink()
        return 0
    return origin.times + 1


def note(settings: Settings, path: Path, basis: str, times: int) -> None:
    """Note of which file the kept numbers are, before it is installed.

    Args:
        settings: Whose home.
        path: The finished file.
        basis: From ``basis_of``.
        times: From ``begin``.
    """
    numbers = carried_path(settings)
    if basis and numbers.exists():
        digests = [_digest(path), _digest(numbers)]
        facts = asdict(Origin(what_the_system_says(path), digests, basis, times))
        write_at_once(_origin_path(settings), json.dumps(facts).encode())


def forget(settings: Settings) -> None:
    """Let the next generation be written anew, because the kept numbers are about to change."""
    path = _origin_path(settings)
    if path.exists():
        path.unlink()
        # After a power cut it must not be back beside numbers of a file that was never installed.
        sync_directory(path.parent)


def clear(con: duckdb.DuckDBPyConnection, relations: Collection[Relation]) -> None:
    """Drop from a copied file what is filled again whatever happens, or is not filled any more.

    Args:
        con: The file.
        relations: Those that will be published.
    """
    stay = CARRIED.keys() & relations
    here = "where database_name = current_database() and not internal"
    with transaction(con):
        for kind, found in (
            ("view", f"select schema_name, view_name from duckdb_views() {here}"),
            ("table", f"select schema_name, table_name from duckdb_tables() {here}"),
            (
                "macro",
                f"select distinct schema_name, function_name from duckdb_functions() {here}"
                " and function_type = 'macro'",
            ),
        ):
            for schema, name in con.execute(found).fetchall():
                if (schema, name) not in stay:
                    con.execute(f"drop {kind} {quoted(schema)}.{quoted(name)}")


def attach(con: duckdb.DuckDBPyConnection, settings: Settings, times: int) -> None:
    """Attach the kept numbers as ``carried``.

    Args:
        con: The new file.
        settings: Whose home.
        times: From ``begin``; where nothing is carried over, there are no numbers yet.
    """
    path = carried_path(settings)
    if not times:
        for each in (path, _log_of(path)):
            each.unlink(missing_ok=True)
    con.execute(f"attach {literal(str(path))} as carried")


def carry(con: duckdb.DuckDBPyConnection, relation: Relation, hiding: Hiding) -> bool:
    """Bring a table of the copied file to what the warehouse holds, and keep its numbers.

    Args:
        con: The new file, with the warehouse attached as ``build``, the numbers as ``carried``.
        relation: Any.
        hiding: How people are hidden.

    Returns:
        Whether the table is now right; otherwise it is not there, and is to be filled.
    """
    present = _columns(con, "'build'", relation)
    if relation not in CARRIED or not present:
        return False
    name = f"{quoted(relation[0])}.{quoted(relation[1])}"
    kept = f"carried.{quoted('.'.join(relation))}"
    there = _columns(con, "current_database()", relation)
    if not there:
        _number(con, relation, kept)
        return False
    key = quoted(CARRIED[relation])
    changed = -1
    if there == present and _columns(con, "'carried'", ("main", ".".join(relation))):
        con.execute(f"create or replace temp table numbered as {_numbers(con, relation)}")
        con.execute(
            "create or replace temp table changed as"
            " select coalesce(numbered.key, kept.key) as key"
            f" from numbered full outer join {kept} as kept on numbered.key = kept.key"
            " where numbered.number is distinct from kept.number"
            " or numbered.row_count is distinct from kept.row_count"
        )
        ((changed, keys, rows),) = con.execute(
            "select (select count(*) from changed), count(*), coalesce(sum(row_count), 0)"
            " from numbered"
        ).fetchall()
        if rows < LEAST or changed * _SHARE > keys:
            changed = -1
    if changed < 0:
        con.execute(f"drop table {name}")
        _number(con, relation, kept)
        return False
    if changed:
        con.execute(
            f"create or replace temp table changed_rows as select r.* from build.{name} as r"
            f" where r.{key} in (select key from changed)"
        )
        select, hides = hiding.select(con, "changed_rows")
        parameters = hiding.parameters
        with transaction(con):
            con.execute(
                f"delete from {name} where {key} in ({hiding.keys_shown('changed', 'key')})",
                parameters,
            )
            con.execute(f"insert into {name} {select}", parameters if hides else None)
        with transaction(con):
            con.execute(f"delete from {kept} where key in (select key from changed)")
            con.execute(
                f"insert into {kept} select * from numbered where key in (select key from changed)"
            )
    return True


def _number(con: duckdb.DuckDBPyConnection, relation: Relation, kept: str) -> None:
    """Keep the numbers of a table that is filled, if it is large."""
    found = con.execute(
        f"select count(*) from build.{quoted(relation[0])}.{quoted(relation[1])}"
    ).fetchall()
    if found[0][0] >= LEAST:
        con.execute(f"create or replace table {kept} as {_numbers(con, relation)}")
    else:
        con.execute(f"drop table if exists {kept}")


def _numbers(con: duckdb.DuckDBPyConnection, relation: Relation) -> str:
    """A number over the rows of each key, in whatever order; a sum, as equal rows would cancel.

    DuckDB gives 0.0 and -0.0 one number, which readers see as two, so doubles count as text too.
    """
    doubles = [name for name, kind in _columns(con, "'build'", relation) if kind == "DOUBLE"]
    seen = ", ".join(["r", *(f"cast(r.{quoted(name)} as varchar)" for name in doubles)])
    return (
        f"select {quoted(CARRIED[relation])} as key, count(*) as row_count,"
        f" sum(cast(hash({seen}) as hugeint)) as number"
        f" from build.{quoted(relation[0])}.{quoted(relation[1])} as r group by all"
    )


def _columns(
    con: duckdb.DuckDBPyConnection, database: str, relation: Relation
) -> list[tuple[str, str]]:
    return con.execute(
        "select column_name, data_type from duckdb_columns()"
        f" where database_name = {database} and schema_name = ? and table_name = ?"
        " order by column_index",
        list(relation),
    ).fetchall()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def _origin_path(settings: Settings) -> Path:
    return carried_path(settings).with_suffix(".json")
