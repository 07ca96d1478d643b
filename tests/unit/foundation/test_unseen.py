"""Characters that nobody sees are stripped alike in Python, in DuckDB and from decoded tags."""

from __future__ import annotations

import sys
import unicodedata

import duckdb
import orjson

from orchestration.foundation.unseen import visible, visible_json

BREAKS = "\t\n\v\f\r\x85\u2028\u2029\u2800"
IGNORED = {
    *(0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10),
    *range(0xFFF0, 0xFFF9),
    *range(0xE0000, 0xE1000),
}
"""DerivedCoreProperties.txt: Default_Ignorable_Code_Point without those of category Cf."""


def test_every_control_and_format_character_goes_and_no_other() -> None:
    """By Unicode's own categories, so that no list of known tricks has to be complete.

    A cell with a filler of Hangul alone looked empty, and was a lead source of its own.
    """
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if unicodedata.category(char) == "Cs":
            continue
        expected = " " if char in BREAKS else char
        unseen = code in IGNORED or unicodedata.category(char) in ("Cc", "Cf")
        if unseen and char not in BREAKS:
            expected = ""
        assert visible(f"a{char}b") == f"a{expected}b", hex(code)


def test_the_database_strips_the_same_as_python() -> None:
    """One record is read by both: files before they are landed, everything while it is loaded."""
    texts = [
        f"a{chr(code)}b"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp", "Zs")
        or code in IGNORED
        or chr(code) == "\u2800"
    ] + ["\u3164", "\u2800 \u2800", "\u2800x\u2800\u2028y\u2800"]
    record = orjson.dumps(texts).decode()
    con = duckdb.connect()
    (cleaned,) = con.execute(
        f"select {visible_json('record')} from (select cast(? as json) as record)", [record]
    ).fetchone() or ("",)
    assert orjson.loads(cleaned) == [visible(text) for text in texts]
