"""Asks a vendor which fields may be read, and keeps to them.

Belongs here: choosing fields by a description, and naming them as declared. Does not belong here:
sending the request (``client``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from orchestration.connectors.stream import Stream
from orchestration.extract.failures import FailureKind, RequestFailed


@dataclass(frozen=True, slots=True)
class Readable:
    """The fields of a stream that its user may read.

    Attributes:
        fields: In the vendor's spelling, in the order of their declaration.
        spelled: The declared spelling of those that the vendor spells otherwise.
    """

    fields: list[str]
    spelled: dict[str, str]

    def restore(self, records: Iterable[dict[str, Any]]) -> None:
        """Give records the declared names."""
        for theirs, ours in self.spelled.items():
            for record in records:
                if theirs in record:
                    record[ours] = record.pop(theirs)


def readable(stream: Stream, asked: Iterable[str], described: Iterable[object]) -> Readable:
    """What to ask for, of the fields that a description names.

    Args:
        stream: The stream.
        asked: The declared names.
        described: The vendor's names; upper and lower case mean the same.

    Raises:
        RequestFailed: FORBIDDEN, when a field that every user has is not described.
    """
    theirs = {str(name).lower(): str(name) for name in described}
    optional = {field.keys[0] for field in stream.fields if field.omitted_when_empty}
    names = list(asked)
    hidden = [name for name in names if name.lower() not in theirs and name not in optional]
    if hidden:
        raise RequestFailed(
            FailureKind.FORBIDDEN,
            f"The configured user may not read the fields {', '.join(hidden)}, which are needed.",
        )
    found = {name: theirs[name.lower()] for name in names if name.lower() in theirs}
    return Readable(
        list(found.values()), {each: name for name, each in found.items() if each != name}
    )
