"""Merges the parts of a stream whose fields do not fit into one request.

Belongs here: splitting the fields into parts, and joining the parts' records by key. Does not
belong here: requesting them (``stream``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from orchestration.connectors.landed import REJECT
from orchestration.connectors.stream import Parts
from orchestration.extract.answers import dig
from orchestration.extract.failures import FailureKind, ListMoved, RequestFailed

Record = dict[str, Any]


def field_parts(names: Sequence[str], parts: Parts) -> list[list[str]]:
    """The names that each request contains: the key's, and at most ``size`` others."""
    key = list(dict.fromkeys(path.split(".")[0] for path in parts.key))
    others = [name for name in names if name not in key]
    starts = range(0, max(len(others), 1), parts.size)
    return [[*key, *others[start : start + parts.size]] for start in starts]


def merged(answers: Iterable[Iterable[Record]], parts: Parts) -> list[Record]:
    """The records of all parts, merged by key, in the order in which keys first appear.

    A record that could not be read at all stays as it is, for quarantine.

    Args:
        answers: The records of each part.
        parts: The declaration.

    Raises:
        RequestFailed: AMBIGUOUS, when a part holds a key twice, or a record without one;
            INCOMPLETE, when a part lacks a key that every part must have.
        ListMoved: Two parts disagree about a field.
    """
    found: dict[bytes, Record] = {}
    rejected: list[Record] = []
    earlier: set[bytes] | None = None
    for answer in answers:
        seen: set[bytes] = set()
        for record in answer:
            if REJECT in record:
                rejected.append(record)
                continue
            key = _key(record, parts)
            if key in seen:
                raise RequestFailed(
                    FailureKind.AMBIGUOUS,
                    f"Two records of one part have the same {', '.join(parts.key)}.",
                )
            seen.add(key)
            _join(found.setdefault(key, {}), record)
        if parts.same_rows and earlier is not None and seen != earlier:
            raise RequestFailed(
                FailureKind.INCOMPLETE,
                f"A part has {len(seen)} records, an earlier one {len(earlier)}, "
                f"and {len(seen ^ earlier)} keys are only in one of them.",
            )
        earlier = seen
    return [*found.values(), *rejected]


def _key(record: Record, parts: Parts) -> bytes:
    values = [dig(record, path) for path in parts.key]
    if any(value is None for value in values):
        raise RequestFailed(
            FailureKind.AMBIGUOUS, f"A record of a part has no {', '.join(parts.key)}."
        )
    return _written(values)


def _join(into: Record, record: Record) -> None:
    for name, value in record.items():
        # Numbers kept as text are equal only if written the same way.
        known = into.setdefault(name, value)
        if known != value and _written(known) != _written(value):
            raise ListMoved(f"two parts disagree about {name!r} of one record")


def _written(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
