"""Promise 11: what is packed or nested to exhaust memory, disk or a parser is refused by name."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.model import Company, Config, ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.configuration.settings import Settings
from orchestration.connectors.field import Field
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.stream import Auth, Connector, Kind, Request, Stream
from orchestration.extract.answers import parse
from orchestration.extract.failures import ExtractionFailed, FailureKind
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.slices import DamagedSlice
from orchestration.extract.stream import extract_stream
from orchestration.inbox.files import InboxError
from orchestration.inbox.reader import land_entry
from orchestration.loading.slices import load_pending
from orchestration.warehouse.connection import connect
from orchestration.warehouse.schema import ensure_schema
from simulator.http import Clock, Response, Route
from simulator.server import SimulatorServer
from simulator.world import World
from tests.kit.faults.report import Result

pytestmark = pytest.mark.exhaustive
ROW = Result(
    "11 reading",
    "packed files, answers and slices that would fill memory or disk, nested JSON",
    "cases",
    "refused by name before they are unpacked whole",
    ".venv/bin/pytest tests/faults/test_capped_inputs.py -m 'slow or exhaustive'",
)

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
BOMB = b"lead_id,created_at\n" + (b"a" * 10**6 + b"\n") * 140


@pytest.mark.parametrize(
    ("name", "packed", "said"),
    [
        ("bomb.csv.gz", gzip.compress(BOMB), "unpacks to more than"),
        ("twice.csv.gz", gzip.compress(gzip.compress(b"lead_id,created_at\n")), "another archive"),
        ("cut.csv.gz", gzip.compress(os.urandom(100_000))[:5000], "damaged"),
        ("leads.csv.zst", b"\x28\xb5\x2f\xfd" + os.urandom(500), "leads needs|no line"),
        ("leads.csv.bz2", b"BZh91AY&SY" + os.urandom(500), "leads needs|no line"),
        ("leads.zip", b"PK\x03\x04" + os.urandom(500), "damaged"),
    ],
    ids=["bomb", "packed twice", "cut", "zst", "bz2", "zip"],
)
def test_packed_files_of_the_inbox_are_capped(
    tmp_path: Path, name: str, packed: bytes, said: str
) -> None:
    """A bomb is named and refused before it fills memory or disk. What is packed twice is, too."""
    path = tmp_path / name
    path.write_bytes(packed)
    entry = InboxEntry(path=path, written_path=name, stream="leads")
    landing = Landing(tmp_path / "landing")
    with pytest.raises(InboxError, match=said) as caught:
        land_entry(entry, landing, Company(), NOW)
    assert name in caught.value.where
    assert landing.slices() == []
    assert not list((tmp_path / "landing").rglob("*.zst"))


def test_a_packed_answer_of_a_vendor_is_capped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer of 150 kB that unpacks to 150 MB ends the request, once, and lands nothing."""
    bomb = gzip.compress(b'{"items":[' + b" " * (150 * 2**20) + b"]}")
    assert len(bomb) < 200_000
    good = gzip.compress(b'{"items":[{"id":1}]}')
    asked = []

    def answer(request: Any) -> Response:
        asked.append(request.path)
        body = bomb if request.path == "/bomb" else good
        return Response(200, body, headers={"Content-Encoding": "gzip"})

    monkeypatch.setenv("TOKEN", "t" * 20)
    streams = [
        Stream(
            name,
            "Things.",
            Kind.ENTITY_SNAPSHOT,
            Request(f"/{name}", records="items"),
            (Field("id"),),
            ("id",),
            per_account=False,
        )
        for name in ("bomb", "good")
    ]
    connector = Connector(
        name="acme",
        title="Acme",
        base_url="http://acme.invalid",
        api_version="1",
        auth=Auth.BEARER,
        secrets=("token",),
        streams=tuple(streams),
        ping=Request("/ping"),
    )
    landing = Landing(tmp_path / "landing")
    routes = {"acme": [Route("GET", "/.*", answer)]}
    with SimulatorServer(World.__new__(World), Clock(NOW), routes=routes) as server:
        config = ConnectorConfig(
            base_url=server.base_url("acme"), secrets={"token": Secret("TOKEN", "token")}
        )
        patience = Patience(sleep=lambda seconds: None)
        with pytest.raises(ExtractionFailed) as caught:
            extract_stream(connector, streams[0], config, landing, None, NOW, patience=patience)
        extract_stream(connector, streams[1], config, landing, None, NOW, patience=patience)
    assert [failure.kind for failure in caught.value.failures] == [FailureKind.TOO_LARGE]
    assert asked == ["/bomb", "/good"]
    assert [item.row_count for item in landing.slices()] == [1]


def test_a_bomb_in_the_place_of_a_landed_slice_is_never_unpacked(tmp_path: Path) -> None:
    """A slice in landing is verified by its hash before anything reads it."""
    import pyarrow

    settings = Settings(home=tmp_path, config_path=None, config=Config(), fixed_now=NOW)
    landing = Landing(settings.landing_dir)
    stream = INBOX.stream("costs")
    with landing.begin("inbox", stream, "costs:x", extracted_at=NOW) as writer:
        writer.append({"date_day": "2026-01-01", "amount": "1"})
        item = writer.commit()
    with pyarrow.CompressedOutputStream(landing.file(item).open("wb"), "zstd") as file:
        for _ in range(100):
            file.write(b" " * 2**20)
    with connect(settings.warehouse_path, settings=settings) as con:
        ensure_schema(con)
        with pytest.raises(DamagedSlice):
            load_pending(con, landing, [("inbox", stream)], identity_key=b"k" * 32)


def test_deep_json_is_an_error_and_no_crash() -> None:
    """A hundred thousand brackets are 100 kB that exhaust a careless parser's stack."""
    with pytest.raises((ValueError, RecursionError)):
        parse(b"[" * 100_000 + b"]" * 100_000)
