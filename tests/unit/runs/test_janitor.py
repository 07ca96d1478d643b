"""Tidying up beside processes that live."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import dagster as dg
import pytest

from orchestration.configuration.model import Config
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
