"""Asking one vendor, as its connector declares it, through dlt's RESTClient.

Belongs here: putting a declared request, its authentication and its paging together.
Does not belong here: which requests a stream needs and where answers land (``stream``).

Importing this module imports dlt (2 CPU seconds): import it only where something is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth, HttpBasicAuth
from requests import Request as HttpRequest
from requests import Response
from requests.auth import AuthBase

from orchestration.configuration.model import ConnectorConfig
from orchestration.connectors.stream import Auth, Connector, Request
from orchestration.extract.answers import dig, select
from orchestration.extract.auth import BodyToken, Renewable
from orchestration.extract.failures import FailureKind, Redactor, RequestFailed
from orchestration.extract.paging import PageSizes, paginator
from orchestration.extract.patience import Patience
from orchestration.extract.placeholders import fill, fill_body, fill_path, option_values
from orchestration.extract.session import PatientSession, answer_of

_ANSWER = "$"
"""dlt looks for the records itself unless it is given a selector; ours follow this sign."""


@dataclass(frozen=True, slots=True)
class Page:
    """The records of one answer, and the answer around them."""

    records: list[dict[str, Any]]
    answer: Any


class _Client(RESTClient):  # type: ignore[misc]  # dlt carries no types for us
    def extract_response(self, response: Response, data_selector: Any) -> list[Any]:
        """Records by our own selector: dlt's JSONPath costs more than the rest of landing."""
        return select(answer_of(response), str(data_selector).removeprefix(_ANSWER))


class VendorClient:
    """One connector's API. Safe to share between threads.

    Args:
        connector: The declarations.
        config: Base URL, secrets and options.
        patience: How long to try.

    Raises:
        MissingSecret: A secret's environment variable is not set.
    """

    def __init__(self, connector: Connector, config: ConnectorConfig, patience: Patience) -> None:
        self._connector = connector
        self._options = option_values({k: v or "" for k, v in connector.options.items()})
        self._options |= option_values(config.options)
        self._redactor = Redactor()
        self._session = PatientSession(connector, patience, self._redactor)
        self._base_url = fill(config.base_url or connector.base_url, self._options)
        self._overridden = config.base_url is not None
        headers = {name: fill(text, self._options) for name, text in connector.headers.items()}
        self._client = _Client(
            self._base_url,
            headers={name: value for name, value in headers.items() if value},
            auth=self._auth(config),
            session=self._session,
            config=RuntimeConfiguration(),
        )

    @property
    def requests(self) -> int:
        """How many requests were sent, retries included."""
        return self._session.sent

    def pages(
        self, request: Request, values: Mapping[str, Any], sizes: PageSizes | None = None
    ) -> Iterator[Page]:
        """The pages of one declared request.

        Args:
            request: The declaration.
            values: Of its placeholders; options are added.
            sizes: What earlier requests of the same stream learned about pages.

        Raises:
            RequestFailed: With its kind; its text holds no secret.
            ListMoved: Entries left the list while its pages were read.
        """
        known = {**self._options, **values}
        path = fill_path(request.path, known)
        body = fill_body(request.body, {"last_id": "0", **known})
        try:
            for page in self._client.paginate(
                path,
                method=request.method,
                params={name: fill(text, known) for name, text in request.params.items()},
                json=None if request.form else body,
                data=body if request.form else None,
                paginator=paginator(
                    request.pager,
                    sizes or PageSizes(),
                    lambda last_id: fill_body(request.body, {**known, "last_id": last_id}),
                ),
                data_selector=f"{_ANSWER}{request.records}",
                hooks={"response": []},
            ):
                yield Page(list(page), answer_of(page.response))
        except RequestFailed as failure:
            if not failure.where:
                failure.where = f"{self._connector.name}, {request.method} {path}"
            raise

    def ping(self, values: Mapping[str, Any]) -> None:
        """Send the connector's cheap request.

        Raises:
            RequestFailed: The vendor does not answer it well.
        """
        ping, known = self._connector.ping, {**self._options, **values}
        body = fill_body(ping.body, known)
        self._client.request(
            fill_path(ping.path, known),
            method=ping.method,
            params={name: fill(text, known) for name, text in ping.params.items()},
            json=None if ping.form else body,
            data=body if ping.form else None,
        )

    def _auth(self, config: ConnectorConfig) -> AuthBase | None:
        secrets = {name: config.secrets[name].reveal() for name in config.secrets}
        for secret in secrets.values():
            self._redactor.learn(secret)
        first = secrets.get(self._connector.secrets[0], "") if self._connector.secrets else ""
        match self._connector.auth:
            case Auth.NONE:
                return None
            case Auth.BEARER:
                return cast(AuthBase, BearerTokenAuth(token=first))
            case Auth.BASIC:
                self._redactor.learn(f"tributary:{first}")
                return cast(AuthBase, HttpBasicAuth(username="tributary", password=first))
            case Auth.BODY_TOKEN:
                return BodyToken(self._connector.token_param, first)
            case Auth.OAUTH_REFRESH:
                return self._renewable(secrets)

    def _renewable(self, secrets: Mapping[str, str]) -> Renewable:
        """Tokens from the vendor's token address; below ``base_url`` when that is replaced."""
        path = self._connector.token_path
        if self._overridden:
            path = urlsplit(path).path.lstrip("/")
        asked = HttpRequest(
            "POST",
            urljoin(f"{self._base_url.rstrip('/')}/", path),
            data={
                "grant_type": "refresh_token",
                **{name: secrets[name] for name in ("client_id", "client_secret", "refresh_token")},
            },
        )

        def fetch() -> str:
            try:
                response = self._session.send(self._session.prepare_request(asked))
            except RequestFailed as failure:
                if failure.kind is not FailureKind.REJECTED:
                    raise
                raise RequestFailed(
                    FailureKind.UNAUTHORIZED,
                    f"No access token was given for the refresh token. {failure.what}",
                    failure.where,
                ) from None
            token = dig(answer_of(response), "access_token")
            if not isinstance(token, str) or not token:
                raise RequestFailed(
                    FailureKind.UNAUTHORIZED,
                    "The token address answered without an access_token.",
                    self._connector.name,
                )
            self._redactor.learn(token)
            return token

        self._session.renewable = Renewable(
            self._session.prepare_request(asked).url or asked.url, fetch
        )
        return self._session.renewable
