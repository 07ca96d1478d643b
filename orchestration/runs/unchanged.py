"""A run that finds nothing new before it begins: for companies of files alone.

Belongs here: looking, tidying up as every run does, and recording that somebody looked. Does not
belong here: what counts as a change (``publication/standing.py``).
"""

from __future__ import annotations

from dagster import DagsterInstance
from rich.console import Console

from orchestration.configuration.settings import Settings
from orchestration.configuration.streams import configured_streams
from orchestration.defs.keys import raw_key
from orchestration.defs.outcomes import looked_at
from orchestration.foundation.terminal import plain
from orchestration.publication import report_file
from orchestration.publication.standing import Standing, unchanged
from orchestration.runs.home import prepare_dagster_home
from orchestration.runs.janitor import tidy
from orchestration.runs.turn import our_turn
from orchestration.serving import postgres


def nothing_changed(settings: Settings, console: Console) -> Standing | None:
    """The generation that stands, when a run would only make it again.

    Args:
        settings: Whose home.
        console: Where it is shown what was tidied up.

    Returns:
        ``None`` when a run is needed, also for a server that does not have what is published.
    """
    if unchanged(settings) is None:
        return None
    settings.prepare_home()
    prepare_dagster_home(settings)
    with DagsterInstance.get() as instance:
        if tidied := tidy(settings, instance).summary():
            console.print(plain(tidied), style="yellow")
        with our_turn(settings, instance, console):
            # Another run may have worked while this one waited.
            standing = unchanged(settings)
            if standing is None or not postgres.is_current(settings):
                return None
            looked = [raw_key(name, stream.name) for name, stream in configured_streams(settings)]
            for event in looked_at(instance, standing.generation, looked):
                instance.report_runless_asset_event(event)
            report_file.renew(settings)
    return standing
