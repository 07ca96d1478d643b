"""Reads a text as often as it was encoded.

Belongs here: how links, mails and programs encode texts. Does not belong here: judging what was
read (``free_text.py``).
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

_ROUNDS = 4
_OFTEN = re.compile(r"%(?:25)+")
"""A percent sign that was encoded any number of times."""
_SOFT_BREAK = re.compile(r"=\r?\n")
_ESCAPED = re.compile(
    r"(?:\\u\{0{0,4}|\\u00|\\x00|\\x|%u00|u\+00)([0-9a-f]{2})\}?"
    r"|\\0{0,4}([2-7][0-9a-f])(?:\s|(?![0-9a-z]))",
    re.IGNORECASE,
)
_WIDE = re.compile(r"(?:\\u|%u|u\+)([0-9a-f]{4})", re.IGNORECASE)
_OCTAL = re.compile(r"\\(1[0-7]{2}|0[4-7][0-7])(?![0-9])")
_QUOTED_PRINTABLE = re.compile(r"=([2-7][0-9a-f])", re.IGNORECASE)
_UTF7 = re.compile(r"\+AEA-?")
_IN_BASE64 = re.compile(r"(?<![0-9A-Za-z+/])[0-9A-Za-z+/]{12,4096}(?![0-9A-Za-z+/])")
_IN_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[2-7][0-9A-Fa-f]){8,2048}(?![0-9A-Za-z])")


def decoded(text: str) -> str:
    """A text decoded as often as it was encoded."""
    for _ in range(_ROUNDS):
        before = text
        text = unquote(html.unescape(_OFTEN.sub("%", text)))
        text = _UTF7.sub("@", _SOFT_BREAK.sub("", text))
        text = _WIDE.sub(_hexadecimal, _ESCAPED.sub(_hexadecimal, text))
        text = _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)
        text = _QUOTED_PRINTABLE.sub(_hexadecimal, text)
        if text == before:
            break
    return text


def inner_texts(text: str) -> Iterator[str]:
    """The texts that a text holds in Base64 or hexadecimal."""
    for word in _IN_BASE64.findall(text):
        try:
            yield base64.b64decode(word + "=" * (-len(word) % 4)).decode("ascii")
        except (binascii.Error, UnicodeDecodeError):
            continue
    for word in _IN_HEX.findall(text):
        yield bytes.fromhex(word).decode("ascii", "replace")


def _hexadecimal(match: re.Match[str]) -> str:
    return chr(int(next(filter(None, match.groups())), 16))
