"""The second half of a run on attribution's inputs: dbt, the checks, the gate and the publish.

Belongs here: the workers' stages, and what readers must then see. Does not belong here: killing the
workers (``test_kills``). The project is parsed once, at import; every fork inherits it.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg
from dbt_common.events.functions import reset_metadata_vars

from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.defs.publication.assets import publish_run
from orchestration.foundation.fault_points import fault_point
from orchestration.foundation.repository import DBT_PROJECT
from orchestration.publication.reader import open_published
from orchestration.quality.checks import Check, Expected, write_checks
from orchestration.transform.dbt import dbt_variables
from orchestration.warehouse.connection import connect, writer_lease
from tests.kit.faults.roads import fingerprints

PROJECT = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--quiet"]
MODELS = ("path:models/attribution", "int_attribution__*")
BUILD = [
    "build", *PROJECT, "--select", *MODELS, "--indirect-selection", "cautious",
    "--exclude-resource-type", "unit_test",
]  # fmt: skip
EXPECTED = Expected("rows", "accounting", "core.fct_conversions", "error", "as many as there are")


def company(home: Path) -> Settings:
    """The settings of that home."""
    return Settings(home, None, Config(), "500MB", 1, fixed_now=datetime(2026, 7, 1, 6, tzinfo=UTC))


def parsed() -> Manifest:
    """The dbt project, parsed once for all forks."""
    with tempfile.TemporaryDirectory() as folder, dbt_variables(company(Path(folder))):
        result = dbtRunner().invoke(["parse", *PROJECT]).result
    assert isinstance(result, Manifest)
    return result


MANIFEST = parsed() if os.environ.get("TRIBUTARY_FAULTS_WORKSHOP") else None


def build(home: str, run_id: str, after_model: str = "", *options: str) -> None:
    """Build and test attribution's models, as the asset ``models`` does.

    Args:
        home: Where.
        run_id: The run.
        after_model: Die as soon as this model is built.
        options: More for dbt.
    """
    settings = company(Path(home))
    settings.spill_dir.mkdir(parents=True, exist_ok=True)

    def die(event: EventMsg) -> None:
        if event.info.name == "NodeFinished" and event.data.node_info.node_name == after_model:
            os.kill(os.getpid(), signal.SIGKILL)

    runner = dbtRunner(manifest=MANIFEST, callbacks=[die] if after_model else [])
    with writer_lease(settings, "build", wait_seconds=20), dbt_variables(settings, run_id):
        fault_point("dbt.begin")
        reset_metadata_vars()
        ended = runner.invoke([*BUILD, *options])
        keep_selected(settings.dbt_target_dir)
        fault_point("dbt.end")
    said = [result.message for result in getattr(ended.result, "results", ()) if result.message]
    assert ended.success, f"{ended.exception}; {said[-3:]}"


def keep_selected(folder: Path) -> None:
    """Reduce dbt's manifest to the selection: the gate requires everything in it.

    It also gets the id of this invocation, since it was parsed in an earlier one.
    """
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    results = json.loads((folder / "run_results.json").read_text("utf-8"))
    manifest["metadata"]["invocation_id"] = results["metadata"]["invocation_id"]
    nodes = manifest["nodes"]
    chosen = {
        key
        for key, node in nodes.items()
        if node["resource_type"] == "model"
        and ("attribution" in node["fqn"][1:-1] or node["name"].startswith("int_attribution__"))
    }
    tests = {
        key
        for key, node in nodes.items()
        if node["resource_type"] == "test" and chosen.issuperset(node["depends_on"]["nodes"])
    }
    manifest["nodes"] = {key: nodes[key] for key in chosen | tests}
    path.write_text(json.dumps(manifest), "utf-8")


def publish(home: str, run_id: str) -> None:
    """Record a check, pass the gate and publish."""
    settings = company(Path(home))
    with (
        writer_lease(settings, "check", wait_seconds=20),
        connect(settings.warehouse_path, settings=settings) as con,
    ):
        (counted,) = con.execute("select count(*) from core.fct_conversions").fetchall()
        check = Check.outcome(EXPECTED, "pass", str(counted[0]), settings.now())
        write_checks(con, run_id, [check])
    publish_run(settings, run_id, [EXPECTED])


def published(settings: Settings) -> tuple[int, dict[str, tuple[int, int]]]:
    """The generation that readers see, and the fingerprints of its facts."""
    with open_published(settings) as con:
        (generation,) = con.execute("select generation from meta.publication").fetchall()
        return generation[0], fingerprints(con, ("core",))
