"""The demo company as ``tributary demo`` runs it: its configuration, and serving its vendors.

Belongs here: what the command needs to know about the company. Does not belong here: the command,
or any part of the product. The two meet at the entry point ``tributary.companies``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.generation.calendar import DEMO_NOW

TITLE = "a software company in Stockholm, 18 months"
CONFIGURATION = Path(__file__).with_name("tributary.demo.yaml")

SCALE = "TRIBUTARY_DEMO_SCALE"
"""The environment variable for the share of the company's size to generate: 0.05 is small."""

_VARIABLE = re.compile(r"\$\{env:(\w+)\}")


class CompanyDidNotStart(RuntimeError):
    """The process that serves the company's vendors ended before it answered."""


def environment(url: str, inbox: Path) -> dict[str, str]:
    """The environment variables that the company's configuration uses, and its fixed clock.

    Args:
        url: Where the simulator answers.
        inbox: The folder of the company's CSV files.
    """
    named = _VARIABLE.findall(CONFIGURATION.read_text(encoding="utf-8"))
    return {
        **dict.fromkeys(named, "known-to-everyone-because-it-guards-made-up-people"),
        "TRIBUTARY_DEMO_URL": url,
        "TRIBUTARY_DEMO_INBOX": str(inbox),
        "TRIBUTARY_NOW": DEMO_NOW.isoformat(),
    }


@contextmanager
def serve(folder: Path) -> Iterator[dict[str, str]]:
    """Serve the company's vendors from a process that ends with this one.

    Args:
        folder: The company's own folder; its CSV files and its server's output are written there.

    Yields:
        The environment variables that the company's configuration needs.

    Raises:
        CompanyDidNotStart: The server ended before it answered, or the folder holds the company
            at another size.
    """
    inbox = folder / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    scale = _scale(folder)
    command = [sys.executable, "-m", "simulator", "--inbox", str(inbox), "--scale", scale]
    log = folder / "server.log"
    with log.open("w") as said:
        server = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, cwd=Path(__file__).parents[1], text=True
        )
    try:
        if server.stdout is None or not (line := server.stdout.readline()):
            raise CompanyDidNotStart(
                f"The demo company's server ended with status {server.wait(timeout=10)}; "
                f"{log} says why."
            )
        yield environment(str(json.loads(line)["url"]), inbox)
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _scale(folder: Path) -> str:
    """The size set in the environment; a folder keeps the size it began with.

    Different sizes have different people under the same keys.
    """
    asked = os.environ.get(SCALE) or "1"
    kept = folder / "scale"
    if kept.exists() and (before := kept.read_text()) != asked:
        raise CompanyDidNotStart(
            f"{folder} holds the demo company at size {before}, not {asked}: "
            f"set {SCALE}={before}, or choose another TRIBUTARY_HOME."
        )
    kept.write_text(asked)
    return asked
