"""Keys over columns: two rows share one only where every column is the same."""

from __future__ import annotations

import sys
from urllib.parse import quote

from orchestration.foundation.unseen import visible
from tests.kit.models.macros import macros, value_of

DISTINCT: list[tuple[str | None, str | None]] = [
    ("a", None),
    ("a", ""),
    (None, "a"),
    ("", "a"),
    ("a\x1f", ""),
    ("a", "\x1e"),
    ("\x1e", None),
    ("\x1f\x1e", None),
    ("1:a", "-"),
    ("a-", None),
    ("a1:b", None),
    ("a", "b"),
    ("ab", ""),
    ("å", "b"),
    ("åb", ""),
    (None, None),
    ("-", None),
    (None, "-"),
    ("-", "-"),
    ("--", ""),
    ("0:", None),
]


def test_no_value_pretends_to_be_two_or_none() -> None:
    """A visit with ``utm_source=%1E`` had the key of no tag and gave all direct visits its rule."""
    key = macros("engine/keys.sql")["surrogate_key"](["a", "b"])
    assert len({value_of(key, a=a, b=b) for a, b in DISTINCT}) == len(DISTINCT)
    assert value_of(key, a="a", b="b") == value_of(key, a="a", b="b")


def test_decoding_leaves_no_character_that_nobody_sees() -> None:
    """What an address encodes is stripped after it was decoded; what cannot be decoded stays."""
    decoded = macros("engine/text.sql")["url_decoded"]("t")
    assert value_of(decoded, t="%1E") == ""
    assert value_of(decoded, t="a%00b%E2%80%8Bc+d%C2%9B") == "abc d"
    assert value_of(decoded, t="%E4%1E") == "%E4%1E"


def test_decoding_strips_what_cells_are_stripped_of() -> None:
    """A tag of fillers alone is no tag, in the address as in a column of a file."""
    decoded = macros("engine/text.sql")["url_decoded"]("t")
    codes = (*range(1, 0xD800), *range(0xE000, sys.maxunicode + 1))
    unseen = [chr(code) for code in codes if visible(chr(code)).strip(" ") == ""]
    text = value_of(decoded, t=quote("a".join(unseen)))
    assert text is not None
    assert text.replace(" ", "") == "a" * (len(unseen) - 1)
