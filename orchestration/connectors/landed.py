"""Keys that a landed record may have besides those of its source.

Belongs here: their names, which reading, hiding and loading share. Does not belong here: what is
written under them (``inbox``, ``extract/writer.py``).
"""

from __future__ import annotations

REJECT = "_reject"
"""A record that could not be read: ``{"reason_code", "detail"}``; the loader quarantines it."""
CELLS = "_cells"
"""The contents of such a record that could not be assigned to fields."""
CLEARED = "_cleared"
"""The cells of a record that could not be read: ``{column: {"reason_code", "detail"}}``."""
WITHOUT = "_without"
"""Why a record names nobody, where that is counted: ``consent``."""
LINE = "_line"
"""The position of a record in its file."""
