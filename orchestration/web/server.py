"""Serving Dagster's page from this process, behind the guard.

Belongs here: the instance, the code location, the socket. Does not belong here: who may ask
(``guard.py``).
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

from orchestration.foundation.repository import REPOSITORY

HOST = "127.0.0.1"


def serve(port: int, token: str | None) -> None:
    """Serve the page of the Dagster home that the environment names, until a signal ends it.

    Args:
        port: On the loopback address.
        token: As for ``Guard``; with one the page may change things.
    """
    # Importing Dagster's page takes three seconds.
    import uvicorn
    from dagster import DagsterInstance
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import ModuleTarget
    from dagster_webserver.app import create_app_from_workspace_process_context
    from dagster_webserver.version import __version__

    from orchestration.web.guard import Guard

    # uvicorn raises the signal again when it has stopped; by default that would end this process
    # before the code server is told to end.
    signal.signal(signal.SIGTERM, _leave)
    location = ModuleTarget(
        module_name="orchestration.definitions",
        attribute=None,
        working_directory=str(REPOSITORY),
        location_name=None,
    )
    with (
        DagsterInstance.get() as instance,
        WorkspaceProcessContext(
            instance,
            version=__version__,
            read_only=token is None,
            workspace_load_target=location,
            code_server_log_level="warning",
        ) as context,
    ):
        app = create_app_from_workspace_process_context(context)
        uvicorn.run(
            Guard(app, port, token),
            host=HOST,
            port=port,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
