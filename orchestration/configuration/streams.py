"""The streams that the configuration enables, and those that it did, of all that there are."""

from __future__ import annotations

from orchestration.configuration.settings import Settings
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.registry import CONNECTORS, all_streams
from orchestration.connectors.stream import Stream


def configured_streams(settings: Settings) -> list[tuple[str, Stream]]:
    """Connector name and stream, parents before their children; the inbox comes last."""
    chosen: list[tuple[str, Stream]] = []
    for name, config in settings.config.connectors.items():
        chosen += [
            (name, stream)
            for stream in CONNECTORS[name].streams
            if config.streams is None or stream.name in config.streams
        ]
    named = {entry.stream for entry in settings.config.inbox}
    return chosen + [(INBOX.name, stream) for stream in INBOX.streams if stream.name in named]


def former_streams(settings: Settings) -> list[tuple[str, Stream]]:
    """The vendors' streams that were landed and are not configured any more.

    They hold the company's history, so a warehouse that is made again loads them again. A file that
    left the configuration takes its rows with it.
    """
    present = {(name, stream.name) for name, stream in configured_streams(settings)}
    return [
        (name, stream)
        for name, stream in all_streams()
        if name != INBOX.name
        and (name, stream.name) not in present
        and (settings.landing_dir / name / stream.name).is_dir()
    ]
