"""The result table of the long forms: what was tried, how often, where, and the outcome.

Belongs here: keeping results and writing them into ``docs/reliability.md``. Does not belong here:
running tests. ``python -m tests.kit.faults.report FILE`` writes the table; a row that was not
measured this time stays unchanged.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from tests.kit.places import REPOSITORY

VARIABLE = "TRIBUTARY_RELIABILITY"
"""Names the file that collects results, one JSON object per line; without it none are kept."""

PAGE = REPOSITORY / "docs" / "reliability.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
_HEAD = "| promise | fault | tried | outcome | date | machine | again with |\n" + "|---" * 7 + "|"


@dataclass(frozen=True)
class Result:
    """One row.

    Attributes:
        promise: Number and short name, as ``1 kills``.
        fault: What was done to the system; with ``promise`` the row's key.
        tried: How often, in words where a number alone says too little.
        outcome: What came out. command: What reproduces it.
        date: The day, UTC.
        machine: Processors, memory, system.
    """

    promise: str
    fault: str
    tried: str
    outcome: str
    command: str
    date: str = ""
    machine: str = ""


@dataclass
class Table:
    """Where a test records what it measured."""

    results: list[Result] = field(default_factory=list)

    def add(self, promise: str, fault: str, tried: str, outcome: str, command: str) -> None:
        """Add a row; it is saved when the test ends, marked as failed if the test failed.

        Args:
            promise: Number and short name.
            fault: What was done.
            tried: How often.
            outcome: What came out when every assertion holds.
            command: What reproduces it.
        """
        self.results.append(Result(promise, fault, tried, outcome, command))


def machine() -> str:
    """The machine, as far as figures depend on it."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}"


def keep(result: Result) -> None:
    """Add a result to the file that ``VARIABLE`` names, when it names one."""
    path = os.environ.get(VARIABLE)
    if path:
        measured = {"date": datetime.now(UTC).date().isoformat(), "machine": machine()}
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(result) | measured) + "\n")


def written(page: str, results: list[Result]) -> str:
    """The page with these results in its table; the newest of a row counts."""
    before, _, rest = page.partition(BEGIN)
    table, _, after = rest.partition(END)
    rows: dict[tuple[str, str], str] = {}
    for line in table.strip().splitlines()[2:]:
        promise, fault, *_ = (cell.strip() for cell in line.strip("|").split("|"))
        rows[promise, fault] = line
    for each in results:
        cells = (each.promise, each.fault, each.tried, each.outcome, each.date, each.machine)
        rows[each.promise, each.fault] = f"| {' | '.join(cells)} | `{each.command}` |"
    ordered = [rows[key] for key in sorted(rows, key=lambda key: (_number(key[0]), key[1]))]
    return "\n".join([f"{before}{BEGIN}", _HEAD, *ordered, f"{END}{after}"])


def _number(promise: str) -> int:
    first = promise.split()[0]
    return int(first) if first.isdigit() else 99


def main() -> None:
    """Write the results of a file into the page."""
    lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
    results = [Result(**json.loads(line)) for line in lines]
    PAGE.write_text(written(PAGE.read_text("utf-8"), results), "utf-8")


if __name__ == "__main__":
    main()
