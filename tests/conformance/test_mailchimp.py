"""Mailchimp's own description judges what the connector asks and what the simulator answers.

Prism is a proxy between both: a request that the description does not allow comes back as 422, an
answer that it does not allow as 500 with the property's name. Records that a real account returned
must load.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.configuration.settings import load_settings
from orchestration.connectors.mailchimp import MAILCHIMP
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import extract_stream
from orchestration.loading.slices import load_pending
from orchestration.warehouse.connection import connect
from orchestration.warehouse.schema import ensure_schema
from simulator.generator import generate
from simulator.http import Clock
from simulator.server import SimulatorServer
from tests.kit.page import free_port

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
SPECIFICATION = Path("specs", "mailchimp", "mailchimp-marketing-3.0.55.json")
RECORDED = Path("recorded", "mailchimp.expected_records.jsonl")
PRISM = "@stoplight/prism-cli@5"
START_SECONDS = 180
IDENTITY_KEY = b"k" * 32


def answers(url: str) -> bool:
    """Whether an HTTP server answers there, whatever the answer."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    """The simulator of a fiftieth of the demo company."""
    with SimulatorServer(generate(seed=7, scale=0.02), Clock(NOW)) as running:
        yield running


@pytest.fixture(scope="module")
def proxy(
    server: SimulatorServer, shared_fixtures: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Prism between the connector and the simulator, as an address."""
    npx = shutil.which("npx")
    if npx is None:
        pytest.skip("npx is not installed")
    port = free_port()
    log = tmp_path_factory.mktemp("prism") / "prism.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                str(npx),
                *("--yes", PRISM, "proxy", "--errors", "--host", "127.0.0.1"),
                *("--port", str(port), str(shared_fixtures / SPECIFICATION)),
                server.base_url("mailchimp"),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + START_SECONDS
            while not answers(f"{address}/ping"):
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.skip(f"Prism did not start: {log.read_text(errors='replace')[-500:]}")
                time.sleep(0.3)
            yield address
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=20)


def config(base_url: str) -> ConnectorConfig:
    """As a company would write it."""
    return ConnectorConfig(
        base_url=base_url,
        secrets={"api_key": Secret("ROAD_SECRET", "api_key")},
        options={"server": "us21"},
    )


def test_prism_refuses_what_the_description_does_not_allow(proxy: str) -> None:
    """The judge itself: a count above Mailchimp's 1,000 is refused before it is asked."""
    request = urllib.request.Request(
        f"{proxy}/lists?count=1001", headers={"Authorization": "Basic dDprZXk="}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    assert refused.value.code == 422


def test_every_request_and_answer_is_as_described(
    proxy: str, server: SimulatorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every stream through the proxy: no 422, no 500, and every record comes through."""
    monkeypatch.setenv("ROAD_SECRET", "any-key")
    landing = Landing(tmp_path / "landing")
    for stream in MAILCHIMP.streams:
        extraction = extract_stream(
            MAILCHIMP,
            stream,
            config(proxy),
            landing,
            None,
            NOW,
            history_start=date(2026, 5, 15),
            patience=Patience(attempts=1),
        )
        assert extraction.failures == []
        if stream.name not in ("unsubscribes", "automation_unsubscribes"):
            assert extraction.rows, stream.name
    assert server.errors == []
    assert {entry.status for entry in server.log} <= {200, 401}


def recorded(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Records of a real account by stream, as the API returns them.

    The recording takes an activity's list apart into one record per action; it is put together
    again here.
    """
    streams: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        record = entry["data"]
        if entry["stream"] == "email_activity":
            action = {key: record.pop(key) for key in ("action", "timestamp", "ip")}
            record["activity"] = [action]
        streams[entry["stream"]].append(record)
    return streams


def test_recorded_records_load_without_quarantine(shared_fixtures: Path, tmp_path: Path) -> None:
    """412 opens of 50 e-mails, moments that are null, addresses with capitals."""
    records = recorded(shared_fixtures / RECORDED)
    streams = [stream for stream in MAILCHIMP.streams if stream.name in records]
    assert {stream.name for stream in streams} >= {
        "campaigns", "email_activity", "list_members", "lists", "reports", "unsubscribes"
    }  # fmt: skip
    settings = load_settings({"TRIBUTARY_HOME": str(tmp_path)})
    landing = Landing(settings.landing_dir)
    for stream in streams:
        with landing.begin("mailchimp", stream, "all", extracted_at=NOW) as writer:
            for record in records[stream.name]:
                writer.append(record)
            writer.commit()
    with connect(settings.warehouse_path, settings=settings) as con:
        ensure_schema(con)
        loaded = load_pending(
            con, landing, [("mailchimp", stream) for stream in streams], identity_key=IDENTITY_KEY
        )
        assert sum(item.rows_quarantined for item in loaded) == 0
        assert {item.stream: item.rows_loaded for item in loaded} == {
            stream.name: len(records[stream.name]) for stream in streams
        }
        assert {field for item in loaded for field in item.unknown_fields} == set()
        opens, sent = con.execute(
            "select opens_total, emails_sent from raw.mailchimp__reports order by opens_total desc"
        ).fetchall()[0]
        assert (opens, sent) == (412, 50)
        drafts = con.execute(
            "select count(*) from raw.mailchimp__campaigns where send_time is null"
        ).fetchall()
        assert drafts[0][0] > 0
