"""Sends one vendor's declared requests through dlt's RESTClient.

Belongs here: combining a declared request with its authentication and paging. Does not belong here:
which requests a stream needs and where answers land (``stream``).

Importing this module imports dlt (2 CPU seconds): import it only where requests are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import SplitResult, urljoin, urlsplit

from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth, HttpBasicAuth
from requests import Response
from requests.auth import AuthBase

from orchestration.configuration.model import ConnectorConfig
from orchestration.connectors.stream import Auth, Connector, Request
from orchestration.extract.answers import select
from orchestration.extract.auth import BodyToken, Renewable
from orchestration.extract.failures import FailureKind, RequestFailed
from orchestration.extract.grants import Grant
from orchestration.extract.paging import PageSizes, paginator
from orchestration.extract.patience import Patience
from orchestration.extract.placeholders import (
    fill,
    fill_body,
    fill_form,
    fill_path,
    option_values,
    secret_values,
)
from orchestration.extract.report import FILE_ADDRESS, expired, prepared
from orchestration.extract.session import Form, PatientSession, answer_of
from orchestration.extract.tokens import TokenStore
from orchestration.privacy.redaction import Redactor

_ANSWER = "$"
"""dlt looks for the records itself unless given a selector; ours have this prefix."""
_BESIDE = "?"
"""Parts the prefix, what an answer without records still has, and the path of the records."""


@dataclass(frozen=True, slots=True)
class Page:
    """The records of one answer, and the answer around them."""

    records: list[dict[str, Any]]
    answer: Any


class _Client(RESTClient):  # type: ignore[misc]  # dlt carries no types for us
    def extract_response(self, response: Response, data_selector: Any) -> list[Any]:
        """Selects records without dlt's JSONPath, which costs more than the rest of landing."""
        _, beside, path = str(data_selector).split(_BESIDE)
        return select(answer_of(response), path, empty_beside=beside)


class VendorClient:
    """One connector's API. Safe to share between threads.

    Args:
        connector: The declarations.
        config: Base URL, secrets and options.
        patience: How long to try.
        tokens: Keeps refresh tokens that the vendor replaces.

    Raises:
        MissingSecret: A secret's environment variable is not set.
    """

    def __init__(
        self,
        connector: Connector,
        config: ConnectorConfig,
        patience: Patience,
        tokens: TokenStore | None = None,
    ) -> None:
        connector = connector.signing_in_with(config.secrets)
        self._connector = connector
        self._patience = patience
        self._options = option_values({k: v or "" for k, v in connector.options.items()})
        self._options |= option_values(config.options)
        self._redactor = Redactor()
        self._session = PatientSession(connector, patience, self._redactor)
        self._base_url = fill(config.base_url or connector.base_url, self._options)
        self._overridden = config.base_url is not None
        secrets = {name: config.secrets[name].reveal() for name in config.secrets}
        for secret in secrets.values():
            self._redactor.learn(secret)
        self._secrets = secret_values(secrets)
        self._client = _Client(
            self._base_url,
            auth=self._auth(secrets, tokens),
            session=self._session,
            config=RuntimeConfiguration(),
        )

    @property
    def requests(self) -> int:
        """How many requests were sent, retries included."""
        return self._session.sent

    def pages(
        self,
        request: Request,
        values: Mapping[str, Any],
        sizes: PageSizes | None = None,
        columns: tuple[str, ...] = (),
    ) -> Iterator[Page]:
        """The pages of one declared request; for a report, once it is ready.

        Args:
            request: The declaration.
            values: Values of its placeholders; options are added.
            sizes: What earlier requests of the same stream learned about pages.
            columns: What the header of a CSV file must name.

        Raises:
            RequestFailed: With its kind; its text holds no secret.
            ListMoved: Entries left the list while its pages were read.
        """
        try:
            if request.report is None:
                yield from self._listed(request, values, sizes or PageSizes(), columns)
                return
            ready = prepared(self.answer, request, request.report, values, self._patience)
            if ready is not None:
                yield from self._downloaded(request.report.download, ready, columns)
        except RequestFailed as failure:
            if failure.where:
                raise
            path = fill_path(request.path, self.known(values))
            raise RequestFailed(
                failure.kind,
                self._redactor.clean(failure.what),
                f"{self._connector.name}, {request.method} {path}",
            ) from None

    def known(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of placeholders, with those of the options."""
        return {**self._options, **values}

    def ping(self, values: Mapping[str, Any]) -> None:
        """Send the connector's cheap request.

        Raises:
            RequestFailed: The vendor's answer is an error.
        """
        self.answer(self._connector.ping, values)

    def answer(self, request: Request, values: Mapping[str, Any]) -> Any:
        """The answer to a request that has one page.

        Raises:
            RequestFailed: With its kind; its text holds no secret.
        """
        known = self.known(values)
        response = self._client.request(
            fill_path(request.path, known),
            method=request.method,
            **self._contents(request, known),
        )
        return answer_of(response)

    def _listed(
        self,
        request: Request,
        values: Mapping[str, Any],
        sizes: PageSizes,
        columns: tuple[str, ...],
    ) -> Iterator[Page]:
        known = self.known(values)
        yield from self._paginated(
            self._client,
            request,
            fill_path(request.path, known),
            sizes,
            columns,
            lambda last_id: fill_body(request.body, {**known, "last_id": last_id}),
            **self._contents(request, {"last_id": "0", **known}),
        )

    def _downloaded(
        self, request: Request, values: Mapping[str, Any], columns: tuple[str, ...]
    ) -> Iterator[Page]:
        """The records of a report that is ready."""
        is_file = request.path == FILE_ADDRESS
        try:
            if not is_file:
                yield from self._listed(request, values, PageSizes(), columns)
                return
            url = self._file_address(values["report_url"])
            client = _Client(url, session=self._session, config=RuntimeConfiguration())
            yield from self._paginated(client, request, url, PageSizes(), columns, lambda _: None)
        except RequestFailed as failure:
            raise expired(failure, is_file=is_file) from None

    def _paginated(
        self,
        client: _Client,
        request: Request,
        path: str,
        sizes: PageSizes,
        columns: tuple[str, ...],
        render: Callable[[str], Any],
        **contents: Any,
    ) -> Iterator[Page]:
        for page in client.paginate(
            path,
            method=request.method,
            paginator=paginator(request.pager, sizes, render),
            data_selector=_BESIDE.join((_ANSWER, request.empty_beside, request.records)),
            hooks={"response": []},
            form=Form(request.csv, columns, request.packed),
            **contents,
        ):
            yield Page(list(page), answer_of(page.response))

    def _contents(self, request: Request, known: Mapping[str, Any]) -> dict[str, Any]:
        """Headers, parameters and body of a request."""
        signed = {**self._secrets, **known}
        headers = {
            name: fill(text, signed)
            for name, text in {**self._connector.headers, **request.headers}.items()
        }
        return {
            "headers": {name: value for name, value in headers.items() if value},
            "params": {name: fill(text, known) for name, text in request.params.items()},
            "json": None if request.form else fill_body(request.body, known),
            "data": fill_form(request.body or {}, known) if request.form else None,
        }

    def _file_address(self, url: str) -> str:
        """The address of a report's file, as the vendor gives it.

        Raises:
            RequestFailed: REPORT_FAILED, when it neither uses https nor is on the vendor's own
                host.
        """
        address = urlsplit(urljoin(self._base_url, url))
        self._redactor.learn(address.query)  # the address is a key to the file
        if address.scheme != "https" and _origin(address) != _origin(urlsplit(self._base_url)):
            raise RequestFailed(
                FailureKind.REPORT_FAILED,
                f"The report's file is at {address.netloc!r} without encryption; it is not "
                "requested.",
            )
        return address.geturl()

    def _auth(self, secrets: Mapping[str, str], tokens: TokenStore | None) -> AuthBase | None:
        first = secrets.get(self._connector.secrets[0], "") if self._connector.secrets else ""
        match self._connector.auth:
            case Auth.NONE | Auth.HEADER:
                return None
            case Auth.BEARER:
                return cast(AuthBase, BearerTokenAuth(token=first))
            case Auth.BASIC:
                self._redactor.learn(f"tributary:{first}")
                return cast(AuthBase, HttpBasicAuth(username="tributary", password=first))
            case Auth.BODY_TOKEN:
                return BodyToken(self._connector.token_param, first)
            case Auth.OAUTH_REFRESH | Auth.OAUTH_CLIENT | Auth.OAUTH_JWT:
                return self._renewable(secrets, tokens)

    def _renewable(self, secrets: Mapping[str, str], tokens: TokenStore | None) -> Renewable:
        """Tokens from the vendor's token address; below ``base_url`` when that is overridden."""
        path = fill(self._connector.token_path, self._options)
        if self._overridden:
            path = urlsplit(path).path.lstrip("/")
        grant = Grant(
            self._connector,
            urljoin(f"{self._base_url.rstrip('/')}/", path),
            secrets,
            {**self._options, **self._secrets},
            self._session,
            self._redactor,
            tokens,
        )
        self._session.renewable = Renewable(grant.url, grant.fetch)
        return self._session.renewable


def _origin(address: SplitResult) -> tuple[str, str]:
    return address.scheme, address.netloc
