"""The tag audit's findings on the classification cases."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.models.built import Built

Key = tuple[str, str, str]

EXPECTED: dict[Key, tuple[str | None, int]] = {
    ("misspelt", "utm_source", "Linkeding"): ("linkedin", 2),
    ("misspelt", "utm_medium", "emial"): ("email", 1),
    ("inconsistent_case", "utm_source", "LinkedIn"): ("linkedin", 1),
    ("inconsistent_case", "utm_medium", "Paid_Social"): ("paid_social", 1),
    ("unmatched", "utm_source", "acme_x"): (None, 2),
    ("unmatched", "utm_medium", "acme_y"): (None, 1),
    ("paid_word_unpaid", "utm_source", "ads-weekly"): (None, 1),
    ("personal_data", "utm_source", "(personal data)"): (None, 1),
    ("untagged_paid", "click_id_type", "twclid"): ("paid_social", 1),
    ("untagged_paid", "click_id_type", "msclkid"): ("cpc", 4),
    ("untagged_paid", "click_id_type", "dclid"): ("display", 1),
    ("paid_tagged_unpaid", "click_id_type", "ttclid"): ("paid_social", 1),
    ("paid_tagged_unpaid", "click_id_type", "gclid"): ("cpc", 1),
}
"""Suggested value and touches by issue, field and value."""

SILENT: tuple[Key, ...] = (
    # A medium that a rule knows is enough; so is a paid medium beside a paid click.
    ("unmatched", "utm_source", "molnbolaget"),
    ("paid_tagged_unpaid", "click_id_type", "rdt_cid"),
    # No proof of a paid click.
    ("untagged_paid", "click_id_type", "fbclid"),
    # A word is enough, and one that denies what it says is no contradiction.
    ("unmatched", "utm_medium", "100% email"),
    ("paid_word_unpaid", "utm_medium", "non-paid"),
    # A misspelt value is only misspelt; GA4's words for "nothing" are not values.
    ("unmatched", "utm_medium", "emial"),
    ("unmatched", "utm_source", "(direct)"),
    ("unmatched", "lead_source", "unknown"),
)


@pytest.fixture(scope="module")
def audit(built: Built) -> dict[Key, tuple[Any, ...]]:
    """The mart's rows by their key."""
    rows = built.con.execute(
        "select issue, field, value, suggested_value, touches, leads, suggested_fix "
        "from marts.utm_audit"
    ).fetchall()
    return {row[:3]: row[3:] for row in rows}


def test_each_flaw_is_named_with_its_volume_and_what_to_write(
    audit: dict[Key, tuple[Any, ...]],
) -> None:
    """``Linkeding`` in two links is one row that reports it."""
    assert {key: audit.get(key, (None, None))[:2] for key in EXPECTED} == EXPECTED
    for key, (suggested, _, _, fix) in audit.items():
        assert fix, key
        assert "{" not in fix, key
        assert suggested is None or suggested in fix, key


def test_what_is_right_is_not_in_it(audit: dict[Key, tuple[Any, ...]]) -> None:
    """An audit that cries wolf is not read twice."""
    assert [key for key in SILENT if key in audit] == []


def test_no_personal_data_is_published(audit: dict[Key, tuple[Any, ...]]) -> None:
    """Addresses get into links; a report of it must not spread them."""
    assert not [key for key in audit if "@" in key[2]]


def test_codes_that_only_the_data_knows_are_counted(
    built: Built, audit: dict[Key, tuple[Any, ...]]
) -> None:
    """An undeclared member is never dropped: it is listed here with its touches and leads."""
    for field, member in (("lead_source", "olark_chat"), ("lead_source", "podcast")):
        ((touches,),) = built.con.execute(
            f"select count(*) from core.fct_touchpoints inner join core.dim_{field}s "
            f"using ({field}_key) where {field} = ?",
            [member],
        ).fetchall()
        assert audit["unmatched", field, member][1] == touches > 0
        assert audit["unmatched", field, member][2] > 0
