"""The steps of the funnel as the configuration states them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from orchestration.configuration.funnel import Funnel


def test_a_step_of_ones_own_has_a_name_and_a_code() -> None:
    """People write `Demo booked`; the conversion type is a code."""
    rows = Funnel(steps=["visit", "lead", "Demo booked", "customer"]).rows
    assert rows == [
        (1, "visit", "Visit", "Besök", True, None),
        (2, "lead", "Lead", "Lead", False, None),
        (3, "demo_booked", "Demo booked", "Demo booked", False, None),
        (4, "customer", "Customer", "Kund", False, None),
    ]


def test_landing_is_a_step_where_pages_are_named() -> None:
    """Without pages nothing says which visit could have led to a form."""
    assert [row[1] for row in Funnel().rows if row[1] == "landing"] == []
    pages = Funnel(landing_pages=["/demo*", "/pris"]).rows
    assert [row[5] for row in pages if row[1] == "landing"] == ["/demo*", "/pris"]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (["lead", "Lead"], "twice"),
        (["visit", "customer"], "must have lead"),
        (["form", "visit", "lead"], "in this order"),
        (["demo", "lead"], "in this order"),
        (["lead", "visit"], "visit must come before lead"),
    ],
)
def test_steps_out_of_order_are_refused(steps: list[str], message: str) -> None:
    """A funnel in which a lead comes before its visit would lose everybody at once."""
    with pytest.raises(ValidationError, match=message):
        Funnel(steps=steps)


def test_a_page_that_is_no_path_is_refused() -> None:
    """Hosts are left out, so a pattern with one would match nothing."""
    with pytest.raises(ValidationError, match="landing_pages"):
        Funnel(landing_pages=["https://a.se/demo"])
