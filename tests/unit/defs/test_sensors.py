"""The inbox sensor: waits until files settle, and sees every replacement."""

from __future__ import annotations

import os
from pathlib import Path

from orchestration.configuration.inbox import InboxEntry
from orchestration.defs.sources.sensors import SETTLED_SECONDS, inbox_fingerprint


def entry(path: Path) -> InboxEntry:
    """An entry of the inbox."""
    return InboxEntry(path=path, written_path=path.name, stream="costs")


def test_a_file_that_is_still_being_written_is_left_alone(tmp_path: Path) -> None:
    """Read half-way, its second half would look like deleted rows."""
    path = tmp_path / "costs.csv"
    path.write_text("date_day,amount,currency\n")
    os.utime(path, (1000, 1000))
    assert inbox_fingerprint([entry(path)], now=1000 + SETTLED_SECONDS - 1) is None
    assert inbox_fingerprint([entry(path)], now=1000 + SETTLED_SECONDS) == {
        "costs:costs.csv": [25, 1000 * 10**9]
    }


def test_a_replaced_file_changes_the_fingerprint(tmp_path: Path) -> None:
    """Same size, other time: still another file."""
    path = tmp_path / "costs.csv"
    path.write_text("a")
    os.utime(path, (1000, 1000))
    before = inbox_fingerprint([entry(path)], now=5000)
    path.write_text("b")
    os.utime(path, (2000, 2000))
    assert inbox_fingerprint([entry(path)], now=5000) != before


def test_a_missing_file_is_no_change(tmp_path: Path) -> None:
    """The file does not exist yet."""
    assert inbox_fingerprint([entry(tmp_path / "none.csv")], now=0) == {}
