"""The gate: a check that failed, errored or is missing keeps readers on the last generation."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.publication.publish import publish
from orchestration.quality.checks import Check, Expected, Verdict, write_checks
from orchestration.quality.gate import GateClosed, verify
from orchestration.transform.dbt import Artifacts, DbtFailed
from tests.kit.small_project import built_project

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
RUN = "run-7"

VOLUME = Expected("inbox.leads.volume", "gx", "inbox.leads", "warn", "about as many as before")
KEYS = Expected("inbox.leads.keys", "gx", "inbox.leads", "error", "no null key")
ROWS = Expected("accounting.inbox.leads", "accounting", "inbox.leads", "error", "in = out")
EXPECTED = (VOLUME, KEYS, ROWS)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small dbt project, built for real: well, and badly in each of three ways."""
    return built_project(tmp_path_factory.mktemp("project"), RUN)


@pytest.fixture
def warehouse(project: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of the build with the duplicate key, and good outcomes of the other checks."""
    path = tmp_path / "build" / "warehouse.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as con:
        con.execute("create schema core")
        con.execute("create schema marts")
        con.execute("create schema meta")
        con.execute("create schema staging")
        con.execute(
            "create table staging.stg_ops__complete_days as "
            "select date '2025-01-01' as first_complete_day, date '2026-06-30' as last_complete_day"
        )
        con.execute(
            "create table core.fct_leads as select unnest(['a', 'a']) as lead_key, 1 as revenue"
        )
        con.execute("create table marts.totals as select 3 as revenue")
        con.execute("create table meta.sources as select 'inbox' as connector")
        con.execute("create schema ops")
        con.execute("create table ops.ledger (window_end timestamp, extracted_at timestamp)")
        write_checks(con, RUN, [Check.judged(item, True, "fine", NOW) for item in EXPECTED])
        yield con


def run_gate(con: duckdb.DuckDBPyConnection, *artifacts: Artifacts) -> Verdict:
    """The gate over those artifacts and the expected checks."""
    return verify(con, run_id=RUN, artifacts=artifacts, expected=EXPECTED, now=NOW)


def closed(con: duckdb.DuckDBPyConnection, *artifacts: Artifacts) -> GateClosed:
    """The error of a gate that must close."""
    with pytest.raises(GateClosed) as caught:
        run_gate(con, *artifacts)
    return caught.value


def test_a_run_in_which_everything_passed_may_publish(
    project: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """The verdict holds every check, and exactly the relations that were built."""
    verdict = run_gate(warehouse, Artifacts.read(project / "good"))
    assert verdict.relations == (
        ("core", "fct_leads"),
        ("marts", "totals"),
        ("meta", "sources"),
    )
    assert {check.name: check.status for check in verdict.checks} == {
        "unique_fct_leads_lead_key": "pass",
        "not_null_fct_leads_lead_key": "pass",
        "not_null_totals_revenue": "pass",
        "assert_totals_equal": "pass",
        "warn_where_sources_are_odd": "warn",
        "inbox.leads.volume": "pass",
        "inbox.leads.keys": "pass",
        "accounting.inbox.leads": "pass",
    }


def test_a_failed_dbt_test_is_told_with_its_rows(
    project: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Figures and keys say what is wrong; a text may be a person's, so the SQL finds it."""
    error = closed(warehouse, Artifacts.read(project / "failing"))
    first = error.failures[0]
    assert (first.name, first.asset, first.status) == (
        "unique_fct_leads_lead_key",
        "core.fct_leads",
        "fail",
    )
    assert first.observed.startswith("1 failing rows; SQL: ")
    assert first.observed.endswith(
        "unique_fct_leads_lead_key.sql; first rows: {'unique_field': '***', 'n_records': '2'}"
    )
    assert "unique_fct_leads_lead_key (core.fct_leads)" in str(error)
    assert "the last generation stays" in str(error)
    # dbt skipped what depends on the failed test; skipped is not passed.
    skipped = {check.name for check in error.failures if check.status == "missing"}
    assert skipped == {"build totals", "not_null_totals_revenue", "assert_totals_equal"}


def test_a_test_that_the_selection_dropped_closes_the_gate(
    project: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """``dbt build --exclude`` is green, and proves nothing about what it left out."""
    error = closed(warehouse, Artifacts.read(project / "excluded"))
    assert [(check.name, check.status) for check in error.failures] == [
        ("assert_totals_equal", "missing")
    ]
    assert error.failures[0].observed == "dbt did not select it"
    assert error.failures[0].asset == "marts.totals"


def test_a_second_invocation_of_the_run_may_bring_what_the_first_left_out(
    project: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Models after a Python step are built by a separate invocation."""
    run_gate(warehouse, Artifacts.read(project / "excluded"), Artifacts.read(project / "good"))


def test_a_test_of_what_is_not_built_is_not_expected(
    project: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """dbt leaves the tests of a disabled model in its manifest; every other test is missed."""
    good = Artifacts.read(project / "good")
    manifest = copy.deepcopy(good.manifest)
    other = copy.deepcopy(manifest["nodes"]["test.small.assert_totals_equal"])
    manifest["nodes"]["test.small.other"] = other | {"name": "other"}
    planted = replace(good, manifest=manifest)
    assert [check.name for check in closed(warehouse, planted).failures] == ["other"]
    other_config = manifest["nodes"]["test.small.other"]["config"]
    other_config["enabled"] = False
    assert "other" not in {check.name for check in run_gate(warehouse, planted).checks}


def _without_results(artifacts: Artifacts) -> Artifacts:
    return replace(artifacts, results=None)


def _of_another_run(artifacts: Artifacts) -> Artifacts:
    results = copy.deepcopy(artifacts.results)
    assert results is not None
    results["metadata"]["env"]["TRIBUTARY_RUN_ID"] = "run-6"
    return replace(artifacts, results=results)


def _of_another_invocation(artifacts: Artifacts) -> Artifacts:
    results = copy.deepcopy(artifacts.results)
    assert results is not None
    results["metadata"]["invocation_id"] = "00000000-0000-0000-0000-000000000000"
    return replace(artifacts, results=results)


def _with_errored_test(artifacts: Artifacts) -> Artifacts:
    results = copy.deepcopy(artifacts.results)
    assert results is not None
    for result in results["results"]:
        if result["unique_id"] == "test.small.assert_totals_equal":
            result |= {"status": "error", "message": "Binder Error: no such\n  column"}
    return replace(artifacts, results=results)


def _with_errored_model(artifacts: Artifacts) -> Artifacts:
    results = copy.deepcopy(artifacts.results)
    assert results is not None
    for result in results["results"]:
        if result["unique_id"] == "model.small.sources":
            result |= {"status": "error", "message": "out of memory"}
    return replace(artifacts, results=results)


@pytest.mark.parametrize(
    ("change", "name", "status", "observed"),
    [
        (_without_results, "build fct_leads", "missing", "dbt ended before it wrote "),
        (_of_another_run, "build fct_leads", "missing", "run_results.json is from run run-6"),
        (_of_another_invocation, "build fct_leads", "missing", "run_results.json and manifest"),
        (_with_errored_test, "assert_totals_equal", "error", "Binder Error: no such column"),
        (_with_errored_model, "build sources", "error", "out of memory"),
    ],
)
def test_results_that_prove_nothing_close_the_gate(
    project: Path,
    warehouse: duckdb.DuckDBPyConnection,
    change: Callable[[Artifacts], Artifacts],
    name: str,
    status: str,
    observed: str,
) -> None:
    """A green result file of yesterday must not vouch for the tables of today."""
    error = closed(warehouse, change(Artifacts.read(project / "good")))
    found = {check.name: check for check in error.failures}
    assert found[name].status == status
    assert found[name].observed.startswith(observed)


def test_no_dbt_at_all_closes_the_gate(warehouse: duckdb.DuckDBPyConnection) -> None:
    """An empty list of expectations is fulfilled by doing nothing; that must not publish."""
    assert closed(warehouse).failures[0].observed == "no dbt artifacts"


def test_a_torn_result_file_is_an_error_that_names_it(project: Path, tmp_path: Path) -> None:
    """dbt killed while writing leaves half a file."""
    (tmp_path / "manifest.json").write_bytes((project / "good" / "manifest.json").read_bytes())
    (tmp_path / "run_results.json").write_text('{"results": [', encoding="utf-8")
    with pytest.raises(DbtFailed) as caught:
        Artifacts.read(tmp_path)
    assert caught.value.where == str(tmp_path / "run_results.json")


@pytest.mark.parametrize("item", [KEYS, ROWS])
def test_an_expected_check_that_nobody_ran_closes_the_gate(
    project: Path, warehouse: duckdb.DuckDBPyConnection, item: Expected
) -> None:
    """A crash between the suites and the gate leaves no result, not a bad one."""
    warehouse.execute("delete from ops.checks where name = ?", [item.name])
    error = closed(warehouse, Artifacts.read(project / "good"))
    assert [(check.name, check.status) for check in error.failures] == [(item.name, "missing")]
    assert error.failures[0].expected == item.expected


def test_results_of_an_earlier_run_do_not_count(
    project: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """``ops.checks`` keeps earlier runs; only this run's outcomes vouch for it."""
    warehouse.execute("update ops.checks set run_id = 'run-6'")
    error = closed(warehouse, Artifacts.read(project / "good"))
    assert {check.name for check in error.failures} == {VOLUME.name, KEYS.name, ROWS.name}


@pytest.mark.parametrize("status", ["fail", "error"])
def test_a_failed_suite_closes_the_gate(
    project: Path, warehouse: duckdb.DuckDBPyConnection, status: str
) -> None:
    """The message contains what a suite saw and expected."""
    bad = replace(Check.judged(KEYS, True, "12 null keys", NOW), status=status)
    write_checks(warehouse, RUN, [bad])
    error = closed(warehouse, Artifacts.read(project / "good"))
    assert error.failures == (replace(bad, checked_at=error.failures[0].checked_at),)
    assert "saw: 12 null keys\n    expected: no null key" in str(error)


def test_a_warning_is_shown_and_does_not_stop(
    project: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Severity warn exists so that an odd volume is seen without withholding the day's numbers."""
    write_checks(warehouse, RUN, [Check.judged(VOLUME, False, "3 of 900", NOW)])
    verdict = run_gate(warehouse, Artifacts.read(project / "good"))
    assert [c.status for c in verdict.checks if c.name == VOLUME.name] == ["warn"]


@pytest.mark.parametrize("status", ["error", "missing"])
def test_a_warning_that_could_not_be_looked_for_stops(
    project: Path, warehouse: duckdb.DuckDBPyConnection, status: str
) -> None:
    """Severity says how bad a failed check is, not that it may go unchecked."""
    bad = replace(Check.judged(VOLUME, True, "could not be measured", NOW), status=status)
    write_checks(warehouse, RUN, [bad])
    error = closed(warehouse, Artifacts.read(project / "good"))
    assert [(check.name, check.status) for check in error.failures] == [(VOLUME.name, status)]


def test_a_dbt_test_of_severity_warn_that_errors_closes_the_gate(
    project: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """dbt itself ran it, over a column that is not there; it was let through as a warning."""
    error = closed(warehouse, Artifacts.read(project / "broken"))
    (check,) = error.failures
    assert (check.name, check.severity, check.status) == (
        "warn_where_sources_are_odd",
        "warn",
        "error",
    )
    assert "no_such_column" in check.observed


def test_a_warning_of_dbt_is_told_in_the_words_of_its_rows(
    project: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Warnings are published in meta.checks; their readers cannot see this machine's files."""
    verdict = run_gate(warehouse, Artifacts.read(project / "good"))
    assert [c.observed for c in verdict.checks if c.name == "warn_where_sources_are_odd"] == [
        "1 rows; first rows: inbox has no rows"
    ]


def test_a_closed_gate_leaves_the_published_file_as_it_was(
    project: Path, warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """The whole point: a wrong mart is in the build warehouse, and readers never see it."""
    settings = Settings(home=tmp_path, config_path=None, config=Config(), fixed_now=NOW)
    verdict = run_gate(warehouse, Artifacts.read(project / "good"))
    warehouse.close()
    publish(settings, verdict)
    before = settings.published_path.read_bytes()
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute("update marts.totals set revenue = 1000000")
        with pytest.raises(GateClosed):
            publish(settings, run_gate(con, Artifacts.read(project / "failing")))
    assert settings.published_path.read_bytes() == before


def test_long_lists_of_skipped_checks_are_cut_in_the_message_only(
    project: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """One broken staging model skips hundreds of tests; the first failure must stay in sight."""
    many = [replace(KEYS, name=f"check_{number}") for number in range(30)]
    with pytest.raises(GateClosed) as caught:
        verify(
            warehouse,
            run_id=RUN,
            artifacts=[Artifacts.read(project / "good")],
            expected=many,
            now=NOW,
        )
    assert len(caught.value.failures) == 30
    assert "and 20 more that did not run" in str(caught.value)
    assert json.dumps(str(caught.value)).count("check_") == 10
