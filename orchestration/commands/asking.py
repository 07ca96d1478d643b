"""Asks a person in the terminal.

Belongs here: prompts. Does not belong here: which questions there are (``inbox/proposing.py``).
"""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.prompt import Prompt

from orchestration.foundation.terminal import plain
from orchestration.inbox.proposing import Question


def asked(console: Console) -> Callable[[Question], str | None]:
    """A function that asks a question; Enter leaves it open."""

    def ask(question: Question) -> str | None:
        choices = list(question.choices)
        for number, choice in enumerate(choices, start=1):
            console.print(f"  {number}  {plain(choice)}", highlight=False)
        said = Prompt.ask(
            plain(question.text), console=console, default="", show_default=False
        ).strip()
        if said.isdecimal() and 0 < int(said) <= len(choices):
            return choices[int(said) - 1]
        return said or None

    return ask
