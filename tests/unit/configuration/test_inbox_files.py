"""Several files of one list, and which of them is the newer one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.inbox_files import groups, inbox_files
from orchestration.inbox.reader import land_entry
from tests.kit.inbox import NOW, STOCKHOLM, Inbox


def entry(folder: Path, written: str, **words: Any) -> InboxEntry:
    """An entry as the configuration makes it."""
    return InboxEntry.model_validate(
        {"path": folder / written, "written_path": written, "stream": "leads", **words}
    )


def files(folder: Path, *names: str) -> None:
    """Files, each written a minute after the one before."""
    for minute, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"lead_id,created_at,lead_source\n1,2026-01-01,{name}\n")
        os.utime(path, (minute * 60, minute * 60))


def names(found: list[InboxEntry]) -> list[str]:
    """The files' paths as the configuration would write them."""
    return [file.written_path for file in found]


def test_a_pattern_names_every_file_that_it_matches(tmp_path: Path) -> None:
    """Each file is an account of its own: one that is replaced supersedes itself alone."""
    files(tmp_path, "in/leads-2026-9.csv", "in/leads-2026-10.csv", "in/other.csv", "in/Leads-1.csv")
    found = inbox_files([entry(tmp_path, "in/leads-*.csv"), entry(tmp_path, "in/other.csv")])
    assert sorted(names(found)) == ["in/leads-2026-10.csv", "in/leads-2026-9.csv", "in/other.csv"]
    assert len({file.entry_id for file in found}) == 3


def test_what_programs_put_beside_a_file_is_none(tmp_path: Path) -> None:
    """While somebody has a workbook open, its folder has a file of that name with ~$ before it."""
    files(tmp_path, "in/a.xlsx", "in/~$a.xlsx", "in/.~lock.a.xlsx#", "in/._a.xlsx")
    assert names(inbox_files([entry(tmp_path, "in/*.xlsx")])) == ["in/a.xlsx"]
    newest = entry(tmp_path, "in/*", files="newest", order="modified")
    assert names(inbox_files([newest])) == ["in/a.xlsx"]


@pytest.mark.parametrize(
    ("order", "newest"), [("name", "leads-2026-10.csv"), ("modified", "leads-2026-9.csv")]
)
def test_the_declared_rule_says_which_file_is_the_newest(
    tmp_path: Path, order: str, newest: str
) -> None:
    """October is after September, by its number and not by its first digit."""
    files(tmp_path, "leads-2026-10.csv", "leads-2026-9.csv")
    pattern = entry(tmp_path, "leads-*.csv", order=order)
    assert names(groups(inbox_files([pattern]))[0])[-1] == newest
    alone = entry(tmp_path, "leads-*.csv", order=order, files="newest")
    assert names(inbox_files([alone])) == [newest]


def test_a_pattern_that_matches_nothing_stays(tmp_path: Path) -> None:
    """No file at all is an error of reading, not an empty list of leads."""
    assert names(inbox_files([entry(tmp_path, "leads-*.csv")])) == ["leads-*.csv"]
    assert names(inbox_files([entry(tmp_path, "nowhere/leads-*.csv")])) == ["nowhere/leads-*.csv"]


def test_lists_that_differ_in_their_numbers_are_ordered_by_them(tmp_path: Path) -> None:
    """The newer list was named first, so the older one counted."""
    files(tmp_path, "2026-10.csv", "2026-09.csv", "crm.csv")
    entries = [entry(tmp_path, name) for name in ("crm.csv", "2026-10.csv", "2026-09.csv")]
    ordered = [names(group) for group in groups(inbox_files(entries))]
    assert ordered == [["2026-09.csv", "2026-10.csv"], ["crm.csv"]]


@pytest.mark.parametrize(
    ("written", "words", "says"),
    [
        ("in*/leads.csv", {}, "not in its folder"),
        ("leads.csv", {"order": "modified"}, "belong to a path whose name holds"),
        ("leads.csv", {"files": "newest"}, "belong to a path whose name holds"),
        ("leads-*.csv", {"order": "size"}, "order"),
    ],
)
def test_words_without_a_pattern_are_refused(
    tmp_path: Path, written: str, words: dict[str, str], says: str
) -> None:
    """A word that would do nothing is a mistake."""
    with pytest.raises(ValidationError, match=says):
        entry(tmp_path, written, **words)


def test_a_corrected_older_file_does_not_become_the_newest(tmp_path: Path) -> None:
    """September's list, put right in November, must not undo October's."""
    inbox = Inbox(tmp_path)
    files(tmp_path, "2026-09.csv", "2026-10.csv")

    def land() -> list[tuple[str, int]]:
        landed = 0
        for file in groups(inbox_files([entry(tmp_path, "2026-*.csv")]))[0]:
            landed = land_entry(file, inbox.landing, STOCKHOLM, NOW, after=landed).sequence
        return [(item.account_id, item.sequence) for item in inbox.landing.slices()]

    first = [("leads:2026-09.csv", 1), ("leads:2026-10.csv", 2)]
    assert land() == first
    assert land() == first
    (tmp_path / "2026-09.csv").write_text("lead_id,created_at,lead_source\n1,2026-01-01,Mended\n")
    again = [*first, ("leads:2026-09.csv", 3), ("leads:2026-10.csv", 4)]
    assert land() == again
    assert land() == again
