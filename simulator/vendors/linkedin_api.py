"""What LinkedIn's products share on the wire: versions, tokens, Rest.li's queries, errors, pages.

Belongs here: what every product accepts and refuses alike. Does not belong here: the paths and
records of one product (``linkedin_ads``).

As at LinkedIn: a query is read before it is decoded, so an encoded parenthesis is text; a version
that has ended is a 426; the last page has no ``nextPageToken``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from simulator.http import Clock, Request, Response, json_response

REVOKED_TOKEN = "revoked"
"""The refresh token of somebody who withdrew it."""

_VERSIONS = frozenset(f"{year}{month:02d}" for year in (2025, 2026) for month in range(1, 13)
                      if "202512" <= f"{year}{month:02d}" <= "202611")  # fmt: skip
_ACCESS_SECONDS = 60 * 24 * 3600
_REFRESH_SECONDS = 365 * 24 * 3600

Value = str | list["Value"] | dict[str, "Value"]
"""A value of a query: a text, a list or an object."""


class Refused(Exception):
    """A request that LinkedIn answers with an error."""

    def __init__(self, status: int, code: str, message: str, service_code: int = 0) -> None:
        super().__init__(message)
        self._status = status
        self._error: dict[str, Any] = {"status": status, "code": code, "message": message}
        if service_code:
            self._error["serviceErrorCode"] = service_code

    def response(self) -> Response:
        """The answer."""
        return json_response(self._error, self._status)


class Door:
    """Lets requests of one product in, and gives out its tokens.

    Args:
        clock: Tokens end 60 days after they were issued.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, datetime] = {}

    def token(self, request: Request) -> Response:
        """Answers a token request."""
        form = request.form()
        needed = ("client_id", "client_secret", "refresh_token")
        if form.get("grant_type") != "refresh_token" or not all(form.get(key) for key in needed):
            said = "A required parameter is missing"
            return json_response({"error": "invalid_request", "error_description": said}, 400)
        if form["refresh_token"] == REVOKED_TOKEN:
            said = "The provided refresh token is invalid, expired or revoked"
            return json_response({"error": "invalid_grant", "error_description": said}, 400)
        token = f"AQ{hashlib.sha256(form['refresh_token'].encode()).hexdigest()}"
        self._issued[token] = self._clock.now()
        return json_response(
            {
                "access_token": token,
                "expires_in": _ACCESS_SECONDS,
                "refresh_token": form["refresh_token"],
                "refresh_token_expires_in": _REFRESH_SECONDS,
                "scope": "r_ads,r_ads_reporting",
            }
        )

    def answered(self, answer: Callable[[Request], Any]) -> Callable[[Request], Response]:
        """A handler that lets a request in before it answers."""

        def handler(request: Request) -> Response:
            try:
                self._admit(request)
                return json_response(answer(request))
            except Refused as refused:
                return refused.response()

        return handler

    def _admit(self, request: Request) -> None:
        issued = self._issued.get(request.bearer)
        if issued is None:
            raise Refused(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600)
        if self._clock.now() - issued >= timedelta(seconds=_ACCESS_SECONDS):
            said = "The token used in the request has expired"
            raise Refused(401, "EXPIRED_ACCESS_TOKEN", said, 65602)
        version = request.headers.get("linkedin-version", "")
        if not version:
            raise Refused(400, "VERSION_MISSING", "A version must be present.")
        if version not in _VERSIONS:
            said = f"Requested version {version}01 is not active"
            raise Refused(426, "NONEXISTENT_VERSION", said)
        if request.headers.get("x-restli-protocol-version") != "2.0.0" and "List(" in (
            request.raw_query
        ):
            raise Refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")


def query(request: Request) -> dict[str, Value]:
    """The parameters of a query, in Rest.li's notation.

    Raises:
        Refused: It is not in that notation.
    """
    found: dict[str, Value] = {}
    for part in request.raw_query.split("&"):
        name, _, text = part.partition("=")
        is_plain = not text.startswith(("(", "List("))
        value, rest = (unquote(text), "") if is_plain else _value(text)
        if rest:
            raise Refused(400, "ILLEGAL_ARGUMENT", f"Invalid query parameters passed: {name}")
        found[unquote(name)] = value
    return found


def _value(text: str) -> tuple[Value, str]:
    """The value at the beginning of a text, and what follows it."""
    if text.startswith("List("):
        return _list(text[len("List(") :])
    if text.startswith("("):
        return _object(text[1:])
    end = next((place for place, sign in enumerate(text) if sign in "(),"), len(text))
    return unquote(text[:end]), text[end:]


def _list(text: str) -> tuple[Value, str]:
    found: list[Value] = []
    while text and not text.startswith(")"):
        value, text = _value(text)
        found.append(value)
        text = text.removeprefix(",")
    return found, _closed(text)


def _object(text: str) -> tuple[Value, str]:
    found: dict[str, Value] = {}
    while text and not text.startswith(")"):
        name, colon, text = text.partition(":")
        if not colon:
            raise Refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
        found[unquote(name)], text = _value(text)
        text = text.removeprefix(",")
    return found, _closed(text)


def _closed(text: str) -> str:
    if not text.startswith(")"):
        raise Refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
    return text[1:]


def page(request: Request, records: list[dict[str, Any]], most: int) -> dict[str, Any]:
    """A page from the token on, which goes on where it says so.

    Args:
        request: May have ``pageSize`` and ``pageToken``.
        records: All of them.
        most: The longest page.
    """
    size = min(int(request.arg("pageSize") or 100), most)
    token = request.arg("pageToken")
    known = {_token(start): start for start in range(0, len(records), size)}
    if token and token not in known:
        raise Refused(400, "INVALID_PARAMETER", "Invalid page token")
    start = known[token] if token else 0
    following = start + size
    metadata = {"nextPageToken": _token(following)} if following < len(records) else {}
    return {"elements": records[start:following], "metadata": metadata}


def _token(start: int) -> str:
    return f"DgGerr1iVQreCJVj+{start}=="
