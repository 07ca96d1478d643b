"""The inbox that its tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.inbox import Inbox


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """An inbox without files."""
    return Inbox(tmp_path)
