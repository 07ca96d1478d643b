"""Promise 4: a check that failed, errored or is missing never changes what readers see.

The publication asset itself is run, as Dagster runs it, over the results of real dbt invocations of
a small project; only the check results are tampered with.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestration.publication.reader import open_published
from orchestration.quality.checks import Check, Expected, write_checks
from tests.kit.faults.gated_home import NOW, RUN, Home
from tests.kit.faults.report import Table
from tests.kit.places import REPOSITORY
from tests.kit.small_project import built_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, built for real: well, and badly in each of three ways."""
    return built_project(tmp_path_factory.mktemp("project"), RUN)


@pytest.fixture
def home(project: Path, tmp_path: Path) -> Home:
    """A company before its second publish."""
    return Home(tmp_path, project)


def _set(status: str, kind: str) -> Callable[[Home], None]:
    def change(results: dict[str, Any]) -> None:
        first = next(r for r in results["results"] if kind in r["unique_id"])
        first |= {"status": status, "message": "as a test has it", "failures": 1}

    return lambda home: home.results(change)


def _drop(kind: str) -> Callable[[Home], None]:
    def change(results: dict[str, Any]) -> None:
        first = next(r for r in results["results"] if kind in r["unique_id"])
        results["results"].remove(first)

    return lambda home: home.results(change)


def _of(key: str, value: str) -> Callable[[Home], None]:
    def change(results: dict[str, Any]) -> None:
        if key == "run":
            results["metadata"]["env"]["TRIBUTARY_RUN_ID"] = value
        else:
            results["metadata"][key] = value

    return lambda home: home.results(change)


def _check(status: str) -> Callable[[Home], None]:
    def change(home: Home) -> None:
        closing = [n for n, e in enumerate(home.expected) if e.severity == "error"]
        home.check(closing[0], status)

    return change


def _warning(status: str) -> Callable[[Home], None]:
    def change(home: Home) -> None:
        warnings = [n for n, e in enumerate(home.expected) if e.severity == "warn"]
        home.check(warnings[0], status)

    return change


def _forget(home: Home) -> None:
    with home.warehouse() as con:
        con.execute("delete from ops.checks where name = ?", [home.expected[0].name])


def _forget_all(home: Home) -> None:
    with home.warehouse() as con:
        con.execute("drop table ops.checks")


def _of_yesterday(home: Home) -> None:
    with home.warehouse() as con:
        con.execute("update ops.checks set run_id = 'run-6'")


def _beyond(home: Home) -> None:
    beyond = Expected("reconciliation", "accounting", "inbox.costs", "error", "300 is 300")
    with home.warehouse() as con:
        write_checks(con, RUN, [Check.judged(beyond, False, "600 against 300", NOW)])


def _torn(home: Home) -> None:
    path = home.settings.dbt_target_dir / "run_results.json"
    path.write_bytes(path.read_bytes()[:100])


CASES: dict[str, tuple[Callable[[Home], None], str]] = {
    "a dbt test fails": (lambda home: home.artifacts("failing"), "unique_fct_leads_lead_key"),
    "a dbt test errors": (_set("error", "assert_totals_equal"), "error: "),
    "a dbt test of severity warn errors": (
        lambda home: home.artifacts("broken"),
        "error: warn_where_sources_are_odd",
    ),
    "a dbt test of severity warn is skipped": (
        _set("skipped", "warn_where_sources_are_odd"),
        "missing: warn_where_sources_are_odd",
    ),
    "a dbt test is skipped": (_set("skipped", "assert_totals_equal"), "dbt skipped it"),
    "a dbt test ends in a word that nobody knows": (
        _set("glorious", "assert_totals_equal"),
        "error: ",
    ),
    "a dbt test is dropped by selection": (
        lambda home: home.artifacts("excluded"),
        "dbt did not select it",
    ),
    "a dbt test has no result": (_drop("assert_totals_equal"), "dbt did not select it"),
    "a model errors": (_set("error", "model."), "as a test has it"),
    "a model is skipped": (_set("skipped", "model."), "dbt skipped it"),
    "a model has no result": (_drop("model."), "dbt did not select it"),
    "dbt's results are of yesterday": (_of("run", "run-6"), "is from run run-6"),
    "dbt's results are of another manifest": (_of("invocation_id", "0"), "different dbt"),
    "dbt's results are torn": (_torn, "run_results.json"),
    "dbt's results are gone": (
        lambda home: (home.settings.dbt_target_dir / "run_results.json").unlink(),
        "dbt ended before it wrote",
    ),
    "a suite fails": (_check("fail"), "fail: "),
    "a suite errors": (_check("error"), "error: "),
    "a suite is missing": (_check("missing"), "missing: "),
    "a suite's warning could not be looked for": (_warning("error"), "error: "),
    "a suite's warning is missing": (_warning("missing"), "missing: "),
    "a suite has no outcome": (_forget, "it did not run in this run"),
    "no suite has one": (_forget_all, "it did not run in this run"),
    "the suites' outcomes are of yesterday": (_of_yesterday, "it did not run in this run"),
    "a reconciliation beyond the expected ones fails": (_beyond, "600 against 300"),
}


@pytest.mark.parametrize("case", CASES)
def test_readers_keep_what_they_have(home: Home, case: str) -> None:
    """The file stays byte-identical, also for a reader that has it open; the error says why."""
    tamper, says = CASES[case]
    before = home.seen()
    with open_published(home.settings) as reader:
        tamper(home)
        error = home.publish()
        assert says in error
        assert reader.execute("select revenue from marts.totals").fetchall() == [(3,)]
    assert home.seen() == before
    assert before[:2] == (1, 3)
    assert [p.name for p in home.settings.published_dir.glob("generations/*")] == ["1.duckdb"]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_two_troubles_at_once_open_the_gate(home: Home, table: Table) -> None:
    """A first failure must not hide a later one, nor replace a check."""
    of_dbt = [case for case in CASES if "dbt" in case or "a model" in case]
    others = [case for case in CASES if case not in of_dbt]
    tries = [*((case,) for case in CASES), *itertools.product(of_dbt, others)]
    before = home.seen()
    with open_published(home.settings) as reader:
        for cases in tries:
            home.pass_everything()
            for case in cases:
                CASES[case][0](home)
            error = home.publish()
            assert any(CASES[case][1] in error for case in cases), (cases, error)
            assert reader.execute("select revenue from marts.totals").fetchall() == [(3,)], cases
            assert home.seen() == before, cases
    home.pass_everything()
    assert home.publish() == ""
    assert home.seen()[:2] == (2, 1000000)
    table.add(
        "4 gate",
        "a dbt test, model, suite or reconciliation that failed, errored, was skipped, dropped or "
        "is of another run",
        f"{len(tries)} refused publishes: {len(CASES)} cases, and every pair of dbt's with another",
        "the published file the same to the byte, an open reader too; the error says why; with "
        "everything passed, the next generation",
        ".venv/bin/pytest tests/faults/test_gate.py -m slow",
    )


def test_publishing_alone_does_not_go_around_the_checks(home: Home) -> None:
    """A person materializes only the publication, in a run that has checked nothing."""
    before = home.seen()
    assert "The gate is closed" in home.publish("00000000-0000-4000-8000-000000000008")
    assert home.seen() == before


def test_when_everything_passed_readers_see_the_next_generation(home: Home) -> None:
    """The cases above close the gate, and not something that is always wrong; a warning is seen."""
    warning = Expected("volume", "gx", "inbox.leads", "warn", "as many as before")
    with home.warehouse() as con:
        write_checks(con, RUN, [Check.judged(warning, False, "3 of 900", NOW)])
    assert home.publish() == ""
    assert home.seen()[:2] == (2, 1000000)
    with open_published(home.settings) as con:
        told = con.execute("select name from meta.checks where observed = '3 of 900'").fetchall()
    assert told == [("volume",)]


CRASH = """
import sys
from pathlib import Path
from tests.kit.faults.gated_home import Home
home = Home.__new__(Home)
from datetime import UTC, datetime
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
home.settings = Settings(home=Path(sys.argv[1]), config_path=None, config=Config(),
    fixed_now=datetime(2026, 7, 1, 6, tzinfo=UTC))
print(home.publish())
"""


@pytest.mark.parametrize("point", ["gate.passed", "publish.copy", "publish.install"])
def test_a_crash_between_the_checks_and_the_publish_changes_nothing(home: Home, point: str) -> None:
    """Killed there, the run has published nothing; started again, it publishes once."""
    before = home.seen()
    killed = subprocess.run(
        [sys.executable, "-c", CRASH, str(home.settings.home)],
        cwd=REPOSITORY,
        env=os.environ | {"TRIBUTARY_FAULT_POINT": point},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    assert home.seen() == before
    assert home.publish() == ""
    assert home.seen()[:2] == (2, 1000000)
    assert not list(home.settings.published_dir.glob(".publishing-*"))
