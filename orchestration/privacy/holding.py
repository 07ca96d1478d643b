"""Keeps people who were erased from coming back, and takes them out of what is there.

Belongs here: recognising such a person by keyed hashes, and what is left of their records and of
texts that mention them. Does not belong here: who they are (``erasing/finding.py``), or rewriting
what was landed (``extract/rewriting.py``).

Nothing here knows an erased person: each identifier is kept as a keyed hash, and what a record
shows is hashed and compared. A company that erased nobody pays nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol
from urllib.parse import unquote

from orchestration.connectors.field import Person
from orchestration.connectors.stream import Stream
from orchestration.privacy.anonymous import ERASED, Anonymous
from orchestration.privacy.people import (
    ADDRESS,
    OF_A_SOURCE,
    PHONE,
    Identifier,
    Names,
    spelled,
)

DIGEST = "digest"
"""An address as md5, sha1 or sha256, as mailing tools and advertising platforms write it."""
TOKEN = "erased-"
"""Prefix of the ids that take the place of people's."""
_ANY_ID = "id"
"""An id that can be recognised in any text, because nothing else looks like it."""

_AN_ADDRESS = re.compile(r"[^\s@\"'<>(),;:=&?#/\\|\[\]{}%]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_A_NUMBER = re.compile(r"\+?[0-9](?:[\s().\u00a0/-]{0,3}[0-9]){6,16}")
_A_DIGEST = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32})(?!\w)")
_A_TOKEN = re.compile(r"[\w.-]{8,128}")
_SUSPECT = re.compile(rf"@|%(?:25)*40|=|{_A_NUMBER.pattern}|[0-9A-Fa-f]{{32}}")
_DEPTH = 3
"""How often a text may be percent-encoded."""

Change = Callable[[dict[str, Any]], dict[str, Any]]
"""Returns what may be kept of a record: the same object when that is all of it."""


def distinctive(value: str) -> bool:
    """Whether an id can be recognised in any text."""
    return len(value) >= 10 or (len(value) >= 8 and not value.isdigit())


def digests(address: str) -> Iterable[str]:
    """An address as others hash it."""
    for name in ("md5", "sha1", "sha256"):
        yield hashlib.new(name, address.encode(), usedforsecurity=False).hexdigest()


class Guard(Protocol):
    """Decides what may land."""

    def change(self, connector: str, stream: Stream) -> Change:
        """What may land of a stream's records."""

    def before_landing(self) -> None:
        """Called when a slice is written and cannot be seen yet."""


class Held:
    """The people who are held back.

    Args:
        key: The company's key.
        hashes: What ``hashes`` returned for their identifiers.
    """

    def __init__(self, key: bytes, hashes: Iterable[str]) -> None:
        self._key = hmac.new(key, b"held back", "sha512").digest()
        self._hashes = frozenset(hashes)

    def __bool__(self) -> bool:
        return bool(self._hashes)

    @staticmethod
    def fingerprint(key: bytes) -> str:
        """Identifies the key without revealing it: hashes under another one recognise nobody."""
        return hmac.new(key, b"fingerprint of held back", "sha256").hexdigest()[:16]

    def hashes(self, found: Iterable[Identifier]) -> set[str]:
        """What is kept of identifiers."""
        kept = set()
        for item in found:
            kept.add(self._hash(item.kind, item.value))
            if item.kind == ADDRESS:
                kept.update(self._hash(DIGEST, text) for text in digests(item.value))
            elif item.kind != PHONE and distinctive(item.value):
                kept.add(self._hash(_ANY_ID, item.value))
        return kept

    def holds(self, item: Identifier) -> bool:
        """Whether an identifier is that of a person who is held back."""
        return self._hash(item.kind, item.value) in self._hashes

    def token(self, kind: str, value: str) -> str:
        """The id that takes an identifier's place; the same for the same identifier."""
        return f"{TOKEN}{self._hash(f'token {kind}', value)[:16]}"

    def anonymous(self, connector: str, stream: Stream) -> Anonymous:
        """What is left of a stream's records without their person."""
        return Anonymous(connector, stream, self.token, self.text, self._another(connector))

    def change(self, connector: str, stream: Stream) -> Change:
        """The function that takes the people who are held back out of a stream's records."""
        names, anonymous = Names(connector, stream), self.anonymous(connector, stream)

        def change(record: dict[str, Any]) -> dict[str, Any]:
            if anonymous.is_refused(record):
                return self._refused(anonymous, connector, record)
            if any(self.holds(item) for _, item in names.of(record)):
                return anonymous.record(record)
            return anonymous.mentions(record)

        return change

    def before_landing(self) -> None:
        """Nothing: who is held back is known."""

    def _refused(
        self, anonymous: Anonymous, connector: str, record: dict[str, Any]
    ) -> dict[str, Any]:
        """A record that could not be read: whoever it names is somewhere in its cells."""
        names = self._another(connector)
        if anonymous.walk(record) is not record or any(map(names, anonymous.cells(record))):
            return anonymous.refused(record)
        return record

    def _another(self, connector: str) -> Callable[[str], bool]:
        """Whether a value that may be any id or address is that of somebody held back."""
        sources = [f"{person.value}:{connector}" for person in OF_A_SOURCE]
        kinds = (*sources, Person.VISITOR.value, Person.USER.value, ADDRESS, PHONE)

        def names(value: str) -> bool:
            return any(
                self._hash(kind, normal) in self._hashes
                for kind in kinds
                if (normal := spelled(kind, value))
            )

        return names

    def text(self, text: str) -> str:
        """A text in which ``ERASED`` stands for everybody who is held back."""
        if not _SUSPECT.search(text):
            return text
        form = text
        for _ in range(_DEPTH):
            for value in self._mentioned(form):
                text = _spelling(value).sub(ERASED, text)
            decoded = unquote(form)
            if decoded == form:
                break
            form = decoded
        return text

    def _mentioned(self, text: str) -> list[str]:
        """The parts of a text that are somebody who is held back, longest first."""
        found = set()
        for pattern, kind in ((_AN_ADDRESS, ADDRESS), (_A_NUMBER, PHONE), (_A_DIGEST, DIGEST)):
            for value in pattern.findall(text):
                normal = value.lower() if kind == DIGEST else spelled(kind, value)
                if self._hash(kind, normal) in self._hashes:
                    found.add(value)
        if "=" in text:
            tokens = _A_TOKEN.findall(text)
            found.update(token for token in tokens if self._hash(_ANY_ID, token) in self._hashes)
        return sorted(found, key=len, reverse=True)

    def _hash(self, kind: str, value: str) -> str:
        message = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(message, digest_size=16, key=self._key).hexdigest()


def _spelling(value: str) -> re.Pattern[str]:
    """A value as it is, in any case, and with any of its characters percent-encoded."""
    parts = []
    for character in value:
        encoded = "".join(f"%(?:25)*{byte:02x}" for byte in character.encode())
        parts.append(f"(?:{re.escape(character)}|{encoded})")
    return re.compile("".join(parts), re.IGNORECASE)
