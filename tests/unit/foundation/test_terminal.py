"""What data contain is shown in a terminal, and never acts there."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from orchestration.commands.tables import answer_table
from orchestration.foundation.terminal import plain, shown, visible, visible_log
from orchestration.publication.reader import Answer
from tests.kit.faults.report import Result

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "20 terminals",
    "markup, escape sequences, bidirectional controls, lone surrogates in cells, names of columns, "
    "logs and texts within markup",
    "cases",
    "shown as text; nothing acts, no error",
    ".venv/bin/pytest tests/unit/foundation/test_terminal.py -m exhaustive",
)
HOSTILE = [
    "\\[/nope]",
    "\\[bold red]x[/]",
    "[/nope]",
    "[link=https://evil.example]x",
    "x\\",
    "\\\\\\",
    "\x1b]0;PWNED\x07\x1b]52;c;cm0gLXJm\x07\x1b[2J",
    "\x9b2J",
    "paid 1000\rpaid 9999",
    "a\x08\x08b",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "zero\u200bwidth",
    "line\u2028end",
    "a\nb",
    "\ud800",
    "\ue000",
]
ACTING = frozenset("\x1b\x9b\x07\x08\r\u202e\u2066\u2069\u200b\u2028\ud800\ue000")


def printed(*renderables: object) -> str:
    """What a terminal with colours receives, without the colours of Rich."""
    console = Console(
        file=StringIO(), width=200, force_terminal=True, color_system=None, legacy_windows=False
    )
    for each in renderables:
        console.print(each)
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_and_a_column_are_shown_as_they_are_written(text: str) -> None:
    """One cell ended ``tributary sql``; others set the title or wrote to the clipboard."""
    table = answer_table(Answer(columns=(text,), rows=[(text,)], truncated=False))
    said = printed(table, shown(text))
    assert ACTING.isdisjoint(said)
    assert said.count(visible(text)) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_data_inside_markup_do_not_reach_out_of_their_place(text: str) -> None:
    """A backslash at the end of a name must not switch off the markup after it."""
    said = printed(f"[bold]{plain(text)}[/bold] and [dim]more[/dim]")
    assert ACTING.isdisjoint(said)
    assert said.endswith(" and more\n")
    assert said.startswith(visible(text))


def test_the_spelling_of_words_and_emoji_stays() -> None:
    """Joiners change how letters look, not how a line runs."""
    for text in ("Räksmörgås – 25 %", "می\u200cخواهم", "👩\u200d🚀", "スプリング", "\u00a0x"):
        assert visible(text) == text


def test_lines_stay_where_they_are_wanted() -> None:
    """An error has lines of its own; a cell has none."""
    assert visible("a\nb\tc", lines=True) == "a\nb\tc"
    assert visible("a\nb") == "a␊b"


def test_a_followed_log_keeps_its_colours_and_nothing_else() -> None:
    """``--verbose`` shows what libraries write, and they may repeat what a vendor sent."""
    assert visible_log("\x1b[32mgreen\x1b[0m\r\n\x1b[2J\x1b]0;x\x07") == (
        "\x1b[32mgreen\x1b[0m\n␛[2J␛]0;x␇"
    )
