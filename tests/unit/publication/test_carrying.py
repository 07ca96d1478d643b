"""A generation that is carried over shows exactly what one that is filled shows."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.privacy import Privacy
from orchestration.configuration.settings import Settings
from orchestration.foundation.fault_points import POINTS
from orchestration.privacy.hashes import identity_key
from orchestration.publication import carrying
from orchestration.publication.publish import publish
from orchestration.publication.reader import open_published
from orchestration.warehouse.build import carried_path, discard_build
from tests.kit.carried import NOW, TOUCHES, VERDICT
from tests.kit.versions import build

TABLES = """
    create table core.fct_touchpoints as
    select
        md5('touch' || i) as touchpoint_key,
        case when i % 9 = 0 then 'anna' || i || '@example.com' else 't' || i end as touchpoint_id,
        'inbox' as source_system,
        md5('person' || i % 7) as person_key,
        'https://example.com/' || i % 5 || '?mail=anna@example.com' as landing_page,
        cast(i as decimal(18, 6)) as cost
    from range(400) as t(i);
    comment on table core.fct_touchpoints is 'Touches. One row per touch.';
    comment on column core.fct_touchpoints.cost is 'What it cost.';
    create table core.fct_attribution_credits_wide as
    select md5('sale' || i // 4) as conversion_key, md5('touch' || i) as touchpoint_key, 1 as linear
    from range(200) as t(i);
    create view core.fct_attribution_credits as
    select conversion_key, linear as credit from core.fct_attribution_credits_wide;
"""
HAPPENINGS = (
    "insert into core.fct_touchpoints values (md5('touch{n}'), 'late {n}', 'inbox',"
    " md5('person{n}'), 'https://example.com/?mail=eva@example.com', {n})",
    "delete from core.fct_touchpoints where touchpoint_key = md5('touch{n}')",
    "update core.fct_touchpoints set cost = cost + 1 where touchpoint_key = md5('touch{n}')",
    "update core.fct_touchpoints set landing_page = null where touchpoint_key = md5('touch{n}')",
    "update core.fct_touchpoints set person_key = md5('all') where person_key = md5('person{n}')",
    "insert into core.fct_attribution_credits_wide values (md5('sale{n}'), md5('touch{n}'), 1)",
    "insert into core.fct_attribution_credits_wide"
    " select * from core.fct_attribution_credits_wide where conversion_key = md5('sale{n}')",
    "delete from core.fct_attribution_credits_wide where touchpoint_key = md5('touch{n}')",
    "update core.fct_attribution_credits_wide set linear = -linear"
    " where conversion_key = md5('sale{n}')",
    "update meta.sources set version = {n}",
)


@pytest.fixture(autouse=True)
def _few_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "LEAST", 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with a warehouse, and its first generation."""
    result = Settings(tmp_path / "home", None, Config(), fixed_now=NOW)
    build(result, 1)
    happen(result, TABLES)
    publish(result, VERDICT)
    return result


def happen(settings: Settings, *statements: str) -> None:
    """Change the warehouse."""
    with duckdb.connect(str(settings.warehouse_path)) as con:
        for statement in statements:
            con.execute(statement)


def shown(settings: Settings) -> dict[str, Any]:
    """Everything that a reader sees but the generation's number."""
    with open_published(settings) as con:
        names = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " union all select schema_name || '.' || view_name from duckdb_views()"
            " where not internal"
        ).fetchall()
        contents: dict[str, Any] = {
            name: sorted(con.execute(f"select * from {name}").fetchall(), key=repr)
            for (name,) in names
            if name != "meta.publication"
        }
        for described in ("tables", "columns", "functions"):
            what = {
                "tables": "schema_name, table_name, comment",
                "columns": "schema_name, table_name, column_name, data_type, comment",
                "functions": "function_name, macro_definition, comment",
            }[described]
            contents[described] = con.execute(
                f"select {what} from duckdb_{described}()"
                " where database_name = current_database() and not internal order by all"
            ).fetchall()
    return contents


def filled(settings: Settings) -> dict[str, Any]:
    """What a home shows that has the same warehouse and nothing to carry over."""
    other = replace(settings, home=settings.home.with_name("other"))
    shutil.rmtree(other.home, ignore_errors=True)
    other.build_dir.mkdir(parents=True)
    shutil.copyfile(settings.warehouse_path, other.warehouse_path)
    identity_key(settings)
    shutil.copy(settings.home / "identity.key", other.home)
    assert publish(other, VERDICT).times == 0
    return shown(other)


@pytest.mark.parametrize("seed", range(3))
def test_any_history_shows_what_filling_shows(settings: Settings, seed: int) -> None:
    """Property: late, vanished and restated rows, merged people, and equal rows of one key."""
    rng = random.Random(seed)
    carried = 0
    for _ in range(8):
        chosen = rng.choices(HAPPENINGS, k=rng.randrange(6))
        happen(settings, *(each.format(n=rng.randrange(420)) for each in chosen))
        carried += publish(settings, VERDICT).times > 0
        assert shown(settings) == filled(settings)
    assert carried >= 6


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What is asked to be hidden: relations with their rows."""
    asked: list[tuple[str, int]] = []
    select = carrying.Hiding.select

    def counted(
        hiding: carrying.Hiding, con: duckdb.DuckDBPyConnection, relation: str
    ) -> tuple[str, bool]:
        ((rows,),) = con.execute(f"select count(*) from {relation}").fetchall()
        asked.append((relation, rows))
        return select(hiding, con, relation)

    monkeypatch.setattr(carrying.Hiding, "select", counted)
    return asked


def test_only_rows_that_changed_are_written(
    settings: Settings, asked: list[tuple[str, int]]
) -> None:
    """Otherwise it saves nothing: what is asked to be hidden is one row, and no table again."""
    happen(settings, HAPPENINGS[2].format(n=5))
    assert publish(settings, VERDICT).times == 1
    assert asked == [("changed_rows", 1), ('build."meta"."sources"', 1)]


def test_a_table_of_many_rows_and_few_keys_is_carried_over(
    settings: Settings, asked: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its numbers are kept because of its rows; counting keys later, it was written every time."""
    monkeypatch.setattr(carrying, "LEAST", 150)
    happen(settings, HAPPENINGS[8].format(n=5))
    assert publish(settings, VERDICT).times == 1
    assert asked == [("changed_rows", 4), ('build."meta"."sources"', 1)]


def test_a_zero_that_changed_its_sign_is_written(settings: Settings) -> None:
    """Readers see "-0.0" where the row says so, although DuckDB hashes it like 0.0."""
    table = "create or replace table core.fct_touchpoints as"
    share = "case touchpoint_id when 't5' then cast(0 as double) else 0.5 end"
    happen(settings, f"{table} select *, {share} as share from core.fct_touchpoints")
    publish(settings, VERDICT)
    turned = "case touchpoint_id when 't5' then -share else share end"
    happen(settings, f"{table} select * replace ({turned} as share) from core.fct_touchpoints")
    assert publish(settings, VERDICT).times > 0
    with open_published(settings) as con:
        found = con.execute(
            "select cast(share as varchar) from core.fct_touchpoints where share = 0"
        ).fetchall()
    assert found == [("-0.0",)]


def test_a_table_that_changed_much_or_has_other_columns_is_filled(settings: Settings) -> None:
    """Deleting and adding most of a table is dearer than writing it, and columns must agree."""
    happen(
        settings,
        "update core.fct_touchpoints set cost = cost + 1",
        "alter table core.fct_attribution_credits_wide add column last_touch integer",
    )
    assert publish(settings, VERDICT).times == 1
    assert shown(settings) == filled(settings)
    happen(settings, HAPPENINGS[0].format(n=500))
    assert publish(settings, VERDICT).times == 2
    assert shown(settings) == filled(settings)


def test_a_table_that_is_published_no_more_is_gone(settings: Settings) -> None:
    """A table of the copied file that no gate verified must not reach readers."""
    less = replace(VERDICT, relations=(TOUCHES, ("meta", "sources")))
    assert publish(settings, less).times == 1
    assert "core.fct_attribution_credits_wide" not in shown(settings)
    assert publish(settings, VERDICT).times == 2
    assert shown(settings) == filled(settings)


def test_whatever_may_hide_rows_otherwise_has_all_written_anew(settings: Settings) -> None:
    """Another configuration, an older file put back, lost or torn numbers, a discarded build."""
    happen(settings, HAPPENINGS[2].format(n=5))
    other = replace(settings, config=Config(privacy=Privacy(click_ids=True)))
    assert publish(other, VERDICT).times == 0
    assert publish(settings, VERDICT).times == 0
    assert publish(settings, VERDICT).times == 1
    older = settings.published_path.read_bytes()
    settings.published_path.unlink()
    settings.published_path.write_bytes(older)
    assert publish(settings, VERDICT).times == 0
    carried_path(settings).write_bytes(b"torn")
    happen(settings, HAPPENINGS[2].format(n=6))
    publish(settings, VERDICT)
    assert shown(settings) == filled(settings)
    warehouse = settings.warehouse_path.read_bytes()
    discard_build(settings)
    assert not carried_path(settings).exists()
    settings.warehouse_path.write_bytes(warehouse)
    assert publish(settings, VERDICT).times == 0


@pytest.mark.parametrize("which", ["published", "numbers"])
def test_what_a_disk_damaged_is_not_carried_over(settings: Settings, which: str) -> None:
    """A copied block that nobody can read was published as good, or the sound warehouse blamed.

    No time of the file tells, and each block is one that only its readers, not opening it, look at.
    """
    right = filled(settings)
    path = settings.published_path if which == "published" else carried_path(settings)
    before = path.stat()
    first, block = 3 * 4096, 262_144
    for offset in range(first, before.st_size, block):
        damaged = bytearray(path.read_bytes())
        damaged[offset + 5000] ^= 0xFF
        path.chmod(0o644)
        path.write_bytes(damaged)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert publish(settings, VERDICT).times == 0
        assert settings.warehouse_path.exists()
        assert shown(settings) == right
        before = path.stat()


def test_after_so_many_times_all_is_written_anew(settings: Settings) -> None:
    """Bytes of rows that are gone stay in a copied file; within a week they are gone as well."""
    times = [publish(settings, VERDICT).times for _ in range(carrying.TIMES + 2)]
    assert times == [*range(1, carrying.TIMES + 1), 0, 1]


CHILD = """
import sys
from pathlib import Path
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.foundation.fault_points import arm
from orchestration.publication import carrying
from orchestration.publication.publish import publish
from tests.kit.carried import NOW, VERDICT

carrying.LEAST = 1
arm(sys.argv[2])
publish(Settings(Path(sys.argv[1]), None, Config(), fixed_now=NOW), VERDICT)
"""


@pytest.mark.parametrize("point", [name for name in POINTS if name.startswith("publish.")])
def test_a_publish_killed_at_any_step_is_made_good_by_the_next(
    settings: Settings, point: str
) -> None:
    """The numbers are kept before the file is installed: they may be of one that never was."""
    before = shown(settings)
    happen(settings, HAPPENINGS[0].format(n=500), HAPPENINGS[1].format(n=3))
    died = subprocess.run([sys.executable, "-c", CHILD, str(settings.home), point], check=False)
    assert died.returncode == -9
    right = filled(settings)
    assert shown(settings) in (before, right)
    publish(settings, VERDICT)
    assert shown(settings) == right
    happen(settings, HAPPENINGS[2].format(n=500))
    publish(settings, VERDICT)
    assert shown(settings) == filled(settings)
