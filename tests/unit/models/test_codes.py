"""Codes and aliases from free text: none reveals a person's address or number."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestration.foundation.codes import code_of
from orchestration.privacy.text import hide
from tests.kit.models.macros import macros, value_of


@pytest.fixture(scope="module")
def made() -> Callable[[str, str], str | None]:
    """What a macro makes of a text, in DuckDB."""
    loaded = macros("engine/text.sql", "campaigns/campaign_alias.sql")
    return lambda macro, text: value_of(loaded[macro]("t"), t=text)


@pytest.mark.parametrize(
    ("text", "code"),
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
        ("Återförsäljare", "återförsäljare"),
        ("Ma\u0308ssa i Göteborg", "mässa_i_göteborg"),
        ("Выставка 2026", "выставка_2026"),
        ("展示会", "展示会"),
        ("हिन्दी", "हिन्दी"),
        ("+++", None),
    ],
)
def test_a_code_holds_nobodys_address_or_number(
    made: Callable[[str, str], str | None], text: str, code: str | None
) -> None:
    """Without @ and + a published code was no longer known as an address or a number."""
    assert made("normalized_code", text) == code
    assert made("campaign_alias", text) == (code or text.lower())


@pytest.mark.parametrize(
    "text", ["Återförsäljare", "Ma\u0308ssa", "Выставка -- 2026", "हिन्दी", "İzmir", "_a__b_", "+++"]
)
def test_commands_make_the_codes_that_models_make(
    made: Callable[[str, str], str | None], text: str
) -> None:
    """A source written in Cyrillic had no code and was lost; Mässa was published as `m_ssa`."""
    assert made("normalized_code", text) == (code_of(text) or None)


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
    code = made("normalized_code", text) or ""
    found = hide(text) != text
    assert ("kund" not in code and "4670" not in code) or not found
    assert (made("without_people", text) != text) == found
