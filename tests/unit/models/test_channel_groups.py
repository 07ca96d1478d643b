"""GA4's default channel group, computed beside our own classification."""

from __future__ import annotations

import csv
import os

import pytest

from .conftest import CASES, Built


def test_every_published_case_gets_its_group(built: Built) -> None:
    """30 cases of source, medium and campaign, compared by case id."""
    if not CASES.is_file():
        if os.environ.get("CI"):
            pytest.fail(f"{CASES} is missing: CI must have GA4's cases")
        pytest.skip(f"{CASES} is not on this machine")
    with CASES.open(encoding="utf-8") as file:
        expected = {row["case_id"]: row["correct_expected"] for row in csv.DictReader(file)}
    rows = built.con.execute(
        "select touchpoint_id, ga4_channel_group from core.fct_touchpoints "
        "where touchpoint_id like 'ga4:%'"
    ).fetchall()
    actual = {name.removeprefix("ga4:"): group for name, group in rows}
    assert len(expected) == 30
    assert actual == expected
