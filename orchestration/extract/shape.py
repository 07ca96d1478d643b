"""Finds fields that a slice's records have in addition to the declared ones, or lack.

Belongs here: observing the keys of records while they are appended, cheaply.
Does not belong here: types and values (the loader checks those).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestration.connectors.field import Field
from orchestration.connectors.landed import CLEARED, LINE, REJECT

_OURS = frozenset((REJECT, CLEARED, LINE))
_SIGNATURES = 1000
"""Sets of keys remembered per object; a vendor that varies beyond that only costs time."""


class _Node:
    """One object of a record: its known keys, and those not seen yet."""

    __slots__ = (
        "children",
        "ignored",
        "known",
        "leaves",
        "nested",
        "open",
        "pending",
        "prefix",
        "signatures",
    )

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.children: dict[str, _Node] = {}
        self.leaves: set[str] = set()
        self.pending: set[str] = set()
        self.ignored: set[str] = set()
        self.known: frozenset[str] = frozenset()
        self.open = False
        self.nested: tuple[tuple[str, _Node], ...] = ()
        self.signatures: set[tuple[str, ...]] = set()

    def close(self) -> None:
        """Fix the set of known keys; below an ignored key everything is known."""
        self.known = frozenset((*self.children, *self.leaves, *self.ignored))
        self.nested = tuple(self.children.items())
        for key, child in self.nested:
            child.open = self.open or key in self.ignored
            child.close()

    def settle(self) -> None:
        """Null in place of a declared object: the vendor still has the fields below it."""
        self.pending.clear()
        for child in self.children.values():
            child.settle()


class Shape:
    """Watches records and reports unknown and missing fields as dotted paths.

    A key is unknown when no declared path covers it and the stream does not ignore it; below an
    object of which some path is declared, its undeclared siblings are unknown too. A declared
    field is missing when records came and none had its key (null counts as having it).
    """

    def __init__(self, fields: Iterable[Field], ignored: Iterable[str]) -> None:
        self._root = _Node("")
        self._unknown: set[str] = set()
        self._seen = 0
        for field in fields:
            node = self._root
            for key in field.keys[:-1]:
                node = node.children.setdefault(key, _Node(f"{node.prefix}{key}."))
            node.leaves.add(field.keys[-1])
            if not field.omitted_when_empty:
                node.pending.add(field.keys[-1])
        for path in (*ignored, *_OURS):
            *above, last = path.split(".")
            node = self._root
            for key in above:
                node = node.children.setdefault(key, _Node(f"{node.prefix}{key}."))
            node.ignored.add(last)
        self._root.close()

    def observe(self, record: Mapping[str, Any]) -> None:
        """Take one record into account."""
        if REJECT not in record:
            self._seen += 1
            self._walk(self._root, record)

    def _walk(self, node: _Node, record: Mapping[str, Any]) -> None:
        signature = tuple(record)
        if signature not in node.signatures:
            self._compare(node, signature)
        for key, child in node.nested:
            value = record.get(key, self)
            if isinstance(value, dict):
                self._walk(child, value)
            elif value is None:
                child.settle()

    def _compare(self, node: _Node, signature: tuple[str, ...]) -> None:
        """Compare keys, once per set of keys: records of a stream have few."""
        if not node.open:
            self._unknown.update(node.prefix + key for key in signature if key not in node.known)
        node.pending.difference_update(signature)
        if len(node.signatures) < _SIGNATURES:
            node.signatures.add(signature)

    @property
    def unknown_fields(self) -> tuple[str, ...]:
        """Dotted paths present in records and not declared, sorted."""
        return tuple(sorted(self._unknown))

    @property
    def missing_fields(self) -> tuple[str, ...]:
        """Dotted paths declared and never present, sorted; none when no record came."""
        if not self._seen:
            return ()
        missing: list[str] = []
        nodes = [self._root]
        while nodes:
            node = nodes.pop()
            missing += [node.prefix + key for key in node.pending]
            nodes += node.children.values()
        return tuple(sorted(missing))
