"""Nobody who is planted in every text of every stream can be recovered from what is published."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.commands.run import run_refresh
from orchestration.configuration.settings import load_settings
from orchestration.connectors.inbox import INBOX
from orchestration.plan import RunPlan
from orchestration.publication.reader import query
from tests.kit.faults.report import Result
from tests.kit.people import recovered
from tests.kit.planted import PEOPLE, write_planted
from tests.kit.published import published_texts

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "18 people",
    "4 people and their plain hashes in every text of every stream of the inbox, published; their "
    "spellings and hashes, combined with our words, sought in every column and in the report",
    "company with every stream of files",
    "nobody is recovered, and nobody is in what the run said",
    ".venv/bin/pytest tests/integration/test_planted_people.py -m exhaustive",
)


def test_a_dictionary_recovers_nobody_from_any_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids, keys and texts of files may be people; a stream or a column that is new is planted too.

    Of nine people who were planted in ids, all nine could be recovered from ``*_key`` columns.
    """
    write_planted(tmp_path)
    monkeypatch.setenv("TRIBUTARY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRIBUTARY_CONFIG", str(tmp_path / "tributary.yaml"))
    monkeypatch.setenv("TRIBUTARY_NOW", "2026-03-01T06:00:00+00:00")
    settings = load_settings(os.environ)
    console = Console(record=True, width=160)
    assert run_refresh(settings, RunPlan(), console) == 0, console.export_text()
    loaded = dict(
        query(settings, "select stream, sum(rows_loaded) from meta.sources group by 1").rows
    )
    assert {name for name, rows in loaded.items() if rows} == {s.name for s in INBOX.streams}
    texts = published_texts(settings)
    assert len(texts) > 500
    assert sorted(recovered(PEOPLE, texts)) == []
    shown = [text for text in texts if any(person.lower() in text.lower() for person in PEOPLE)]
    assert shown == []
    said = console.export_text()
    assert not [person for person in PEOPLE if person in said]
