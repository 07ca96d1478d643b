"""What nobody uses is not imported."""

from __future__ import annotations

import subprocess
import sys

GREAT_EXPECTATIONS = """
import sys
from orchestration.foundation.later import import_later
import_later("altair", "scipy.stats")
import great_expectations
assert not [name for name in sys.modules if name.startswith(("altair.", "scipy.stats."))]
from scipy import stats
print(stats.norm.cdf(0))
assert sys.modules["scipy.stats"] is not stats
from scipy import stats as again
print(again.norm.cdf(0))
"""


def test_great_expectations_needs_no_charts_and_no_distributions() -> None:
    """A third of its import, on every run; whoever uses them gets them."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GREAT_EXPECTATIONS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.split(), done.stderr) == (["0.5", "0.5"], "")


DAGSTER = """
import sys
import orchestration.definitions
assert "dagster_dbt" in sys.modules
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"dbt_common", "networkx"}))
from dbt.version import __version__
"""


def test_dagsters_process_imports_no_dbt() -> None:
    """dbt runs in a process of its own; here its import takes a third of loading definitions.

    It stays there for whoever imports it later.
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DAGSTER],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.split(), done.stderr) == ([], "")
