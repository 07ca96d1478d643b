"""Tidying up beside processes that live."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.privacy import Privacy
from orchestration.configuration.settings import Settings
from orchestration.runs.janitor import tidy


def test_a_reader_that_ends_meanwhile_stops_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query beside the start of ``tributary run`` failed it: a folder was listed, then gone.

    A link to nothing is listed as well, and gone when it is looked at.
    """
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / f"tributary-reader-{os.getpid()}-x").symlink_to(tmp_path / "gone")
    settings = Settings(home=tmp_path / "home", config_path=None, config=Config())
    with dg.DagsterInstance.ephemeral() as instance:
        assert tidy(settings, instance).summary() == ""


def test_what_is_beyond_its_days_is_removed_and_said(tmp_path: Path) -> None:
    """A backup of the home must not hold last year's generations and logs."""
    privacy = Privacy.model_validate({"keep_days": {"generations": 30, "logs": 10}})
    now = datetime(2026, 7, 1, tzinfo=UTC)
    settings = Settings(tmp_path / "home", None, Config(privacy=privacy), fixed_now=now)
    kept = settings.published_dir / "generations"
    logs = settings.home / "logs"
    for folder in (kept, logs):
        folder.mkdir(parents=True)
    ages = {kept / "1.duckdb": 31, kept / "2.duckdb": 29, logs / "a.log": 11, logs / "b.log": 9}
    # The present generation stays, however old it is.
    ages[kept / "3.duckdb"] = 40
    for path, days in ages.items():
        path.write_text("")
        moment = (now - timedelta(days=days)).timestamp()
        os.utime(path, (moment, moment))
    with dg.DagsterInstance.ephemeral() as instance:
        tidied = tidy(settings, instance)
    assert sorted(tidied.expired) == ["1.duckdb", "a.log"]
    assert "2 file(s) and run(s) beyond privacy.keep_days removed" in tidied.summary()
    assert [path.name for path in sorted(kept.iterdir())] == ["2.duckdb", "3.duckdb"]
    assert [path.name for path in logs.iterdir()] == ["b.log"]
