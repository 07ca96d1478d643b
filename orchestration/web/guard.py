"""Access control in front of Dagster's page.

Belongs here: Host, Origin, methods and the operator's token. Does not belong here: what the page
shows or permits (Dagster), or starting the server (``server.py``).

The page listens only on the loopback address, but a browser on this machine also carries other
sites' requests there. So the Host must be the page's own, which rules out a foreign name that
points at 127.0.0.1. The Origin of any request that may change or stream something must be the
page's own. GraphQL is answered only to JSON sent by POST, which forms and images cannot send. In
operator mode every request needs the token.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

GRAPHQL = "/graphql"
LOGIN = "/login"
_MOST_LOGIN_BYTES = 4096
_MOST_BYTES = 1_000_000
"""Bytes of the longest request: the page's own queries have some ten thousand."""
_LOOKING = frozenset({"GET", "HEAD"})

_LOGIN_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tributary</title></head>
<body><h1>Tributary</h1>
<form method="post" action="/login"><label>Token <input name="token" type="password" autofocus
autocomplete="off"></label> <button>Open</button></form>
<p>{said}</p></body></html>
"""


class Guard:
    """Passes requests to the application behind it if they are allowed.

    Args:
        app: Dagster's application.
        port: Where the page is served, on the loopback address.
        token: The operators' token; ``None`` makes the page read-only, for everyone on this
            machine.
    """

    def __init__(self, app: Application, port: int, token: str | None) -> None:
        self._app = app
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._token = token
        self._session = secrets.token_urlsafe(32)
        # Browsers send a cookie to every port of a host, so two pages need two names.
        self._cookie = f"tributary_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            refusal = self._refused(scope)
            if refusal is None and scope["path"] == LOGIN and self._token is not None:
                refusal = await self._login(scope, receive)
            if refusal is None and not self._known(Headers(scope=scope)):
                refusal = _ask_for_token(Headers(scope=scope))
            if refusal is None and scope["method"] == "POST":
                body = await _body(scope, receive)
                refusal = PlainTextResponse("Too long.", 413) if body is None else None
                receive = _replayed(body or b"", receive)
            await (refusal or self._app)(scope, receive, _framed(send))
        else:
            await self._app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if self._foreign(headers) or scope["path"] != GRAPHQL or not self._known(headers):
            await receive()
            # A websocket closed before it is accepted is answered with status 403.
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(scope, receive, send)

    def _foreign(self, headers: Headers) -> str:
        """Why the request cannot come from the page itself; empty when it can."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "This page is served as 127.0.0.1 or localhost only."
        origins = headers.getlist("origin")
        if any(origin.lower().removeprefix("http://") not in self._hosts for origin in origins):
            return "The request comes from another site."
        return ""

    def _refused(self, scope: Scope) -> Response | None:
        """Refuse requests from other sites, and all ways but one of changing something."""
        headers = Headers(scope=scope)
        if why := self._foreign(headers):
            return PlainTextResponse(why, 403)
        path, method = scope["path"], scope["method"]
        if method in _LOOKING:
            if path == GRAPHQL and scope["query_string"]:
                return PlainTextResponse("GraphQL requests must use POST.", 405, {"Allow": "POST"})
            return None
        if method != "POST" or path not in (GRAPHQL, LOGIN):
            return PlainTextResponse("Not served here.", 405, {"Allow": "GET, HEAD"})
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        if path == GRAPHQL and media != "application/json":
            return PlainTextResponse("GraphQL requests must be application/json.", 415)
        return None

    def _known(self, headers: Headers) -> bool:
        """Whether the request carries the token, or the session obtained with it."""
        if self._token is None:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _same(given.strip(), self._token):
            return True
        session = cookie_parser(headers.get("cookie", "")).get(self._cookie, "")
        return _same(session, self._session)

    async def _login(self, scope: Scope, receive: Receive) -> Response:
        """Exchange the token for a session that a page's script cannot read."""
        if scope["method"] in _LOOKING:
            return HTMLResponse(_LOGIN_PAGE.format(said=""))
        body = b""
        async for piece in Request(scope, receive).stream():
            body += piece
            if len(body) > _MOST_LOGIN_BYTES:
                return PlainTextResponse("Too long.", 413)
        given = parse_qs(body.decode("utf-8", "replace")).get("token", [""])[0]
        if not _same(given.strip(), self._token or ""):
            return HTMLResponse(_LOGIN_PAGE.format(said="That is not the token."), 401)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict")
        return answer


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body of a request; none when it is longer than any of the page's own."""
    stated = Headers(scope=scope).get("content-length", "0")
    if not stated.isdecimal() or int(stated[:20]) > _MOST_BYTES:
        return None
    body = b""
    async for piece in Request(scope, receive).stream():
        body += piece
        if len(body) > _MOST_BYTES:
            return None
    return body


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Hand a body that was read to the application, and then what else the client sends."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiver() -> MutableMapping[str, Any]:
        return waiting.pop() if waiting else await receive()

    return receiver


def _same(given: str, expected: str) -> bool:
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def _ask_for_token(headers: Headers) -> Response:
    challenge = {"WWW-Authenticate": "Bearer"}
    if "text/html" in headers.get("accept", ""):
        return HTMLResponse(_LOGIN_PAGE.format(said=""), 401, challenge)
    return PlainTextResponse("A token is needed.", 401, challenge)


def _framed(send: Send) -> Send:
    """Forbid other sites to embed the page, where they could steal the operator's clicks."""

    async def sender(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                *message.get("headers", []),
                (b"x-frame-options", b"DENY"),
                (b"content-security-policy", b"frame-ancestors 'none'"),
            ]
        await send(message)

    return sender
