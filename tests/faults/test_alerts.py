"""Alerts reach the webhook from a living ``dagster-daemon``, once, without a secret or a person."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import dagster as dg
import pytest

from orchestration.configuration.settings import Settings, load_settings
from orchestration.runs.home import prepare_dagster_home
from orchestration.transform.dbt import dbt_executable
from tests.kit.faults.report import Table
from tests.kit.places import REPOSITORY
from tests.kit.webhook import PATH, Receiver, listening

SECRET = "canary/identity+key"
CONFIG = """
company:
  name: Handel AB
  identity_key: ${env:ALERT_IDENTITY}
alerts:
  webhook: ${env:ALERT_WEBHOOK}
inbox:
  - path: costs.csv
    stream: costs
  - path: leads.csv
    stream: leads
"""
COSTS = "date_day,amount,currency\n2026-01-08,300,EUR\n"
BROKEN = f"{SECRET},anna@kund.example\n1,2\n"
PATIENCE = 240.0


class Company:
    """A company whose second file lacks every column that it needs: its runs fail for real."""

    def __init__(self, folder: Path, receiver: Receiver) -> None:
        (folder / "tributary.yaml").write_text(CONFIG, encoding="utf-8")
        (folder / "costs.csv").write_text(COSTS, encoding="utf-8")
        (folder / "leads.csv").write_text(BROKEN, encoding="utf-8")
        self.log = folder / "said.log"
        self.environment = os.environ | {
            "TRIBUTARY_HOME": str(folder / "home"),
            "TRIBUTARY_CONFIG": str(folder / "tributary.yaml"),
            "DAGSTER_HOME": str(folder / "home" / "dagster"),
            "ALERT_WEBHOOK": receiver.url,
            "ALERT_IDENTITY": SECRET,
        }

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return load_settings(self.environment)

    def run(self) -> int:
        """``tributary run``; its exit status."""
        with self.log.open("ab") as said:
            return subprocess.run(
                [str(dbt_executable().with_name("tributary")), "run"],
                env=self.environment,
                cwd=REPOSITORY,
                stdout=said,
                stderr=said,
                check=False,
            ).returncode

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """Dagster's daemon as the runbook starts it, three days later."""
        later = {"TRIBUTARY_NOW": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(in_three_days()))}
        with self.log.open("ab") as said:
            process = subprocess.Popen(
                [
                    str(dbt_executable().with_name("dagster-daemon")),
                    "run",
                    "-m",
                    "orchestration.definitions",
                ],
                env=self.environment | later,
                cwd=REPOSITORY,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        try:
            yield
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            finally:
                # Its servers of code end with it; what does not is of this session alone.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def ticks(self, sensor: str) -> int:
        """How many times the daemon has evaluated a sensor to its end."""
        with dg.DagsterInstance.from_config(str(self.settings.dagster_home)) as instance:
            states = [each for each in instance.all_instigator_state() if each.name == sensor]
            return sum(
                tick.is_completed
                for state in states
                for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id)
            )


def in_three_days() -> float:
    """Seconds since the epoch."""
    return time.time() + 3 * 24 * 3600


def wait_for(happened: Callable[[], bool], what: str, log: Path) -> None:
    """Wait until something is so.

    Raises:
        AssertionError: It took too long; shows what was said.
    """
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"{what}\n{log.read_text('utf-8')[-4000:]}"
        time.sleep(0.5)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """The webhook."""
    with listening() as result:
        yield result


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_living_daemon_tells_of_stale_data_and_of_a_failed_run_once(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, table: Table
) -> None:
    """Sensors that are only evaluated in tests may be off, unloadable or never ticked for real."""
    company = Company(tmp_path, receiver)
    monkeypatch.setenv("DAGSTER_HOME", "")
    prepare_dagster_home(company.settings)
    assert company.run() == 1, "before the daemon watches: no one hears of this one"
    assert receiver.bodies == []
    with company.daemon():
        wait_for(lambda: company.ticks("alert_run_failed") > 0, "no tick", company.log)
        wait_for(lambda: bool(receiver.bodies), "nothing told of stale data", company.log)
        (stale,) = receiver.bodies
        assert stale["kind"] == "stale"
        assert "raw/inbox/costs" in str(stale["assets"]) or "inbox" in str(stale["assets"])

        assert company.run() == 1
        wait_for(lambda: len(receiver.bodies) > 1, "nothing told of the failed run", company.log)
        ticks = company.ticks("alert_run_failed")
        wait_for(lambda: company.ticks("alert_run_failed") > ticks + 1, "no tick", company.log)
    (_, failed) = receiver.bodies
    assert (failed["kind"], failed["job"]) == ("run_failed", "refresh")
    assert "Nothing is published yet." in failed["text"]
    assert "leads" in failed["steps"][0]
    told = json.dumps(receiver.bodies)
    assert SECRET not in told
    assert "anna@kund.example" not in told
    assert PATH not in told
    table.add(
        "alerts",
        "a run of the command line fails, and data is three days old, while dagster-daemon runs",
        "1 each",
        "one POST each to the webhook; no secret, no address, no second one",
        ".venv/bin/pytest tests/faults/test_alerts.py -m slow",
    )
