"""What is left of a record when its person is taken out of it.

Belongs here: which fields stay. Does not belong here: whose records these are (``holding.py``).

Days, amounts, stages, tags and the names of sources and channels stay, so that sums stay.
Addresses, numbers and everything that a stream does not declare go. Ids become tokens: a lead keeps
one, by which its deals find it; a touch gets one of its own, so that no journey is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from orchestration.connectors.field import Field, Person, Type
from orchestration.connectors.landed import CELLS, CLEARED, LINE, REJECT, WITHOUT
from orchestration.connectors.stream import Stream
from orchestration.privacy.people import kind_of, leaf

_TAG = re.compile(
    r"(?:utm|hsa)_\w+"
    r"|(?:mtm|pk|piwik|matomo|at)_(?:campaign|source|medium|keyword|kwd|content|cid|group|placement)",
    re.IGNORECASE,
)
_CLICK = re.compile(r"(?:[a-z]{1,6}clid|gad_source|gbraid|wbraid|li_fat_id|epik)", re.IGNORECASE)
ERASED = "(erased)"
"""What takes the place of a person in a text."""
_PERSONAL_KEYS = frozenset(("ip", "ip_opt", "ip_signup", "visitip", "fingerprint"))


class Anonymous:
    """The changes to a stream's records.

    Args:
        connector: The stream's connector.
        stream: The stream.
        token: The id that takes the place of an identifier, given its kind and value.
        text: A text without the people who are held back.
        names: Whether a value is an id or an address of somebody held back.
    """

    def __init__(
        self,
        connector: str,
        stream: Stream,
        token: Callable[[str, str], str],
        text: Callable[[str], str],
        names: Callable[[str], bool],
    ) -> None:
        self._connector, self._stream = connector, stream
        self._token, self._text, self._names = token, text, names
        self._key_fields = [f for f in stream.fields if f.name in stream.natural_key]
        self._named = [f for f in stream.fields if f.person is Person.ANOTHER]
        self._nested = [
            f for f in stream.fields if f.type is Type.JSON and f.person is not Person.NOBODY
        ]

    def record(self, record: dict[str, Any]) -> dict[str, Any]:
        """What is left of a record of the person."""
        own = self._own_token(record)
        result: dict[str, Any] = {}
        for field in self._stream.fields:
            value, is_there = _found(record, field.keys)
            if is_there:
                _put(result, field.keys, self._value(field, value, own))
        needed = [field for field in self._stream.fields if field.name in self._stream.one_of]
        if needed and not any(leaf(result, field.keys) for field in needed):
            ids = [field for field in needed if field.type is Type.STRING]
            _put(result, ids[-1].keys, own)
        if CLEARED in record:
            result[CLEARED] = {
                column: {**why, "detail": ERASED} for column, why in record[CLEARED].items()
            }
        result |= {key: record[key] for key in (LINE, WITHOUT) if key in record}
        return result

    def mentions(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record of somebody else, without the people it mentions."""
        result: dict[str, Any] = self.walk(record)
        for field in self._named:
            value = leaf(result, field.keys)
            if isinstance(value, str | int) and self._names(str(value)):
                kind = f"{Person.LEAD.value}:{self._connector}"
                result = _with(result, field.keys, self._token(kind, str(value).strip()))
        for field in self._nested:
            value = leaf(result, field.keys)
            changed = self._ids(value, kind_of(self._connector, field))
            if changed is not value:
                result = _with(result, field.keys, changed)
        return result

    @staticmethod
    def is_refused(record: dict[str, Any]) -> bool:
        """Whether a record could not be read."""
        return REJECT in record

    def cells(self, record: dict[str, Any]) -> Iterator[str]:
        """The texts of a record that could not be read."""
        cells = record.get(CELLS)
        values = cells.values() if isinstance(cells, dict) else cells or ()
        yield from (str(value) for value in values)
        yield from (
            str(value) for field in self._stream.fields if (value := leaf(record, field.keys))
        )

    @staticmethod
    def refused(record: dict[str, Any]) -> dict[str, Any]:
        """A record that could not be read, without its contents: it stays counted as one."""
        reason = record[REJECT]
        code = reason.get("reason_code") if isinstance(reason, dict) else None
        result = {REJECT: {"reason_code": code or "malformed_record", "detail": ERASED}}
        if LINE in record:
            result[LINE] = record[LINE]
        return result | {CELLS: [ERASED]}

    def _own_token(self, record: dict[str, Any]) -> str:
        """The token of this record alone; a vendor that sends it again gives the same."""
        keys = [leaf(record, field.keys) for field in self._key_fields]
        known = all(keys) and keys
        return self._token(
            f"record {self._connector} {self._stream.name}", repr(keys if known else record)
        )

    def _value(self, field: Field, value: Any, own: str) -> Any:
        if value is None or value == "":
            return value
        if field.type in (Type.EMAIL, Type.EMAILS, Type.PHONE):
            return None
        if field.type is Type.JSON:
            kind = kind_of(self._connector, field)
            return _without_keys(self._pages(self._ids(value, kind) if kind else value))
        if field.person is not Person.NOBODY:
            return self._id(field, value, own)
        return self._pages(value) if field.type is Type.STRING else value

    def _id(self, field: Field, value: Any, own: str) -> Any:
        kind = kind_of(self._connector, field)
        match field.person:
            case Person.ANOTHER:
                return self._token(kind, str(value)) if self._names(str(value)) else value
            case Person.CLICK:
                return own
            case Person.LEAD | Person.MEMBER if not self._stream.touches:
                return self._token(kind, str(value).strip())
            case Person.LEADS if not self._stream.touches:
                parts = [part.strip() for part in str(value).split(";")]
                return ";".join(self._token(kind, part) for part in parts if part)
            case Person.VISITOR if self._stream.touches:
                return own
            case _:
                return own if field.required else None

    def walk(self, value: Any) -> Any:
        """A value without the people it mentions; the same object where it mentions nobody."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            changed = {key: self.walk(inner) for key, inner in value.items()}
            same = all(changed[key] is inner for key, inner in value.items())
            return value if same else changed
        if isinstance(value, list):
            items = [self.walk(inner) for inner in value]
            same = all(new is old for new, old in zip(items, value, strict=True))
            return value if same else items
        return value

    def _ids(self, value: Any, kind: str) -> Any:
        """Nested ids of people who are held back as tokens."""
        if isinstance(value, dict):
            changed = {key: self._ids(inner, kind) for key, inner in value.items()}
            same = all(changed[key] is inner for key, inner in value.items())
            return value if same else changed
        if isinstance(value, list):
            items = [self._ids(inner, kind) for inner in value]
            same = all(new is old for new, old in zip(items, value, strict=True))
            return value if same else items
        if isinstance(value, str | int) and not isinstance(value, bool) and self._names(str(value)):
            return self._token(kind, str(value).strip())
        return value

    def _pages(self, value: Any) -> Any:
        """Texts of the person's own record: of pages, the path and the campaign's tags."""
        if isinstance(value, str):
            return self._text(_page(value)) if "?" in value or "://" in value else self._text(value)
        if isinstance(value, dict):
            return {key: self._pages(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._pages(inner) for inner in value]
        return value


def _page(text: str) -> str:
    """A page's address with the tags of its campaign; the rest of its query may be personal."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return text.partition("?")[0]
    kept = []
    for pair in re.split("[&;]", parts.query):
        name, _, value = pair.partition("=")
        if _TAG.fullmatch(name):
            kept.append(pair)
        elif _CLICK.fullmatch(name) and value:
            kept.append(f"{name}=erased")
    return urlunsplit(parts._replace(query="&".join(kept), fragment=""))


def _without_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_keys(inner)
            for key, inner in value.items()
            if key.lower() not in _PERSONAL_KEYS
        }
    return [_without_keys(inner) for inner in value] if isinstance(value, list) else value


def _found(record: Any, keys: tuple[str, ...]) -> tuple[Any, bool]:
    for key in keys:
        if not isinstance(record, dict) or key not in record:
            return None, False
        record = record[key]
    return record, True


def _put(record: dict[str, Any], keys: tuple[str, ...], value: Any) -> None:
    for key in keys[:-1]:
        inner = record.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        record = inner
    record[keys[-1]] = value


def _with(record: dict[str, Any], keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy of a record with another value at a path."""
    first, *rest = keys
    if not rest:
        return {**record, first: value}
    return {**record, first: _with(record[first], tuple(rest), value)}
