"""The stages of a run as lines: what was done, how long it took, and what failed."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest
from rich.console import Console

from orchestration.runs.progress import RunProgress, spoken_seconds


@dg.asset(key=["raw", "inbox", "leads"])
def leads() -> dg.MaterializeResult[None]:
    """A stream."""
    return dg.MaterializeResult(metadata={"rows_loaded": 1200})


@dg.asset(key=["raw", "inbox", "costs"])
def costs() -> dg.MaterializeResult[None]:
    """Another one."""
    return dg.MaterializeResult(metadata={"rows_loaded": 34})


TABLES = [dg.AssetSpec(["marts", name], deps=[leads, costs]) for name in ("one", "two")]


@dg.multi_asset(name="models", specs=TABLES)
def models() -> Iterator[dg.MaterializeResult[None]]:
    """What dbt builds."""
    for spec in TABLES:
        yield dg.MaterializeResult(asset_key=spec.key)


def run(last: dg.AssetsDefinition) -> tuple[list[str], RunProgress]:
    """The lines of a run of the assets above and a last one."""
    console = Console(record=True, width=100)
    progress = RunProgress(console)
    definitions = dg.Definitions(
        assets=[leads, costs, models, last],
        jobs=[dg.define_asset_job("all", executor_def=dg.in_process_executor)],
    )
    job = definitions.resolve_job_def("all")
    run_id = "00000000-0000-4000-8000-000000000001"
    with dg.DagsterInstance.ephemeral() as instance, progress.shown():
        progress.expect(node.name for node in job.graph.nodes)
        instance.add_event_listener(run_id, progress.show)
        job.execute_in_process(instance=instance, run_id=run_id, raise_on_error=False)
    return console.export_text().splitlines(), progress


def test_each_stage_leaves_one_line() -> None:
    """Streams, records and tables are counted; a line comes when the stage's last step ended."""

    @dg.asset(key="publication", deps=[dg.AssetKey(["marts", "one"])])
    def publication() -> None:
        """The last step."""

    lines, progress = run(publication)
    assert [line[:62].rstrip() for line in lines] == [
        "✓ Extract and load            2 streams, 1,234 new records",
        "✓ Build and test the models   2 tables",
        "✓ Publish",
    ]
    assert all(line.endswith(" s") for line in lines)
    assert progress.failures == []


def test_a_stage_that_failed_is_marked_and_its_reason_kept() -> None:
    """A check mark beside a failed stage would hide where to look."""

    @dg.asset(key="publication", deps=[dg.AssetKey(["marts", "one"])])
    def publication() -> None:
        """The last step."""
        raise ValueError("the disk is full")

    lines, progress = run(publication)
    assert [line[0] for line in lines] == ["✓", "✓", "✗"]
    ((step, message),) = [(failure.step, failure.message) for failure in progress.failures]
    assert step == "publication"
    assert "the disk is full" in message


def test_skipped_stages_leave_no_line() -> None:
    """What never began took no time and succeeded in nothing."""

    @dg.asset(key="publication", deps=[dg.AssetKey(["ops", "configuration"])])
    def publication() -> None:
        """The last step."""

    @dg.asset(key=["ops", "configuration"])
    def configuration() -> None:
        raise ValueError("no room")

    console = Console(record=True, width=100)
    progress = RunProgress(console)
    job = dg.Definitions(
        assets=[configuration, publication],
        jobs=[dg.define_asset_job("all", executor_def=dg.in_process_executor)],
    ).resolve_job_def("all")
    run_id = "00000000-0000-4000-8000-000000000002"
    with dg.DagsterInstance.ephemeral() as instance:
        progress.expect(node.name for node in job.graph.nodes)
        instance.add_event_listener(run_id, progress.show)
        job.execute_in_process(instance=instance, run_id=run_id, raise_on_error=False)
    assert [line[:25].rstrip() for line in console.export_text().splitlines()] == [
        "✗ Prepare the warehouse"
    ]


@pytest.mark.parametrize(
    ("seconds", "spoken"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (97, "1 min 37 s")]
)
def test_durations_are_spoken(seconds: float, spoken: str) -> None:
    """59.6 seconds are not 60 s and not 0 min."""
    assert spoken_seconds(seconds) == spoken


@pytest.mark.parametrize(("replaced", "named"), [(1, True), (2, False)])
def test_a_server_that_was_away_is_named_by_the_run_that_catches_up(
    replaced: int, named: bool
) -> None:
    """Its readers had old figures; replacing the last generation is what every run does."""

    @dg.asset(key=["serving", "postgres"], deps=[dg.AssetKey(["marts", "one"])])
    def postgres() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata={"generation": 3, "replaced": replaced})

    lines, _ = run(postgres)
    said = "PostgreSQL lacked generation 2: it has 3 now, in place of 1."
    assert (said in lines) == named
