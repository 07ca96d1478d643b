"""How tests are spread over parallel workers, and what a skip means in CI.

A worker takes whole files, the long ones first.

The scheduler is here because xdist 3.8's own ``loadgroup`` silently spreads test by test under
pytest 9.2 (pytest-dev/pytest-xdist#1386), and every worker then builds every shared warehouse.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from tests.kit.faults.rows import remember, row_of_the_module
from tests.kit.places import SHARED
from tests.kit.shared import judge_skip

__all__ = ["row_of_the_module"]
TOGETHER = {
    "demo": (
        "tests/integration/test_docs_figures.py",
        "tests/integration/test_docs_queries.py",
        "tests/integration/test_explain.py",
        "tests/integration/test_metrics.py",
        "tests/integration/test_planted_evidence.py",
        "tests/integration/test_planted_lead_forms.py",
        "tests/integration/test_planted_market.py",
        "tests/integration/test_planted_leads.py",
        "tests/integration/test_planted_truth.py",
        "tests/integration/test_published.py",
        "tests/integration/test_published_comments.py",
        "tests/integration/test_reading.py",
        "tests/integration/test_report.py",
        "tests/integration/test_served.py",
        "tests/integration/test_superset.py",
    ),
    "built": (
        "tests/unit/models/test_attribution.py",
        "tests/unit/models/test_canonical_shapes.py",
        "tests/unit/models/test_channel_attribution.py",
        "tests/unit/models/test_channel_groups.py",
        "tests/unit/models/test_classification.py",
        "tests/unit/models/test_identity.py",
        "tests/unit/models/test_leads.py",
        "tests/unit/models/test_utm_audit.py",
        "tests/unit/models/test_visits.py",
    ),
    "evidence": (
        "tests/unit/models/test_evidence.py",
        "tests/unit/models/test_python_models.py",
        "tests/unit/models/test_stages.py",
    ),
}
"""Files that share what is expensive to build, by the session fixture that builds it."""

LONGEST = (
    "tests/faults/test_kills.py",
    "tests/faults/test_gate.py",
    "tests/faults/test_web_ui.py",
    "tests/faults/test_readers.py",
    "tests/faults/test_whole_runs.py",
    "tests/faults/test_whole_runs_with_vendors.py",
    "demo",
    "tests/integration/test_served_company.py",
    "tests/unit/models/test_refresh.py",
    "built",
    "tests/unit/models/test_kept_touchpoints.py",
    "tests/unit/loading/test_changed_slices.py",
    "tests/unit/models/test_same_bytes.py",
    "tests/integration/test_landed_companies.py",
    "tests/integration/test_article_companies.py",
    "tests/integration/test_gate_stays_closed.py",
    "tests/unit/portability/test_portability.py",
    "evidence",
    "tests/unit/models/test_market.py",
    "tests/unit/models/test_spend_company.py",
    "tests/integration/test_excel_company.py",
    "tests/integration/test_csv_company.py",
    "tests/integration/test_shop.py",
    "tests/integration/test_budget_company.py",
)
"""What takes more than half a minute, and so begins before all that can fill a gap."""

_UNIT = {file: fixture for fixture, files in TOGETHER.items() for file in files}


def _unit(nodeid: str) -> str:
    """What one worker runs as a whole: a file, or the files around a shared fixture."""
    file = nodeid.split("::")[0]
    return _UNIT.get(file, file)


def _rank(item: pytest.Item) -> int:
    unit = _unit(item.nodeid)
    return LONGEST.index(unit) if unit in LONGEST else len(LONGEST)


_TO_BEGIN = 2
"""Tests that a worker needs to begin with the first."""


class _WholeFiles(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return _unit(nodeid)

    def _reschedule(self, node: WorkerController) -> None:
        """Give a worker more units until it has two tests: it keeps one until it gets the next."""
        super()._reschedule(node)
        while (
            self.workqueue
            and not node.shutting_down
            and self._pending_of(self.assigned_work[node]) < _TO_BEGIN
        ):
            self._assign_work_unit(node)

    def _assign_work_unit(self, node: WorkerController) -> None:
        # A worker that has just died cannot be reached; remove_node follows and hands the unit on.
        with suppress(OSError):
            super()._assign_work_unit(node)

    def remove_node(self, node: WorkerController) -> str | None:
        """Hand on what a worker that died left; the test that it died in has failed.

        xdist hands on every unit that the worker ever had. One that was done is given out with no
        test to run, so its worker reports nothing, gets nothing more, and the session never ends;
        the test that killed the worker kills the next ones.
        """
        units = self.assigned_work.pop(node)
        left = [nodeid for unit in units.values() for nodeid, done in unit.items() if not done]
        if not left:
            return None
        for scope, unit in units.items():
            if left[0] in unit:
                unit[left[0]] = True
            if not all(unit.values()):
                self.workqueue[scope] = unit
        for other in self.assigned_work:
            self._reschedule(other)
        return left[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI a test that skips itself fails where everything it needs is there."""
    remember(item, call)
    report: pytest.TestReport = yield
    judge_skip(report, os.environ, SHARED)
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long tests first, and refuse files that would build a shared fixture once more.

    Raises:
        UsageError: A file uses a fixture of ``TOGETHER`` and is not listed there.
    """
    for item in items:
        for fixture in TOGETHER.keys() & set(getattr(item, "fixturenames", ())):
            if _unit(item.nodeid) != fixture:
                raise pytest.UsageError(f"{item.nodeid} uses {fixture}: list it in {__file__}")
    items.sort(key=_rank)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Keep together what shares something expensive, in the order in which it was collected."""
    if config.getvalue("dist") != "loadgroup":
        return None
    config.option.loadscopereorder = False
    return _WholeFiles(config, log)
