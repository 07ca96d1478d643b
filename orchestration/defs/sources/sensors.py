"""Watches the inbox, so that a changed file is read soon and not tomorrow."""

import contextlib
import json
import time

import dagster as dg

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.inbox_files import inbox_files, present_paths
from orchestration.configuration.settings import Settings

SETTLED_SECONDS = 60
"""A program may still be writing a file younger than this."""


def inbox_fingerprint(entries: list[InboxEntry], now: float) -> dict[str, list[int]] | None:
    """Size and modification time of what every entry of the inbox reads, if it exists.

    Args:
        entries: The configured files.
        now: The present moment, seconds since the epoch.

    Returns:
        ``{entry_id: [bytes, nanoseconds]}``; ``None`` while a file is younger than a minute.
    """
    found = {}
    for entry in inbox_files(entries):
        states = []
        for path in present_paths(entry) or ():
            with contextlib.suppress(FileNotFoundError):
                states.append(path.stat())
        if any(now - state.st_mtime < SETTLED_SECONDS for state in states):
            return None
        if states:
            sizes = sum(state.st_size for state in states)
            found[entry.entry_id] = [sizes, max(state.st_mtime_ns for state in states)]
    return found


def inbox_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """One sensor when the configuration lists files, else none."""
    entries = settings.config.inbox
    if not entries:
        return []

    @dg.sensor(
        name="inbox",
        job_name="refresh",
        minimum_interval_seconds=60,
        description="Starts a refresh when a file of the inbox was replaced.",
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        found = inbox_fingerprint(entries, time.time())
        if found is None:
            return dg.SkipReason("A file changed less than a minute ago; waiting until it settles.")
        cursor = json.dumps(found, sort_keys=True)
        if cursor == (context.cursor or "{}"):
            return dg.SkipReason("No file of the inbox changed.")
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=cursor)], cursor=cursor)

    return [inbox]
