"""Serves the demo company's vendors over HTTP on loopback.

Belongs here: sockets, routing by vendor, carrying out faults, the log of requests. Does not belong
here: any vendor's wire format (``vendors/<vendor>``).
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import socket
import struct
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

from simulator import vendors
from simulator.faults import Fault, FaultKind, Switchboard
from simulator.http import Clock, Request, Response, Route, json_response
from simulator.world import World

_LOGIN_PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request that the server saw. Headers, and with them tokens, are not kept.

    Attributes:
        vendor: The first part of the path.
        path: The path below the vendor.
        query: Every value of every parameter.
        body: The body as sent.
        status: The answer's status; 0 when there was no answer.
        fault: The fault that was applied.
    """

    method: str
    vendor: str
    path: str
    query: Mapping[str, list[str]]
    body: bytes
    status: int
    fault: FaultKind | None


def vendor_routes(world: World, clock: Clock) -> dict[str, list[Route]]:
    """The routes of every module in ``vendors`` that defines any, by vendor."""
    found: dict[str, list[Route]] = {}
    for module in pkgutil.iter_modules(vendors.__path__):
        renderer = importlib.import_module(f"{vendors.__name__}.{module.name}")
        if hasattr(renderer, "routes"):
            found[module.name] = renderer.routes(world, clock)
    return found


class SimulatorServer:
    """The vendors of one world on 127.0.0.1; a context manager.

    Args:
        world: The demo company.
        clock: The time at which every request is answered.
        port: 0 for any free one.
        routes: Routes to use instead of the vendors' own, for tests.

    Attributes:
        clock: The given clock; move it to get later figures.
        faults: The switchboard.
        log: Every request in the order of its answer.
        errors: Tracebacks of handlers that failed; each was answered with 500.
    """

    def __init__(
        self,
        world: World,
        clock: Clock,
        port: int = 0,
        routes: Mapping[str, list[Route]] | None = None,
    ) -> None:
        self.world = world
        self.clock = clock
        self.faults = Switchboard()
        self.log: list[LoggedRequest] = []
        self.errors: list[str] = []
        self._routes = dict(vendor_routes(world, clock) if routes is None else routes)
        self._port = port
        self._good: dict[str, Response] = {}
        self._stopping = threading.Event()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> SimulatorServer:
        self._stopping.clear()
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.simulator = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        if self._thread is not None:
            self._thread.join()

    @property
    def port(self) -> int:
        """The port in use.

        Raises:
            RuntimeError: The server is not running.
        """
        if self._server is None:
            raise RuntimeError("the server is not running")
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The base address of all vendors."""
        return f"http://127.0.0.1:{self.port}"

    def base_url(self, vendor: str) -> str:
        """The value for a connector's ``base_url``."""
        return f"{self.url}/{vendor}"

    def wait(self, seconds: float) -> bool:
        """Waits, but only until the server stops; true when it is stopping."""
        return self._stopping.wait(seconds)

    def answer(self, request: Request, vendor: str) -> Response:
        """The answer of a vendor's renderer."""
        for route in self._routes.get(vendor, []):
            params = route.match(request.method, request.path)
            if params is not None:
                try:
                    return route.handler(replace(request, params=params))
                except Exception:
                    # The requesting test sees a 500; the renderer's author finds the reason here.
                    self.errors.append(traceback.format_exc())
                    return json_response({"message": "the simulator failed"}, 500)
        return json_response({"message": f"{request.method} {request.path} is not known"}, 404)

    def remember(self, key: str, response: Response) -> None:
        """Keeps the last good answer to a path."""
        if response.status == 200:
            self._good[key] = response

    def last_good(self, key: str) -> Response | None:
        """The last good answer to a path."""
        return self._good.get(key)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    simulator: SimulatorServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body are separate writes; without this each answer waits for an ACK.
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Logs nothing: the simulator's log is ``SimulatorServer.log``."""

    def _serve(self) -> None:
        simulator = self.server.simulator
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        vendor, _, rest = parts.path.lstrip("/").partition("/")
        request = Request(
            method=self.command,
            path=f"/{unquote(rest)}",
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            base_url=simulator.base_url(vendor),
            raw_query=parts.query,
        )
        fault = simulator.faults.next(self.path, body)
        response = self._response(request, vendor, fault)
        # Logged before it is sent, so that a client with the answer finds it in the log.
        simulator.log.append(
            LoggedRequest(
                method=request.method,
                vendor=vendor,
                path=request.path,
                query=request.query,
                body=body,
                status=response.status if response else 0,
                fault=fault.kind if fault else None,
            )
        )
        if response is not None:
            self._send(response, fault.kind if fault else None)
        elif fault is not None and fault.kind is FaultKind.TIMEOUT:
            simulator.wait(fault.seconds)
            self.close_connection = True
        else:
            self._reset()

    def _response(self, request: Request, vendor: str, fault: Fault | None) -> Response | None:
        """The answer to send; None for faults without an answer."""
        simulator = self.server.simulator
        kind = fault.kind if fault else None
        if kind in (FaultKind.RESET, FaultKind.TIMEOUT):
            return None
        if fault is not None and (refusal := _refusal(fault)) is not None:
            return refusal
        key = f"{vendor}{request.path}"
        repeated = simulator.last_good(key) if kind is FaultKind.REPEATED_CURSOR else None
        response = repeated or simulator.answer(request, vendor)
        simulator.remember(key, response)
        return response

    def _send(self, response: Response, kind: FaultKind | None) -> None:
        sent = response.body
        if kind in (FaultKind.TRUNCATED, FaultKind.HALF_JSON):
            sent = sent[: len(sent) // 2]
        promised = len(response.body) if kind is FaultKind.TRUNCATED else len(sent)
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(promised))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(sent)
        if kind is FaultKind.TRUNCATED:
            self.close_connection = True

    def _reset(self) -> None:
        # Closing with a linger of zero sends RST instead of FIN.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


def _refusal(fault: Fault) -> Response | None:
    """The answer of a fault that needs no renderer."""
    messages = {
        FaultKind.UNAUTHORIZED: (401, "the token is not valid"),
        FaultKind.FORBIDDEN: (403, "no permission for this account"),
        FaultKind.THROTTLED: (429, "too many requests"),
        FaultKind.THROTTLED_SILENTLY: (429, "too many requests"),
        FaultKind.SERVER_ERROR: (500, "internal error"),
    }
    if fault.kind is FaultKind.HTML:
        return Response(200, _LOGIN_PAGE, "text/html; charset=utf-8")
    if fault.kind not in messages:
        return None
    status, message = messages[fault.kind]
    headers = {"Retry-After": f"{fault.seconds:g}"} if fault.kind is FaultKind.THROTTLED else {}
    body = json.dumps({"error": {"code": status, "message": message}}).encode()
    return Response(status, body, "application/json; charset=utf-8", headers)
