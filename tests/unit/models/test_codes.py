"""Codes and aliases from free text: none reveals a person's address or number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.foundation.codes import code
from orchestration.foundation.unseen import visible
from orchestration.privacy.text import hide
from tests.kit.models.macros import macros, value_of


@pytest.fixture(scope="module")
def made() -> Callable[[str, str], str | None]:
    """What a macro makes of a text, in DuckDB."""
    loaded = macros("engine/text.sql", "campaigns/campaign_alias.sql")
    return lambda macro, text: value_of(loaded[macro]("t"), t=text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Asked anna@kund.example", "asked"),
        ("anna%40kund.example told me", "told_me"),
        ("ask Anna.Ek@sub.kund.co.uk or call +46 (0)70-123 45 67 today", "ask_or_call_today"),
        ("tel:%2B46701234567", "tel"),
        ("anna@kund.example", None),
        ("+46701234567", None),
        ("Trade show", "trade_show"),
        ("50% off @ home", "50_off_home"),
        ("C++ & Java", "c_java"),
        ("spring+20260101", "spring_20260101"),
        ("@fjordbase on X", "fjordbase_on_x"),
        ("Mässa", "mässa"),
        ("Ma\u0308ssa", "mässa"),
        ("MÄSSA", "mässa"),
        ("Выставка 2026", "выставка_2026"),
        ("Έκθεση", "έκθεση"),
        ("展会", "展会"),
        ("प्रदर्शनी", "प्रदर्शनी"),
        ("Käufer/Küufer", "käufer_küufer"),
    ],
)
def test_a_code_holds_nobodys_address_or_number(
    made: Callable[[str, str], str | None], text: str, expected: str | None
) -> None:
    """Without @ and + a published code was no longer known as an address or a number."""
    assert made("normalized_code", text) == expected
    assert made("campaign_alias", text) == (expected or text.lower())


@settings(deadline=None, max_examples=50)
@given(st.text(st.sampled_from(" -_./aÅäa\u0308ßéЖж展会9½łह"), max_size=20))
def test_python_and_sql_make_the_same_code(text: str) -> None:
    """What ``doctor`` says of a rule's patterns is said about the codes that they meet."""
    normalized = macros("engine/text.sql")["normalized_code"]
    kept = value_of(normalized("t"), t=visible(text))
    assert (kept or "") == code(visible(text))


@pytest.mark.parametrize(
    "text",
    [
        "Börje.Ö@kund.example wrote",
        "https://x.se/?email=anna%40kund.example&b=1",
        '{"email":"anna+news@sub.kund.co.uk"}',
        "?p=%2B46701234567",
        "https://medium.com/@writer/post",
        "a" * 200 + "@kund.example",
    ],
)
def test_codes_hide_what_publishing_hides(
    made: Callable[[str, str], str | None], text: str
) -> None:
    """Two descriptions of the same thing: wherever one finds a person, the other does."""
    made_code = made("normalized_code", text) or ""
    found = hide(text) != text
    assert ("kund" not in made_code and "4670" not in made_code) or not found
    assert (made("without_people", text) != text) == found
