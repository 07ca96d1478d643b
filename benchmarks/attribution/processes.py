"""One process per measurement, so that each starts with no memory and reports its own peak.

Belongs here: starting them and reading their answers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

Taken = dict[str, Any]


def prepare(folder: Path, size: int) -> None:
    """Make the data of one size (see ``warehouse.prepare``)."""
    print(f"Preparing {size:,} touches ...", flush=True)
    run([sys.executable, "-m", "benchmarks.attribution.warehouse", str(folder), str(size)])


def measure_ours(folder: Path, memory_limit: str, kind: str) -> Taken:
    """Run the project's models once.

    Args:
        folder: As prepared.
        memory_limit: For DuckDB.
        kind: ``full`` or ``refresh``.
    """
    return answer(
        [sys.executable, "-m", "benchmarks.attribution.ours", str(folder), memory_limit, kind],
        folder,
    )


def answer(command: list[str], folder: Path) -> Taken:
    """Run a command that writes what it took into the file that its last argument names."""
    file = folder / "answer.json"
    file.unlink(missing_ok=True)
    run([*command, str(file)])
    taken: Taken = json.loads(file.read_text(encoding="utf-8"))
    return taken


def run(command: list[str]) -> None:
    """Run a command to its end.

    Raises:
        RuntimeError: It failed; holds the end of its output.
    """
    done = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        env={
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}")
