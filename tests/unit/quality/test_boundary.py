"""The boundary suites: oddities in a vendor's newest answer are noticed before it is used."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import duckdb
import pandas as pd
import pytest

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Config, Quality
from orchestration.configuration.settings import Settings
from orchestration.connectors.field import Field, Type
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Kind, Request, Stream
from orchestration.quality.checks import Check
from orchestration.quality.expected import expected_checks
from orchestration.quality.profiles import stream_profile
from orchestration.quality.suites import Suite, boundary_suite, row_key
from orchestration.quality.validation import validate
from orchestration.warehouse.schema import OPS_TABLES, raw_columns

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)

REPORT = Stream(
    name="ad_days",
    description="Figures. One row per ad and day.",
    kind=Kind.REPORT,
    request=Request(path=""),
    fields=(
        Field("date_day", type=Type.DATE, required=True),
        Field("ad_id", required=True),
        Field("ad_name"),
        Field("cost", type=Type.DECIMAL),
        Field("conversions", type=Type.DOUBLE),
    ),
    natural_key=("date_day", "ad_id"),
    day_field="date_day",
)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with the report's table and an empty ledger."""
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        connection.execute("create schema ops")
        for table in ("ledger", "continued"):
            body = ", ".join(f"{name} {kind}" for name, kind in OPS_TABLES[table])
            connection.execute(f"create table ops.{table} ({body})")
        columns = ", ".join(f"{name} {kind}" for name, kind in raw_columns(REPORT))
        connection.execute(f"create table raw.ads__ad_days ({columns})")
        yield connection


def land(
    con: duckdb.DuckDBPyConnection,
    sequence: int,
    rows: int,
    *,
    account: str = "one",
    days: int = 30,
    cost: str = "10 + i % 5",
    conversions: str = "1.5",
    ad_name: str = "'name'",
    ad_id: str = "i",
) -> None:
    """Load one slice of so many rows; the values are SQL over ``i``."""
    slice_id = f"{account}-{sequence}"
    con.execute(
        f"""
        insert into ops.ledger
            (slice_id, sequence, connector, stream, account_id, window_start, window_end, rows_in)
        values
            (?, ?, 'ads', 'ad_days', ?, timestamp '2026-06-01',
             timestamp '2026-06-01' + interval {days} day, ?)
        """,
        [slice_id, sequence, account, rows],
    )
    con.execute(
        f"""
        insert into raw.ads__ad_days
        select
            date '2026-06-01', {ad_id}, {ad_name}, {cost}, {conversions},
            '{slice_id}', i, timestamp '2026-07-01', '{account}', {sequence}, 0
        from range({rows}) as t(i)
        """
    )


def outcomes(con: duckdb.DuckDBPyConnection) -> dict[str, Check]:
    """The report's checks by rule."""
    suite = boundary_suite("ads", REPORT, Quality())
    checks = validate([(suite, partial(stream_profile, con, "ads", REPORT))], NOW)
    assert [check.name for check in checks] == [item.name for item in suite.expected()]
    return {check.name.removeprefix("ads.ad_days."): check for check in checks}


def odd(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str]]:
    """Status and observation of the checks that did not pass."""
    return {
        name: (check.status, check.observed)
        for name, check in outcomes(con).items()
        if check.status != "pass"
    }


def test_an_ordinary_slice_passes_everything(con: duckdb.DuckDBPyConnection) -> None:
    """A suite that cries wolf is switched off."""
    for sequence in range(1, 6):
        land(con, sequence, 100 + sequence)
    assert odd(con) == {}


def test_a_stream_without_slices_passes(con: duckdb.DuckDBPyConnection) -> None:
    """A configured vendor that has nothing yet must not keep everything else from readers."""
    assert odd(con) == {}


def test_nan_and_infinity_are_found(con: duckdb.DuckDBPyConnection) -> None:
    """NaN passes ``>= 0`` in SQL, and Great Expectations counts it as missing."""
    land(con, 1, 100, conversions="case i when 3 then 'nan'::double when 4 then 'inf' else 1 end")
    assert odd(con) == {"finite": ("fail", "one: 2")}


def test_a_row_without_its_key_is_found_in_the_account_that_has_it(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """A row without its day is in no total, and its absence would go unnoticed."""
    land(con, 1, 10)
    land(con, 2, 10, account="two", ad_id="case when i < 3 then null else i end")
    # The three rows have no ad, but a day: to the key they are also the same row.
    assert odd(con) == {"key_never_null": ("fail", "two: 3"), "key_unique": ("fail", "two: 2")}


def test_a_duplicate_in_a_report_is_an_error(con: duckdb.DuckDBPyConnection) -> None:
    """The same page read twice doubles the day's spend."""
    land(con, 1, 10, ad_id="i % 9")
    assert odd(con) == {"key_unique": ("fail", "one: 1")}


def test_the_same_row_in_two_slices_is_no_duplicate(con: duckdb.DuckDBPyConnection) -> None:
    """A look-back reads the same days again by design; the newest slice wins."""
    land(con, 1, 10)
    land(con, 2, 10)
    assert odd(con) == {}


@pytest.mark.parametrize(("rows", "seen"), [(40, "0.4"), (0, "0"), (151, "1.51")])
def test_an_odd_volume_warns(con: duckdb.DuckDBPyConnection, rows: int, seen: str) -> None:
    """Half an answer has no other sign than that it is short."""
    for sequence in (1, 2, 3):
        land(con, sequence, 100)
    land(con, 4, rows)
    assert odd(con) == {"volume": ("warn", f"one: {seen}")}


def test_volume_is_told_per_day_and_only_against_comparable_slices(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """The first run reads 18 months; the weekly one 90 days; both are as usual."""
    land(con, 1, 1000, days=548)
    for sequence in (2, 3, 4):
        land(con, sequence, 300, days=30)
    land(con, 5, 310, days=31)
    assert odd(con) == {}


def test_too_few_slices_say_nothing_about_volume(con: duckdb.DuckDBPyConnection) -> None:
    """The second day of a new vendor has no history to differ from."""
    land(con, 1, 100)
    land(con, 2, 5)
    assert odd(con) == {}


def test_a_field_that_the_vendor_stopped_filling_is_named(con: duckdb.DuckDBPyConnection) -> None:
    """Null lead sources once became "direct" without any error."""
    land(con, 1, 100)
    land(con, 2, 100, ad_name="case when i < 10 then 'name' end")
    assert odd(con) == {"fields_filled": ("warn", "one: 1 ad_name")}


def test_figures_in_another_unit_are_an_error(con: duckdb.DuckDBPyConnection) -> None:
    """Micros read as units would show a million times the spend."""
    land(con, 1, 100, cost="10")
    land(con, 2, 100, cost="10 * 1000000")
    assert odd(con) == {"scale": ("fail", "one: 1e+06")}


def test_a_missing_column_is_named(con: duckdb.DuckDBPyConnection) -> None:
    """A person altered the table by hand."""
    land(con, 1, 10)
    con.execute("alter table raw.ads__ad_days drop column ad_name")
    assert odd(con) == {"columns_present": ("fail", "one: 1 ad_name")}


def test_what_cannot_be_measured_is_an_error_of_every_check(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """A check that could not run must not look like one that passed."""
    con.execute("drop table ops.ledger")
    checks = outcomes(con)
    assert {check.status for check in checks.values()} == {"error"}
    assert "ledger" in checks["finite"].observed


def test_a_measure_that_is_nan_is_an_error_not_a_pass() -> None:
    """Great Expectations leaves out NaN; a measure that got lost would pass every bound."""
    suite = boundary_suite("ads", REPORT, Quality())
    suite = Suite(suite.name, suite.asset, suite.rules[:1])
    frame = pd.DataFrame({"label": ["one"], suite.rules[0].column: [float("nan")]})
    [check] = validate([(suite, lambda: frame)], NOW)
    assert (check.status, check.observed) == ("error", "missing_columns was not measured")


def test_findings_go_to_the_suite_whose_row_it_is(con: duckdb.DuckDBPyConnection) -> None:
    """Suites are validated together; one stream's fault must not be reported for another."""
    land(con, 1, 10, ad_id="i % 9")
    measure = partial(stream_profile, con, "ads", REPORT)
    fine = boundary_suite("fine", REPORT, Quality())
    good = pd.DataFrame({"label": ["x"], **{rule.column: [0.9] for rule in fine.rules}})
    for name in ("missing_columns", "emptied_fields", "null_keys", "duplicate_keys", "not_finite"):
        good[name] = 0
    checks = validate(
        [
            (fine, lambda: good),
            (boundary_suite("ads", REPORT, Quality()), measure),
            (boundary_suite("last", REPORT, Quality()), lambda: good),
        ],
        NOW,
    )
    assert [check.name for check in checks if check.status != "pass"] == ["ads.ad_days.key_unique"]


def test_expected_checks_are_known_without_great_expectations() -> None:
    """The gate must notice a suite that did not run, and cannot pay 6 s to know its name."""
    code = (
        "import sys, orchestration.quality.expected, orchestration.quality.gate;"
        "assert 'great_expectations' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_rows_of_a_file_that_names_campaigns_differ_by_name() -> None:
    """Two campaigns of a day without ids warned of a duplicate at every run."""
    (spend,) = [stream for stream in INBOX.streams if stream.name == "ad_spend"]
    assert {"campaign_id", "campaign_name", "ad_name"} <= set(row_key(INBOX.name, spend))
    assert "campaign_name" not in row_key("ads", spend)


def test_only_configured_streams_are_expected(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A company with one CSV file must not be asked for Google's checks."""
    home = tmp_path_factory.mktemp("home")
    entry = InboxEntry(path=home / "leads.csv", written_path="leads.csv", stream="leads")
    settings = Settings(home=home, config_path=None, config=Config(inbox=[entry]))
    names = [item.name for item in expected_checks(settings)]
    assert len(names) == len(set(names))
    assert [name for name in names if "inbox" in name] == [
        "accounting.inbox.leads",
        "inbox.leads.columns_present",
        "inbox.leads.volume",
        "inbox.leads.fields_filled",
        "inbox.leads.key_never_null",
        "inbox.leads.key_unique",
    ]
    assert "lead_source_performance.months_present" in names
    assert not [name for name in names if "google" in name]
