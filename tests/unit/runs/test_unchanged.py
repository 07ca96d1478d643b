"""A run that finds nothing new: it tidies up, and records that somebody looked."""

from __future__ import annotations

import io
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.defs.alerts.sensors import stale_assets
from orchestration.defs.freshness import STALE
from orchestration.defs.sources.assets import reads_files
from orchestration.publication import report_file
from orchestration.publication.standing import Basis, Standing
from orchestration.runs import unchanged
from orchestration.runs.home import prepare_dagster_home

STANDING = Standing(7, [1], [1], Basis("", "", "", ""), {})
KEYS = [dg.AssetKey(path) for path in (["raw", "inbox", "leads"], ["marts", "a"], ["publication"])]


def test_what_stands_is_as_fresh_as_after_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company whose files rest for three days was called stale although it ran every morning."""
    entry = InboxEntry(path=tmp_path / "a.csv", written_path="a.csv", stream="leads")
    settings = Settings(tmp_path, None, Config(inbox=[entry]))
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster_home))
    monkeypatch.setattr(unchanged, "unchanged", lambda settings: STANDING)
    renewed: list[Settings] = []
    monkeypatch.setattr(report_file, "renew", renewed.append)
    prepare_dagster_home(settings)
    with dg.DagsterInstance.get() as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization(KEYS[1]))

    assert unchanged.nothing_changed(settings, Console(file=io.StringIO())) == STANDING
    assert renewed == [settings]

    with dg.DagsterInstance.get() as instance:
        records = instance.get_asset_records(KEYS)
        assert {record.asset_entry.asset_key for record in records} == set(KEYS)
        for record in records:
            seen = record.asset_entry.last_materialization
            assert seen is not None
            assert seen.asset_materialization is not None
            assert seen.asset_materialization.metadata["generation"].value == 7
        assert stale_assets(instance, KEYS, settings.now() + STALE / 2) == {}
        assert len(stale_assets(instance, KEYS, settings.now() + 2 * STALE)) == len(KEYS)


def test_a_change_needs_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that another run made while this one waited for its turn."""
    settings = Settings(tmp_path, None, Config())
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster_home))
    console = Console(file=io.StringIO())
    assert unchanged.nothing_changed(settings, console) is None
    answers = iter([STANDING, None])
    monkeypatch.setattr(unchanged, "unchanged", lambda settings: next(answers))
    assert unchanged.nothing_changed(settings, console) is None


def test_a_run_of_chosen_assets_reads_their_files_alone(tmp_path: Path) -> None:
    """On Dagster's page somebody may start the check of the streams without reading them."""
    entry = InboxEntry(path=tmp_path / "a.csv", written_path="a.csv", stream="leads")
    settings = Settings(tmp_path, None, Config(inbox=[entry]))
    assert reads_files(settings, frozenset())
    assert reads_files(settings, frozenset(KEYS))
    assert not reads_files(settings, frozenset(KEYS[1:]))
