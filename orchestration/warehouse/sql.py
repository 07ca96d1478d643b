"""Texts inside statements that take no parameters: the paths of ATTACH, COMMENT ON.

Identifiers are quoted by ``schema.quoted``.
"""

from __future__ import annotations


def literal(text: str) -> str:
    """A text as SQL, quoted."""
    return "'" + text.replace("'", "''") + "'"
