"""Reading the published file: it can be read, and nothing else can be done through it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.publication.publish import publish
from orchestration.publication.reader import (
    NotPublished,
    QueryRefused,
    generation_of,
    open_published,
    query,
)
from orchestration.quality.checks import Verdict

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with one published generation."""
    result = Settings(home=tmp_path, config_path=None, config=Config(), fixed_now=NOW)
    result.build_dir.mkdir()
    with duckdb.connect(str(result.warehouse_path)) as con:
        con.execute("create schema ops")
        con.execute("create schema core")
        con.execute("create schema staging")
        con.execute(
            "create table staging.stg_ops__complete_days as "
            "select date '2025-01-01' as first_complete_day, date '2026-06-30' as last_complete_day"
        )
        con.execute("create table ops.ledger (window_end timestamp, extracted_at timestamp)")
        con.execute("create table core.numbers as select i as number from range(2000) as t(i)")
    publish(result, Verdict("run", (), (("core", "numbers"),)))
    return result


def test_an_answer_has_columns_and_at_most_so_many_rows(settings: Settings) -> None:
    """A forgotten LIMIT must not print a million lines, nor pretend that there are no more."""
    answer = query(settings, "select number, number * 2 as twice from core.numbers", max_rows=10)
    assert answer.columns == ("number", "twice")
    assert (len(answer.rows), answer.rows[9], answer.truncated) == (10, (9, 18), True)
    exact = query(settings, "select count(*) from tributary.core.numbers", max_rows=1)
    assert (exact.rows, exact.truncated) == ([(2000,)], False)


@pytest.mark.parametrize(
    "sql",
    [
        "show all tables",
        "describe core.numbers",
        "from core.numbers",
        "explain select 1",
        "with n as (select 1 as one) select * from n",
        "summarize core.numbers",
    ],
)
def test_the_ways_to_look_around_work(settings: Settings, sql: str) -> None:
    """What analysts type first."""
    assert query(settings, sql).rows


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('{home}/build/warehouse.duckdb')",
        "select * from '/etc/passwd'",
        "select * from glob('/*')",
        "attach '{home}/build/warehouse.duckdb' as build (read_only)",
        "copy core.numbers to '{home}/out.csv'",
        "copy (select 1) to '/dev/stdout'",
        "export database '{home}/out'",
        "create table core.mine as select 1",
        "create temp table mine as select 1",
        "insert into core.numbers values (1)",
        "drop table core.numbers",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "set memory_limit = '100GB'",
        "reset memory_limit",
        "pragma threads = 64",
        "detach tributary",
        "use memory",
        "checkpoint",
        "select 1; select 2",
        "select 1; drop table core.numbers",
        "call duckdb_extensions()",
        "",
        "nonsense",
        "select missing from core.numbers",
    ],
)
def test_everything_else_is_refused(settings: Settings, sql: str) -> None:
    """The file may be opened by people who may see marts and nothing else of this machine."""
    before = sorted(settings.home.rglob("*"))
    with pytest.raises(QueryRefused) as caught:
        query(settings, sql.replace("{home}", str(settings.home)))
    assert caught.value.remedy
    assert sorted(settings.home.rglob("*")) == before


def test_the_open_connection_is_locked_for_our_own_code_too(settings: Settings) -> None:
    """``open_published`` hands out a connection; a query built carelessly on it reaches nothing."""
    with open_published(settings) as con:
        for sql in (
            "select * from read_text('/etc/passwd')",
            "insert into core.numbers values (1)",
            "set enable_external_access = true",
            f"attach '{settings.warehouse_path}' as build (read_only)",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(sql)


def test_nothing_published_yet_says_what_to_do(tmp_path: Path) -> None:
    """The first thing a newcomer may type."""
    settings = Settings(home=tmp_path, config_path=None, config=Config())
    with pytest.raises(NotPublished) as caught:
        query(settings, "select 1")
    assert "tributary run" in caught.value.remedy
    assert generation_of(settings.published_path) is None


def test_a_damaged_file_is_named(settings: Settings) -> None:
    """A disk that lies, or a file copied half."""
    settings.published_path.chmod(0o644)
    settings.published_path.write_bytes(b"x" * 5000)
    with pytest.raises(QueryRefused) as caught:
        query(settings, "select 1")
    assert caught.value.where == str(settings.published_path)
    assert generation_of(settings.published_path) is None


def test_a_reader_that_holds_an_old_generation_does_not_hold_others_to_it(
    settings: Settings,
) -> None:
    """Within one process DuckDB shares one instance per path; the web UI must not go stale."""
    with open_published(settings) as old:
        publish(settings, Verdict("run", (), (("core", "numbers"),)))
        with open_published(settings) as new:
            assert new.execute("select generation from meta.publication").fetchall() == [(2,)]
        assert old.execute("select generation from meta.publication").fetchall() == [(1,)]
        assert old.execute("select count(*) from core.numbers").fetchall() == [(2000,)]
