"""A parse of the project serves every home of the machine that has the same kinds of records."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import Mock

import pytest

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.defs.transform import project
from orchestration.transform import parses
from orchestration.transform.dbt import run_dbt

MANIFEST, PARTIAL = parses.FILES


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    folder = tmp_path / "cache" / "parses"
    monkeypatch.setattr(parses, "cache_folder", lambda: folder)
    return folder


def parsed(folder: Path, text: str) -> Path:
    """A target folder as dbt leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in parses.FILES:
        (folder / name).write_text(f"{name} of {text}")
    return folder


def test_what_was_kept_is_fetched_under_its_fingerprint_alone(tmp_path: Path) -> None:
    """A manifest of other code would build other models and check other things."""
    parses.keep("this code", parsed(tmp_path / "a", "this"))
    assert parses.fetch("this code", tmp_path / "b")
    assert (tmp_path / "b" / MANIFEST).read_text() == f"{MANIFEST} of this"
    assert (tmp_path / "b" / PARTIAL).read_text() == f"{PARTIAL} of this"
    assert not parses.fetch("other code", tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_keeping_the_same_again_changes_nothing(tmp_path: Path, cache: Path) -> None:
    """Two homes may parse at the same time; the second must leave nothing half-written."""
    for text in ("first", "second"):
        parses.keep("code", parsed(tmp_path / text, text))
    assert len(list(cache.iterdir())) == 1
    assert parses.fetch("code", tmp_path / "b")
    assert (tmp_path / "b" / MANIFEST).read_text() == f"{MANIFEST} of first"


def test_a_kept_parse_without_one_of_its_files_is_none(tmp_path: Path, cache: Path) -> None:
    """Somebody tidied the cache while it was read."""
    parses.keep("code", parsed(tmp_path / "a", "this"))
    (next(cache.iterdir()) / PARTIAL).unlink()
    assert not parses.fetch("code", tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_the_cache_does_not_grow_for_ever(tmp_path: Path, cache: Path) -> None:
    """What was used last stays."""
    for number in range(parses.KEPT):
        parses.keep(f"code {number}", parsed(tmp_path / "a", str(number)))
        os.utime(cache / parses._name(f"code {number}"), (number, number))
    assert parses.fetch("code 0", tmp_path / "b")
    parses.keep("new code", parsed(tmp_path / "a", "new"))
    assert len(list(cache.iterdir())) == parses.KEPT
    assert parses.fetch("code 0", tmp_path / "b")
    assert not parses.fetch("code 1", tmp_path / "b")


def test_a_cache_that_cannot_be_written_costs_the_parse_alone(tmp_path: Path, cache: Path) -> None:
    """An installed package in a container has no home folder to write to."""
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    parses.keep("code", parsed(tmp_path / "a", "this"))
    assert not parses.fetch("code", tmp_path / "b")


def test_whoever_has_no_home_folder_parses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's user that no list of users has, without HOME, could not run at all."""

    def home_of_nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(parses, "cache_folder", home_of_nobody)
    parses.keep("code", parsed(tmp_path / "a", "this"))
    assert not parses.fetch("code", tmp_path / "b")


def test_what_was_edited_while_dbt_read_it_is_not_kept(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the edit was undone, every later home got the manifest of the edited project."""

    def parse(settings: Settings, *_: object) -> CompletedProcess[str]:
        parsed(settings.dbt_target_dir, "both")
        return CompletedProcess((), 0)

    settings = Settings(home=tmp_path / "home", config_path=None, config=Config())
    stamp = settings.dbt_target_dir / "manifest.fingerprint"
    monkeypatch.setattr(project, "run_dbt", parse)
    for codes, is_kept in ((("a", "b"), False), (("a", "a"), True), (("c", "a"), False)):
        monkeypatch.setattr(project, "project_fingerprint", Mock(side_effect=codes))
        project.prepared_project(settings)
        assert stamp.exists() == is_kept
    assert len(list(cache.iterdir())) == 1


def test_another_home_needs_no_parse_and_dbt_takes_the_kept_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another path, memory limit and folder are no reason to parse; they were 8 CPU s."""
    first = Settings(home=tmp_path / "first", config_path=None, config=Config())
    project.prepared_project(first)
    second = replace(first, home=tmp_path / "second", memory_limit="1GB", threads=1)
    with monkeypatch.context() as patched:
        patched.setattr(project, "run_dbt", None)
        prepared = project.prepared_project(second)
    assert prepared.manifest_path.read_bytes() == ((first.dbt_target_dir / MANIFEST).read_bytes())
    again = run_dbt(second, ["parse", "--no-use-colors"])
    assert again.returncode == 0
    assert "partial parsing" not in again.stdout
    assert '"parsed_path_count": 0' in (second.dbt_target_dir / "perf_info.json").read_text()
