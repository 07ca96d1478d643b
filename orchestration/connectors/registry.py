"""Every vendor that Tributary can read, and every stream of theirs and of the inbox.

A new vendor is a file beside this one and an entry in ``CONNECTORS``.
"""

from __future__ import annotations

from orchestration.connectors.google_ads import GOOGLE_ADS
from orchestration.connectors.hubspot import HUBSPOT
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.mailchimp import MAILCHIMP
from orchestration.connectors.matomo import MATOMO
from orchestration.connectors.stream import Connector, Stream

CONNECTORS: dict[str, Connector] = {
    connector.name: connector for connector in (GOOGLE_ADS, HUBSPOT, MAILCHIMP, MATOMO)
}


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
