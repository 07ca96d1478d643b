"""Names a refused record by its id, for errors.

Belongs here: which parts of a record's key a message may repeat. Does not belong here: what is
wrong with the record (``fields.py``).

A message holds no cell that may be a person: of a file, ids are shown that a program gave and that
are no telephone number; of a vendor, its own ids.
"""

from __future__ import annotations

import json
import re

from orchestration.connectors.field import Field, Type
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Stream
from orchestration.privacy.free_text import shows_a_person
from orchestration.privacy.people import leaf

_ID = re.compile(r"(?=.*[0-9])[0-9A-Za-z_.:/|#-]{1,42}")
_HASH = re.compile(r"[0-9A-Fa-f]{32}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def record_name(connector: str, stream: Stream, record: str | None) -> str:
    """The parts of a record's key that can be read, such as ``deal_id 17``; may be empty.

    Args:
        connector: The stream's connector.
        stream: The stream.
        record: The record as in ``ops.quarantine``: JSON, personal values hidden.
    """
    try:
        found = json.loads(record or "null")
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    fields = {field.name: field for field in stream.fields}
    parts = []
    for name in stream.natural_key:
        field = fields.get(name)
        value = leaf(found, field.keys) if field is not None else None
        if field is not None and _may_be_shown(connector, field, value):
            parts.append(f"{name} {value}")
    return ", ".join(parts)


def _may_be_shown(connector: str, field: Field, value: object) -> bool:
    if field.is_personal or isinstance(value, bool) or not isinstance(value, (str, int)):
        return False
    text = str(value)
    if field.type in (Type.DATE, Type.TIMESTAMP):
        return _DAY.match(text) is not None and len(text) <= len("2026-01-01T00:00:00.000000+00:00")
    if _ID.fullmatch(text) is None or _HASH.search(text):
        return False
    return connector != INBOX.name or not shows_a_person(text)
