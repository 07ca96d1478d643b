"""LinkedIn's own client reads the double's bytes, and sends the same queries as the connector."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from linkedin_api.clients.auth.client import AuthClient
from linkedin_api.clients.restli.client import RestliClient
from linkedin_api.common import constants

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors import linkedin_ads, linkedin_api
from orchestration.connectors.linkedin_ads import LINKEDIN_ADS
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import extract_stream
from orchestration.extract.window import Window
from simulator.generator import generate
from simulator.http import Clock
from simulator.server import SimulatorServer
from tests.kit.extract.vendor import Answer, Asked, Loopback

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
WEEK = Window(date(2026, 6, 8), date(2026, 6, 15))
ACCOUNT = "512001"
URN = f"urn:li:sponsoredAccount:{ACCOUNT}"
DAYS = {
    "start": {"year": 2026, "month": 6, "day": 8},
    "end": {"year": 2026, "month": 6, "day": 14},
}


@pytest.fixture(scope="module")
def server() -> Iterator[SimulatorServer]:
    """The double of a fiftieth of the demo company."""
    with SimulatorServer(generate(seed=7, scale=0.02), Clock(NOW)) as running:
        yield running
        assert running.errors == []


class Client:
    """LinkedIn's client, pointed at loopback."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(constants, "VERSIONED_BASE_URL", f"{url}/rest")
        monkeypatch.setattr(constants, "OAUTH_BASE_URL", f"{url}/oauth/v2")
        self._client = RestliClient()
        self.token = "T"

    def sign_in(self) -> Any:
        """An access token for a refresh token."""
        client = AuthClient("id", "secret", "http://localhost")
        answer = client.exchange_refresh_token_for_access_token("refresh")
        self.token = answer.access_token
        return answer

    def finder(
        self, path: str, name: str, version: str = linkedin_api.VERSION, **params: Any
    ) -> Any:
        """The answer to a finder."""
        return self._client.finder(
            resource_path=path,
            finder_name=name,
            query_params=params,
            access_token=self.token,
            version_string=version,
        )

    def get(self, path: str, **keys: str) -> Any:
        """The answer to a request for one object."""
        return self._client.get(
            resource_path=path,
            path_keys=keys,
            access_token=self.token,
            version_string=linkedin_api.VERSION,
        )


@pytest.fixture
def client(server: SimulatorServer, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Signed in."""
    client = Client(server.base_url("linkedin_ads"), monkeypatch)
    client.sign_in()
    return client


def sent(asked: list[Asked]) -> list[tuple[str, frozenset[str]]]:
    """Paths and parameters as they were sent, whatever the parameters' order."""
    targets = [urlsplit(each.target) for each in asked]
    return [(target.path, frozenset(target.query.split("&"))) for target in targets]


def ours(vendor: Loopback, folder: Path, stream: str) -> list[tuple[str, frozenset[str]]]:
    """What the connector asks for."""
    extract_stream(
        LINKEDIN_ADS,
        LINKEDIN_ADS.stream(stream),
        ConnectorConfig(
            base_url=vendor.base_url,
            accounts=[ACCOUNT],
            secrets={"access_token": Secret("LINKEDIN_TEST_TOKEN", "access_token")},
        ),
        Landing(folder),
        WEEK,
        NOW,
        patience=Patience(attempts=1),
    )
    return sent(vendor.asked)


@pytest.mark.parametrize("stream", ["account_days", "campaign_days", "creative_days", "campaigns"])
def test_the_client_sends_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: str
) -> None:
    """LinkedIn refuses an encoded parenthesis, and a plain colon inside a URN."""
    monkeypatch.setenv("LINKEDIN_TEST_TOKEN", "T")
    account = {"id": 1, "currency": "EUR"}
    vendor = Loopback()
    try:
        vendor.handler = lambda asked: Answer({"elements": []} if "q=" in asked.target else account)
        expected = ours(vendor, tmp_path, stream)
        vendor.asked.clear()
        client = Client(vendor.base_url, monkeypatch)
        if stream == "campaigns":
            client.finder(
                f"/adAccounts/{ACCOUNT}/adCampaigns", "search", pageSize=1000,
                search={"status": {"values": list(linkedin_ads.STATUSES)}},
            )  # fmt: skip
        else:
            client.get("/adAccounts/{id}", id=ACCOUNT)
            pivots = {
                "account_days": ["ACCOUNT"],
                "campaign_days": ["CAMPAIGN"],
                "creative_days": ["CAMPAIGN", "CREATIVE"],
            }[stream]
            for _, params in expected[1:]:
                (fields,) = (each for each in params if each.startswith("fields="))
                client.finder(
                    "/adAnalytics", "statistics", pivots=pivots, timeGranularity="DAILY",
                    dateRange=DAYS, accounts=[URN], fields=fields.removeprefix("fields="),
                )  # fmt: skip
        assert sent(vendor.asked) == expected
    finally:
        vendor.close()


def test_the_client_signs_in(server: SimulatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh token becomes an access token for 60 days."""
    answer = Client(server.base_url("linkedin_ads"), monkeypatch).sign_in()
    assert (answer.status_code, answer.expires_in) == (200, 5_184_000)
    assert (answer.refresh_token, answer.refresh_token_expires_in) == ("refresh", 31_536_000)


def test_the_client_reads_figures(client: Client) -> None:
    """Money is text, counts are numbers, and the day is an object."""
    answer = client.finder(
        "/adAnalytics", "analytics", pivot="CREATIVE", timeGranularity="DAILY", dateRange=DAYS,
        accounts=[URN], fields="dateRange,pivotValues,costInLocalCurrency,impressions",
    )  # fmt: skip
    assert answer.status_code == 200
    assert len(answer.elements) == 5 * 4
    for row in answer.elements:
        assert isinstance(row["costInLocalCurrency"], str)
        assert isinstance(row["impressions"], int)
        assert row["dateRange"]["start"]["month"] == 6
        assert row["pivotValues"][0].startswith("urn:li:sponsoredCreative:")


def test_the_client_reads_entities_in_pages(client: Client) -> None:
    """Each page names the next one; the last names none."""
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        answer = client.finder(
            f"/adAccounts/{ACCOUNT}/creatives", "criteria", pageSize=9, sortOrder="ASCENDING",
            **token,
        )  # fmt: skip
        found += [each["id"] for each in answer.elements]
        # The client keeps the elements alone.
        metadata = answer.response.json()["metadata"]
        if not metadata:
            break
        token = {"pageToken": metadata["nextPageToken"]}
    assert len(found) == len(set(found)) == 23
    groups = client.finder(
        f"/adAccounts/{ACCOUNT}/adCampaignGroups", "search",
        search={"status": {"values": ["ACTIVE", "ARCHIVED"]}},
    )  # fmt: skip
    assert [each["name"] for each in groups.elements] == ["Räckvidd", "Leads | Norden"]
    post = client.get("/posts/{urn}", urn="urn:li:ugcPost:7150000000000020002")
    assert post.entity["content"]["media"]["title"] == "Tre klick till svaret"


def test_the_client_reads_errors(client: Client) -> None:
    """A version that has ended, an account of somebody else, a field that does not exist."""
    params = {"search": {"status": {"values": ["ACTIVE"]}}}
    path = f"/adAccounts/{ACCOUNT}/adCampaigns"
    ended = client.finder(path, "search", version="202504", **params)
    assert (ended.status_code, ended.response.json()["message"]) == (
        426, "Requested version 20250401 is not active",
    )  # fmt: skip
    assert client.finder("/adAccounts/1/adCampaigns", "search", **params).status_code == 403
    unknown = client.finder(
        "/adAnalytics", "analytics", pivot="ACCOUNT", timeGranularity="DAILY", dateRange=DAYS,
        accounts=[URN], fields="pivotValue",
    )  # fmt: skip
    assert unknown.status_code == 400
