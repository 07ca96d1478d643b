"""A home whose next generation waits at the gate.

Belongs here: the home, tampering with its check results, and publishing as Dagster does. Does not
belong here: the cases (``test_gate``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.defs.publication.assets import publication_asset
from orchestration.publication.publish import publish
from orchestration.publication.reader import open_published
from orchestration.quality.checks import Check, Verdict, write_checks
from orchestration.quality.expected import expected_checks

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
RUN = "00000000-0000-4000-8000-000000000007"


class Home:
    """A company whose first generation says 3, and whose warehouse says 1,000,000."""

    def __init__(self, folder: Path, project: Path) -> None:
        """Publish the first generation, then let every check of the next run pass."""
        self.settings = Settings(home=folder, config_path=None, config=Config(), fixed_now=NOW)
        self.project = project
        self.settings.build_dir.mkdir(parents=True)
        with self.warehouse() as con:
            con.execute(
                "create schema core; create schema marts; create schema meta; create schema ops;"
                "create schema staging; create table staging.stg_ops__complete_days as "
                "select date '2025-01-01' as first_complete_day, "
                "date '2026-06-30' as last_complete_day;"
                "create table core.fct_leads as select 'a' as lead_key, 1 as revenue;"
                "create table marts.totals as select 3 as revenue;"
                "create table meta.sources as select 'inbox' as connector;"
                "create table ops.ledger (window_end timestamp, extracted_at timestamp)"
            )
        publish(self.settings, Verdict("run-6", (), (("marts", "totals"),)))
        self.expected = expected_checks(self.settings)
        with self.warehouse() as con:
            con.execute("update marts.totals set revenue = 1000000")
        self.pass_everything()

    def pass_everything(self) -> None:
        """Make every check of the run pass, whatever its result was before."""
        with self.warehouse() as con:
            con.execute("drop table if exists ops.checks")
            write_checks(con, RUN, [Check.judged(e, True, "fine", NOW) for e in self.expected])
        self.artifacts("good")

    def warehouse(self) -> duckdb.DuckDBPyConnection:
        """The build warehouse."""
        return duckdb.connect(str(self.settings.warehouse_path))

    def artifacts(self, target: str) -> None:
        """dbt's artifacts of one of the builds."""
        folder = self.settings.dbt_target_dir
        folder.mkdir(exist_ok=True)
        for name in ("manifest.json", "run_results.json"):
            (folder / name).write_bytes((self.project / target / name).read_bytes())

    def results(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Tamper with dbt's results."""
        path = self.settings.dbt_target_dir / "run_results.json"
        results = json.loads(path.read_text("utf-8"))
        change(results)
        path.write_text(json.dumps(results), encoding="utf-8")

    def check(self, number: int, status: str) -> None:
        """Change the result of one of the recorded checks."""
        good = Check.judged(self.expected[number], True, "as it was", NOW)
        with self.warehouse() as con:
            write_checks(con, RUN, [replace(good, status=status)])  # type: ignore[arg-type]

    def publish(self, run_id: str = RUN) -> str:
        """Run the publication asset; returns its error message, or nothing."""
        nothing = dg.AssetsDefinition.from_op(dg.op(name="nothing")(lambda: None))
        definitions = dg.Definitions(
            [publication_asset(self.settings, nothing)],
            jobs=[dg.define_asset_job("publish", "publication")],
        )
        with dg.DagsterInstance.ephemeral() as instance:
            result = definitions.resolve_job_def("publish").execute_in_process(
                instance=instance, run_id=run_id, raise_on_error=False
            )
        failures = [event for event in result.all_events if event.is_step_failure]
        return "".join(event.step_failure_data.error_display_string for event in failures)

    def seen(self) -> tuple[int, int, str]:
        """What readers see: generation, the total, and the hash of the file."""
        with open_published(self.settings) as con:
            generation = con.execute("select generation from meta.publication").fetchall()[0][0]
            total = con.execute("select revenue from marts.totals").fetchall()[0][0]
        content = self.settings.published_path.read_bytes()
        return generation, total, hashlib.sha256(content).hexdigest()
