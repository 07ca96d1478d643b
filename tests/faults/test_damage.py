"""Promise 9: damage is found by hash, named and refused; a damaged build is rebuilt."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.settings import Settings
from orchestration.extract.landing import DamagedSlice, Landing
from orchestration.extract.manifest import DamagedManifest
from orchestration.loading.slices import load_pending
from orchestration.warehouse.build import prepare_build
from orchestration.warehouse.connection import connect
from orchestration.warehouse.damage import WarehouseDamaged, refuse_damage
from tests.kit.faults import roads
from tests.kit.faults.lengths import long
from tests.kit.faults.report import Table

PROMISE = "9 damage"
DAYS = 3


def cut(content: bytes, rng: random.Random) -> bytes:
    """The first part of it."""
    return content[: rng.randrange(len(content))]


def flip(content: bytes, rng: random.Random) -> bytes:
    """One bit of it is another."""
    changed = bytearray(content)
    changed[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def swap_lines(content: bytes, rng: random.Random) -> bytes:
    """Two lines have changed places."""
    lines = content.splitlines(keepends=True)
    first, second = rng.sample(range(len(lines)), 2)
    lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines)


def drop_line(content: bytes, rng: random.Random) -> bytes:
    """One line is gone."""
    lines = content.splitlines(keepends=True)
    del lines[rng.randrange(len(lines))]
    return b"".join(lines)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company with some days of slices in landing, all loaded."""
    for day in range(1, DAYS + 1):
        roads.write_file(tmp_path / "t.csv", day)
        today = roads.company(tmp_path / "home", day)
        landing = Landing(today.landing_dir)
        orders = [roads.order(number, day) for number in range(300)]
        with landing.begin("shop", roads.ORDERS, "all", extracted_at=today.now()) as writer:
            for each in orders:
                writer.append(each)
            writer.commit()
        for entry in today.config.inbox:
            roads.land_entry(entry, landing, today.config.company, today.now())
    roads.load(str(today.home), DAYS)
    return today


def load_anew(landing: Path) -> None:
    """Load a landing folder into an empty warehouse."""
    with duckdb.connect() as con:
        roads.ensure_tables(con)
        load_pending(con, Landing(landing), roads.STREAMS, identity_key=roads.KEY)


@pytest.mark.parametrize("times", long(short=9, long=300))
def test_a_damaged_slice_is_named_and_refused(
    settings: Settings, tmp_path: Path, rng: random.Random, table: Table, times: int
) -> None:
    """After disk rot, a broken copy or a careless cleanup, nothing is loaded as if intact."""
    items = Landing(settings.landing_dir).slices()
    tried: Counter[str] = Counter()
    for number in range(times):
        folder = tmp_path / "damaged"
        shutil.copytree(settings.landing_dir, folder)
        path = folder / rng.choice(items).path
        ways: list[Callable[[bytes, random.Random], bytes] | None] = [cut, flip, None]
        way = ways[number % 3]
        if way is None:
            path.unlink()
        else:
            path.write_bytes(way(path.read_bytes(), rng))
        with pytest.raises(DamagedSlice, match=re.escape(str(path))) as caught:
            load_anew(folder)
        assert "sha256" in caught.value.what
        tried["missing" if way is None else way.__name__] += 1
        shutil.rmtree(folder)
    table.add(
        PROMISE,
        "a slice's file cut, one bit of it flipped, or missing",
        f"{times} ({', '.join(f'{count} {name}' for name, count in sorted(tried.items()))})",
        "all refused, with the file's path and both hashes; nothing of it loaded",
        ".venv/bin/pytest tests/faults/test_damage.py -k slice -m slow",
    )


@pytest.mark.parametrize("times", long(short=20, long=1000))
def test_a_damaged_manifest_is_refused(
    settings: Settings, tmp_path: Path, rng: random.Random, table: Table, times: int
) -> None:
    """Its lines prove each other, and its head proves the last one."""
    manifest = settings.landing_dir / "manifest.jsonl"
    content = manifest.read_bytes()
    whole = [item.slice_id for item in Landing(settings.landing_dir).slices()]
    folder = tmp_path / "damaged"
    shutil.copytree(settings.landing_dir, folder)
    tried: Counter[str] = Counter()
    ways = [cut, flip, swap_lines, drop_line]
    while tried.total() < times:
        way = ways[tried.total() % len(ways)]
        (folder / "manifest.jsonl").write_bytes(way(content, rng))
        with pytest.raises(DamagedManifest, match=re.escape(str(folder / "manifest.jsonl"))):
            Landing(folder).slices()
        tried[way.__name__] += 1
    (folder / "manifest.jsonl").write_bytes(content)
    assert [item.slice_id for item in Landing(folder).slices()] == whole
    table.add(
        PROMISE,
        "the manifest cut, one bit flipped, two lines swapped, or one line gone",
        f"{times} ({', '.join(f'{count} {name}' for name, count in sorted(tried.items()))})",
        "all refused, with the manifest's path; nothing loaded while it is not whole",
        ".venv/bin/pytest tests/faults/test_damage.py -k manifest -m slow",
    )


def look_at_everything(settings: Settings) -> None:
    """Read every row, as dbt does; return the error message if it cannot."""
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        try:
            roads.fingerprints(con, ("raw", "ops"))
            said = ""
        except duckdb.Error as error:
            said = f"Runtime Error in model stg_any: {error}"
    refuse_damage(settings, [None, "OK", said])


@pytest.mark.parametrize("times", long(short=6, long=200))
def test_a_damaged_warehouse_is_set_aside_and_built_anew(
    settings: Settings, tmp_path: Path, rng: random.Random, table: Table, times: int
) -> None:
    """Found when it is opened, loaded into, or read; the run after builds it from landing.

    A bit in a block that nothing uses is not found, and changes nothing.
    """
    right = roads.warehouse(settings)
    kept = tmp_path / "whole.duckdb"
    shutil.copyfile(settings.warehouse_path, kept)
    content = kept.read_bytes()
    found: Counter[str] = Counter()
    for number in range(times):
        way = (cut, flip)[number % 2]
        settings.warehouse_path.write_bytes(way(content, rng))
        before = settings.warehouse_path.read_bytes()
        try:
            prepare_build(settings)
            when = "opening"
            if not (settings.build_dir / "damaged").exists():
                when = "loading"
                roads.load(str(settings.home), DAYS)
                when = "reading"
                look_at_everything(settings)
                when = "never"
        except WarehouseDamaged:
            assert not settings.warehouse_path.exists()
        found[when] += 1
        if when != "never":
            (aside,) = (settings.build_dir / "damaged").rglob("warehouse.duckdb")
            assert len(aside.read_bytes()) >= len(before) // 2
        roads.load(str(settings.home), DAYS)
        assert roads.warehouse(settings) == right
        shutil.rmtree(settings.build_dir / "damaged", ignore_errors=True)
    assert found["opening"] > 0
    table.add(
        PROMISE,
        "the warehouse's file cut, or one bit of it flipped",
        f"{times} (found {', '.join(f'{found[when]} {when}' for when in sorted(found))})",
        "set aside and rebuilt from landing, all rows equal to before; never found: the bit "
        "lay where nothing is kept, all rows equal too",
        ".venv/bin/pytest tests/faults/test_damage.py -k warehouse_is -m slow",
    )


@pytest.mark.parametrize("times", long(short=4, long=100))
def test_a_damaged_log_loses_nothing(
    settings: Settings, tmp_path: Path, rng: random.Random, table: Table, times: int
) -> None:
    """What a killed load left: a torn end is loaded again, a flipped bit sets the file aside."""
    right = roads.warehouse(settings)
    base = tmp_path / "base"
    base.mkdir()
    log = settings.warehouse_path.with_name("warehouse.duckdb.wal")
    settings.warehouse_path.unlink()
    prepare_build(settings)
    with connect(settings.warehouse_path, settings=settings) as con:
        roads.ensure_tables(con)
        con.execute("force checkpoint")
    with connect(settings.warehouse_path, settings=settings) as con:
        con.execute("set checkpoint_threshold = '1GB'")
        load_pending(con, Landing(settings.landing_dir), roads.STREAMS, identity_key=roads.KEY)
        for path in (settings.warehouse_path, log):
            shutil.copyfile(path, base / path.name)
    content = (base / log.name).read_bytes()
    aside = 0
    for number in range(times):
        shutil.copyfile(base / "warehouse.duckdb", settings.warehouse_path)
        log.write_bytes((cut, flip)[number % 2](content, rng))
        roads.load(str(settings.home), DAYS)
        assert roads.warehouse(settings) == right
        aside += (settings.build_dir / "damaged").exists()
        shutil.rmtree(settings.build_dir / "damaged", ignore_errors=True)
    assert aside >= times // 2 - 1
    table.add(
        PROMISE,
        "the warehouse's write-ahead log cut, or one bit of it flipped",
        f"{times} ({aside} set aside and rebuilt, {times - aside} torn ends loaded again)",
        "all rows equal to before",
        ".venv/bin/pytest tests/faults/test_damage.py -k log -m slow",
    )


def test_a_file_that_a_killed_process_began_is_no_obstacle(tmp_path: Path) -> None:
    """DuckDB makes a file before it writes its header: killed in between, it opens no more."""
    settings = roads.company(tmp_path / "home")
    settings.build_dir.mkdir(parents=True)
    settings.warehouse_path.touch()
    prepare_build(settings)
    with connect(settings.warehouse_path, settings=settings) as con:
        assert con.execute("select count(*) from ops.ledger").fetchall() == [(0,)]


def test_only_the_newest_damaged_file_is_kept(tmp_path: Path) -> None:
    """A disk that rots every night must not fill up with damaged files."""
    settings = roads.company(tmp_path / "home")
    settings.build_dir.mkdir(parents=True)
    for _ in range(3):
        settings.warehouse_path.write_bytes(b"not a database")
        prepare_build(settings)
    assert len(list((settings.build_dir / "damaged").rglob("warehouse.duckdb"))) == 1
