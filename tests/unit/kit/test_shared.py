"""Tests that need outside data: skipped where it is missing, never unnoticed in CI."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.shared import NO_BROWSER, NO_POSTGRES, judge_skip, outside


def skipped() -> pytest.TestReport:
    """What pytest reports of a test that skipped itself."""
    return pytest.TestReport(
        "tests/test_a.py::test_a",
        ("tests/test_a.py", 1, "test_a"),
        {},
        "skipped",
        ("tests/test_a.py", 7, "Skipped: no such file"),
        "call",
    )


def test_missing_data_skips_and_says_which(tmp_path: Path) -> None:
    """A public clone has no outside data; its tests must not fail for that."""
    with pytest.raises(pytest.skip.Exception, match=r"specs/vendor\.json is missing"):
        outside("specs", "vendor.json", folder=tmp_path)
    (tmp_path / "there").touch()
    assert outside("there", folder=tmp_path) == tmp_path / "there"


@pytest.mark.parametrize(
    ("environment", "has_data", "outcome"),
    [
        ({"CI": "true"}, True, "failed"),
        ({"CI": "1"}, True, "failed"),
        ({"CI": "true"}, False, "skipped"),
        ({"CI": "false"}, True, "skipped"),
        ({}, True, "skipped"),
    ],
)
def test_a_skip_fails_in_ci_where_the_data_is(
    environment: dict[str, str], has_data: bool, outcome: str, tmp_path: Path
) -> None:
    """A renamed file once would have switched off conformance for good, in green."""
    report = skipped()
    judge_skip(report, environment, tmp_path if has_data else tmp_path / "missing")
    assert report.outcome == outcome
    assert "no such file" in str(report.longrepr)


@pytest.mark.parametrize("absent", [NO_BROWSER, NO_POSTGRES])
def test_a_machine_without_other_programs_may_skip(absent: str, tmp_path: Path) -> None:
    """CI needs Python, make and git; Chromium and PostgreSQL are used where they are."""
    report = skipped()
    report.longrepr = ("tests/test_a.py", 7, f"Skipped: {absent} (looked for it)")
    judge_skip(report, {"CI": "true"}, tmp_path)
    assert report.outcome == "skipped"


def test_other_outcomes_stay(tmp_path: Path) -> None:
    """An expected failure is reported as a skip by pytest, and is none."""
    expected = skipped()
    expected.wasxfail = "known"
    passed = skipped()
    passed.outcome = "passed"
    for report in (expected, passed):
        before = report.outcome
        judge_skip(report, {"CI": "true"}, tmp_path)
        assert report.outcome == before
