"""What Meta's products share on the wire: tokens, versions, fields, pages and errors.

Belongs here: the Graph API as such. Does not belong here: ads (``meta_ads``), or leads
(``meta_leads``).

As at Meta: every id is text, what has no value is left out, an error is a 400 with its code in the
body, and the last page has no ``next``.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from simulator.http import Request, Response, json_response

REVOKED_TOKEN = "revoked"
"""The access token of somebody who withdrew it."""

_VERSIONS = ("v25.0", "v26.0", "v27.0")
_LIMIT = 25


class Refused(Exception):
    """A request that Meta answers with an error."""

    def __init__(self, code: int, message: str, subcode: int = 0, status: int = 400) -> None:
        super().__init__(message)
        self._status = status
        self._error: dict[str, Any] = {
            "message": f"(#{code}) {message}", "type": "OAuthException", "code": code,
            "fbtrace_id": "AbCdEf123456",
        }  # fmt: skip
        if subcode:
            self._error["error_subcode"] = subcode

    def response(self) -> Response:
        """The error as Meta writes it."""
        return json_response({"error": self._error}, self._status)


def answered(
    request: Request, answer: Callable[[Request], dict[str, Any]], headers: dict[str, str]
) -> Response:
    """What Meta says to a request, once its token and version are good."""
    try:
        _admit(request)
        return json_response(answer(request), headers=headers)
    except Refused as refused:
        return refused.response()


def _admit(request: Request) -> None:
    token = request.bearer or request.arg("access_token")
    token = token or (request.form().get("access_token", "") if request.body else "")
    if token in ("", REVOKED_TOKEN):
        raise Refused(190, "Error validating access token: it has been revoked.", 460)
    if request.params["version"] not in _VERSIONS:
        raise Refused(2635, "You are calling a deprecated version of the Ads API.")


def read_list(text: str) -> list[Any]:
    """A list in JSON; empty where the text holds none."""
    try:
        value = json.loads(text) if text else []
    except ValueError:
        raise Refused(100, f"Not JSON: {text[:80]}") from None
    return value if isinstance(value, list) else []


def field_names(text: str) -> list[str]:
    """The fields asked for, joined by commas or as a list in JSON."""
    listed = read_list(text) if text.startswith("[") else text.split(",")
    return [str(name) for name in listed if name]


def refuse_unknown(names: list[str], known: frozenset[str]) -> None:
    """Refuse fields that do not exist."""
    for name in names:
        if name not in known:
            raise Refused(100, f"Tried accessing nonexisting field ({name})")


def chosen(
    node: dict[str, Any], names: list[str], known: frozenset[str], always: tuple[str, ...]
) -> dict[str, Any]:
    """The fields asked for that have a value, and those that always come."""
    refuse_unknown(names, known)
    return {
        name: node[name]
        for name in dict.fromkeys((*names, *always))
        if node.get(name) not in (None, "")
    }


def page(request: Request, records: list[dict[str, Any]]) -> dict[str, Any]:
    """A page from the cursor on; ``next`` only where one follows."""
    limit = int(request.arg("limit") or _LIMIT)
    start = _position(request.arg("after"))
    shown = records[start : start + limit]
    if not shown:
        return {"data": []}
    after = _cursor(start + len(shown))
    paging: dict[str, Any] = {"cursors": {"before": _cursor(start), "after": after}}
    if start + len(shown) < len(records):
        query = {name: values[0] for name, values in request.query.items()} | {"after": after}
        paging["next"] = f"{request.base_url}{request.path}?{urlencode(query)}"
    return {"data": shown, "paging": paging}


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"p{position}".encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()[1:])
    except (binascii.Error, ValueError):
        raise Refused(100, "Invalid cursors values", 2018001) from None
