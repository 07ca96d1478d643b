"""The streams that the configuration enables, out of all that the warehouse knows."""

from __future__ import annotations

from orchestration.configuration.settings import Settings
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.registry import CONNECTORS
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
