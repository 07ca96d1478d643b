"""Touches that are kept from run to run are what computing everything makes of them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.kit.models.dbt import compute, run_dbt
from tests.kit.models.touch_histories import TouchHistory
from tests.kit.places import REPOSITORY

KEPT = (
    "intermediate.int_touchpoints__prepared",
    "intermediate.int_campaign_references__signed",
    "intermediate.int_touchpoints__signed",
)
TOUCHES = ("+fct_touchpoints",)
EVERYTHING = ("+path:models/core", "+path:models/attribution", "+path:models/marts")


def contents(warehouse: Path) -> dict[str, tuple[int, int]]:
    """Rows and their hash, of every table that is kept or published."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        published = con.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_schema in ('core', 'marts')"
        ).fetchall()
        return {
            table: con.execute(f"select count(*), bit_xor(hash(t)) from {table} as t").fetchall()[0]
            for table in (*KEPT, *(name for (name,) in published))
        }


def rebuilt(warehouse: Path, select: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The same of computing everything from the same rows."""
    copy = warehouse.parent / "rebuilt" / warehouse.name
    copy.parent.mkdir(exist_ok=True)
    shutil.copyfile(warehouse, copy)
    compute(copy, "--full-refresh", select=select)
    return contents(copy)


def happen(warehouse: Path, history: TouchHistory, changes: Sequence[Callable[[], None]]) -> None:
    """Let things happen between two runs."""
    with duckdb.connect(str(warehouse)) as history.con:
        for change in changes:
            change()


def started(folder: Path, seed: int, select: Sequence[str]) -> tuple[Path, TouchHistory]:
    """A company of which everything is computed."""
    warehouse = folder / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        history = TouchHistory(con, seed)
    outcome = run_dbt(warehouse, "seed")
    assert outcome.returncode == 0, outcome.stdout[-4000:]
    compute(warehouse, select=select)
    return warehouse, history


def marked(warehouse: Path, *statements: str) -> tuple[int, int]:
    """How many prepared touches have a mark, of how many, after some statements."""
    with duckdb.connect(str(warehouse)) as con:
        for statement in statements:
            con.execute(statement)
        (found,) = con.execute(
            "select count(*) filter (currency = 'mark'), count(*)"
            " from intermediate.int_touchpoints__prepared"
        ).fetchall()
    return found


def test_kept_touches_are_what_a_rebuild_computes(tmp_path: Path) -> None:
    """Every kind of change, then a run that was broken off between the kept tables, then rules.

    A click id's kind, its campaign in the platform's log and a campaign's name change touches whose
    own rows stay as they are. A late touch is computed, and no other.
    """
    warehouse, history = started(tmp_path, 1, TOUCHES)
    happen(warehouse, history, history.changes)
    compute(warehouse, select=TOUCHES)
    assert contents(warehouse) == rebuilt(warehouse, TOUCHES)
    happen(warehouse, history, history.changes)
    compute(warehouse, select=("+int_touchpoints__prepared",))
    happen(warehouse, history, [*history.changes, *history.rules])
    compute(warehouse, select=TOUCHES)
    assert contents(warehouse) == rebuilt(warehouse, TOUCHES)
    mark = "update intermediate.int_touchpoints__prepared set currency = 'mark'"
    before, _ = marked(warehouse, mark)
    happen(warehouse, history, [history.late_touch])
    compute(warehouse, select=("+int_touchpoints__prepared",))
    assert marked(warehouse) == (before, before + 1)


def test_every_column_of_a_touch_decides_it() -> None:
    """A column that is read and not in the fingerprint would keep what it said at first."""
    contract = REPOSITORY / "models/intermediate/unioned/int_touchpoints__unioned.yml"
    (model,) = yaml.safe_load(contract.read_text(encoding="utf-8"))["models"]
    prepared = REPOSITORY / "models/intermediate/touchpoints/int_touchpoints__prepared.sql"
    named = set(re.findall(r"'([a-z_]+)'", prepared.read_text(encoding="utf-8").split("with\n")[0]))
    assert {column["name"] for column in model["columns"]} <= named


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_any_history_of_changes_says_what_a_rebuild_says(tmp_path: Path, seed: int) -> None:
    """Property: from raw rows to every published table, attribution included."""
    warehouse, history = started(tmp_path, seed, EVERYTHING)
    for _ in range(3):
        changes = history.rng.choices(history.changes, k=history.rng.randrange(1, 9))
        if history.rng.random() < 0.3:
            changes.append(history.rng.choice(history.rules))
        happen(warehouse, history, changes)
        compute(warehouse, select=EVERYTHING)
        assert contents(warehouse) == rebuilt(warehouse, EVERYTHING)
