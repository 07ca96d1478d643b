"""``tributary ui``: Dagster's page, read-only, on this machine alone."""

from __future__ import annotations

import os
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


def run_ui(settings: Settings, port: int, console: Console) -> None:
    """Become the server of the page, so that whoever stops this process stops the server.

    Args:
        settings: Whose page.
        port: On the loopback address.
        console: Where the address is shown.
    """
    prepare_dagster_home(settings)
    console.print(f"Tributary at http://{HOST}:{port} (read-only). Stop with Ctrl-C.")
    sys.stdout.flush()
    command = ui_command(port)
    os.execv(command[0], command)
