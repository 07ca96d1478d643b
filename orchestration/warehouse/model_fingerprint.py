"""Drops tables that an older version of the models built.

Incremental models keep rows of earlier runs, with the columns and rules of that time.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.foundation.repository import DBT_PROJECT, MODELS, SEEDS
from orchestration.foundation.sql import transaction

_KEPT_IN = ("intermediate", "core")
"""Schemas with incremental models. Every run rebuilds everything else in them anyway."""

_FOLDERS = {"models": MODELS, "dbt_project/macros": DBT_PROJECT / "macros", "seeds": SEEDS}


def model_fingerprint() -> str:
    """A hash over the code of all models, macros and seeds, and over DuckDB's version.

    Incremental models find their kept rows by DuckDB's hash, and another version may hash
    differently. Contracts and ``dbt_project.yml`` count as code too: unions are generated from
    them.
    """
    digest = sha256(duckdb.__version__.encode())
    for name, path in _code():
        digest.update(name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _code() -> list[tuple[str, Path]]:
    """Every file that affects the models, with a name that is the same in a wheel."""
    files = [
        (f"{name}/{path.relative_to(folder).as_posix()}", path)
        for name, folder in _FOLDERS.items()
        for path in folder.rglob("*")
        if path.suffix in (".sql", ".py", ".csv", ".yml")
    ]
    return sorted([*files, ("dbt_project.yml", DBT_PROJECT / "dbt_project.yml")])


def drop_other_models(con: DuckDBPyConnection, present: str) -> None:
    """Drop what other versions of the models built, so that the next build computes it all.

    Args:
        con: The warehouse; its ``ops`` tables exist.
        present: The ``model_fingerprint`` of the models that will build, and their vocabulary.
    """
    if con.execute("select fingerprint from ops.models").fetchall() == [(present,)]:
        return
    with transaction(con):
        for schema in _KEPT_IN:
            con.execute(f"drop schema if exists {schema} cascade")
        con.execute("delete from ops.models")
        con.execute("insert into ops.models values (?)", [present])
