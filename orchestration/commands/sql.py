"""``tributary sql``: one query of the published file, or a prompt for many."""

from __future__ import annotations

import signal
import time
from functools import partial
from typing import Literal

from rich.console import Console

from orchestration.commands.bounded import bounded
from orchestration.commands.formats import as_json, as_markdown
from orchestration.commands.prompt import Prompt
from orchestration.commands.tables import answer, counted
from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.terminal import shown
from orchestration.publication.reader import QueryRefused, query

_HELP = "End a question with ; and Enter.  show all tables;  describe marts.campaign_performance;"
_NAMES = """
select distinct unnest([schema_name || '.' || table_name, column_name])
from duckdb_columns()
where database_name = 'tributary' and schema_name in ('core', 'marts', 'meta')
"""

Format = Literal["json", "md"]


def run_sql(
    settings: Settings, question: str, rows: int, console: Console, *, raw: bool = False
) -> None:
    """Answer one query.

    Args:
        settings: Locates the published file.
        question: SQL.
        rows: The most rows to print.
        console: Where the answer is shown.
        raw: Whether to show values as they are stored.

    Raises:
        QueryRefused: It cannot be answered.
    """
    begun = time.monotonic()
    found = query(settings, question, max_rows=rows)
    console.print(answer(found, console, raw=raw))
    first = "first " if found.truncated else ""
    said = counted(len(found.rows), "row")
    console.print(f"{first}{said}, {time.monotonic() - begun:.2f} s", style="dim")


def run_prompt(settings: Settings, rows: int, console: Console, *, raw: bool = False) -> int:
    """Answer queries until the person leaves; Ctrl-C ends a query, and not the prompt.

    Args:
        settings: Locates the published file.
        rows: The most rows to print of each.
        console: Where answers are shown.
        raw: Whether to show values as they are stored.

    Returns:
        The status to exit with.

    Raises:
        NotPublished: There is nothing to query.
    """

    def show(error: TributaryError) -> None:
        console.print(shown(str(error), lines=True), style="red")

    names = [name for (name,) in query(settings, _NAMES, max_rows=100_000).rows]
    console.print(
        shown(f"Reading {settings.published_path}. {_HELP}  Leave with exit."), style="dim"
    )
    prompt = Prompt(console, settings.home / "logs", settings.now().date(), names)
    while True:
        try:
            statement = prompt.question()
            if statement is None:
                return 0
            work = partial(run_sql, settings, statement, rows, console, raw=raw)
            status = bounded(settings, work, show)
        except KeyboardInterrupt:
            # It came after the line was read and before a process answered.
            status = 128 + signal.SIGINT
        if status == 128 + signal.SIGINT and prompt.is_terminal:
            console.print("Interrupted.", style="dim")
        elif status > 128:
            return status


def print_sql(
    settings: Settings, question: str, rows: int, console: Console, form: Format, *, raw: bool
) -> None:
    """Answer one query for a program or a document.

    Args:
        settings: Locates the published file.
        question: SQL.
        rows: The most rows; a program is told when there are more.
        console: Where it is written.
        form: ``json`` or ``md``.
        raw: Whether Markdown has values as they are stored, as JSON always has.

    Raises:
        QueryRefused: It cannot be answered, or has more rows.
    """
    found = query(settings, question, max_rows=rows)
    if found.truncated:
        raise QueryRefused(
            f"The answer has more than {rows:,} rows.",
            where=question.strip()[:200],
            remedy="Ask for fewer, or allow more with --rows.",
        )
    pieces = as_json(found) if form == "json" else as_markdown(found, raw=raw)
    for piece in pieces:
        console.file.write(piece)
