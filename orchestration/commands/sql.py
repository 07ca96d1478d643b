"""``tributary sql``: one query of the published file, or a prompt for many."""

from __future__ import annotations

import time
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.terminal import shown
from orchestration.publication.reader import Answer, query

_SHOWN_CHARACTERS = 10_000
"""Characters of a cell that a table shows; a terminal takes minutes for millions."""
_HELP = "End a question with ; and Enter.  show all tables;  describe marts.campaign_performance;"


def run_sql(settings: Settings, question: str | None, rows: int, console: Console) -> None:
    """Answer one query, or prompt for queries until the person leaves.

    Args:
        settings: Locates the published file.
        question: SQL; ``None`` opens a prompt.
        rows: The most rows to print.
        console: Where answers are shown.
    """
    if question is not None:
        _answer(settings, question, rows, console)
        return
    console.print(
        shown(f"Reading {settings.published_path}. {_HELP}  Leave with exit."), style="dim"
    )
    while (statement := _read_statement(console)) is not None:
        try:
            _answer(settings, statement, rows, console)
        except TributaryError as error:
            console.print(shown(str(error), lines=True), style="red")


def _read_statement(console: Console) -> str | None:
    lines: list[str] = []
    while True:
        try:
            line = console.input("sql> " if not lines else "...> ")
        except (EOFError, KeyboardInterrupt):
            console.print()
            return None
        if not lines and line.strip().lower() in ("exit", "quit", "\\q"):
            return None
        lines.append(line)
        if line.rstrip().endswith(";"):
            return "\n".join(lines)


def _answer(settings: Settings, question: str, rows: int, console: Console) -> None:
    begun = time.monotonic()
    answer = query(settings, question, max_rows=rows)
    console.print(answer_table(answer))
    shown = f"first {len(answer.rows)} rows" if answer.truncated else f"{len(answer.rows)} rows"
    console.print(f"{shown}, {time.monotonic() - begun:.2f} s", style="dim")


def answer_table(answer: Answer) -> Table:
    """An answer as a table, with numbers right-aligned."""
    table = Table(header_style="bold")
    for position, name in enumerate(answer.columns):
        values = [row[position] for row in answer.rows if row[position] is not None]
        numeric = bool(values) and all(isinstance(v, int | float | Decimal) for v in values)
        table.add_column(shown(name), justify="right" if numeric else "left", overflow="fold")
    for row in answer.rows:
        table.add_row(*(_cell(value) for value in row))
    return table


def _cell(value: Any) -> str | Text:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        whole, point, fraction = f"{value:,f}".partition(".")
        return whole + point + fraction.rstrip("0").ljust(min(len(fraction), 2), "0")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    if len(text) > _SHOWN_CHARACTERS:
        text = f"{text[:_SHOWN_CHARACTERS]}… ({len(text):,} characters)"
    return shown(text)
