"""The declaration language of connectors: how a record says that its person refused marketing.

Belongs here: the declaration, and reading a record by it. Does not belong here: what follows from
it (``erasing/consents.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way to say it.

    Attributes:
        path: Where in the record, keys joined by dots.
        texts: The values that refuse, compared without regard to case.
        each: Where a list is: the key of its items; all of them must refuse.
    """

    path: str
    texts: tuple[str, ...]
    each: str = ""

    def is_in(self, record: Mapping[str, Any]) -> bool:
        """Whether the record says so."""
        value: Any = record
        for key in self.path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if not self.each:
            return self._refuses(value)
        items = [item for item in value or () if isinstance(item, Mapping) and self.each in item]
        return bool(items) and all(self._refuses(item[self.each]) for item in items)

    def _refuses(self, value: Any) -> bool:
        return value is not None and str(value).strip().lower() in self.texts
