"""Publishing: readers see one whole generation, whatever happens to the publisher."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.model import Config, ConnectorConfig
from orchestration.configuration.settings import Settings
from orchestration.foundation.disk import NoRoom, require_bytes
from orchestration.foundation.fault_points import POINTS
from orchestration.publication import generations, report_file
from orchestration.publication.publish import PublishFailed, publish
from orchestration.publication.reader import generation_of, open_published
from orchestration.quality.checks import Check, Verdict
from tests.kit.places import REPOSITORY
from tests.kit.versions import build, state

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
CHECK = Check(
    name="unique_dim_lead_sources_lead_source_key",
    kind="dbt",
    asset="core.dim_lead_sources",
    severity="error",
    status="pass",
    observed="0 rows",
    expected="no rows",
    checked_at=NOW,
)
VERDICT = Verdict(
    run_id="run-1",
    checks=(CHECK,),
    relations=(
        ("staging", "stg_secret"),
        ("core", "fct_leads"),
        ("marts", "totals"),
        ("meta", "sources"),
    ),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose warehouse holds version 1 of everything."""
    result = Settings(home=tmp_path, config_path=None, config=Config(), fixed_now=NOW)
    build(result, 1)
    return result


def sha256(path: Path) -> str:
    """The file's contents, short."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_generation_holds_what_was_verified_and_nothing_else(settings: Settings) -> None:
    """Staging rows and tables of an earlier version of the project must not reach readers."""
    publication = publish(settings, VERDICT)
    assert publication.generation == 1
    assert publication.rows == {
        "core.fct_leads": 5000,
        "marts.totals": 1,
        "meta.sources": 1,
        "meta.publication": 1,
        "meta.checks": 1,
        "meta.erasures": 0,
        "meta.consent": 0,
    }
    with open_published(settings) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name, comment from duckdb_tables() order by 1"
        ).fetchall()
        assert [name for name, _ in tables] == sorted(publication.rows)
        comments = dict(tables)
        assert comments["core.fct_leads"] == "It's all leads. One row per lead."
        assert comments["marts.totals"] == "One row per version."
        columns = con.execute(
            "select column_name, data_type, comment from duckdb_columns() "
            "where table_name = 'fct_leads' order by column_index"
        ).fetchall()
        assert columns[2] == ("revenue", "DECIMAL(18,6)", "In reporting currency.")
        assert con.execute(
            "select generation, published_at, data_through, last_complete_day, reporting_currency, "
            "reporting_timezone, run_id from meta.publication"
        ).fetchall() == [
            (
                1,
                NOW.replace(tzinfo=None),
                datetime.fromisoformat("2026-06-30T22:00"),
                date(2026, 6, 30),
                "EUR",
                "UTC",
                "run-1",
            )
        ]
        assert con.execute("select name, status, observed from meta.checks").fetchall() == [
            (CHECK.name, "pass", "0 rows")
        ]


def test_credits_are_a_view_on_what_the_file_itself_shows(settings: Settings) -> None:
    """Seventeen models repeat the keys of a touch: stored, they were twice the published file.

    The view reads the published table, in which keys are hidden, and keeps its descriptions.
    """
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute(
            "create table core.fct_attribution_credits_wide as "
            "select md5('' || i) as conversion_key, 1 as linear from range(9) as t(i)"
        )
        con.execute(
            "create view core.fct_attribution_credits as select conversion_key, linear as credit "
            "from core.fct_attribution_credits_wide"
        )
        con.execute("comment on view core.fct_attribution_credits is 'One row per credit.'")
        con.execute("comment on column core.fct_attribution_credits.credit is 'Additive.'")
    names = ("fct_attribution_credits", "fct_attribution_credits_wide")
    more = tuple(("core", name) for name in names)
    publication = publish(settings, replace(VERDICT, relations=VERDICT.relations + more))
    assert [publication.rows[f"core.{name}"] for name in names] == [9, 9]
    with open_published(settings) as con:
        shown, stored = (
            con.execute(f"select conversion_key from core.{name}").fetchall() for name in names
        )
        assert shown == stored == sorted(stored)
        plain = {hashlib.md5(str(number).encode()).hexdigest() for number in range(9)}
        assert plain.isdisjoint(key for (key,) in shown)
        assert con.execute(
            "select view_name, comment from duckdb_views() where not internal"
        ).fetchall() == [("fct_attribution_credits", "One row per credit.")]
        assert con.execute(
            "select comment from duckdb_columns() "
            "where table_name = 'fct_attribution_credits' and column_name = 'credit'"
        ).fetchall() == [("Additive.",)]


def test_generations_grow_and_three_stay(settings: Settings) -> None:
    """A generation to go back to exists, and old ones do not fill the disk."""
    for expected in range(1, 6):
        build(settings, expected)
        assert publish(settings, VERDICT).generation == expected
    kept = generations.kept_generations(settings.published_dir)
    assert list(kept) == [3, 4, 5]
    assert kept[5].samefile(settings.published_path)
    assert [generation_of(path) for path in kept.values()] == [3, 4, 5]


def test_the_number_grows_although_the_published_file_was_removed(settings: Settings) -> None:
    """A reader that remembers generation 2 must never be shown a second generation 2."""
    publish(settings, VERDICT)
    publish(settings, VERDICT)
    settings.published_path.unlink()
    assert publish(settings, VERDICT).generation == 3


def test_the_number_grows_although_the_folder_of_generations_was_removed(
    settings: Settings,
) -> None:
    """The published file alone is enough to continue its numbers."""
    publish(settings, VERDICT)
    publish(settings, VERDICT)
    for path in generations.kept_generations(settings.published_dir).values():
        path.unlink()
    assert publish(settings, VERDICT).generation == 3


def test_the_published_file_is_not_writable(settings: Settings) -> None:
    """A BI tool that opens it for writing would lock everybody else out."""
    publish(settings, VERDICT)
    assert settings.published_path.stat().st_mode & 0o222 == 0


def test_a_log_that_a_writer_left_does_not_spoil_the_next_generation(settings: Settings) -> None:
    """DuckDB replays a write-ahead log beside a file, whichever file it came from."""
    publish(settings, VERDICT)
    log = settings.published_path.with_name("tributary.duckdb.wal")
    log.write_bytes(b"left by a client that opened the file for writing")
    publish(settings, VERDICT)
    assert not log.exists()
    assert generation_of(settings.published_path) == 2


def test_a_verified_relation_that_is_missing_stops_the_publish(settings: Settings) -> None:
    """The gate's list and the warehouse must agree, or a mart would vanish silently."""
    publish(settings, VERDICT)
    before = sha256(settings.published_path)
    broken = Verdict("run-2", (), (*VERDICT.relations, ("marts", "gone")))
    with pytest.raises(PublishFailed, match=r"marts\.gone was verified"):
        publish(settings, broken)
    assert sha256(settings.published_path) == before
    assert not list(settings.published_dir.glob(".publishing-*"))


def test_too_little_room_is_told_before_anything_is_written(tmp_path: Path) -> None:
    """A disk that fills up half-way costs minutes; the message names the place and the size."""
    with pytest.raises(NoRoom) as caught:
        require_bytes({tmp_path: 2**70}, "publish")
    assert "are needed" in caught.value.what
    assert caught.value.where == str(tmp_path)


def test_a_locked_warehouse_is_an_error_that_changes_nothing(settings: Settings) -> None:
    """A dbt child that still writes holds the warehouse; publishing half of it must not happen."""
    publish(settings, VERDICT)
    before = sha256(settings.published_path)
    code = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True);"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(settings.warehouse_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        try:
            with pytest.raises(PublishFailed, match="could not be written"):
                publish(settings, VERDICT)
        finally:
            writer.kill()
    assert sha256(settings.published_path) == before


CHILD = """
import sys
from pathlib import Path
from orchestration.configuration.model import Config, ConnectorConfig
from orchestration.foundation.fault_points import arm
from orchestration.quality.checks import Verdict
from orchestration.configuration.settings import Settings
from orchestration.foundation.disk import NoRoom, require_bytes
from orchestration.publication.publish import publish

home, point = sys.argv[1:]
settings = Settings(home=Path(home), config_path=None, config=Config())
relations = (("core", "fct_leads"), ("marts", "totals"), ("meta", "sources"))
arm(point)
publish(settings, Verdict("child", (), relations))
"""


@pytest.mark.parametrize("point", [name for name in POINTS if name.startswith("publish.")])
def test_a_publish_killed_at_any_step_leaves_a_whole_generation(
    settings: Settings, point: str
) -> None:
    """kill -9 is what an out-of-memory killer or a pod eviction does."""
    publish(settings, VERDICT)
    build(settings, 2)
    died = subprocess.run([sys.executable, "-c", CHILD, str(settings.home), point], check=False)
    assert died.returncode == -signal.SIGKILL
    seen = (2, 2) if point in ("publish.report", "publish.keep") else (1, 1)
    assert state(settings) == seen
    build(settings, 3)
    assert publish(settings, VERDICT).generation == seen[0] + 1
    assert state(settings) == (seen[0] + 1, 3)
    assert not list(settings.published_dir.glob(".publishing-*"))
    expected = list(range(1, seen[0] + 2))
    assert list(generations.kept_generations(settings.published_dir)) == expected


def test_publishes_killed_at_random_moments_leave_a_whole_generation(settings: Settings) -> None:
    """The moments between the named steps, inside DuckDB's own writing among them."""
    publish(settings, VERDICT)
    for attempt in range(4):
        build(settings, attempt + 2)
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(settings.home), ""])
        time.sleep(0.5 + 0.17 * attempt)
        child.kill()
        child.wait()
        generation, version = state(settings)
        assert 1 <= generation <= attempt + 2
        assert 1 <= version <= attempt + 2
    build(settings, 9)
    publish(settings, VERDICT)
    assert state(settings)[1] == 9
    assert not list(settings.published_dir.glob(".publishing-*"))


FULL_DISK = """
import resource, sys
from pathlib import Path
from orchestration.configuration.model import Config, ConnectorConfig
from orchestration.quality.checks import Verdict
from orchestration.configuration.settings import Settings
from orchestration.foundation.disk import NoRoom, require_bytes
from orchestration.publication.publish import PublishFailed, publish

resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
settings = Settings(home=Path(sys.argv[1]), config_path=None, config=Config())
try:
    publish(settings, Verdict("child", (), (("core", "fct_leads"), ("meta", "sources"))))
except PublishFailed as error:
    print(error)
"""


def test_a_report_that_cannot_be_written_stops_no_publish(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake in a template was a TypeError, and no figure was published for it."""

    def mistaken(*_: object) -> str:
        raise TypeError("cannot unpack")

    monkeypatch.setattr(report_file, "gather", mistaken)
    published = publish(settings, VERDICT)
    assert "The report could not be written" in str(published.report_problem)
    assert settings.published_path.exists()
    assert not settings.published_path.with_name(report_file.NAME).exists()


def test_a_write_that_fails_half_way_is_cleaned_up_and_named(settings: Settings) -> None:
    """A file-size limit fails DuckDB's writes as a full disk does, after the check for room."""
    publish(settings, VERDICT)
    before = sha256(settings.published_path)
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(settings.home)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "The new generation could not be written" in done.stdout
    assert f"Where: {settings.published_dir}" in done.stdout
    assert sha256(settings.published_path) == before
    assert not list(settings.published_dir.glob(".publishing-*"))
    assert publish(settings, VERDICT).generation == 2


READER = """
import sys
from pathlib import Path
from orchestration.configuration.model import Config, ConnectorConfig
from orchestration.configuration.settings import Settings
from tests.kit.versions import state

settings = Settings(home=Path(sys.argv[1]), config_path=None, config=Config(), threads=1)
last, seen = (0, 0), 0
print("ready", flush=True)
while last[0] < int(sys.argv[2]):
    now = state(settings)
    assert now >= last and now[0] == now[1], (last, now)
    last, seen = now, seen + 1
print(seen, flush=True)
"""


def test_readers_see_whole_generations_that_never_go_back(settings: Settings) -> None:
    """Two processes and two threads read while thirty generations are published."""
    publishes = 30
    publish(settings, VERDICT)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(settings.home), str(publishes)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        )
        for _ in range(2)
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    failures: list[BaseException] = []

    def read() -> None:
        last = (0, 0)
        try:
            while last[0] < publishes:
                now = state(settings)
                assert now >= last
                assert now[0] == now[1]
                last = now
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for version in range(2, publishes + 1):
        build(settings, version)
        assert publish(settings, VERDICT).generation == version
    for thread in threads:
        thread.join(30)
    assert not failures
    for reader in readers:
        out, _ = reader.communicate(timeout=30)
        assert reader.returncode == 0
        assert int(out) >= 1


def test_why_an_account_could_not_be_read_is_shown(settings: Settings) -> None:
    """A manager account has no figures, and its number passed for a person's."""
    said = "1234567890: The vendor answered 400. It said: a manager account (customers/1234567890)"
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute("drop table meta.sources")
        con.execute("create table meta.sources as select ? as first_failure", [said])
    account = {"accounts": ["1234567890"]}
    config = Config.model_construct(connectors={"google_ads": ConnectorConfig(**account)})
    publish(replace(settings, config=config), VERDICT)
    with open_published(settings) as con:
        assert con.execute("select first_failure from meta.sources").fetchall() == [(said,)]
