"""Which tests share a worker when they run in parallel: those that share something expensive."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warehouse that several files read is built once, by one worker; else a file is a group."""
    for item in items:
        path = item.path.as_posix()
        if "demo" in getattr(item, "fixturenames", ()):
            group = "demo"
        elif "/tests/unit/models/" in path:
            group = "models"
        else:
            group = path
        item.add_marker(pytest.mark.xdist_group(group))
