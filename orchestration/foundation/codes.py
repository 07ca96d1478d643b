"""Codes of sources, channels and types, made from what people write.

Belongs here: the rule that the macro ``normalized_code`` has in SQL. Does not belong here: what a
code means, or hiding people in a text.
"""

from __future__ import annotations

import unicodedata


def code_of(text: str) -> str:
    """A text as a code: lower case, letters and digits of any alphabet, one underscore between."""
    normal = unicodedata.normalize("NFC", text.lower())
    return "_".join("".join(c if _is_kept(c) else " " for c in normal).split())


def _is_kept(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"
