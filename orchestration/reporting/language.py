"""The words, numbers and dates of a report's language.

Belongs here: how a figure is written. Does not belong here: which figures there are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words")
MISSING = "\N{EN DASH}"
"""What is written for a figure that is undefined."""
_MINUS = "\N{MINUS SIGN}"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_SMALL = 100
"""From here on a price per piece has no decimals."""


@dataclass(frozen=True)
class Language:
    """One language of ``words``.

    Attributes:
        code: ``en`` or ``sv``.
        words: Every text of a report, by key.
    """

    code: str
    words: Mapping[str, str]

    def say(self, key: str, /, **values: object) -> str:
        """A text, with its values filled in."""
        return self.words[key].format(**values)

    def number(self, value: Decimal | float | None, decimals: int = 0) -> str:
        """A number with its thousands apart; an en dash where there is none."""
        if value is None:
            return MISSING
        exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
        text = f"{abs(exact):,f}"
        if self.code == "sv":
            text = text.replace(",", _NO_BREAK).replace(".", ",")
        return f"{_MINUS}{text}" if exact < 0 else text

    def price(self, value: Decimal | None) -> str:
        """Money per piece: with cents where it is small."""
        return self.number(value, 0 if value is None or abs(value) >= _SMALL else 2)

    def percent(self, value: float | None, decimals: int = 1) -> str:
        """A share as per cent."""
        if value is None:
            return MISSING
        space = _NO_BREAK if self.code == "sv" else ""
        return f"{self.number(value * 100, decimals)}{space}%"

    def change(self, value: float | None) -> str:
        """A relative change, with its sign."""
        if value is None:
            return MISSING
        sign = "+" if round(value * 100) > 0 else ""
        return f"{sign}{self.percent(value, 0)}"

    def written(self, value: Any, kind: str) -> str:
        """A value of a kind: ``count``, ``money``, ``price``, ``share``, ``times``, ``day``, ...

        ``Shape.columns`` has all of them.
        """
        if value is None:
            return MISSING
        if kind == "share":
            return self.percent(float(value))
        if kind == "day":
            return self.day(value)
        if kind == "price":
            return self.price(Decimal(value))
        text = self.number(value, 1 if kind in ("times", "estimate") else 0)
        return f"{text}×" if kind == "times" else text

    def day(self, day: date) -> str:
        """A day with its year."""
        return f"{day.day}{_NO_BREAK}{self._month(day)}{_NO_BREAK}{day.year}"

    def days(self, first: date, last: date) -> str:
        """A period, both ends among it."""
        if first == last:
            return self.day(last)
        year = "" if first.year == last.year else f"{_NO_BREAK}{first.year}"
        return f"{first.day}{_NO_BREAK}{self._month(first)}{year} – {self.day(last)}"

    def month(self, day: date) -> str:
        """A month with its year."""
        return f"{self._month(day)}{_NO_BREAK}{day.year}"

    def short_month(self, day: date) -> str:
        """A month's name alone, for an axis."""
        return self._month(day)

    def _month(self, day: date) -> str:
        return self.words["months"].split()[day.month - 1]


@cache
def language(code: str) -> Language:
    """A language by its code."""
    text = WORDS.joinpath(f"{code}.toml").read_text(encoding="utf-8")
    return Language(code, tomllib.loads(text))
