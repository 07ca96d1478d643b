"""Promise 8: a full disk ends a run cleanly, and the next run continues where it stopped.

A process that may only write files of a few kilobytes simulates the full disk: the same calls fail,
midway, with the same kind of error. Afterwards its limit is lifted, as an operator makes room.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.foundation.disk import SPARE, NoRoom, is_full, naming_full_disk
from orchestration.publication.publish import publish
from orchestration.publication.reader import generation_of
from orchestration.quality.checks import Verdict
from orchestration.warehouse.space import require_space
from tests.kit.days import COMPLETE_DAYS
from tests.kit.faults.report import Table
from tests.kit.places import REPOSITORY

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)

START = """
import resource, sys, signal
from datetime import UTC, datetime
from pathlib import Path
from orchestration.configuration.model import Config
from orchestration.foundation.errors import TributaryError
from orchestration.configuration.settings import Settings

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
home = Path(sys.argv[1])
NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
settings = Settings(home=home, config_path=None, config=Config(), fixed_now=NOW,
    memory_limit=sys.argv[3])
SIZE = int(sys.argv[4])

def room(size):
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most if size is None else size, most))

def attempt(work):
    try:
        work()
    except TributaryError as error:
        print("ERROR", type(error).__name__, error)
    else:
        print("DONE")
"""

LAND = """
from orchestration.connectors.field import Field
from orchestration.connectors.stream import Kind, Request, Stream
from orchestration.extract.landing import Landing
import hashlib

stream = Stream("things", "Things.", Kind.ENTITY_SNAPSHOT, Request(""), (Field("id"),), ("id",))
landing = Landing(settings.landing_dir)

def land():
    with landing.begin("vendor", stream, "1", extracted_at=NOW) as writer:
        for number in range(40_000):
            writer.append({"id": hashlib.sha256(str(number).encode()).hexdigest()})
        writer.commit()
"""

PUBLISH = """
from orchestration.quality.checks import Verdict
from orchestration.publication.publish import publish

def again():
    publish(settings, Verdict("run-2", (), (("core", "facts"),)))
"""

CASES = {
    "landing": LAND
    + """
room(SIZE)
attempt(land)
assert landing.slices() == [], landing.slices()
assert not [p for p in settings.landing_dir.rglob("*.zst*")]
room(None)
attempt(land)
assert [item.row_count for item in Landing(settings.landing_dir).slices()] == [40_000]
""",
    "write-ahead log": LAND
    + """
from orchestration.warehouse.connection import connect
from orchestration.loading.slices import load_pending
from orchestration.warehouse.schema import OPS_TABLES, SLICE_TABLES, raw_columns

def load():
    with connect(settings.warehouse_path, settings=settings) as con:
        load_pending(con, landing, [("vendor", stream)], identity_key=b"0" * 32)

def counts():
    with connect(settings.warehouse_path, settings=settings) as con:
        return con.execute("select (select count(*) from raw.vendor__things),"
            " (select count(*) from ops.ledger)").fetchall()

land()
with connect(settings.warehouse_path, settings=settings) as con:
    con.execute("drop schema ops cascade; create schema raw; create schema ops")
    tables = {"raw.vendor__things": raw_columns(stream)}
    tables |= {f"ops.{name}": OPS_TABLES[name] for name in (*SLICE_TABLES, "hashing")}
    for name, columns in tables.items():
        con.execute(f"create table {name} ({', '.join(f'{c} {k}' for c, k in columns)})")
room(SIZE)
attempt(load)
room(None)
assert counts() == [(0, 0)], counts()
attempt(load)
assert counts() == [(40_000, 1)], counts()
""",
    "spill": """
from orchestration.warehouse.connection import connect

def sort():
    with connect(settings.warehouse_path, settings=settings) as con:
        con.execute("create or replace table sorted as select * from (select range as number,"
            " md5(range::varchar) as text from range(2000000)) order by text")

room(SIZE)
attempt(sort)
room(None)
attempt(sort)
with connect(settings.warehouse_path, settings=settings) as con:
    assert con.execute("select count(*) from sorted").fetchall() == [(2_000_000,)]
""",
    "publish": PUBLISH
    + """
room(SIZE)
attempt(again)
leftovers = [p.name for p in settings.published_dir.iterdir() if p.name.startswith(".publishing")]
assert leftovers == [], leftovers
from orchestration.publication.reader import generation_of
assert generation_of(settings.published_path) == 1
room(None)
attempt(again)
assert generation_of(settings.published_path) == 2
""",
}
PLACES = {
    "landing": "landing/vendor/things",
    "write-ahead log": "build",
    "spill": "build/spill",
    "publish": "published",
}
SIZES = {"landing": 100_000, "write-ahead log": 1_000_000, "spill": 6_000_000, "publish": 1_000_000}
"""Bytes that fit into a file where its kind of disk is full: too few for what is written there."""


def published_home(home: Path) -> Settings:
    """A home with a generation, and a warehouse that has more for the next."""
    settings = Settings(home=home, config_path=None, config=Config(), fixed_now=NOW)
    settings.build_dir.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute(
            "create schema core; create schema ops;"
            "create table ops.ledger (window_end timestamp, extracted_at timestamp);"
            "create table core.facts as select range as number, sha256(range::varchar) as text"
            " from range(60000)"
        )
        con.execute(COMPLETE_DAYS)
    publish(settings, Verdict("run-1", (), (("core", "facts"),)))
    return settings


def digest(path: Path) -> str:
    """The hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fill_and_make_room(folder: Path, place: str, size: int) -> None:
    """Simulate a full disk in one place, check what it left, and make room."""
    settings = published_home(folder)
    before = digest(settings.published_path)
    generation_one = settings.published_dir / "generations" / "1.duckdb"
    memory = "64MB" if place == "spill" else "1GB"
    script = START + textwrap.dedent(CASES[place])
    run = subprocess.run(
        [sys.executable, "-c", script, str(folder), place, memory, str(size)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    first, _, rest = run.stdout.partition("DONE")
    assert first.startswith("ERROR "), run.stdout
    assert "File too large" in first
    assert str(folder / PLACES[place]) in first
    assert "Next: " in first
    assert rest.strip() == ""
    assert digest(generation_one) == before
    if place != "publish":
        assert digest(settings.published_path) == before


TRANSACTIONS = {
    "slices": """
from orchestration.loading.slices import load_pending

def write(con):
    load_pending(con, landing, [("vendor", stream)], identity_key=b"0" * 32)
""",
    "failed accounts": """
from orchestration.extract.failures import AccountFailure, FailureKind
from orchestration.loading.failed_accounts import record_failed_accounts

def write(con):
    failure = AccountFailure("1", FailureKind.UNAUTHORIZED, noise)
    record_failed_accounts(con, "vendor", "things", [failure], NOW)
""",
    "schema": """
from orchestration.warehouse import schema

schema.OPS_TABLES["noise"] = tuple((f"c{n}_{noise[n * 60:n * 60 + 60]}", "VARCHAR")
    for n in range(3000))

def write(con):
    schema.ensure_schema(con)
""",
    "configuration": """
from orchestration.configuration.model import Company
from orchestration.warehouse.configuration_tables import write_config

def write(con):
    write_config(con, Config(company=Company.model_construct(**dict(Company()) | {"name": noise})))
""",
    "model fingerprint": """
from orchestration.warehouse.model_fingerprint import drop_other_models

def write(con):
    drop_other_models(con, noise)
""",
}
"""Each place that writes the warehouse in one transaction, writing more than fits."""

FULL_COMMIT = """
import hashlib
from orchestration.warehouse.connection import connect
from orchestration.warehouse.schema import ensure_schema

noise = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(4_000))

def state():
    with connect(settings.warehouse_path, settings=settings) as con:
        names = con.execute("select schema_name, table_name from duckdb_tables() where"
            " schema_name in ('ops', 'raw') order by all").fetchall()
        return {name: con.execute(f"select count(*), bit_xor(hash(t)) from {name[0]}.{name[1]} as t"
            ).fetchall() for name in names}

def attempted():
    with connect(settings.warehouse_path, settings=settings) as con:
        room(SIZE)
        try:
            write(con)
        finally:
            room(None)

with connect(settings.warehouse_path, settings=settings) as con:
    con.execute("drop schema ops cascade")
    ensure_schema(con)
    con.execute("create table raw.vendor__things (id varchar, _slice_id varchar,"
        " _row_number bigint, _extracted_at timestamp, _account_id varchar, _sequence bigint)")
before = state()
WRITE
attempt(attempted)
assert state() == before, (before, state())
with connect(settings.warehouse_path, settings=settings) as con:
    write(con)
assert state() != before
print("ENDED")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits on the size of files")
@pytest.mark.parametrize("place", TRANSACTIONS)
def test_a_commit_on_a_full_disk_says_so(tmp_path: Path, place: str) -> None:
    """One of five copies of the transaction knew that a failed commit has already rolled back.

    The others hid the full disk behind "no transaction is active".
    """
    published_home(tmp_path)
    landed = LAND + "\nland()\n" if place == "slices" else ""
    script = START + landed + FULL_COMMIT.replace("WRITE", TRANSACTIONS[place])
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), place, "1GB", "40000"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    said, _, rest = run.stdout.partition("ENDED")
    assert said.startswith("ERROR NoRoom"), run.stdout
    assert "File too large" in said
    assert "no transaction is active" not in said
    assert str(tmp_path / "build") in said
    assert rest.strip() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits on the size of files")
@pytest.mark.parametrize("place", CASES)
def test_a_full_disk_is_named_harms_nothing_and_is_got_over(tmp_path: Path, place: str) -> None:
    """The error names place and remedy; nothing half-written counts; then the run continues."""
    fill_and_make_room(tmp_path, place, SIZES[place])


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.skipif(sys.platform == "win32", reason="needs limits on the size of files")
@pytest.mark.parametrize("place", CASES)
def test_a_disk_that_is_full_after_any_byte(
    tmp_path: Path, rng: random.Random, table: Table, place: str
) -> None:
    """The first header, the middle of a block or the last bytes: wherever it ends, none counts."""
    share = float(os.environ.get("TRIBUTARY_FAULTS_SHARE") or 1)
    sizes = [rng.randrange(SIZES[place]) for _ in range(max(2, round(20 * share)))]
    for number, size in enumerate(sizes):
        fill_and_make_room(tmp_path / str(number), place, size)
        shutil.rmtree(tmp_path / str(number))
    table.add(
        "8 room",
        f"the disk is full: {place}",
        f"{len(sizes)} times, after 0 to {SIZES[place]:,} bytes",
        "an error that names the place; nothing half-written counted, the last generation intact; "
        "with room the same command went through",
        f".venv/bin/pytest tests/faults/test_disk_full.py -k '{place}' -m slow",
    )


def test_a_run_that_could_not_end_does_not_begin(tmp_path: Path) -> None:
    """Needs of folders on one disk are added up; the message says how much and where."""
    settings = published_home(tmp_path)
    size = settings.warehouse_path.stat().st_size // 2
    needed = 3 * SPARE + size + settings.published_path.stat().st_size * 3 // 2
    require_space(settings, lambda folder: needed)
    with pytest.raises(NoRoom) as caught:
        require_space(settings, lambda folder: needed - 1)
    assert f"about {needed / 1e6:,.0f} MB are needed" in caught.value.what
    for folder in (settings.landing_dir, settings.build_dir, settings.published_dir):
        assert str(folder) in caught.value.where
    assert "run again" in caught.value.remedy
    assert generation_of(settings.published_path) == 1


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(28, "No space left on device"), True),
        (OSError(122, "Disk quota exceeded"), True),
        (OSError(13, "Permission denied"), False),
        (duckdb.IOException("IO Error: Could not write: No space left on device"), True),
        (duckdb.OutOfMemoryException("raise max_temp_directory_size to go on"), True),
        (duckdb.ConstraintException("duplicate key"), False),
        (NoRoom("The disk is full: No space left on device"), False),
    ],
)
def test_a_full_disk_is_told_from_other_trouble(
    tmp_path: Path, error: Exception, full: bool
) -> None:
    """A wrong remedy sends an operator to delete files for nothing."""
    assert is_full(error) is full
    with pytest.raises(NoRoom if full or isinstance(error, NoRoom) else type(error)) as caught:
        _raise(tmp_path, error)
    if full:
        assert str(tmp_path) in str(caught.value)


def _raise(place: Path, error: Exception) -> None:
    with naming_full_disk(place):
        raise error
