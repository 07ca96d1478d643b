"""Detects failed runs and stale data, and reports them when a webhook is configured."""

import json
from datetime import datetime

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from orchestration.alerts import Alert, send
from orchestration.configuration.settings import Settings
from orchestration.configuration.streams import configured_streams
from orchestration.defs.freshness import STALE
from orchestration.defs.keys import PUBLICATION_KEY, raw_key
from orchestration.publication.reader import publication_of

_STEPS = 5
_CHARACTERS = 500


def alert_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """Two sensors when a webhook is configured, else none; they start with Dagster's daemon."""
    if settings.config.alerts.webhook is None:
        return []

    @dg.run_failure_sensor(
        name="alert_run_failed",
        description="Posts to the webhook when a run failed.",
        default_status=dg.DefaultSensorStatus.RUNNING,
        # Command-line runs belong to no code location; without this they would be ignored.
        monitor_all_code_locations=True,
    )
    def alert_run_failed(context: dg.RunFailureSensorContext) -> None:
        send(settings, failure_alert(context, publication_of(settings.published_path)))

    @dg.sensor(
        name="alert_stale",
        description="Posts to the webhook once when a source or the publication becomes stale.",
        minimum_interval_seconds=900,
        default_status=dg.DefaultSensorStatus.RUNNING,
        target=None,
    )
    def alert_stale(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        watched = [
            PUBLICATION_KEY,
            *(raw_key(name, stream.name) for name, stream in configured_streams(settings)),
        ]
        stale = stale_assets(context.instance, watched, settings.now())
        known = set(json.loads(context.cursor or "[]"))
        if new := {name: since for name, since in stale.items() if name not in known}:
            send(settings, stale_alert(new))
        context.update_cursor(json.dumps(sorted(stale)))
        return dg.SkipReason(f"{len(stale)} stale, {len(new)} of them newly reported.")

    return [alert_run_failed, alert_stale]


def failure_alert(context: dg.RunFailureSensorContext, published: tuple[int, str] | None) -> Alert:
    """The message about a failed run: which steps failed, why, and what readers see.

    Args:
        context: The run's context.
        published: The published generation and its run; ``None`` when there is none.
    """
    run = context.dagster_run
    steps = [
        f"{event.step_key}: {message_of(event.step_failure_data.error)[:_CHARACTERS]}"
        for event in context.get_step_failure_events()[:_STEPS]
    ] or [(context.failure_event.message or "")[:_CHARACTERS]]
    match published:
        case None:
            readers = "Nothing is published yet."
        case generation, run_id if run_id == run.run_id:
            readers = f"Generation {generation} is published; what failed comes after it."
        case generation, _:
            readers = f"Readers of the file keep generation {generation}."
    lines = [f"Tributary: {run.job_name} failed. {readers}", *steps]
    return Alert(
        "run_failed",
        "\n".join([*lines, f"Run {run.run_id}; docs/runbook.md says what to do."]),
        {"job": run.job_name, "run_id": run.run_id, "steps": steps},
    )


def message_of(error: SerializableErrorInfo | None) -> str:
    """A step's error message, without the dotted class name before it.

    Our own errors say what to do next; the library error at the root does not.
    """
    while error is not None and error.cause is not None and "\nNext: " not in error.message:
        error = error.cause
    if error is None:
        return ""
    name, _, said = error.message.strip().partition(": ")
    return said if "." in name and " " not in name else error.message.strip()


def stale_assets(
    instance: dg.DagsterInstance, keys: list[dg.AssetKey], now: datetime
) -> dict[str, datetime]:
    """The assets last materialized longer ago than ``STALE``, and when that was.

    An asset that was never materialized is not stale: it may have just been configured.
    """
    stale = {}
    for record in instance.get_asset_records(keys):
        made = record.asset_entry.last_materialization
        if made is not None:
            at = datetime.fromtimestamp(made.timestamp, now.tzinfo)
            if now - at > STALE:
                stale["/".join(record.asset_entry.asset_key.path)] = at
    return stale


def stale_alert(stale: dict[str, datetime]) -> Alert:
    """The message about data that became stale."""
    listed = [f"{name}, last {at:%Y-%m-%d %H:%M} UTC" for name, at in sorted(stale.items())]
    return Alert(
        "stale",
        "\n".join(
            [f"Tributary: not refreshed for {STALE.total_seconds() / 3600:.0f} hours:", *listed]
        ),
        {"assets": sorted(stale)},
    )
