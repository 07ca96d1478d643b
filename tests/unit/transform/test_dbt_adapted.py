"""What is changed in dbt for our runs; its results stay the same."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pytest
from dbt.parser import manifest
from dbt.task import runnable
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.logger import LoggerConfig, _Logger
from dbt_common.events.types import Note, SystemStdOut

from orchestration.transform import dbt_adapted
from orchestration.transform.dbt import dbt_executable


@pytest.mark.parametrize(
    ("level", "made"), [("info", ["Note"]), ("debug", ["Note", "SystemStdOut"])]
)
def test_an_event_that_no_log_writes_is_not_made(
    level: str, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt has 28 events a node, of which five are read; a log that reads more still gets it."""
    for owner, name in ((EventManager, "fire_event"), (_Logger, "write_line")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    dbt_adapted.without_unread_lines()
    seen: list[str] = []
    written = io.StringIO()
    events = EventManager()
    events.add_callback(lambda message: seen.append(message.info.name))
    events.add_logger(
        LoggerConfig(name=f"{level} log", level=EventLevel(level), output_stream=written)
    )
    events.fire_event(Note(msg="worth reading"), level=EventLevel.INFO)
    events.fire_event(SystemStdOut(bmsg="a detail"))
    assert seen == made
    assert "worth reading" in written.getvalue()
    assert ("a detail" in written.getvalue()) == (level == "debug")


def test_a_build_writes_its_manifest_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """After it, by the function that dbt's task has; the parse before it wrote the same."""
    for owner, name in (
        (manifest, "write_manifest"),
        (dbtClassMixin, "validate"),
        (manifest.ManifestLoader, "load_and_parse_macros"),
    ):
        monkeypatch.setattr(owner, name, vars(owner)[name])
    after = runnable.write_manifest
    assert after is manifest.write_manifest
    dbt_adapted.without_repeating_the_parse()
    assert runnable.write_manifest is after
    assert manifest.write_manifest is not after
    dbtClassMixin.validate({"anything": "goes"})


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ("dbt_project.yml", "unheard-of: 1\n"),
        ("models/one.yml", "models: [{name: one, columns: [{name: 1}]}]\n"),
    ],
)
def test_a_build_checks_what_changed_after_the_parse(
    tmp_path: Path, changed: str, text: str
) -> None:
    """An error in a file must not pass because the file was sound when it was parsed."""
    (tmp_path / "models").mkdir()
    for name, content in {
        "dbt_project.yml": "name: small\nprofile: small\nmodel-paths: [models]\n",
        "profiles.yml": "small: {target: d, outputs: {d: {type: duckdb, path: w.duckdb}}}\n",
        "models/one.sql": "select 1 as id\n",
        "models/one.yml": "models: [{name: one, description: One.}]\n",
    }.items():
        (tmp_path / name).write_text(content, encoding="utf-8")

    def dbt(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [dbt_executable(), command, "--no-use-colors"],
            cwd=tmp_path,
            env=os.environ | {"DO_NOT_TRACK": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    parsed = dbt("parse")
    assert parsed.returncode == 0, parsed.stdout
    if changed == "dbt_project.yml":
        text = (tmp_path / changed).read_text(encoding="utf-8") + text
    (tmp_path / changed).write_text(text, encoding="utf-8")
    built = dbt("build")
    assert built.returncode == 2, built.stdout
    assert Path(changed).name in built.stdout or "unheard-of" in built.stdout
