"""The prompt of ``tributary sql``: history, and completion of tables and columns.

Belongs here: reading a question. Does not belong here: answering it (``sql.py``).

Earlier questions are kept among the logs, in a file for each day: whoever is erased is taken out of
them, too, and ``privacy.keep_days.logs`` removes them.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

try:
    import readline
except ImportError:  # a Python that was built without it
    readline = None  # type: ignore[assignment]

_HISTORY = "sql-history-"
_KEPT = 500
_WORDS = (
    "select from where group by order by limit having join inner left using on as and or not null "
    "is in between like case when then else end distinct sum count avg min max median round cast "
    "date_trunc coalesce nullif filter with union all desc asc describe summarize show tables"
)
_ENDS = ("exit", "quit", "\\q")


class Prompt:
    """Reads questions from a person, or lines from another program.

    Args:
        console: Where a new line is begun when the person leaves.
        folder: Where earlier questions are kept.
        today: Whose file takes the new ones.
        names: Tables and columns to complete.

    Attributes:
        is_terminal: Whether a person types; then Ctrl-C drops what was typed so far.
    """

    def __init__(self, console: Console, folder: Path, today: date, names: Sequence[str]) -> None:
        self._console = console
        self._folder = folder
        self._today = today
        self._words = sorted({*_WORDS.split(), *names})
        self._matches: list[str] = []
        self.is_terminal = sys.stdin.isatty()
        if self.is_terminal and readline is not None:
            self._prepare()

    def question(self) -> str | None:
        """The next question, with its semicolon; ``None`` when the person leaves."""
        lines: list[str] = []
        while True:
            try:
                line = input("...> " if lines else "sql> ")
            except EOFError:
                self._console.print()
                return None
            except KeyboardInterrupt:
                self._console.print()
                if not self.is_terminal:
                    return None
                lines.clear()
                continue
            if not lines and line.strip().lower().rstrip(";") in _ENDS:
                return None
            if line.strip() or lines:
                lines.append(line)
            if line.rstrip().endswith(";"):
                asked = "\n".join(lines)
                if self.is_terminal:
                    if readline is not None:
                        readline.add_history(" ".join(asked.split()))
                    self.keep(asked)
                return asked

    def complete(self, text: str, number: int) -> str | None:
        """The nth word that begins as a text does, as readline asks for it."""
        if number == 0:
            low = text.lower()
            self._matches = [word for word in self._words if word.lower().startswith(low)]
        return self._matches[number] if number < len(self._matches) else None

    def earlier(self) -> Iterator[str]:
        """Earlier questions, oldest first."""
        for path in sorted(self._folder.glob(f"{_HISTORY}*.log")):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                yield from path.read_text(encoding="utf-8").splitlines()

    def keep(self, asked: str) -> None:
        """Keep a question for later sessions."""
        path = self._folder / f"{_HISTORY}{self._today}.log"
        # An analyst's account cannot write in the home; then this session alone remembers.
        with contextlib.suppress(OSError), path.open("a", encoding="utf-8") as file:
            file.write(" ".join(asked.split()) + "\n")

    def _prepare(self) -> None:
        for line in list(self.earlier())[-_KEPT:]:
            readline.add_history(line)
        # A whole question is added instead of each of its lines.
        readline.set_auto_history(False)
        readline.set_completer(self.complete)
        readline.set_completer_delims(" \t\n,;()=<>+-*/'\"")
        is_editline = "libedit" in (readline.__doc__ or "")
        readline.parse_and_bind("bind ^I rl_complete" if is_editline else "tab: complete")
