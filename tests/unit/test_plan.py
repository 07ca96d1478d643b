"""The plan of a run, and how it is passed on."""

from __future__ import annotations

from datetime import date

import pytest

from orchestration.extract.window import Window
from orchestration.foundation.errors import TributaryError
from orchestration.plan import RunPlan


@pytest.mark.parametrize(
    "plan",
    [
        RunPlan(),
        RunPlan(window=Window(date(2026, 1, 1), date(2026, 2, 1))),
        RunPlan(reread_days=90),
        RunPlan(rebuild=True),
    ],
)
def test_a_plan_survives_its_journey_as_tags(plan: RunPlan) -> None:
    """A schedule and the command line speak to assets through run tags alone."""
    assert RunPlan.from_tags(plan.tags()) == plan


def test_the_window_of_the_command_line_is_half_open() -> None:
    """--to names the first day that is not read; read as inclusive, a day would count twice."""
    plan = RunPlan.parse("2026-01-01", "2026-02-01", rebuild=False)
    assert plan.window is not None
    assert plan.window.last_day == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("start", "end", "rebuild", "named"),
    [
        ("2026-01-01", None, False, "go together"),
        ("2026-02-01", "2026-01-01", False, "not a window"),
        ("2026-01-01", "2026-01-01", False, "not a window"),
        ("1/2/2026", "2026-01-01", False, "not a window"),
        ("2026-01-01", "2026-02-01", True, "no window"),
    ],
)
def test_what_is_no_window_is_refused(
    start: str | None, end: str | None, rebuild: bool, named: str
) -> None:
    """A window that reads nothing must not end as 'published'."""
    with pytest.raises(TributaryError, match=named):
        RunPlan.parse(start, end, rebuild)


def test_the_weekly_reread_reaches_today() -> None:
    """90 days back from today, today included."""
    window = RunPlan(reread_days=90).window_at(date(2026, 7, 1))
    assert window == Window(date(2026, 4, 2), date(2026, 7, 2))
    assert RunPlan().window_at(date(2026, 7, 1)) is None
