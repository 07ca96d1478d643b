"""The simulator's small HTTP vocabulary: what a vendor's renderer receives and returns.

Belongs here: requests, responses, routes and the clock. Does not belong here: sockets
(``server``), any vendor's wire format (``vendors/<vendor>``), or the company (``world``).

A renderer is a module ``simulator/vendors/<vendor>.py`` with
``def routes(world: World, clock: Clock) -> list[Route]``. It is called once per server, so it may
index the world up front. Handlers are called from several threads and must not change the world.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs


class Clock:
    """The simulator's clock: renderers answer as their vendor would at ``now()``.

    Args:
        now: Aware; kept in UTC.
    """

    def __init__(self, now: datetime) -> None:
        self._lock = threading.Lock()
        self._now = _utc(now)

    def now(self) -> datetime:
        """The time at which a request is answered, in UTC."""
        with self._lock:
            return self._now

    def set(self, now: datetime) -> None:
        """Moves the clock, in either direction."""
        with self._lock:
            self._now = _utc(now)

    def advance(self, by: timedelta) -> None:
        """Moves the clock by a duration."""
        with self._lock:
            self._now += by


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no zone")
    return moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as handlers see it.

    Attributes:
        method: Upper case.
        path: Below ``/<vendor>``, beginning with ``/``, percent-decoded.
        query: Every value of every query parameter, decoded.
        headers: Names in lower case.
        body: The bytes sent.
        params: The named groups of the route's pattern.
        base_url: The vendor's base URL on this server, for answers that hold links.
        raw_query: The query as it was sent, for vendors that read signs of their own in it.
    """

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = b""
    params: Mapping[str, str] = field(default_factory=dict)
    base_url: str = ""
    raw_query: str = ""

    def arg(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        values = self.query.get(name)
        return values[0] if values else default

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: The body is not JSON.
        """
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """The body as a form: the first value of each field."""
        parsed = parse_qs(self.body.decode("utf-8"), keep_blank_values=True)
        return {name: values[0] for name, values in parsed.items()}

    @property
    def bearer(self) -> str:
        """The token of an ``Authorization: Bearer`` header, or an empty text."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. The server adds ``Content-Length`` and ``Date``."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer holding ``value`` as compact JSON."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return Response(status=status, body=body, headers=headers or {})


Handler = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """Maps a path to the handler that answers it.

    Attributes:
        method: Upper case.
        pattern: Regular expression that must match the whole path below ``/<vendor>``; named
            groups become ``Request.params``.
        handler: Called with the request.
    """

    method: str
    pattern: str
    handler: Handler

    def match(self, method: str, path: str) -> Mapping[str, str] | None:
        """The pattern's named groups when this route answers the request, else ``None``."""
        if method != self.method:
            return None
        found = re.fullmatch(self.pattern, path)
        return found.groupdict() if found else None
