from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.connectors.stream import Stream
from orchestration.extract.landing import Landing, Slice
from orchestration.extract.window import Window
from tests.kit.extract.acme import NOW, TOKEN, Acme, a_stream
from tests.kit.extract.vendor import Loopback


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    """An empty landing folder."""
    return Landing(tmp_path / "landing")


@pytest.fixture
def vendor() -> Iterator[Loopback]:
    """A vendor that answers what the test scripts."""
    server = Loopback()
    yield server
    server.close()


@pytest.fixture
def acme(vendor: Loopback, landing: Landing, monkeypatch: pytest.MonkeyPatch) -> Acme:
    """A connector against that vendor."""
    monkeypatch.setenv("TRIBUTARY_TEST_TOKEN", TOKEN)
    return Acme(vendor, landing)


@pytest.fixture
def land(landing: Landing) -> Callable[..., Slice]:
    """Land records as they are."""

    def land_records(
        records: list[dict[str, Any]],
        stream: Stream | None = None,
        account_id: str = "1",
        at: datetime = NOW,
        window: Window | None = None,
    ) -> Slice:
        with landing.begin(
            "acme",
            stream or a_stream(),
            account_id,
            extracted_at=at,
            window_start=window.start_at if window else None,
            window_end=window.end_at if window else None,
        ) as writer:
            for record in records:
                writer.append(record)
            return writer.commit()

    return land_records
