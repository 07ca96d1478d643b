"""Every vendor that Tributary can read, and every stream of the vendors and the inbox.

To add a vendor, add a file or folder that declares its ``Connector``; no list needs a new entry.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from orchestration import connectors
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Connector, Stream


def _declared() -> Iterator[Connector]:
    """The connector of every module in this package whose name equals the connector's."""
    for module in sorted(pkgutil.iter_modules(connectors.__path__), key=lambda found: found.name):
        if module.name == __name__.rpartition(".")[2]:
            continue
        declared = importlib.import_module(f"{connectors.__name__}.{module.name}")
        for value in vars(declared).values():
            if isinstance(value, Connector) and value.name == module.name and value is not INBOX:
                yield value


CONNECTORS: dict[str, Connector] = {connector.name: connector for connector in _declared()}


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
