"""A vendor on loopback that gives the answers a test scripts, faults included."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    target: str
    """Path and query as they were sent."""

    @property
    def json(self) -> Any:
        """The JSON body."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The form body."""
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass(frozen=True)
class Answer:
    """One answer; ``fault`` is ``reset``, ``silence`` or ``cut`` (half of the body)."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""

    @property
    def content(self) -> bytes:
        """The body's bytes; anything but bytes becomes JSON."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Handler = Callable[[Asked], Answer]


class Loopback:
    """A real HTTP server on a free port of 127.0.0.1.

    ``handler`` answers; while ``queue`` holds answers, those come first.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.queue: list[Answer] = []
        self.handler: Handler = lambda asked: Answer([])
        self._lock = threading.Lock()
        self.released = threading.Event()
        outer = self

        class Connection(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body are two writes; Nagle would hold the second one for 40 ms.
            disable_nagle_algorithm = True

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                address = urlsplit(self.path)
                query = {k: v[0] for k, v in parse_qs(address.query).items()}
                headers = {k.lower(): v for k, v in self.headers.items()}
                body = self.rfile.read(length)
                asked = Asked(self.command, address.path, query, headers, body, self.path)
                with outer._lock:
                    outer.asked.append(asked)
                    answer = outer.queue.pop(0) if outer.queue else None
                self._reply(answer or outer.handler(asked))

            def _reply(self, answer: Answer) -> None:
                if answer.fault == "reset":
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.connection.close()
                    self.close_connection = True
                    return
                if answer.fault == "silence":
                    outer.released.wait(5)
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                headers = {"Content-Type": "application/json", **answer.headers}
                headers["Content-Length"] = str(len(answer.content))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if answer.fault == "cut":
                    self.wfile.write(answer.content[: len(answer.content) // 2])
                    self.close_connection = True
                else:
                    self.wfile.write(answer.content)

            do_GET = do_POST = _serve

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Connection)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def base_url(self) -> str:
        """The ``base_url`` for a connector's configuration."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/api"

    def close(self) -> None:
        """Stop listening; harmless when done twice."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
