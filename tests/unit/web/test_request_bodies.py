"""The page reads no more of a request than any of its own queries needs."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from orchestration.web.guard import Guard

Message = MutableMapping[str, Any]


def post(pieces: list[bytes], *, length: str | None = None) -> tuple[int, bytes]:
    """The status that a request of these pieces gets, and what the application saw of it."""
    seen: list[bytes] = []
    sent: list[Message] = []
    waiting = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces) - 1}
        for number, piece in enumerate(pieces)
    ]

    async def app(scope: Message, receive: Any, send: Any) -> None:
        message = await receive()
        seen.append(message["body"])
        assert not message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1:3000"), (b"content-type", b"application/json")]
    if length is not None:
        headers.append((b"content-length", length.encode()))
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": headers,
    }
    asyncio.run(Guard(app, 3000, None)(scope, receive, send))
    return sent[0]["status"], b"".join(seen)


def test_a_body_reaches_the_page_whole() -> None:
    """However many pieces it came in."""
    assert post([b'{"a":', b"1}"]) == (200, b'{"a":1}')
    assert post([b'{"a":1}'], length="7") == (200, b'{"a":1}')


@pytest.mark.parametrize(
    ("pieces", "length"),
    [
        ([b"x" * 600_000, b"x" * 600_000, b"x"], None),
        ([b"x"], "1000001"),
        ([b"x"], "9" * 5000),
        ([b"x"], "-1"),
    ],
)
def test_a_body_that_is_too_long_is_refused(pieces: list[bytes], length: str | None) -> None:
    """The page would hold it in memory, and parse it."""
    assert post(pieces, length=length) == (413, b"")
