"""Strips characters that nobody sees: controls, and format characters such as zero-width spaces.

Belongs here: which characters, in Python and in DuckDB's SQL. Does not belong here: which texts are
stripped (``loading/records.py``, ``inbox/values.py``), or Spark's spelling
(``dbt_project/macros/engine/text.sql``).

Such a character makes equal values differ, turns the direction of a line, or moves a terminal's
cursor. A line break between words becomes a space. Landing keeps what came.
"""

from __future__ import annotations

import re
import unicodedata

from orchestration.foundation.sql import literal

_BREAK_SIGNS = "\t\n\v\f\r\x85\u2028\u2029"
_BREAKS = re.compile(f"[{_BREAK_SIGNS}]+")
_ESCAPED_BREAK = r"\\[nrtf]|\\u000[bB]"
_ESCAPED = r"\\b|\\u00[01][0-9a-fA-F]"
_KEPT = ((r"\\", "chr(1)"), (r"\"", "chr(2)"))
"""Escapes that stay, and what stands for them meanwhile; no JSON text contains that."""


def visible(text: str) -> str:
    """The text without such characters."""
    if text.isprintable():
        return text
    spaced = _BREAKS.sub(" ", text.strip(_BREAK_SIGNS))
    return "".join(char for char in spaced if unicodedata.category(char) not in ("Cc", "Cf"))


def visible_json(record: str) -> str:
    """SQL for a JSON record as ``orjson`` writes it, without such characters in any of its texts.

    Few records contain any. One that has neither a backslash nor a sign beyond ASCII costs 0.3
    microseconds, and 3 nanoseconds a byte are the most that looking for them takes.

    Args:
        record: The SQL of the record, of type JSON.
    """
    raw = r"[\x7f-\x{9f}\p{Cf}\x{2028}\x{2029}]"
    escapes = rf"{_ESCAPED_BREAK}|{_ESCAPED}"
    found = (
        f"contains({record}, '\\') and regexp_matches({record}, {literal(escapes)})"
        f" or contains({record}, chr(127))"
        f" or strlen({record}) <> length({record}) and regexp_matches({record}, {literal(raw)})"
    )
    text = f"cast({record} as varchar)"
    for escape, sign in _KEPT:
        text = f"replace({text}, {literal(escape)}, {sign})"
    breaks = rf"(?:{_ESCAPED_BREAK}|\x{{85}}|\x{{2028}}|\x{{2029}})"
    for pattern, replacement in (
        (rf'"{breaks}+', '"'),
        (rf'{breaks}+"', '"'),
        (rf"{breaks}+", " "),
        (rf"{_ESCAPED}|[\x7f-\x{{9f}}\p{{Cf}}]", ""),
    ):
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(replacement)}, 'g')"
    for escape, sign in _KEPT:
        text = f"replace({text}, {sign}, {literal(escape)})"
    return f"case when {found} then cast({text} as json) else {record} end"
