"""Whom a record is about: its person's identifiers, each in one spelling.

Belongs here: kinds of identifiers, their spelling, and finding them in the declared fields of a
record. Does not belong here: hiding them (``holding.py``), or the hash that replaces them in the
warehouse (``hashes.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.connectors.field import Field, Person, Type
from orchestration.connectors.stream import Stream
from orchestration.foundation.unseen import visible

ADDRESS = "address"
PHONE = "phone"

OF_A_SOURCE = (Person.LEAD, Person.MEMBER)
"""Their ids are those of one source: lead 17 of the CRM is not lead 17 of a file."""

SHARED = (PHONE, Person.VISITOR.value, Person.CLICK.value)
"""What several people may have in common: a switchboard, a browser in a reception."""

_PHONE_DIGITS = 9
"""A number with and without its country code ends in the same nine digits."""


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """One identifier of a person.

    Attributes:
        kind: ``address``, ``phone``, ``visitor``, ``user``, ``click``, ``lead:<connector>`` or
            ``member:<connector>``.
        value: In the spelling of ``spelled``.
    """

    kind: str
    value: str

    @property
    def is_shared(self) -> bool:
        """Whether several people may have it in common."""
        return self.kind in SHARED


def spelled(kind: str, text: str) -> str:
    """The one spelling in which texts that mean the same identifier are equal; may be empty."""
    text = visible(text)
    if kind == ADDRESS:
        return text.strip().lower()
    if kind == PHONE:
        digits = re.sub("[^0-9]", "", text).lstrip("0")
        return digits[-_PHONE_DIGITS:] if len(digits) >= 5 else ""
    return text.strip()


def kind_of(connector: str, field: Field) -> str:
    """The kind of the identifiers in a field; empty if it holds none of the record's person."""
    if field.type in (Type.EMAIL, Type.EMAILS):
        return ADDRESS
    if field.type is Type.PHONE:
        return PHONE
    if field.person in (Person.LEAD, Person.LEADS):
        return f"{Person.LEAD.value}:{connector}"
    if field.person is Person.MEMBER:
        return f"{Person.MEMBER.value}:{connector}"
    return "" if field.person is Person.ANOTHER else field.person.value


class Names:
    """Whom the records of a stream name.

    Args:
        connector: The stream's connector.
        stream: The stream.

    Attributes:
        fields: The fields that name a record's person, each with the kind of its identifiers.
    """

    def __init__(self, connector: str, stream: Stream) -> None:
        self.fields = tuple(
            (field, kind)
            for field in stream.fields
            if field.type is not Type.JSON and (kind := kind_of(connector, field))
        )

    def of(self, record: Mapping[str, Any]) -> Iterator[tuple[Field, Identifier]]:
        """Every identifier of a record's person, with its field."""
        for field, kind in self.fields:
            value = leaf(record, field.keys)
            if value is None or value == "" or isinstance(value, dict | list):
                continue
            several = field.type is Type.EMAILS or field.person is Person.LEADS
            for part in str(value).split(";") if several else (str(value),):
                if normal := spelled(kind, part):
                    yield field, Identifier(kind, normal)


def leaf(record: Any, keys: tuple[str, ...]) -> Any:
    """The value at a path; ``None`` where it leads nowhere."""
    for key in keys:
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    return record
