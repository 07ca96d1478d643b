"""``tributary ui``: Dagster's page, read-only, on this machine alone."""

from __future__ import annotations

import os
import subprocess
import sys

from rich.console import Console

from orchestration.commands.job import prepare_dagster_home
from orchestration.config import REPOSITORY
from orchestration.settings import Settings

HOST = "127.0.0.1"


def ui_command(port: int) -> list[str]:
    """The command that serves the page: loopback only, and without any button that changes."""
    return [
        sys.executable,
        "-m",
        "dagster_webserver",
        "--read-only",
        "--host",
        HOST,
        "--port",
        str(port),
        "--module-name",
        "orchestration.definitions",
        "--working-directory",
        str(REPOSITORY),
    ]


def run_ui(settings: Settings, port: int, console: Console) -> int:
    """Serve the page until the person stops it.

    Returns:
        The server's exit status; 0 when it was stopped from the keyboard.
    """
    prepare_dagster_home(settings)
    console.print(f"Tributary at http://{HOST}:{port} (read-only). Stop with Ctrl-C.")
    server = subprocess.Popen(ui_command(port), env=os.environ)
    try:
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait(timeout=30)
        return 0
