"""Serving by PostgreSQL: what its readers get, and what stops it without harming anything."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from adbc_driver_postgresql import dbapi

from orchestration.configuration.settings import Settings
from orchestration.publication.publish import publish
from orchestration.publication.reader import query
from orchestration.quality.checks import Check, Verdict
from orchestration.serving import postgres, swap
from orchestration.serving.connection import ServingFailed
from tests.kit.faults import shelf
from tests.kit.faults.served import VARIABLE, company, served_by
from tests.kit.postgres_server import ADMINISTRATOR, Server, postgres_server

READER = "tributary_reader"

PROBE = '''
create or replace table marts.probe as
select
    i as "id of ""it""",
    cast(i as decimal(38, 12)) / 7 as exact,
    cast(case i when 0 then -99999999999.999999 end as decimal(18, 6)) as money,
    cast(12345678901234567890123456789012345678 as hugeint) - i as huge,
    case i when 0 then cast('nan' as double) when 1 then 1 / 3 end as rate,
    case i when 0 then 'it"s' || chr(10) || '\\N' when 1 then '' else 'a' || chr(0) end as said,
    timestamp '0999-12-31 23:59:59.123456' + to_days(i) as at,
    date '2026-02-28' + cast(i as integer) as day,
    i % 2 = 0 as is_even,
    case i when 0 then ['a', null, 'b"'] end as words
from range(3) as t(i);
comment on table marts.probe is 'It''s "all" $$ \\ of it; one row per id.';
comment on column marts.probe.said is 'A ''quoted'' text; drop table x;';
'''


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """One server for the tests of this module."""
    with postgres_server() as result:
        yield result


@pytest.fixture
def server(running: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server, empty again afterwards, with its address in the environment."""
    monkeypatch.setenv(VARIABLE, running.address())
    yield running
    found = running.rows(
        "select nspname from pg_namespace where nspname !~ '^(pg_|information_schema|public)'"
    )
    for (name,) in found:
        running.run(f'drop schema "{name}" cascade')


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A company with one published generation and a server that has none."""
    shelf.publish_version(str(tmp_path), 1)
    return company(tmp_path)


def publish_again(settings: Settings, version: int) -> None:
    """Publish another generation."""
    shelf.publish_version(str(settings.home), version)


def passed(name: str, asset: str) -> Check:
    """A check that passed."""
    now = Settings(Path("/"), None, shelf.company(Path("/")).config).now()
    return Check(name, "dbt", asset, "error", "pass", "0", "0", now)


def test_every_value_type_and_description_arrives(server: Server, settings: Settings) -> None:
    """Money as a float is wrong in the last cent, and a hostile name must stay a name."""
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute(PROBE)
    publish(settings, Verdict("run-2", (), (*shelf.RELATIONS, ("marts", "probe"))))
    assert postgres.serve(settings)[0].generation == 2
    kinds = server.rows(
        "select attname::text, format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = 'marts.probe'::regclass and attnum > 0 order by attnum"
    )
    assert kinds == [
        ('id of "it"', "bigint"),
        ("exact", "double precision"),
        ("money", "numeric(18,6)"),
        ("huge", "numeric(38,0)"),
        ("rate", "double precision"),
        ("said", "text"),
        ("at", "timestamp without time zone"),
        ("day", "date"),
        ("is_even", "boolean"),
        ("words", "text[]"),
    ]
    ours = query(settings, "select * from marts.probe order by 1").rows
    theirs = server.rows("select * from marts.probe order by 1", READER)
    shown = [
        (*row[:2], row[2] and Decimal(row[2]), int(row[3]), str(row[4]), *row[5:]) for row in theirs
    ]
    expected = [(*row[:4], str(row[4]), *row[5:]) for row in ours]
    assert expected[2][5] == "a\0"
    expected[2] = (*expected[2][:5], "a\ufffd", *expected[2][6:])
    assert shown == expected
    assert server.rows("select obj_description('marts.probe'::regclass)") == [
        ('It\'s "all" $$ \\ of it; one row per id.',)
    ]
    assert server.rows("select col_description('marts.probe'::regclass, 6)") == [
        ("A 'quoted' text; drop table x;",)
    ]


def test_keys_are_those_that_the_gate_verified(server: Server, settings: Settings) -> None:
    """A BI tool finds relations by keys; one that nobody proved would stop a publication."""
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute(
            "create table core.bridge_leads as select i as lead_key, i % 2 as person_key, "
            "nullif(i, 0) as other_id from range(5) as t(i)"
        )
    checks = (
        passed("unique_fct_leads_lead_key", "core.fct_leads"),
        passed("unique_bridge_leads_other_id", "core.bridge_leads"),
        passed("unique_combination_bridge_leads_lead_key__person_key", "core.bridge_leads"),
        passed("unique_totals_no_such_column", "marts.totals"),
    )
    publish(settings, Verdict("run-2", checks, (*shelf.RELATIONS, ("core", "bridge_leads"))))
    postgres.serve(settings)
    found = server.rows(
        "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint "
        "where contype in ('p', 'u') and connamespace in ('core'::regnamespace, "
        "'marts'::regnamespace) order by 1, 2"
    )
    assert found == [
        ("core.bridge_leads", "PRIMARY KEY (lead_key, person_key)"),
        ("core.bridge_leads", "UNIQUE (other_id)"),
        ("core.fct_leads", "PRIMARY KEY (lead_key)"),
    ]
    indexes = server.rows(
        "select indexdef from pg_indexes where tablename = 'bridge_leads' "
        "and indexname not like '%key' order by 1"
    )
    assert [each.rpartition(" ")[2] for (each,) in indexes] == ["(person_key)"]


def test_credits_stay_a_view_of_the_same_generation(server: Server, settings: Settings) -> None:
    """Seventeen models are seventeen times the rows; a view must follow its tables in the swap."""
    for version in (2, 3):
        with duckdb.connect(str(settings.warehouse_path)) as con:
            con.execute(
                "create or replace table core.fct_attribution_credits_wide as "
                f"select 'c' || i as conversion_key, i * {version} as linear from range(9) as t(i);"
                "create or replace view core.fct_attribution_credits as select conversion_key, "
                "'linear' as attribution_model, linear as credit "
                "from core.fct_attribution_credits_wide where linear is not null"
            )
        names = ("fct_attribution_credits", "fct_attribution_credits_wide")
        relations = (*shelf.RELATIONS, *(("core", name) for name in names))
        publish(settings, Verdict(f"run-{version}", (), relations))
        postgres.serve(settings)
        sums = "select attribution_model, sum(credit)::bigint from core.fct_attribution_credits"
        assert server.rows(f"{sums} group by 1", READER) == [("linear", 36 * version)]
    assert server.rows("select count(*) from pg_views where schemaname = 'core'") == [(1,)]


def test_a_reader_can_read_and_nothing_else(server: Server, settings: Settings) -> None:
    """The role is what people type into tools that run whatever SQL they are given."""
    postgres.serve(settings)
    assert server.rows("select count(*) from core.fct_leads", READER) == [(5000,)]
    willing = READER, "options=-c%20default_transaction_read_only%3Doff"
    for statement in (
        "delete from core.fct_leads",
        "create table core.mine (i integer)",
        "create schema mine",
        "drop schema core cascade",
    ):
        with pytest.raises(dbapi.Error, match="25006"):
            server.run(statement, READER)
        with pytest.raises(dbapi.Error, match="42501"):
            server.run(statement, *willing)
    assert server.rows("select current_setting('statement_timeout')", READER) == [("1min",)]


def test_what_the_server_lacks_is_known(server: Server, settings: Settings) -> None:
    """A run that found nothing new looks whether the server has what stands."""
    assert postgres.served(settings) is None
    assert not postgres.is_current(settings)
    postgres.serve(settings)
    assert postgres.is_current(settings)
    publish_again(settings, 2)
    assert not postgres.is_current(settings)
    assert "generation 1" in postgres.examine(settings)
    # A home that was made anew counts from 1 again, and its generation 1 is another one.
    assert postgres.serve(settings)[0] == postgres.Served(2, "run-2")
    server.run("update meta.publication set run_id = 'of another home'")
    assert not postgres.is_current(settings)
    assert postgres.is_current(shelf.company(settings.home))


def test_schemas_of_somebody_else_stay(server: Server, settings: Settings, tmp_path: Path) -> None:
    """A shared database may have a schema named core, or another company's."""
    server.run("create schema core")
    server.run("create table core.theirs as select 1 as i")
    with pytest.raises(ServingFailed, match="did not publish: core") as caught:
        postgres.serve(settings)
    assert "prefix" in caught.value.remedy
    first = served_by(settings, prefix="first")
    postgres.serve(first)
    second = served_by(company(tmp_path / "second"), prefix="second", reader="second_reader")
    publish_again(second, 7)
    postgres.serve(second)
    intruder = served_by(company(tmp_path / "second"), prefix="first")
    with pytest.raises(ServingFailed, match="first_core, first_marts, first_meta"):
        postgres.serve(intruder)
    assert server.rows("select version from first_marts.totals", READER) == [(1,)]
    assert server.rows("select version from second_marts.totals", "second_reader") == [(7,)]
    with pytest.raises(dbapi.Error, match="permission denied"):
        server.rows("select version from first_marts.totals", "second_reader")
    assert server.rows("select * from core.theirs") == [(1,)]


def test_what_people_built_on_the_tables_is_never_dropped(
    server: Server, settings: Settings
) -> None:
    """`drop ... cascade` would take an analyst's views with it, every night."""
    postgres.serve(settings)
    server.run("create view public.weekly as select version from marts.totals")
    publish_again(settings, 2)
    with pytest.raises(ServingFailed, match=r"view public\.weekly depends on") as caught:
        postgres.serve(settings)
    assert "search_path" not in str(caught.value)
    assert server.rows("select version from public.weekly") == [(1,)]
    server.run("drop view public.weekly")
    server.run("create table marts.my_own (i integer)")
    with pytest.raises(ServingFailed, match=r"table marts\.my_own depends on schema"):
        postgres.serve(settings)
    server.run("drop table marts.my_own")
    assert postgres.serve(settings)[0].generation == 2


def test_a_query_without_end_stops_a_swap_and_is_named(
    server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers are not thrown out; whoever waits must know for whom."""
    monkeypatch.setattr(swap, "PATIENCE_SECONDS", 1)
    postgres.serve(settings)
    publish_again(settings, 2)
    address = server.address(READER) + "&application_name=dashboard"
    with dbapi.connect(address) as reader, reader.cursor() as cursor:
        cursor.execute("select version from marts.totals")
        assert cursor.fetchall() == [(1,)]
        with pytest.raises(ServingFailed, match=r"by tributary_reader dashboard \(pid"):
            postgres.serve(settings)
        cursor.execute("select version from meta.sources")
        assert cursor.fetchall() == [(1,)]
        reader.rollback()
    assert postgres.serve(settings)[0].generation == 2


def test_a_second_publisher_waits_for_its_turn(
    server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two homes of one database would wait for each other inside their swaps.

    Companies whose runs begin at the same hour would otherwise fail every night.
    """
    with dbapi.connect(server.address()) as other, other.cursor() as cursor:
        cursor.execute(f"select pg_advisory_xact_lock({postgres._LOCK})")
        waits: list[float] = []

        def wait(seconds: float) -> None:
            waits.append(seconds)
            other.rollback()

        monkeypatch.setattr(time, "sleep", wait)
        assert postgres.serve(settings)[0].generation == 1
        assert waits == [1]
        cursor.execute(f"select pg_advisory_xact_lock({postgres._LOCK})")
        monkeypatch.setattr(postgres, "PATIENCE_SECONDS", -1)
        with pytest.raises(ServingFailed, match=r"another publisher .*: tributary_writer \(pid"):
            postgres.serve(settings)


def test_publishers_to_two_databases_create_one_role(server: Server, settings: Settings) -> None:
    """A role is of the whole server, so the second one met it half made and failed."""
    late = served_by(settings, reader="late_reader")
    waits = "select count(*) from pg_stat_activity where wait_event = 'transactionid'"
    with (
        ThreadPoolExecutor(1) as apart,
        dbapi.connect(server.address(ADMINISTRATOR, "postgres")) as other,
    ):
        with other.cursor() as cursor:
            cursor.execute("create role late_reader login")
        serving = apart.submit(postgres.serve, late)
        while server.rows(waits) != [(1,)]:
            assert not serving.done(), serving.result()
        other.commit()
        assert serving.result(timeout=60)[0].generation == 1
    assert server.rows("select version from marts.totals", "late_reader") == [(1,)]


def test_a_user_without_rights_is_told_what_to_ask_for(
    server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The administrator of a server is often somebody else."""
    server.run("create role modest login")
    monkeypatch.setenv(VARIABLE, server.address("modest"))
    with pytest.raises(ServingFailed, match="may not create schemas") as caught:
        postgres.examine(settings)
    assert 'grant create on database "bi"' in caught.value.remedy
    with pytest.raises(ServingFailed, match="permission denied"):
        postgres.serve(settings)
    server.run("grant create on database bi to modest")
    lacking = served_by(settings, reader="another_reader")
    with pytest.raises(ServingFailed, match="another_reader is missing") as caught:
        postgres.examine(lacking)
    assert "create role another_reader login" in caught.value.remedy
    server.run("create role another_reader login")
    postgres.serve(lacking)
    with pytest.raises(ServingFailed, match="may only read"):
        postgres.serve(served_by(settings, reader="modest"))


def test_a_server_that_went_away_is_an_error_and_comes_back(
    server: Server, settings: Settings
) -> None:
    """A restart of the server must cost one run, not the figures."""
    postgres.serve(settings)
    publish_again(settings, 2)
    server.stop()
    with pytest.raises(ServingFailed, match="connection to server") as caught:
        postgres.serve(settings)
    assert "the next run tries again" in caught.value.remedy
    assert not postgres.is_current(settings)
    server.start()
    assert postgres.served(settings) == postgres.Served(1, "run-1")
    assert postgres.serve(settings)[0].generation == 2


def test_a_full_disk_of_the_server_leaves_the_old_generation(
    server: Server, settings: Settings
) -> None:
    """A limit on the size of files fails its writes as a full disk does."""
    postgres.serve(settings)
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute(
            "create or replace table marts.large as select md5(cast(i as varchar)) as text "
            "from range(150_000) as t(i)"
        )
    publish(settings, Verdict("run-2", (), (*shelf.RELATIONS, ("marts", "large"))))
    server.stop()
    server.start(largest_file=4 << 20)
    with pytest.raises(ServingFailed, match=r"could not extend file|could not write"):
        postgres.serve(settings)
    assert server.rows("select version from marts.totals", READER) == [(1,)]
    server.stop()
    server.start()
    assert postgres.serve(settings)[0].generation == 2


def test_no_password_leaves(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors of the client repeat parts of the address, and Dagster stores and sends them."""
    for address in (
        "postgresql://writer:Kan%41ry77@[::1/bi",
        "postgresql://writer:KanAry77@127.0.0.1:KanAry77/bi",
        "host=127.0.0.1 port=1 password='KanAry77' KanAry77",
    ):
        monkeypatch.setenv(VARIABLE, address)
        with pytest.raises(ServingFailed) as caught:
            postgres.serve(settings)
        assert "ary77" not in str(caught.value).lower(), address
        assert VARIABLE in caught.value.where


def test_without_the_extra_it_says_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The core install has no driver of a server that most companies do not have."""
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    monkeypatch.setenv(VARIABLE, "postgresql://127.0.0.1:1/bi")
    with pytest.raises(ServingFailed) as caught:
        postgres.serve(settings)
    assert "tributary-warehouse[postgres]" in caught.value.remedy
