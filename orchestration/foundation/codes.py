"""A code from a text, as the SQL macro ``normalized_code`` makes it.

Belongs here: the same rule in Python, for what the configuration states. Does not belong here:
codes from data (``dbt_project/macros/engine/text.sql``).
"""

from __future__ import annotations

import unicodedata


def code(text: str, keep: str = "") -> str:
    """The text in lower case, every run of characters that are no letter or digit an underscore.

    Args:
        text: Any text.
        keep: Further characters that stay.
    """
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    kept = [char if char in keep or is_letter(char) else " " for char in composed]
    return "_".join("".join(kept).split())


def is_letter(char: str) -> bool:
    """Whether a code keeps the character: a letter, mark or digit of any alphabet."""
    return unicodedata.category(char)[0] in "LMN"
