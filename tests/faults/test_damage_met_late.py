"""Promise 9: damage that shows only while checks read, or while a generation is copied.

The process that finds it sets the file aside, and the next run builds from landing without help.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.settings import Settings
from orchestration.extract.landing import Landing
from orchestration.publication.publish import publish
from orchestration.publication.reader import query
from orchestration.quality.checks import Verdict, write_checks
from orchestration.quality.dbt_results import _first_rows
from orchestration.quality.suites import Suite, mart_suites
from orchestration.quality.validation import validate
from orchestration.warehouse.build import prepare_build
from orchestration.warehouse.connection import connect, writer_lease
from orchestration.warehouse.damage import WarehouseDamaged
from tests.kit.days import COMPLETE_DAYS
from tests.kit.faults import roads
from tests.kit.faults.report import Result

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "9 damage",
    "a damaged page that only checks or the copy of a generation read",
    "cases",
    "the file set aside by whoever met it; the next run builds from landing",
    ".venv/bin/pytest tests/faults/test_damage_met_late.py -m 'slow or exhaustive'",
)

HEADERS, BLOCK = 3 * 4096, 256 * 1024
"""Where the blocks of a DuckDB file begin, and how long each is."""

VERDICT = Verdict("run", (), (("core", "orders"),))
TOTAL = "select count(*), sum(amount) from core.orders"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company whose file was loaded, built and published once."""
    roads.write_file(tmp_path / "t.csv", 1)
    settings = roads.company(tmp_path / "home", 1)
    landing = Landing(settings.landing_dir)
    for entry in settings.config.inbox:
        roads.land_entry(entry, landing, settings.config.company, settings.now())
    build(settings)
    publish(settings, VERDICT)
    return settings


def build(settings: Settings) -> None:
    """What a run does before it publishes: load what was landed, and build a table."""
    with writer_lease(settings, "build"):
        prepare_build(settings)
    roads.load(str(settings.home), 1)
    with connect(settings.warehouse_path, settings=settings) as con:
        con.execute(
            "create schema if not exists core;"
            "create or replace table core.orders as"
            " select i as order_id, hash(i) % 1000 as amount, md5(cast(i as varchar)) as note"
            " from range(200000) as numbers(i)"
        )
        con.execute(COMPLETE_DAYS)


@contextmanager
def a_rotten_block(settings: Settings) -> Iterator[None]:
    """A block that holds a table's rows is damaged."""
    size = settings.warehouse_path.stat().st_size
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        blocks = con.execute(
            "select distinct block_id from pragma_storage_info('core.orders')"
            " where column_name = 'note' and segment_type = 'VARCHAR' order by block_id"
        ).fetchall()
    (block,) = blocks[len(blocks) // 2]
    with settings.warehouse_path.open("r+b") as file:
        file.seek(HEADERS + block * BLOCK + BLOCK // 2)
        file.write(b"\xff" * 4096)
    yield
    (aside,) = (settings.build_dir / "damaged").rglob("warehouse.duckdb")
    assert aside.stat().st_size == size
    assert not settings.warehouse_path.exists()


def reading(judge: Callable[[duckdb.DuckDBPyConnection], object]) -> Callable[[Settings], None]:
    """Judging with the warehouse open, as the steps of a run do."""

    def step(settings: Settings) -> None:
        with (
            writer_lease(settings, "check"),
            connect(settings.warehouse_path, settings=settings) as con,
        ):
            judge(con)

    return step


def measuring(con: duckdb.DuckDBPyConnection) -> None:
    """A suite whose measures read all rows."""
    suite: Suite = mart_suites(roads.company(Path("unused")).config.quality)[0]
    everything = "select max(note) as label, min(amount) as rows from core.orders"
    write_checks(con, "run", validate([(suite, lambda: con.execute(everything).df())], roads.FIRST))


STEPS: dict[str, Callable[[Settings], object]] = {
    "a suite measures": reading(measuring),
    "a failed test's rows are looked up": reading(
        lambda con: _first_rows(con, "select max(note) as message, sum(amount) from core.orders")
    ),
    "a generation is filled": lambda settings: publish(settings, VERDICT),
}


@pytest.mark.parametrize("step", STEPS)
def test_the_run_after_builds_anew_without_being_told(settings: Settings, step: str) -> None:
    """Before, it meant `PublishFailed` or a closed gate until a person typed ``--rebuild``."""
    right = query(settings, TOTAL).rows
    loaded = roads.warehouse(settings)
    with a_rotten_block(settings), pytest.raises(WarehouseDamaged, match="set aside") as caught:
        STEPS[step](settings)
    assert "tributary run" in caught.value.remedy
    assert query(settings, TOTAL).rows == right
    assert query(settings, "select generation from meta.publication").rows == [(1,)]
    assert not list(settings.published_dir.glob(".publishing-*"))
    build(settings)
    assert roads.warehouse(settings) == loaded
    publish(settings, VERDICT)
    assert query(settings, TOTAL).rows == right
    assert query(settings, "select generation from meta.publication").rows == [(2,)]
