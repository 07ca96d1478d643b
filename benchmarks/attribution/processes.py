"""One process per measurement, so that each starts with no memory and reports its own peak.

Belongs here: starting them and reading their answers. Does not belong here: their order
(``command``). It uses only the standard library, because a process's peak includes the memory of
the process that started it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

Taken = dict[str, Any]

REPOSITORY = Path(__file__).parents[2]
REQUIREMENTS = (
    "ChannelAttribution==2.2.5",
    "marketing-attribution-models==2.1.1",
    "shapley-attribution==2.1.0",
    "pandas==3.1.1",
    "pyarrow",
    "duckdb==1.5.5",
    # ChannelAttribution imports it without declaring the dependency.
    "matplotlib",
)


def prepare(folder: Path, size: int) -> None:
    """Create the data of one size (see ``warehouse.prepare``)."""
    _module("warehouse", str(folder), str(size))


def ours(folder: Path, memory_limit: str, kind: str) -> Taken:
    """Run the project's models once.

    Args:
        folder: The prepared folder.
        memory_limit: For DuckDB.
        kind: ``full`` or ``refresh``.
    """
    return _answer([*_python("ours"), str(folder), memory_limit, kind], folder)


def floor(folder: Path, memory_limit: str) -> Taken:
    """Scan and sort the touches once."""
    return _answer([*_python("floor"), str(folder), memory_limit], folder)


def peer(environment: Path, what: str, folder: Path) -> Taken:
    """Run one of ``peers.RUNS`` once."""
    script = str(Path(__file__).with_name("peers.py"))
    return _answer([str(environment / "bin" / "python"), script, what, str(folder)], folder)


def agreement(folder: Path, figures: dict[str, Any]) -> dict[str, float]:
    """Compare the results of the project's models with the peers' figures (see ``agreement``)."""
    theirs = folder / "figures.json"
    theirs.write_text(json.dumps(figures), encoding="utf-8")
    return _answer([*_python("agreement"), str(folder), str(theirs)], folder)


def changes(folder: Path, what: str) -> None:
    """Change, keep or compare (see ``changes``)."""
    _module("changes", str(folder), what)


def make_environment(folder: Path) -> None:
    """Install the peers into a separate environment, unless they are there already."""
    stamp = folder / "installed"
    wanted = "\n".join(REQUIREMENTS)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    uv = str(Path(sys.executable).with_name("uv"))
    python = str(folder / "bin" / "python")
    _run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
    _run([uv, "pip", "install", "--quiet", "--python", python, *REQUIREMENTS])
    stamp.write_text(wanted, encoding="utf-8")


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.attribution.{module}"]


def _module(module: str, *arguments: str) -> None:
    _run([*_python(module), *arguments])


def _answer(command: list[str], folder: Path) -> Taken:
    """Run a command that writes its time and memory into the file named by its last argument."""
    file = folder / "answer.json"
    file.unlink(missing_ok=True)
    _run([*command, str(file)])
    taken: Taken = json.loads(file.read_text(encoding="utf-8"))
    return taken


def _run(command: list[str]) -> None:
    """Run a command to completion.

    Raises:
        RuntimeError: It failed; the message holds the end of its output.
    """
    unwanted = "PYTHONDONTWRITEBYTECODE"
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={name: value for name, value in os.environ.items() if name != unwanted},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}")
