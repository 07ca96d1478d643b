"""Which addresses are the company's own, and which are tests."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.privacy.address_kinds import address_kind, address_kind_words


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("anna@fjord.se", "internal"),
        ("anna@mail.fjord.se", "internal"),
        ("owner@gmail.com", "internal"),
        ("anna@gmail.com", None),
        ("anna@notfjord.se", None),
        ("anna@fjord.se.other.com", None),
        ("test@kund.se", "test"),
        ("test+7@kund.se", "test"),
        ("anna+test@kund.se", "test"),
        ("demo@kund.se", "test"),
        ("anna@qa.kund.se", "test"),
        ("latest@kund.se", None),
        ("anna@contest.com", None),
        ("anna+@kund.se", None),
        ("anna@localhost", None),
    ],
)
def test_an_address_is_ours_or_a_test_by_its_whole_parts(address: str, kind: str | None) -> None:
    """`contest.com` is no test, a tag may say so, and a department's domain is the company's."""
    words = address_kind_words(["www.fjord.se", "Owner@gmail.com"], ["demo", "@qa.kund.se"])
    sql = f"select {address_kind('a')} from (select $address as a)"
    assert duckdb.execute(sql, {**words, "address": address}).fetchall() == [(kind,)]
