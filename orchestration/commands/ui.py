"""``tributary ui``: Dagster's page, on this machine alone; read-only unless an operator asks."""

from __future__ import annotations

import os
import secrets

from dagster import DagsterInstance
from rich.console import Console

from orchestration.configuration.document import SettingsError
from orchestration.configuration.settings import Settings
from orchestration.runs.janitor import tidy
from orchestration.runs.job import prepare_dagster_home
from orchestration.web.server import HOST, serve

TOKEN = "TRIBUTARY_UI_TOKEN"
"""The environment variable that may hold the operator's token."""
_SHORTEST = 16


def run_ui(settings: Settings, port: int, operate: bool, console: Console) -> None:
    """Serve the page until this process is stopped.

    Args:
        settings: Whose page.
        port: On the loopback address.
        operate: Whether the page may start, stop and change things; it then asks for a token.
        console: Where the address and a new token are shown.

    Raises:
        SettingsError: The token in the environment is too short.
    """
    prepare_dagster_home(settings)
    with DagsterInstance.get() as instance:
        if tidied := tidy(settings, instance).told():
            console.print(tidied, style="yellow")
    # Taken out of the environment: the runs that the page starts inherit it.
    given = os.environ.pop(TOKEN, "")
    if not operate:
        console.print(f"Tributary at http://{HOST}:{port} (read-only). Stop with Ctrl-C.")
        serve(port, None)
        return
    token = given or secrets.token_urlsafe(32)
    if len(token) < _SHORTEST:
        raise SettingsError(
            f"The operator's token has {len(token)} characters; it needs {_SHORTEST}.",
            where=f"environment variable {TOKEN}",
            remedy="Make one, for example: openssl rand -hex 32",
        )
    console.print(f"Tributary at http://{HOST}:{port} for operators. Stop with Ctrl-C.")
    if given:
        console.print(f"It asks for the token that {TOKEN} holds.")
    else:
        console.print("It asks for this token, which is shown only now:")
        console.print(token, markup=False, highlight=False, soft_wrap=True)
    serve(port, token)
