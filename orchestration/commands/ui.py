"""``tributary ui``: Dagster's page, on this machine only; read-only unless --operate is given."""

from __future__ import annotations

import os
import secrets

from dagster import DagsterInstance
from dagster_shared.error import SerializableErrorInfo
from rich.console import Console

from orchestration.configuration.document import SettingsError
from orchestration.configuration.settings import Settings
from orchestration.defs.alerts.sensors import message_of
from orchestration.foundation.terminal import plain, shown
from orchestration.runs.home import prepare_dagster_home
from orchestration.runs.janitor import tidy
from orchestration.runs.output import output_to
from orchestration.web.server import HOST, listen, serve

TOKEN = "TRIBUTARY_UI_TOKEN"
"""The environment variable that may hold the operator's token."""
_SHORTEST = 16


def run_ui(
    settings: Settings, port: int, operate: bool, console: Console, *, verbose: bool = False
) -> None:
    """Serve the page until this process is stopped.

    Args:
        settings: The company's settings.
        port: The port on the loopback address.
        operate: Whether the page may start, stop and change things; it then asks for a token.
        console: Where the address and a new token are shown.
        verbose: Also show Dagster's output, which otherwise goes only to the log.

    Raises:
        SettingsError: The token in the environment is too short.
        PortTaken: Another process listens on the port.
    """
    # Removed from the environment, because the runs that the page starts inherit it.
    given = os.environ.pop(TOKEN, "")
    token = (given or secrets.token_urlsafe(32)) if operate else None
    if token is not None and len(token) < _SHORTEST:
        raise SettingsError(
            f"The operator's token has {len(token)} characters; it needs {_SHORTEST}.",
            where=f"environment variable {TOKEN}",
            remedy="Create one, for example: openssl rand -hex 32",
        )
    log_path = settings.home / "logs" / "ui.log"

    def show_error(error: SerializableErrorInfo) -> None:
        console.print("The definitions do not load; the page shows this too:", style="bold red")
        console.print(shown(message_of(error), lines=True))
        console.print(f"The whole log: {plain(str(log_path))}", highlight=False, soft_wrap=True)

    settings.prepare_home()
    with listen(port) as listener, output_to(log_path, console, verbose=verbose):
        prepare_dagster_home(settings)
        with DagsterInstance.get() as instance:
            if tidied := tidy(settings, instance).summary():
                console.print(plain(tidied), style="yellow")
        _show_address(port, token, console, given=bool(given))
        serve(listener, token, show_error)


def _show_address(port: int, token: str | None, console: Console, *, given: bool) -> None:
    if token is None:
        console.print(f"Tributary at http://{HOST}:{port} (read-only). Stop with Ctrl-C.")
        return
    console.print(f"Tributary at http://{HOST}:{port} for operators. Stop with Ctrl-C.")
    if given:
        console.print(f"It asks for the token that {TOKEN} holds.")
        return
    console.print("It asks for this token, which is shown only now:")
    console.print(token, markup=False, highlight=False, soft_wrap=True)
