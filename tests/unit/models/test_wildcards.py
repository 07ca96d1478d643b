"""Patterns of rules: * is any text, and no pattern or text makes the classification hang."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.foundation.wildcards import matches
from tests.kit.faults.report import Result
from tests.kit.models.macros import macros, value_of

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "21 patterns",
    "rules with up to 21 *, against tags of up to 10,000 characters that nearly match",
    "cases",
    "ended within the limit of the suite, and matched as the configuration says",
    ".venv/bin/pytest tests/unit/models/test_wildcards.py -m exhaustive",
)
MACROS = macros("engine/text.sql", "classification/parameters.sql", "classification/codes.sql")


def matched(text: str, pattern: str) -> bool:
    """Whether the models find that the text matches the pattern."""
    like = MACROS["like_pattern"]("pattern")
    expression = MACROS["wildcard_expression"]("pattern")
    found = MACROS["wildcard_match"]("text", f"({like})", f"({expression})")
    return value_of(found, text=text, pattern=pattern) == "True"


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("spring_sale_brand_se", "*sale*brand*se"),
        ("a.b+c(d)[e]{f}|g^h$i", "*.b+c*[e]*|g^h$*"),
        ("50%_off!now", "*%_off*!*w"),
        ("back\\slash", "*\\*a*h"),
        ("два слова ещё", "д*а*л*ё"),
        ("", "***"),
    ],
)
def test_several_wildcards_match_what_they_say(text: str, pattern: str) -> None:
    """Signs that mean something to `like` or to a regular expression are ordinary text."""
    assert matched(text, pattern)
    assert not matched(text + "x", "*" + pattern.strip("*") + "y*")


@given(
    text=st.text("ab.%_!\\$", max_size=12),
    pattern=st.text("ab.%_!\\$*", min_size=1, max_size=10),
)
def test_models_and_configuration_agree(text: str, pattern: str) -> None:
    """The check of the configuration warns of shadowed rules by what the models will do."""
    assert matched(text, pattern) == matches(pattern, text)


def test_many_wildcards_take_no_longer_than_the_text() -> None:
    """A rule with seven of them ran for hours on one tag; here the suite's own limit would end it.

    So did ``where`` of a file with a long cell, and the check of rules that shadow others.
    """
    assert not matched("a" * 10_000, "*a" * 20 + "*b")
    assert matched("a" * 10_000, "*a" * 20 + "*")
    assert not matches("*a" * 20 + "*b", "a" * 10_000)
    assert matches("*a" * 20 + "*", "a" * 10_000)


def test_javas_spelling_matches_the_same() -> None:
    """Other engines get atomic groups, which Python knows, too; there only SQL can be parsed."""
    sql = MACROS["spark__wildcards_expressed"]("x")
    assert "(?>" in sql
    expression = r"(?s)^(?>.{0,}?a)(?>.{0,}?b\.).*c$"
    assert re.search(expression, "xxaxb.yyc")
    assert not re.search(expression, "xxaxb,yyc")
    assert not re.search(expression, "a" * 10_000)


def test_a_tag_is_cut() -> None:
    """What a visitor writes into a link is as long as they like."""
    tag = MACROS["tag_or_parameter"]("tag", "parameter")
    assert value_of(tag, tag="x" * 501, parameter=None) == "x" * 500
    assert value_of(tag, tag="x" * 500, parameter=None) == "x" * 500
    assert value_of(tag, tag="null", parameter="y" * 2000) == "y" * 500
