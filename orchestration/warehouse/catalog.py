"""Every stream that the warehouse knows: the vendors' and the inbox's."""

from __future__ import annotations

from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Stream
from orchestration.inbox.streams import INBOX


def all_streams() -> list[tuple[str, Stream]]:
    """Connector name and stream, in the order of the registry; the inbox comes last."""
    connectors = [*CONNECTORS.values(), INBOX]
    return [(connector.name, stream) for connector in connectors for stream in connector.streams]


def find_stream(connector: str, stream: str) -> Stream:
    """The stream of that connector.

    Raises:
        KeyError: No connector declares it.
    """
    for name, candidate in all_streams():
        if name == connector and candidate.name == stream:
            return candidate
    raise KeyError(f"no connector declares {connector}.{stream}")
