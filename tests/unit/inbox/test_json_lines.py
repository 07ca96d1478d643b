"""Files of JSON lines: their numbers, names and broken lines."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.inbox import opening
from orchestration.inbox import rows as reading
from orchestration.inbox.files import InboxError
from orchestration.inbox.reader import land_entry
from orchestration.inbox.tables import json_names
from tests.kit.inbox import NOW, Inbox

D = Decimal


@pytest.mark.parametrize("format_", [{}, {"decimal": ",", "thousands": "."}])
def test_a_number_of_json_may_have_an_exponent(inbox: Inbox, format_: dict[str, Any]) -> None:
    """Java writes 20000000 as 2.0E7. A digit behind the exponent once made 15 fifteen billion."""
    line = '{"date_day": "2026-01-01", "amount": %s}\n'
    inbox.load("".join(line % n for n in ("1.5e1", "2.0E7", "-2.5e-3", "1.23E19")), **format_)
    assert inbox.rows("amount") == [(D(15),), (D(20_000_000),), (D("-0.0025"),)]
    assert [reason for reason, _ in inbox.quarantine()] == ["bad_type"]


@pytest.mark.parametrize("twice", ['"amount": 5, "amount": 6', '"a.b": 1, "a": {"b": 2}'])
def test_two_values_of_one_name_are_not_guessed(inbox: Inbox, twice: str) -> None:
    """Which of two amounts is meant, nobody can say."""
    good = '{"date_day": "2026-01-01", "amount": 5}\n'
    inbox.load(f'{good}{{"date_day": "2026-01-02", {twice}}}\n')
    assert inbox.rows("amount") == [(D(5),)]
    assert inbox.quarantine() == [("unparsable", "line 2: the line has two values of one name")]


def test_half_a_character_costs_itself(inbox: Inbox) -> None:
    """Programs cut texts within an emoji, and JSON can say so; the other lines count."""
    inbox.load(
        '{"date_day": "2026-01-01", "amount": 5, "campaign": "Sol \\ud83d", "x": ["\\ud83d", 1]}\n',
        columns={"campaign": "campaign", "description": "x"},
    )
    assert inbox.rows("amount, campaign") == [(D(5), "Sol \ufffd")]


def test_a_file_that_changes_between_its_two_readings_is_not_taken(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of JSON are looked for first; a name that came meanwhile would be left out."""
    line = '{"date_day": "2026-01-01", "amount": 5}\n'
    entry = inbox.entry(line)

    def names(path: Path, *given: Any) -> list[str]:
        found = json_names(path, *given)
        path.rename(path.with_suffix(".old"))
        path.write_text(line.replace("}", ', "currency": "USD"}'))
        return found

    monkeypatch.setattr(opening, "json_names", names)
    with pytest.raises(InboxError, match="changed while it was being read"):
        land_entry(entry, inbox.landing, inbox.company, NOW)


def test_a_line_of_json_that_does_not_end_stops_the_file(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small packed file may hold one line of gigabytes."""
    monkeypatch.setattr(reading, "_MAX_LINE", 100)
    packed = gzip.compress(f'{{"date_day": "{"x" * 200}"}}'.encode())
    with pytest.raises(InboxError, match="has a line that does not end"):
        inbox.load(packed)


@pytest.mark.parametrize("header", ["Kampanj", "campaign"])
def test_a_column_that_no_line_has_any_more_may_be_empty(inbox: Inbox, header: str) -> None:
    """Lines of JSON leave empty values out, so a column without any value has no name either."""
    line = '{"date_day": "2026-01-01", "amount": 5'
    columns = {"campaign": header} if header != "campaign" else {}
    inbox.load(f'{line}, "{header}": "A"}}\n', columns=columns)
    with pytest.raises(InboxError) as raised:
        inbox.load(line + "}\n", columns=columns)
    assert "optional: [campaign], which is right where no line has a value of it" in (
        raised.value.remedy
    )
    inbox.load(line + "}\n", columns=columns, words={"optional": ["campaign"]})
    assert inbox.rows("amount, campaign") == [(D(5), None)]
