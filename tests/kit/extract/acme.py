"""Code that the extraction tests share: a stream, a connector, and how to run it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.field import Field
from orchestration.connectors.stream import Auth, Connector, Kind, Request, Stream
from orchestration.extract.landing import Landing, Slice
from orchestration.extract.patience import Patience
from orchestration.extract.stream import Extraction, extract_stream
from orchestration.extract.window import Window
from tests.kit.extract.vendor import Loopback

NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)
TOKEN = "s3cret/to+ken"


def a_stream(name: str = "things", kind: Kind = Kind.ENTITY_SNAPSHOT, **changes: Any) -> Stream:
    """By default, a stream whose records have an id, at ``/<name>`` under ``items``."""
    asked = Request(f"/{name}", records="items")
    base = Stream(name, "Things.", kind, asked, (Field("id"),), ("id",), per_account=False)
    return replace(base, **changes)


@dataclass
class Acme:
    """One connector against a vendor on loopback, with a clock that does not wait."""

    vendor: Loopback
    landing: Landing
    waits: list[float] = field(default_factory=list)
    auth: Auth = Auth.BEARER
    connector: dict[str, Any] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    patience: dict[str, Any] = field(default_factory=dict)

    def declared(self, *streams: Stream) -> tuple[Connector, ConnectorConfig]:
        """The connector and its configuration."""
        oauth = self.auth is Auth.OAUTH_REFRESH
        names = ("client_id", "client_secret", "refresh_token") if oauth else ("token",)
        connector = Connector(
            name="acme",
            title="Acme",
            base_url="http://acme.invalid",
            api_version="7",
            auth=self.auth,
            secrets=names,
            streams=streams,
            ping=Request("/ping"),
            **self.connector,
        )
        config = ConnectorConfig(
            base_url=self.vendor.base_url,
            accounts=self.accounts,
            secrets={name: Secret("TRIBUTARY_TEST_TOKEN", name) for name in names},
            options=self.options,
        )
        return connector, config

    def extract(
        self,
        *streams: Stream,
        window: Window | None = None,
        now: datetime = NOW,
        history_start: date | None = None,
    ) -> Extraction:
        """Extract the streams in order; returns the last one's result."""
        connector, config = self.declared(*streams)
        patience = Patience(**{"read": 5.0, "sleep": self.waits.append, **self.patience})
        for stream in streams:
            extraction = extract_stream(
                connector,
                stream,
                config,
                self.landing,
                window,
                now,
                history_start=history_start,
                patience=patience,
            )
        return extraction

    def ids(self, item: Slice) -> list[Any]:
        """The ids of a slice's records, in order."""
        return [record["id"] for record in self.landing.records(item)]

    def landed(self) -> list[list[Any]]:
        """The ids of every landed slice."""
        return [self.ids(item) for item in self.landing.slices()]
