"""How long the thirty questions of docs/marts.md take on the demo of full size.

``python -m benchmarks questions`` asks each by ``tributary sql`` in a process of its own, start
included, and writes the table of ``docs/benchmarks.md``. Needs the demo below ``TRIBUTARY_HOME``.
"""

from __future__ import annotations

import re
import statistics
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.document import write_part
from benchmarks.figures.blocks import blocks
from benchmarks.figures.printed import full_demo
from benchmarks.measure import Measure, machine, measure
from orchestration.configuration.settings import load_settings
from orchestration.foundation.repository import REPOSITORY

PAGE = REPOSITORY / "docs" / "marts.md"
GOAL = 1.0
_HEADING = re.compile(r"^### (\d+)\. (.*)$", re.MULTILINE)


def asked(page: str) -> list[tuple[int, str, str]]:
    """Number, question and SQL of every question of the page, in its order.

    Args:
        page: Markdown; a question without exactly one answered block is left out.
    """
    parts = _HEADING.split(page)[1:]
    found = []
    for number, question, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        answered = [block.command for block in blocks(text) if block.kind == "answered"]
        if len(answered) == 1:
            found.append((int(number), question, answered[0]))
    return found


def main(rounds: int) -> None:
    """Measure, print and write the table.

    Args:
        rounds: How often each is asked; the median counts.
    """
    settings = load_settings()
    full_demo(settings)
    tributary = str(Path(sys.executable).parent / "tributary")
    home = {"TRIBUTARY_HOME": str(settings.home)}
    taken: dict[int, list[Measure]] = {}
    for _ in range(rounds):
        for number, _, sql in asked(PAGE.read_text(encoding="utf-8")):
            taken.setdefault(number, []).append(measure([tributary, "sql", sql], home))
    body = _table(taken, rounds)
    write_part("questions", body)
    print(body)


def _table(taken: dict[int, list[Measure]], rounds: int) -> str:
    wall = {number: statistics.median(each.wall for each in of) for number, of in taken.items()}
    cpu = {number: statistics.median(each.cpu for each in of) for number, of in taken.items()}
    lines = [
        f"{len(taken)} questions, each asked {rounds} times, {datetime.now(UTC):%Y-%m-%d}; "
        f"{machine()}.",
        "",
        "| median of a question | the quickest | the middle | the slowest |",
        "|---|---|---|---|",
    ]
    for name, of in (("wall s", wall), ("CPU s", cpu)):
        slowest = max(of, key=lambda number: (of[number], number))
        lines.append(
            f"| {name} | {min(of.values()):.2f} | {statistics.median(of.values()):.2f} "
            f"| {of[slowest]:.2f} (question {slowest}) |"
        )
    return "\n".join([*lines, "", _late("wall", wall), _late("CPU", cpu)])


def _late(clock: str, of: dict[int, float]) -> str:
    """Which questions took longer than the goal."""
    late = [str(number) for number, seconds in sorted(of.items()) if seconds > GOAL]
    named = "all" if len(late) == len(of) else ", ".join(late) or "none"
    return f"Longer than {GOAL:g} s by the {clock}'s time: {named}."
