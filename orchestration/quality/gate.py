"""The gate: publishing goes ahead only if every expected check of this run ran and passed.

Belongs here: comparing the expected checks with the recorded ones, and reporting problems. Does not
belong here: running checks, or publishing.

``dbt build`` replaces a mart before the mart's tests run, so a failed test does not keep a wrong
mart out of the warehouse. Only the gate keeps it out of the published file, because it reads the
results themselves: a check that did not run, was skipped, or whose results are from another run
counts as failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import duckdb

from orchestration.foundation.errors import TributaryError
from orchestration.quality.checks import Check, Expected, Verdict, missing, read_checks
from orchestration.quality.dbt_results import dbt_checks, relations, with_failing_rows
from orchestration.transform.dbt import Artifacts

NAMED_MISSING = 10
"""How many missing checks an error lists: one broken model can skip a hundred tests."""


class GateClosed(TributaryError):
    """Not every expected check of this run ran and passed; nothing was published.

    Attributes:
        failures: The outcomes that closed the gate, failures before missing ones.
    """

    def __init__(self, run_id: str, failures: Sequence[Check], checks: int) -> None:
        self.failures = tuple(
            sorted(failures, key=lambda check: (check.status == "missing", check.asset, check.name))
        )
        super().__init__(
            "\n".join(
                [
                    f"The gate is closed: {len(failures)} of {checks} checks did not pass. "
                    "Nothing was published; the last generation stays.",
                    *_lines(self.failures),
                ]
            ),
            where=f"run {run_id}",
            remedy="Fix the first failure, then run again: tributary run",
        )


def _lines(failures: Sequence[Check]) -> Iterator[str]:
    absent = 0
    for check in failures:
        absent += check.status == "missing"
        if absent <= NAMED_MISSING:
            yield (
                f"  {check.status}: {check.name} ({check.asset})\n"
                f"    saw: {check.observed}\n"
                f"    expected: {check.expected}"
            )
    if absent > NAMED_MISSING:
        yield f"  and {absent - NAMED_MISSING} more that did not run"


def verify(
    con: duckdb.DuckDBPyConnection,
    *,
    run_id: str,
    artifacts: Sequence[Artifacts],
    expected: Sequence[Expected],
    now: datetime,
) -> Verdict:
    """Let a run go on to publishing, or close the gate.

    Args:
        con: The build warehouse: outcomes recorded in ``ops.checks``, and rows that failed.
        run_id: The run; artifacts must name it.
        artifacts: The artifacts of every dbt invocation of this run, in order. A later result of a
            node counts.
        expected: The Great Expectations and accounting checks that this run must have.
        now: UTC.

    Raises:
        GateClosed: A relation or a check is missing or errored, or a check of severity error
            failed.
    """
    built, tests = dbt_checks(artifacts, run_id, now)
    recorded = {check.name: check for check in read_checks(con, run_id)}
    named = {item.name for item in expected}
    others = [
        recorded.get(item.name) or missing(item, now, "it did not run in this run")
        for item in expected
    ]
    # A recorded check that was not expected still counts.
    others += [check for name, check in recorded.items() if name not in named]

    tests = [with_failing_rows(con, check, artifacts) for check in tests]
    checks = [*tests, *others]
    failures = [check for check in [*built, *checks] if check.closes_gate]
    if not artifacts:
        nothing = Expected("dbt build", "dbt", "all", "error", "one dbt invocation of this run")
        failures.append(missing(nothing, now, "no dbt artifacts"))
    if failures:
        raise GateClosed(run_id, failures, len(checks))
    return Verdict(run_id, tuple(checks), relations(artifacts))
