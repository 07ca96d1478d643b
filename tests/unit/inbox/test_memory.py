"""A file remembers its columns and its length; an export that ends too early is told."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.inbox_files import inbox_files
from orchestration.extract.aside import set_aside
from orchestration.inbox.files import InboxError
from orchestration.inbox.memory import incomplete_files
from orchestration.inbox.reader import land_entry
from tests.kit.inbox import NOW, STOCKHOLM, Inbox

HEADER = "Dag,amount,description\n"
DAY = {"date_day": "Dag"}


def lines(count: int) -> str:
    """A file of costs."""
    return HEADER + "".join(f"2026-01-01,{n},stand {n}\n" for n in range(count))


def told(inbox: Inbox, **options: Any) -> list[tuple[str, str]]:
    """What the end of a run says about the file."""
    return incomplete_files(inbox.landing, [inbox.entry(lines(1), columns=DAY, **options)])


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Dag,amount,Description\n", "is called 'Description' now"),
        ("Dag,amount,note\n", "is gone"),
    ],
)
def test_a_column_that_was_taken_is_missed(inbox: Inbox, header: str, says: str) -> None:
    """A header that changed its capitals turned 1,120 SEK into 1,120 EUR, and the run was green."""
    inbox.load(lines(2), columns=DAY)
    changed = header + "2026-01-01,5,b\n"
    with pytest.raises(InboxError, match=says) as caught:
        inbox.load(changed, columns=DAY)
    assert caught.value.where.endswith("file.csv, line 1")
    assert "optional: [description]" in caught.value.remedy
    assert len(inbox.rows("amount")) == 2
    inbox.load(changed, columns=DAY, words={"optional": ["description"]})
    assert inbox.rows("amount, description") == [(5, None)]
    inbox.load(changed, columns=DAY)


def test_the_remedies_for_a_lost_column_work(inbox: Inbox) -> None:
    """What an error prints was tried: the new name, a constant, and doing without."""
    inbox.load(lines(2), columns=DAY)
    changed = "Dag,amount,Description\n2026-01-01,5,b\n"
    inbox.load(changed, columns={**DAY, "description": "Description"})
    assert inbox.rows("description") == [("b",)]
    inbox.load("Dag,amount\n2026-01-01,5\n", columns=DAY, constants={"description": "c"})
    assert inbox.rows("description") == [("c",)]
    mapped = {**DAY, "description": "Description"}
    with pytest.raises(InboxError, match="is not in the file") as caught:
        inbox.load("Dag,amount\n2026-01-01,6\n", columns=mapped)
    assert "optional: [description]" in caught.value.remedy
    inbox.load("Dag,amount\n2026-01-01,6\n", columns=mapped, words={"optional": ["description"]})
    assert inbox.rows("amount, description") == [(6, None)]


def test_what_is_not_taken_or_new_is_not_missed(inbox: Inbox) -> None:
    """Columns come and go in exports; only those that counted matter, and the first time none."""
    inbox.load("Dag,amount,note\n2026-01-01,5,b\n", columns=DAY)
    inbox.load("Dag,amount,description\n2026-01-01,5,b\n", columns=DAY)
    inbox.load("Dag,description,amount,more\n2026-01-01,b,5,c\n", columns=DAY)
    inbox.load("Day,amount\n2026-01-01,5\n", columns={"date_day": "Day"}, name="other.csv")


@pytest.mark.parametrize(
    ("rows", "words", "doubts"),
    [
        (4, {}, ["has 4 rows instead of 40"]),
        (0, {}, ["has 0 rows instead of 40"]),
        (5, {}, []),
        (41, {}, []),
        (4, {"incomplete": "accept"}, []),
        (
            4,
            {"where": {"only": {"description": ["stand 0"]}}},
            ["has 4 rows instead of 40"],
        ),
        (40, {"where": {"only": {"description": ["stand 0"]}}}, []),
    ],
)
def test_an_export_of_a_tenth_is_told(
    inbox: Inbox,
    caplog: pytest.LogCaptureFixture,
    rows: int,
    words: dict[str, Any],
    doubts: list[str],
) -> None:
    """37 of 40 leads were gone, and the run was green. Rows that `where` leaves out are there."""
    inbox.load(lines(40), columns=DAY)
    with caplog.at_level(logging.WARNING):
        inbox.load(lines(rows), columns=DAY, words=words)
    assert [doubt for _, doubt in told(inbox, words=words)] == doubts
    assert [record.message.partition(": The file ")[2] for record in caplog.records] == doubts


def test_it_is_told_until_a_whole_export_comes(inbox: Inbox) -> None:
    """The next run reads the same file: it has no fewer rows than last time, and is as short."""
    inbox.load(lines(40), columns=DAY)
    for _ in range(2):
        inbox.load(lines(3), columns=DAY)
        assert told(inbox) == [("file.csv", "has 3 rows instead of 40")]
    inbox.load(lines(41), columns=DAY)
    assert told(inbox) == []


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        (HEADER + "2026-01-01,5,b\n2026-01-02,", True),
        (HEADER + "2026-01-01,5,b\n2026-01", True),
        (HEADER + '2026-01-01,5,b\n2026-01-02,5,"stand', True),
        (HEADER + '2026-01-01,5,b\n2026-01-02,5,"stand\n', True),
        (HEADER + '2026-01-01,5,b\n2026-01-02,5,"stand\nin a hall\nof', True),
        (HEADER + "2026-01-01,5,b\n2026-01-02,6,c", False),
        (HEADER + "2026-01-01,5,b\n2026-01-02,\n", False),
        (HEADER + '2026-01-01,5,"b\n2026-01-02,6,c\n', False),
        (HEADER + "2026-01-01,5,b\n2026-01-02,6,c,d", False),
        (HEADER, False),
    ],
)
def test_an_export_that_ends_in_a_line_is_told(inbox: Inbox, content: str, cut: bool) -> None:
    """The first reading shows it, too. A quote too many in the middle is no end."""
    inbox.load(content, columns=DAY)
    assert told(inbox) == ([("file.csv", "ends in the middle of a line")] if cut else [])


@pytest.mark.parametrize("content", [lines(4), HEADER + "2026-01-01,5,b\n" * 40 + "2026"])
def test_an_incomplete_export_can_be_refused(inbox: Inbox, content: str) -> None:
    """Then the last one stays; the remedy takes it as it is."""
    inbox.load(lines(40), columns=DAY)
    with pytest.raises(InboxError, match="looks incomplete") as caught:
        inbox.load(content, columns=DAY, words={"incomplete": "refuse"})
    assert "incomplete: accept" in caught.value.remedy
    assert len(inbox.rows("amount")) == 40
    inbox.load(content, columns=DAY, words={"incomplete": "accept"})
    assert told(inbox, words={"incomplete": "accept"}) == []


def test_a_slice_that_was_set_aside_is_forgotten(inbox: Inbox) -> None:
    """The bad export is not what the next one is measured by."""
    inbox.load(lines(40), columns=DAY)
    inbox.load(lines(1), columns=DAY)
    set_aside(inbox.landing, inbox.landing.slices()[-1].slice_id, "cut short", NOW)
    assert told(inbox) == []
    inbox.load(lines(2), columns=DAY)
    assert told(inbox) == [("file.csv", "has 2 rows instead of 40")]


def test_files_of_a_pattern_remember_those_before(tmp_path: Path) -> None:
    """Each month brings a new file; those that are read at once miss nothing of each other."""
    inbox = Inbox(tmp_path)

    def land(name: str, content: str, hours: int, **words: Any) -> list[tuple[str, str]]:
        (tmp_path / name).write_text(content)
        entry = InboxEntry.model_validate(
            {
                "path": tmp_path / "costs-*.csv",
                "written_path": "costs-*.csv",
                "stream": "costs",
                "columns": DAY,
                **words,
            }
        )
        files = inbox_files([entry])
        for file in files:
            land_entry(file, inbox.landing, STOCKHOLM, NOW + dt.timedelta(hours=hours))
        return incomplete_files(inbox.landing, files)

    (tmp_path / "costs-1.csv").write_text("Dag,amount\n2026-01-01,5\n")
    assert land("costs-2.csv", lines(40), 0) == []
    assert land("costs-3.csv", lines(1), 1) == []
    with pytest.raises(InboxError, match="is gone"):
        land("costs-4.csv", "Dag,amount\n2026-01-01,5\n", 2)
    land("costs-4.csv", lines(40), 3)
    assert land("costs-5.csv", lines(2), 4, files="newest") == [
        ("costs-5.csv", "has 2 rows instead of 40")
    ]


def test_words_about_memory_that_do_nothing_are_refused(inbox: Inbox) -> None:
    """A word that would do nothing is a mistake."""
    with pytest.raises(ValidationError, match="currency is a constant"):
        inbox.entry("", constants={"currency": "SEK"}, words={"optional": ["currency"]})
    with pytest.raises(ValidationError, match="incomplete"):
        inbox.entry("", words={"incomplete": "maybe"})
    with pytest.raises(InboxError, match="has no column 'budget'") as caught:
        inbox.load(lines(1), columns=DAY, words={"optional": ["budget"]})
    assert caught.value.where.endswith("optional")
    with pytest.raises(InboxError, match="needs amount"):
        inbox.load("Dag\n2026-01-01\n", columns=DAY, words={"optional": ["amount"]})
