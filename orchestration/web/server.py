"""Serving Dagster's page from this process, behind the guard.

Belongs here: the instance, the code location, the socket. Does not belong here: access control
(``guard.py``).
"""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from orchestration.foundation.errors import TributaryError
from orchestration.foundation.repository import REPOSITORY

if TYPE_CHECKING:
    from dagster_shared.error import SerializableErrorInfo

HOST = "127.0.0.1"
_MOST_MESSAGE_BYTES = 1_000_000


class PortTaken(TributaryError):
    """Another process listens on the page's port."""


def listen(port: int) -> socket.socket:
    """Open the port, before anything slow begins.

    Args:
        port: On the loopback address.

    Raises:
        PortTaken: The port is not available.
    """
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise PortTaken(
            f"The page cannot listen on port {port}: {error.strerror}.",
            where=HOST,
            remedy=f"Stop the process that listens there, or choose another port: "
            f"tributary ui --port {port % 65535 + 1}",
        ) from error


def serve(
    listener: socket.socket,
    token: str | None,
    on_error: Callable[[SerializableErrorInfo], None],
) -> None:
    """Serve the page of the Dagster home that the environment names, until a signal ends it.

    Args:
        listener: From ``listen``.
        token: As for ``Guard``; with one the page may change things.
        on_error: Called with the reason when the definitions do not load; the page is still served
            and shows the reason.
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
    # before it can stop the code server.
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
        for error in context.create_request_context().code_location_errors():
            on_error(error)
        app = create_app_from_workspace_process_context(context)
        port = listener.getsockname()[1]
        config = uvicorn.Config(
            Guard(app, port, token),
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            ws_max_size=_MOST_MESSAGE_BYTES,
            timeout_graceful_shutdown=5,
        )
        # Ctrl-C is how a person stops it.
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
