"""Runs suites with Great Expectations; the only place that imports it.

Belongs here: turning ``Suite`` and a frame into Great Expectations' objects, and its results into
checks. Does not belong here: the expectations (``suites.py``) or measures (``profiles.py``).

The import costs about 3 CPU s and 180 MB, so it happens on the first validation. A validation costs
about 0.1 s however few rows it has, so suites are validated together: their frames and equal rules
are merged, and each finding goes back to the suite of its row. Measured for 46 streams: 4.7 CPU s
one by one, 0.3 together. No file is written and nothing is sent.
"""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.foundation.later import import_later
from orchestration.privacy.messages import without_values
from orchestration.privacy.text import hide
from orchestration.quality.checks import Check, Expected
from orchestration.quality.suites import Rule, Suite
from orchestration.warehouse.damage import is_damage

if TYPE_CHECKING:
    import pandas as pd

Measured = tuple[Suite, Callable[[], "pd.DataFrame"]]
"""A suite, and the function that returns its frame: a column ``label`` and the measures."""

NAMED_ROWS = 5
_NOT_NULL = "expect_column_values_to_not_be_null"


def validate(measured: Sequence[Measured], now: datetime) -> list[Check]:
    """Run suites.

    Args:
        measured: The suites and their measures. If measuring fails, every check of the suite is an
            error.
        now: UTC.

    Returns:
        One check per rule, in order.

    Raises:
        duckdb.Error: The warehouse is damaged; another attempt would fail the same way.
    """
    frames: dict[str, pd.DataFrame] = {}
    problems: dict[str, str] = {}
    for suite, measure in measured:
        try:
            frames[suite.name] = measure()
        except duckdb.Error as error:
            if is_damage(error):
                raise
            problems[suite.name] = (
                f"could not be measured: {' '.join(without_values(error).split())[:300]}"
            )
    results = _run([suite for suite, _ in measured if suite.name in frames], frames)
    checks = []
    for suite, _ in measured:
        for rule, expected in zip(suite.rules, suite.expected(), strict=True):
            if suite.name in problems:
                checks.append(Check.outcome(expected, "error", problems[suite.name], now))
            else:
                result = results.get(_expectation(rule))
                checks.append(_judge(suite, rule, expected, frames[suite.name], result, now))
    return checks


def _judge(
    suite: Suite,
    rule: Rule,
    expected: Expected,
    frame: pd.DataFrame,
    result: Mapping[str, Any] | None,
    now: datetime,
) -> Check:
    if frame.empty:
        return Check.outcome(expected, "pass", "no rows", now)
    if result is None:
        return Check.outcome(expected, "missing", "Great Expectations gave no result", now)
    if problem := _problem(result["exception_info"]):
        return Check.outcome(expected, "error", problem, now)
    column = frame[rule.column]
    if rule.type != _NOT_NULL and column.isna().any():
        # Great Expectations ignores NaN and null, and would let them pass.
        return Check.outcome(expected, "error", f"{rule.column} was not measured", now)
    found = result["result"]["unexpected_index_list"]
    wrong = frame.loc[[label for label in found if label in frame.index]]
    return Check.judged(expected, wrong.empty, _seen(rule, column, wrong), now)


def _expectation(rule: Rule) -> tuple[str, str]:
    """The key by which two rules count as the same expectation."""
    return rule.type, repr(sorted(rule.arguments.items()))


def _run(
    suites: Sequence[Suite], frames: dict[str, pd.DataFrame]
) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Great Expectations' results by expectation; makes the labels of the frames' rows unique."""
    context = _context()
    import great_expectations as gx
    import pandas as pd

    start = 0
    for name, frame in frames.items():
        frames[name] = frame.set_axis(range(start, start + len(frame)))
        start += len(frame)
    rules = {_expectation(rule): rule for suite in suites for rule in suite.rules}
    batch = (
        context.data_sources.add_pandas(f"frames {next(_numbers)}")
        .add_dataframe_asset("measures")
        .add_batch_definition_whole_dataframe("whole")
        .get_batch({"dataframe": pd.concat(frames.values()) if start else pd.DataFrame()})
    )
    validated = batch.validate(
        gx.ExpectationSuite(
            name="measures",
            expectations=[
                {"type": rule.type, "kwargs": dict(rule.arguments), "meta": {"key": number}}
                for number, rule in enumerate(rules.values())
            ],
        ),
        result_format={"result_format": "COMPLETE"},
    )
    keys = list(rules)
    return {
        keys[result.expectation_config.meta["key"]]: result.to_json_dict()
        for result in validated.results
    }


_numbers = itertools.count()


@functools.cache
def _context() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # For one expectation and the charts of two that no suite has: a third of the import.
    import_later("altair", "scipy.stats")
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context


def _problem(exceptions: Mapping[str, Any]) -> str:
    """Why an expectation could not be evaluated; empty when it could."""
    single = exceptions.get("exception_message")
    nested = [value for value in exceptions.values() if isinstance(value, dict)]
    messages = [single, *(value.get("exception_message") for value in nested)]
    return next((" ".join(without_values(message).split()) for message in messages if message), "")


def _seen(rule: Rule, column: pd.Series, wrong: pd.DataFrame) -> str:
    """What was observed, naming the rows that do not hold."""
    if wrong.empty:
        low, high = _number(column.min()), _number(column.max())
        return low if low == high else f"{low} to {high}"
    named = [
        f"{row['label']}: {_number(row[rule.column])} {row.get(f'{rule.column}_named', '')}".strip()
        for _, row in wrong.head(NAMED_ROWS).iterrows()
    ]
    more = len(wrong) - len(named)
    return hide("; ".join(named)) + (f"; and {more} more" if more else "")


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
