"""Google's own clients read the double's bytes, and Google's description knows what is asked for.

The discovery client refuses parameters that a method has not, but looks into no body; so bodies are
compared with the schemas of the same description.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import google_auth_httplib2
import googleapiclient.discovery_cache
import httplib2
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.transport.requests import Request as Transport
from google.oauth2 import service_account
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.search_console import SEARCH_CONSOLE
from orchestration.connectors.stream import Auth, Stream
from orchestration.extract.stream import ping
from simulator.generator import generate
from simulator.http import Clock
from simulator.search import SITE
from simulator.server import SimulatorServer
from tests.kit.extract.vendor import Answer, Loopback

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
DAYS = {"startDate": "2026-05-01", "endDate": "2026-06-30"}
STREAMS = [pytest.param(stream, id=stream.name) for stream in SEARCH_CONSOLE.streams]
EMAIL = "reader@project.iam.gserviceaccount.example"
SPELLINGS = {"first_incomplete_date": "firstIncompleteDate"}
"""Google's reference has the first, and its description the second, of one key."""
PYTHON: dict[str, Any] = {
    "string": str, "number": float, "integer": int, "boolean": bool, "array": list, "object": dict,
}  # fmt: skip


@cache
def description() -> dict[str, Any]:
    """Google's description of the API, as its client has it."""
    folder = Path(googleapiclient.discovery_cache.__file__).parent / "documents"
    found: dict[str, Any] = json.loads((folder / "searchconsole.v1.json").read_text())
    return found


def described(value: Any, schema: dict[str, Any]) -> None:
    """Every key is one of the schema, with a value of its type.

    The description writes the words of an enumeration in another case than Google's reference.
    """
    if "$ref" in schema:
        schema = description()["schemas"][schema["$ref"]]
    assert isinstance(value, PYTHON[schema["type"]]), (value, schema["type"])
    if schema["type"] == "object":
        for key, item in value.items():
            described(item, schema["properties"][SPELLINGS.get(key, key)])
    elif schema["type"] == "array":
        for item in value:
            described(item, schema["items"])
    elif "enum" in schema:
        known = {word.replace("_", "").lower() for word in schema["enum"]}
        assert value.lower() in known


def body(stream: Stream, **changes: Any) -> dict[str, Any]:
    """What the connector asks for, for two months."""
    pager = stream.request.pager
    paging = {pager.limit_param: pager.page_size, pager.offset_param: 0}
    return {**(stream.request.body or {}), **DAYS, **paging, "dataState": "final", **changes}


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    """The double of a fiftieth of the demo company."""
    with SimulatorServer(generate(seed=7, scale=0.02), Clock(NOW)) as running:
        yield running
        assert running.errors == []


@pytest.fixture(scope="module")
def credentials(server: SimulatorServer) -> Credentials:
    """A person's, for which Google's library gets tokens by itself."""
    return Credentials(
        None, refresh_token="r", client_id="i", client_secret="s",
        token_uri=f"{server.base_url('search_console')}/token",
    )  # fmt: skip


@pytest.fixture(scope="module")
def console(server: SimulatorServer, credentials: Credentials) -> Any:
    """Google's client, pointed at loopback."""
    return build(
        "searchconsole", "v1", static_discovery=True,
        http=google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http()),
        client_options={"api_endpoint": f"{server.base_url('search_console')}/"},
    )  # fmt: skip


def ask(console: Any, asked: dict[str, Any], site: str = SITE) -> dict[str, Any]:
    """One answer."""
    answer: dict[str, Any] = console.searchanalytics().query(siteUrl=site, body=asked).execute()
    described(answer, {"$ref": "SearchAnalyticsQueryResponse"})
    return answer


@pytest.mark.parametrize("stream", STREAMS)
def test_what_is_asked_for_exists(stream: Stream) -> None:
    """A dimension or key that does not is a 400 on the first real run."""
    described(body(stream), {"$ref": "SearchAnalyticsQueryRequest"})
    assert body(stream)["rowLimit"] <= 25_000
    method = description()["resources"]["searchanalytics"]["methods"]["query"]
    assert stream.request.method == method["httpMethod"]
    assert stream.request.path == method["path"].replace("{siteUrl}", "{account_id}")


@pytest.mark.parametrize("stream", STREAMS)
def test_the_client_reads_every_report(console: Any, stream: Stream) -> None:
    """Page by page, until one has no rows; then nothing is missing and nothing came twice."""
    whole = ask(console, body(stream))["rows"]
    assert len(whole) > 5
    paged: list[dict[str, Any]] = []
    while rows := ask(console, body(stream, rowLimit=7, startRow=len(paged))).get("rows"):
        paged += rows
    assert paged == whole
    for row in whole:
        assert len(row["keys"]) == len(stream.request.positions["keys"])
        assert row["ctr"] == row["clicks"] / row["impressions"]


def test_the_client_reads_fresh_days_and_from_when_they_may_change(console: Any) -> None:
    """The last days come with ``all`` alone."""
    stream = SEARCH_CONSOLE.stream("site_days")
    fresh = ask(console, body(stream, dataState="all"))
    assert fresh["metadata"] == {"first_incomplete_date": "2026-06-28"}
    days = {row["keys"][0] for row in ask(console, body(stream))["rows"]}
    assert max(days) < "2026-06-28" <= max(row["keys"][0] for row in fresh["rows"])


def test_the_client_reads_the_sites(console: Any) -> None:
    """A domain property is written with ``sc-domain:``."""
    answer = console.sites().list().execute()
    described(answer, {"$ref": "SitesListResponse"})
    assert [entry["siteUrl"] for entry in answer["siteEntry"]] == [SITE]


@pytest.mark.parametrize(
    ("site", "changes", "status"),
    [
        ("https://www.fjordbase.example/", {}, 403),
        (SITE, {"aggregationType": "byProperty", "dimensions": ["date", "page"]}, 400),
        (SITE, {"rowLimit": 25_001}, 400),
        (SITE, {"dimensions": ["day"]}, 400),
        (SITE, {"startDate": "2026-07-01"}, 400),
    ],
)
def test_the_client_reads_refusals(
    console: Any, site: str, changes: dict[str, Any], status: int
) -> None:
    """With the words that the connector shows to people."""
    with pytest.raises(HttpError) as caught:
        ask(console, body(SEARCH_CONSOLE.stream("site_days"), **changes), site)
    assert caught.value.resp.status == status
    assert caught.value.reason


def test_the_client_refuses_what_the_method_has_not(console: Any) -> None:
    """Otherwise it would prove nothing of the address."""
    with pytest.raises(TypeError):
        console.searchanalytics().query(siteUrl=SITE, body={}, rowLimit=5)
    with pytest.raises(KeyError):
        described({"limit": 5}, {"$ref": "SearchAnalyticsQueryRequest"})
    with pytest.raises(AssertionError):
        described({"startDate": 5}, {"$ref": "SearchAnalyticsQueryRequest"})


def test_a_service_account_signs_as_googles_library_does(
    server: SimulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The double takes the library's assertion; ours states the same, but for the moment."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    (way,) = SEARCH_CONSOLE.sign_ins
    assert way.auth is Auth.OAUTH_JWT
    assert way.token_request.assertion is not None
    library = service_account.Credentials.from_service_account_info(
        {
            "type": "service_account", "client_email": EMAIL, "private_key": pem,
            "token_uri": f"{server.base_url('search_console')}/token",
        },
        scopes=[way.token_request.assertion.claims["scope"]],
    )  # fmt: skip
    library.refresh(Transport())
    assert library.valid

    vendor = Loopback()
    vendor.queue = [Answer({"access_token": "t"}), Answer({})]
    monkeypatch.setenv("SEARCH_EMAIL", EMAIL)
    monkeypatch.setenv("SEARCH_KEY", pem)
    ping(
        SEARCH_CONSOLE,
        ConnectorConfig(
            base_url=vendor.base_url,
            accounts=[SITE],
            secrets={
                "client_email": Secret("SEARCH_EMAIL", "client_email"),
                "private_key": Secret("SEARCH_KEY", "private_key"),
            },
        ),
    )
    vendor.close()
    form = vendor.asked[0].form
    theirs = library._make_authorization_grant_assertion()
    ours, known = (
        jwt.decode(
            text,
            key.public_key(),
            algorithms=["RS256"],
            audience=way.token_request.assertion.audience,
        )
        for text in (form["assertion"], theirs)
    )
    assert ours.keys() == known.keys()
    for name in ("iss", "aud", "scope"):
        assert ours[name] == known[name]
    assert ours["exp"] - ours["iat"] == known["exp"] - known["iat"] == 3600
