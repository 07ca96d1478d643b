"""What an unexpected answer says, as text for people.

Belongs here: finding the reason in an error, and text that a server wrote around its data. Does not
belong here: judging an answer (``session``) or taking secrets out (``failures.Redactor``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_READ = 65_536
"""How many bytes of an answer are looked at."""
_LONGEST = 1000
"""How many characters an error shows of a vendor's words."""
_BEGINNING = 200
"""How many it shows of the outline of data."""
_REASONS = frozenset(
    (
        "message", "messages", "detail", "details", "title", "reason", "error", "errors", "faults",
        "description", "error_description", "error_message", "error_user_msg", "errormessage",
        "longmessage", "msg", "code", "errorcode", "error_code",
    )
)  # fmt: skip
"""Keys, in lower case, whose texts explain an error."""
_VALUE = re.compile(r'"(?:[^"\\]|\\.)*(?:"(?!\s*:)|\Z)|(?<![\w"])[+-]?\d[\d.eE+-]*')
"""A text that is not a key, even if cut off, or a number."""
_UNSEEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.I)
_MARKUP = re.compile(r"<[^<>]{0,500}>")
_DATA = re.compile(r'\{\s*(?:"|\}\s*\Z)|\[\s*(?:[{"\]]|\d+\s*[,\]])')
"""Where JSON begins; a bracket in a sentence does not look like this."""


def reason(content: bytes) -> str:
    """The words with which an answer explains an error; its text where it has none."""
    text = _text(content)
    try:
        found = list(dict.fromkeys(_reasons(json.loads(text), explains=False)))
    except ValueError:
        return readable(text)
    return readable("; ".join(found) or text)


def stray(content: bytes) -> str:
    """What a server wrote before or after its data: a warning of PHP, an HTML error. Or nothing."""
    text = _text(content)
    begins = _DATA.search(text)
    if begins is None:
        return ""
    before = text[: begins.start()].strip()
    if before or len(content) > _READ:
        # A page may hold data in a script, but does not end with them.
        return readable(before) if content.rstrip()[-1:] in (b"}", b"]") else ""
    try:
        _, end = json.JSONDecoder().raw_decode(text, begins.start())
    except ValueError:
        return ""
    after = text[end:].strip()
    return "" if _DATA.match(after) else readable(after)


def outline(content: bytes) -> str:
    """The beginning of an answer that holds records: keys and punctuation, no values."""
    return " ".join(_VALUE.sub("…", _text(content)).split())[:_BEGINNING]


def readable(text: str) -> str:
    """A text on one line, without markup, cut where it is too long."""
    line = " ".join(_MARKUP.sub(" ", _UNSEEN.sub(" ", text)).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _text(content: bytes) -> str:
    return content[:_READ].decode("utf-8-sig", "replace")


def _reasons(value: Any, *, explains: bool) -> Iterator[str]:
    """The explaining texts, the outer ones first; ``explains`` when the value is under such a key.

    A list below such a key may hold the texts themselves.
    """
    if isinstance(value, str):
        if explains and value.strip():
            yield value.strip()
    elif isinstance(value, list):
        for item in value:
            yield from _reasons(item, explains=explains)
    elif isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda item: not isinstance(item[1], str))
        for key, item in ordered:
            yield from _reasons(item, explains=key.lower() in _REASONS)
