"""Reads the numbers of a file as its format declares them: separators, signs, negatives, rounding.

Belongs here: from a cell to a plain decimal number. Does not belong here: whether that number is
allowed (the loader checks ranges and decimals of every source alike).

Only what the format declares is read. A thousands separator must separate thousands: where it is
declared as a point, ``1.234`` is 1234 and ``1.5`` is refused.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from orchestration.configuration.file_format import FileFormat
from orchestration.inbox.cells import Converter, Refused, Value

MINUS = "\u2212"
"""The sign that typography and some programs write for a minus."""
_SPACES = " \u00a0\u2007\u2009\u202f"
"""The spaces that separate thousands; spreadsheets write the ones that do not break."""
_LIKE = {" ": _SPACES, "'": "'\u2019"}
"""The characters that a declared separator stands for."""
_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_SCRIPTED = re.compile(
    r"(?i)[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)|[+-]?(nan|inf|infinity)"
)
"""What the loader judges: exponents, and what is not finite."""
_GROUPED = re.compile(rf"[+-]?[0-9]{{1,3}}([{_SPACES}.,'’][0-9]{{3}})+([.,][0-9]+)?")


def number_reader(format_: FileFormat) -> Converter | None:
    """The function that reads numbers; ``None`` where they are plain and the loader sees them."""
    if format_.reads_plain_numbers:
        return None
    like = _LIKE.get(format_.thousands or "", format_.thousands or "")
    groups = re.compile(
        rf"[+-]?[0-9]{{1,3}}(?:[{re.escape(like)}][0-9]{{2,3}})*[{re.escape(like)}][0-9]{{3}}"
    )
    separators = dict.fromkeys(map(ord, like))
    signs = sorted(format_.signs, key=len, reverse=True)
    expected = _expected(format_)

    def read(cell: str) -> Value:
        text = _signed(cell.replace(MINUS, "-"), format_, signs)
        whole, mark, part = text.partition(format_.decimal)
        if like and groups.fullmatch(whole):
            whole = whole.translate(separators)
        text = whole + ("." if mark else "") + part
        other = "." if format_.decimal == "," and "." in whole + part else ""
        if other or not _PLAIN.fullmatch(text):
            if not other and _SCRIPTED.fullmatch(text):
                return text
            hint = _hint(format_) if _GROUPED.fullmatch(cell) else ""
            return Refused(cell, "bad_type", expected + hint)
        return text if format_.round is None else _rounded(text, format_.round)

    return read


def _signed(text: str, format_: FileFormat, signs: list[str]) -> str:
    """A number with its declared signs taken off and its minus in front."""
    negative = False
    for _ in range(3):  # a currency, a percent sign and a minus, in any order
        text = text.strip()
        if "parentheses" in format_.negatives and text.startswith("(") and text.endswith(")"):
            text, negative = text[1:-1], True
        for sign in signs:
            if text.startswith(sign):
                text = text[len(sign) :]
            elif text.startswith(("-" + sign, "+" + sign)):
                text = text[0] + text[len(sign) + 1 :].lstrip()
            elif text.endswith(sign):
                text = text[: -len(sign)]
            else:
                continue
            break
        if "trailing" in format_.negatives and text.rstrip().endswith("-"):
            text, negative = text.rstrip()[:-1], True
    text = text.strip()
    if not negative:
        return text
    # Two minuses are no number.
    return f"-{text}" if text[:1] not in "+-" else f"--{text}"


def _rounded(text: str, decimals: int) -> str:
    """The number with at most so many decimals; a half is rounded away from zero."""
    if len(text.partition(".")[2]) <= decimals:
        return text
    return format(Decimal(text).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), "f")


def _expected(format_: FileFormat) -> str:
    mark = "comma" if format_.decimal == "," else "point"
    names = {" ": "a space", None: "nothing"}
    separator = names.get(format_.thousands, f"{format_.thousands!r}")
    if format_.thousands is None:
        return f"a number with a decimal {mark}"
    return f"a number with a decimal {mark} and {separator} between thousands"


def _hint(format_: FileFormat) -> str:
    return "" if format_.thousands else " (is format.thousands of this inbox entry missing?)"
