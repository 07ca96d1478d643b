"""Strips characters that nobody sees: controls, formats such as zero-width spaces, and fillers.

Belongs here: which characters, in Python and in DuckDB's SQL. Does not belong here: which texts are
stripped (``loading/records.py``, ``inbox/texts.py``), or what is stripped from decoded tags
(``dbt_project/macros/engine/text.sql``).

Such a character makes equal values differ, turns the direction of a line, or moves a terminal's
cursor. A line break between words, and the blank of Braille, becomes a space. Landing keeps what
came.
"""

from __future__ import annotations

import re
import unicodedata

from orchestration.foundation.sql import literal

IGNORED = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff"
)
"""The inside of a class of characters for which Unicode says that nothing is drawn (default
ignorable) although they are no controls or formats: fillers of Hangul, marks that choose a glyph.
"""
BRAILLE_BLANK = "\u2800"
_BREAK_SIGNS = f"\t\n\v\f\r\x85\u2028\u2029{BRAILLE_BLANK}"
_IGNORED = re.compile(f"[{IGNORED}]")
_BREAKS = re.compile(f"[{_BREAK_SIGNS}]+")
_LATER_BREAKS = _BREAK_SIGNS[-3:]
_ESCAPED_BREAK = r"\\[nrtf]|\\u000[bB]"
_ESCAPED = r"\\b|\\u00[01][0-9a-fA-F]"
_KEPT = ((r"\\", "chr(1)"), (r"\"", "chr(2)"))
"""Escapes that stay, and what stands for them meanwhile; no JSON text contains that."""


def visible(text: str) -> str:
    """The text without such characters."""
    if text.isascii() and text.isprintable():
        return text
    spaced = _IGNORED.sub("", _BREAKS.sub(" ", text.strip(_BREAK_SIGNS)))
    if spaced.isprintable():
        return spaced
    return "".join(char for char in spaced if unicodedata.category(char) not in ("Cc", "Cf"))


def visible_json(record: str) -> str:
    """SQL for a JSON record as ``orjson`` writes it, without such characters in any of its texts.

    Few records contain any. One that has neither a backslash nor a sign beyond ASCII costs 0.3
    microseconds, and 3 nanoseconds a byte are the most that looking for them takes.

    Args:
        record: The SQL of the record, of type JSON.
    """
    unseen = rf"\x7f-\x{{9f}}\p{{Cf}}{IGNORED}"
    escapes = rf"{_ESCAPED_BREAK}|{_ESCAPED}"
    raw = f"[{unseen}{_LATER_BREAKS}]"
    found = (
        f"contains({record}, '\\') and regexp_matches({record}, {literal(escapes)})"
        f" or contains({record}, chr(127))"
        f" or strlen({record}) <> length({record}) and regexp_matches({record}, {literal(raw)})"
    )
    text = f"cast({record} as varchar)"
    for escape, sign in _KEPT:
        text = f"replace({text}, {literal(escape)}, {sign})"
    breaks = rf"(?:{_ESCAPED_BREAK}|[\x{{85}}{_LATER_BREAKS}])"
    for pattern, replacement in (
        (rf'"{breaks}+', '"'),
        (rf'{breaks}+"', '"'),
        (rf"{breaks}+", " "),
        (rf"{_ESCAPED}|[{unseen}]", ""),
    ):
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(replacement)}, 'g')"
    for escape, sign in _KEPT:
        text = f"replace({text}, {sign}, {literal(escape)})"
    return f"case when {found} then cast({text} as json) else {record} end"
