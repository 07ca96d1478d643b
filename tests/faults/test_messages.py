"""Promise 13: messages hold no cell, and the first line of a file only where it holds names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from orchestration.cli import main
from orchestration.configuration.settings import load_settings
from orchestration.configuration.streams import configured_streams
from orchestration.defs.sources.assets import source_assets
from orchestration.defs.sources.boundary import boundary_asset
from orchestration.runs.home import prepare_dagster_home
from orchestration.runs.output import output_to
from tests.kit.faults.report import Result
from tests.kit.scan import found

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "13 messages",
    "files that begin with a person instead of names, in several delimiters and encodings, and "
    "cells that cannot be read, beside a limit of quarantine",
    "cases",
    "no name, number or personal number in terminal, log or Dagster; the error says what to set",
    ".venv/bin/pytest tests/faults/test_messages.py -m exhaustive",
)

PERSON = ("Zqxanna Zqxsvensson", "070-123 45 67", "19850101-1234", "zqxanna@kund.example")
NEEDLES = ("Zqxanna", "Zqxsvensson", "070-123", "19850101", "-1234", "zqxanna@", "123 45 67")


@dataclass(frozen=True)
class File:
    """A file of the inbox, and a part of the error that it gives."""

    text: str
    entry: str
    error: str
    encoding: str = "utf-8"


FILES = {
    "without names": File(
        ",".join(PERSON) + "\nBo Ek,070-1,1985,b@k.example\n", "stream: leads", "looks like data"
    ),
    "one row only": File(";".join(PERSON[:1]) + ";Lund\n", "stream: leads", "looks like data"),
    "names of people alone": File(
        "Zqxanna,Zqxsvensson\nBo,Ek\nCia,Berg\n", "stream: leads", "looks like data"
    ),
    "another delimiter": File("\t".join(PERSON) + "\n", "stream: costs", "looks like data"),
    "mapped, but not there": File(
        ",".join(PERSON) + "\n",
        "stream: leads, columns: {lead_id: Kund, created_at: Skapad}",
        "looks like data",
    ),
    "another encoding": File(
        ",".join(PERSON) + "\n",
        "stream: leads, format: {encoding: utf-16}",
        "looks like data",
        encoding="utf-16",
    ),
    "a quote that never ends": File(
        f'"{",".join(PERSON)}\nx\n', "stream: leads", "column names cannot be read"
    ),
    "cells that cannot be read": File(
        f"lead_id,created_at,value\n1,{PERSON[0]},{PERSON[3]}\n2,{PERSON[2]},{PERSON[1]}\n",
        "stream: leads",
        "Too much would be missing",
    ),
    "a column that is a person": File(
        f"lead_id,created_at,{PERSON[0]} {PERSON[1]}\n1,{PERSON[2]},x\n",
        "stream: leads",
        "Too much would be missing",
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A company that has one file."""
    monkeypatch.setenv("TRIBUTARY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRIBUTARY_CONFIG", str(tmp_path / "tributary.yaml"))
    monkeypatch.setenv("DAGSTER_HOME", "")
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_a_person_in_a_file_is_in_no_message(
    folder: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file without a line of names put its first person into terminal, logs and Dagster."""
    file = FILES[name]
    (folder / "file.csv").write_bytes(file.text.encode(file.encoding))
    (folder / "tributary.yaml").write_text(
        f"quality: {{max_loss: 0}}\ninbox:\n  - {{path: file.csv, {file.entry}}}\n"
    )
    settings = load_settings(os.environ)
    prepare_dagster_home(settings)
    console = Console(record=True, width=200)
    with (
        output_to(settings.home / "logs" / "run.log", console),
        dg.DagsterInstance.get() as instance,
    ):
        assets = [*source_assets(settings), boundary_asset(settings, configured_streams(settings))]
        result = dg.materialize(assets, instance=instance, raise_on_error=False)
    failures = result.get_step_failure_events()
    assert len(failures) == 1
    error = failures[0].step_failure_data.error
    assert error is not None
    assert file.error in error.to_string()
    printed = capfd.readouterr()
    said = console.export_text() + printed.out + printed.err + error.to_string()
    assert [needle for needle in NEEDLES if needle in said] == []
    assert found(settings.home, NEEDLES, without=["landing", "build"]) == {}


def test_an_error_nobody_foresaw_has_no_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A traceback repeats the cell that broke the command, and frightens who has to act."""
    (folder / "tributary.yaml").write_text("company: {name: Handel AB}\n")

    def broken(*args: object, **kwargs: object) -> None:
        int(PERSON[0])

    monkeypatch.setattr("orchestration.commands.explain.open_published", broken)
    monkeypatch.setattr("sys.argv", ["tributary", "explain", "L1"])
    with pytest.raises(SystemExit) as caught:
        main()
    printed = capsys.readouterr()
    said = printed.out + printed.err
    assert caught.value.code == 1
    assert said.startswith("Error: ValueError: invalid literal for int() with base 10: '***'")
    assert "Traceback" not in said
    assert "Zqxanna" not in said
