"""A webhook on loopback that takes alerts.

Belongs here: receiving. Does not belong here: what is sent and when (``test_alerts``).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATH = "/services/T0CANARY/B0CANARY"
"""Anyone who knows a webhook's path can post to it, so it must appear nowhere."""


class Receiver:
    """A webhook on loopback: the alerts it received, and its answers."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        outer = self

        class Connection(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                outer.bodies.append(json.loads(self.rfile.read(length)))
                status = outer.statuses.pop(0) if outer.statuses else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Connection)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}{PATH}"


@contextmanager
def listening() -> Iterator[Receiver]:
    """A receiver that answers until the block ends."""
    result = Receiver()
    thread = threading.Thread(target=result.server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield result
    finally:
        result.server.shutdown()
        result.server.server_close()
        thread.join()
