"""Finds each field's text in a landed record, in one pass of ``json_transform``.

Belongs here: taking a record apart and testing its shape. Does not belong here: the meaning of the
texts (``fields.py``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from orchestration.connectors.field import Type
from orchestration.connectors.landed import CELLS, CLEARED, LINE, REJECT
from orchestration.connectors.stream import Stream
from orchestration.foundation.sql import json_path, literal, quoted
from orchestration.foundation.unseen import visible_json
from orchestration.loading.conditions import Test
from orchestration.loading.fields import source_text


class RecordSql:
    """The SQL that takes a stream's records apart.

    Attributes:
        texts: For each field, in order, the column that holds its text.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._tree: dict[str, Any] = {REJECT: "JSON", CLEARED: "JSON"}
        self._parents: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        self.texts = tuple(f"v{i}" for i in range(len(stream.fields)))
        self._leaves: list[str] = []
        placed: dict[tuple[str, ...], tuple[str, bool]] = {}
        for field in stream.fields:
            as_json = field.type is Type.JSON
            leaf, known_as_json = placed.get(field.keys, ("", as_json))
            if not leaf or known_as_json != as_json:
                leaf = self._place(field.keys, as_json)
                placed.setdefault(field.keys, (leaf, as_json))
            self._leaves.append(source_text(field, leaf))

    def _place(self, keys: tuple[str, ...], as_json: bool) -> str:
        """Put a path into the structure; one that collides with another is extracted separately."""
        function = "json_extract" if as_json else "json_extract_string"
        alone = f"{function}(record, {json_path(keys)})"
        node = self._tree
        for key in keys[:-1]:
            if not _taken(node, key):
                node[key] = {}
            child = node.get(key)
            if not isinstance(child, dict):
                return alone
            node = child
        if _taken(node, keys[-1]):
            return alone
        node[keys[-1]] = "JSON" if as_json else "VARCHAR"
        for depth in range(1, len(keys)):
            self._parents.setdefault(keys[:depth], []).append(keys)
        return _member(keys)

    def scan(self) -> str:
        """Reads the slice at ``$path``: the record and each field's text or NULL."""
        texts = ", ".join(
            f"{leaf} as {name}" for leaf, name in zip(self._leaves, self.texts, strict=True)
        )
        structure = literal(json.dumps(self._tree))
        # Malformed JSON becomes a NULL record, which is quarantined; without ignore_errors one
        # such line would make the whole slice unreadable.
        return f"""select record, s, {texts}
            from (
                select record, json_transform(record, {structure}) as s
                from (
                    select {visible_json("json")} as record
                    from read_ndjson_objects($path, ignore_errors = true)
                )
            )"""

    def kept(self) -> Test:
        """The test that the record was not refused earlier."""
        return Test(usual=f"s.{REJECT} is null", otherwise="false")

    def untouched(self) -> Test:
        """The test that no cell of the record was cleared earlier."""
        return Test(usual=f"s.{CLEARED} is null", otherwise="false")

    def cleared(self, column: str) -> tuple[str, str]:
        """Reason code and detail of a cell that was cleared earlier; or NULL."""
        paths = (json_path((column, key)) for key in ("reason_code", "detail"))
        reason, detail = (f"json_extract_string(s.{CLEARED}, {path})" for path in paths)
        return reason, detail

    def refusal(self) -> tuple[str, str, str]:
        """Reason code, detail and line of a record that was refused earlier; or NULL."""
        keys = ((REJECT, "reason_code"), (REJECT, "detail"), (LINE,))
        reason, detail, line = (f"json_extract_string(record, {json_path(key)})" for key in keys)
        return reason, detail, line

    def is_object(self) -> Test:
        """The test that the record is a JSON object."""
        filled = " or ".join(f"{text} is not null" for text in self.texts)
        return Test(usual=filled, otherwise="coalesce(json_type(record), '') = 'OBJECT'")

    def parents(self) -> Iterator[tuple[str, Test]]:
        """For each object that holds fields: its path, and the test that it is an object."""
        for parent, children in self._parents.items():
            usual = f"{_member(parent)} is null"
            usual += "".join(f" or {_member(child)} is not null" for child in children)
            kind = f"coalesce(json_type(record, {json_path(parent)}), 'NULL')"
            yield ".".join(parent), Test(usual=usual, otherwise=f"{kind} in ('OBJECT', 'NULL')")

    def stated(self, parent: str) -> str:
        """Whether a record contains an object."""
        return f"{_member(tuple(parent.split('.')))} is not null"

    def masked(self) -> str:
        """The record as text, with personal values hidden."""
        personal = [field for field in self._stream.fields if field.is_personal]
        expression = "record"
        for keys in [field.keys for field in personal] + ([(CELLS,)] if personal else []):
            patch: Any = "(hidden)"
            for key in reversed(keys):
                patch = {key: patch}
            expression = (
                f"case when json_exists(record, {json_path(keys)})"
                f" then json_merge_patch({expression}, {literal(json.dumps(patch))})"
                f" else {expression} end"
            )
        return f"cast({expression} as varchar)"


def _taken(node: dict[str, Any], key: str) -> bool:
    """Whether a struct has the key already; struct members ignore case, JSON keys do not."""
    return key.lower() in {known.lower() for known in node}


def _member(keys: tuple[str, ...]) -> str:
    return "s." + ".".join(quoted(key) for key in keys)
