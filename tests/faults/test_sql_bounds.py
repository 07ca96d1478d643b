"""Promise 16: a query is bounded in memory, disk and time to end, and so is what it shows."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.commands.export import ExportFailed, export_csv, harmless
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.publication.publish import publish
from orchestration.quality.checks import Verdict
from tests.kit.faults.report import Result
from tests.kit.versions import build

pytestmark = [pytest.mark.exhaustive, pytest.mark.timeout(180)]
ROW = Result(
    "16 queries",
    "tributary sql asked for enormous values and sorts, nested too deeply, interrupted while it "
    "works; exports into the home and of cells that run in some locale",
    "cases",
    "an error or an end by Ctrl-C, no traceback, no file left; nothing in the "
    "home replaced; no cell runs",
    ".venv/bin/pytest tests/faults/test_sql_bounds.py -m exhaustive",
)
NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
MEMORY = 300 * 10**6
ENDLESS_SECONDS = 60.0
"""After this, a question that Ctrl-C did not end is killed, and the test fails."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with a published file."""
    home = tmp_path_factory.mktemp("bounds") / "home"
    result = Settings(home=home, config_path=None, config=Config(), fixed_now=NOW)
    build(result, 1)
    publish(result, Verdict("run", (), (("core", "fct_leads"), ("meta", "sources"))))
    return result


@dataclass
class Asked:
    """A command that answers."""

    process: subprocess.Popen[str]
    folder: Path

    def end(self) -> tuple[int, str]:
        """How it ended, and all that it said; one that does not end is killed."""
        try:
            said, _ = self.process.communicate(timeout=ENDLESS_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            said, _ = self.process.communicate()
        return self.process.returncode, said

    def wait_until_begun(self) -> None:
        """Wait until it has opened the published file."""
        while not any(self.folder.glob("tributary-reader-*")):
            assert self.process.poll() is None, "the question ended by itself"
            time.sleep(0.05)


def ask(settings: Settings, folder: Path, *arguments: str) -> Asked:
    """Ask as a person would, with little memory and a folder for spilling of its own."""
    process = subprocess.Popen(
        [Path(sys.executable).with_name("tributary"), "sql", *arguments],
        env=os.environ
        | {
            "TRIBUTARY_HOME": str(settings.home),
            "TRIBUTARY_MEMORY_LIMIT": f"{MEMORY // 10**6}MB",
            "TMPDIR": str(folder),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
    )
    return Asked(process, folder)


@pytest.mark.parametrize(
    "question",
    [
        "select encode(repeat('x', 30000000)) from range(100)",
        "select repeat('x', 60000000) from range(100)",
        "select range(20000000) from range(100)",
        "select list_transform(range(100), lambda x: repeat('x', 1000000)) from range(100)",
        f"select {'(' * 3000}1{')' * 3000}",
        f"select {'abs(' * 900}1{')' * 900}",
    ],
    ids=["blobs", "texts", "lists", "lists of texts", "parentheses", "calls"],
)
def test_an_enormous_answer_is_refused_within_its_memory(
    settings: Settings, tmp_path: Path, question: str
) -> None:
    """One answer held five gigabytes; the process of the person who asked was killed."""
    status, said = ask(settings, tmp_path, question).end()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert status in (0, 1)
    assert "Traceback" not in said
    assert status == 0 or said.startswith("Error: ")
    assert status == 0 or "Next: " in said
    assert peak < MEMORY + 2 * 2**30
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "question",
    [
        "select count(*) from range(1000000) a(i), range(1000000) b(j) where hash(i + j) = 1",
        "with recursive t(i) as (select 1 union all select i + 1 from t) select count(*) from t",
        "select count(*) from range(10000000) a(i), range(10000) b(j) "
        "where regexp_matches(repeat('ab', 50) || cast(i * j as varchar), '(a|b)*c')",
    ],
    ids=["cross join", "recursion", "long texts"],
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_a_query_that_would_not_end(
    settings: Settings, tmp_path: Path, question: str, number: signal.Signals
) -> None:
    """DuckDB looks for signals between its tasks, and a task may take for ever."""
    target = tmp_path / "out.csv"
    asked = ask(settings, tmp_path, question, "--csv", str(target))
    asked.wait_until_begun()
    time.sleep(0.5)  # so that the signal comes while DuckDB works; either moment must do
    asked.process.send_signal(number)
    status, said = asked.end()
    assert status == 128 + number
    assert said == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "target",
    [
        "published/tributary.duckdb",
        "identity.key",
        "new.csv",
        "landing/../landing/manifest.jsonl",
        "../home/new.csv",
    ],
)
def test_an_export_replaces_nothing_in_the_home(settings: Settings, target: str) -> None:
    """A slip in the path replaced the published file by a CSV."""
    (settings.home / "landing").mkdir(exist_ok=True)
    before = {path: path.stat().st_mtime_ns for path in settings.home.rglob("*")}
    with pytest.raises(ExportFailed, match="inside TRIBUTARY_HOME"):
        export_csv(settings, "select 1", str(settings.home / target), 10)
    link = settings.home.parent / "link"
    if not link.exists():
        link.symlink_to(settings.home)
    with pytest.raises(ExportFailed, match="inside TRIBUTARY_HOME"):
        export_csv(settings, "select 1", str(link / target), 10)
    assert {path: path.stat().st_mtime_ns for path in settings.home.rglob("*")} == before


def test_an_export_replaces_no_device_and_no_folder(settings: Settings, tmp_path: Path) -> None:
    """As root, an export to /dev/null replaced the device."""
    os.mkfifo(tmp_path / "pipe")
    for target in ("/dev/null", str(tmp_path), str(tmp_path / "pipe")):
        with pytest.raises(ExportFailed, match="something else than a file"):
            export_csv(settings, "select 1", target, 10)
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        (" \t=1+1", " \t'=1+1"),
        ("spring;=HYPERLINK(1)", "spring;'=HYPERLINK(1)"),
        ("a\n-cmd|'x'!A0", "a\n'-cmd|'x'!A0"),
        ('x;"=1+1"', 'x;\'"=1+1"'),
        ("\u200b=1+1", "'\u200b=1+1"),
        ("\ufeff@SUM(A1)", "'\ufeff@SUM(A1)"),
        ("\u00ad+1+1", "'\u00ad+1+1"),
        ("\u3000＝1", "'\u3000＝1"),
        ("﹦1+1", "'﹦1+1"),
        ("﹣1+1", "'﹣1+1"),
        ("⁺1+1", "'⁺1+1"),
        ("−1+1", "'−1+1"),
        ("\u3164=1", "'\u3164=1"),
        ("\u2800=1", "'\u2800=1"),
        ("a;-5;+46;b", "a;-5;+46;b"),
        ("brand – spring; 2026", "brand – spring; 2026"),
        (["a;=1"], "['a;'=1']"),
        ("-12,50", "-12,50"),
    ],
)
def test_no_cell_runs_in_any_locale(cell: object, written: str) -> None:
    """Where commas are decimal marks, a spreadsheet splits the line at semicolons."""
    assert harmless(cell) == written
