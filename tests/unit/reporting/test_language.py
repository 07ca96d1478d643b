"""Both languages say everything, and write figures as their readers do."""

from __future__ import annotations

import re
import string
from datetime import date
from decimal import Decimal

import pytest

from orchestration.reporting import language as module
from orchestration.reporting.extras import SHAPES
from orchestration.reporting.language import Language, language
from orchestration.reporting.page import TEMPLATES

ENGLISH, SWEDISH = language("en"), language("sv")


def placeholders(text: str) -> set[str | None]:
    """The values that a text expects."""
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_the_languages_have_the_same_texts_with_the_same_values() -> None:
    """A key that one lacks would break the report of half the companies."""
    assert list(ENGLISH.words) == list(SWEDISH.words)
    for key, text in ENGLISH.words.items():
        assert placeholders(text) == placeholders(SWEDISH.words[key]), key


def test_every_text_is_used() -> None:
    """Dead texts are translated for nobody."""
    sources = [*TEMPLATES.glob("*.html"), *TEMPLATES.parent.glob("*.py")]
    written = "".join(path.read_text(encoding="utf-8") for path in sources)
    parts = {f"{shape.key}_note" for shape in SHAPES}
    unused = [key for key in ENGLISH.words if f'"{key}"' not in written and key not in parts]
    assert unused == []
    headings = {heading for shape in SHAPES for _, heading, _ in shape.columns}
    assert parts | headings | {shape.key for shape in SHAPES} <= ENGLISH.words.keys()


@pytest.mark.parametrize(
    ("speaks", "number", "money", "share", "day"),
    [
        (ENGLISH, "−1,234,568", "26.50", "10.5%", "1 Jun 2026"),
        (SWEDISH, "−1 234 568", "26,50", "10,5 %", "1 juni 2026"),
    ],
)
def test_figures_are_written_as_their_readers_do(
    speaks: Language, number: str, money: str, share: str, day: str
) -> None:
    """1,234 is a thousand in English and one and a quarter in Swedish."""

    def plain(text: str) -> str:
        return re.sub("\N{NO-BREAK SPACE}", " ", text)

    assert plain(speaks.number(Decimal("-1234567.5"))) == number
    assert plain(speaks.price(Decimal("26.5"))) == money
    assert plain(speaks.percent(0.105)) == share
    assert plain(speaks.day(date(2026, 6, 1))) == day


def test_what_is_not_known_is_no_zero() -> None:
    """Null is not free."""
    assert {ENGLISH.number(None), ENGLISH.price(None), ENGLISH.percent(None)} == {module.MISSING}
    assert ENGLISH.change(0.161) == "+16%"
    assert ENGLISH.change(-0.001) == "0%"
