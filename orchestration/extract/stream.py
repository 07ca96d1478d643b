"""Turns a declared stream into slices.

Belongs here: which requests a stream needs for each account, and landing the answers. Does not
belong here: HTTP (``client``), files (``landing``), or Dagster (``defs``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from orchestration.configuration.model import ConnectorConfig
from orchestration.connectors.stream import Connector, Kind, Request, Stream
from orchestration.extract.answers import dig, each
from orchestration.extract.completion import complete
from orchestration.extract.described import Readable, readable
from orchestration.extract.failures import (
    AccountFailure,
    ExtractionFailed,
    FailureKind,
    ListMoved,
    RequestFailed,
)
from orchestration.extract.landing import Landing, Slice, SliceWriter
from orchestration.extract.larger import pages_of
from orchestration.extract.merging import field_parts, merged
from orchestration.extract.parents import moment, parent_ids
from orchestration.extract.patience import Patience
from orchestration.extract.tasks import Task, halving_helps, may_halve
from orchestration.extract.tokens import TokenStore
from orchestration.extract.window import Window, answerable, default_window
from orchestration.foundation.fault_points import fault_point

if TYPE_CHECKING:
    from orchestration.extract.client import Page, VendorClient

WHOLE = "all"
"""The account of streams whose single answer covers every account."""

_READINGS = 3
"""How often to read a list when entries leave it between two pages."""

Progress = Callable[[str, int], None]
"""Called as records arrive, with the account and the number so far."""
Records = list[dict[str, Any]]
_Result = TypeVar("_Result")


@dataclass(slots=True)
class Extraction:
    """The result of one extraction of a stream.

    Attributes:
        slices: One per account that was read; for an unchanged answer, the existing equal slice.
        failures: One per account that could not be read.
        requests: Requests sent, retries included.
        rows: Records of the slices.
    """

    slices: list[Slice] = field(default_factory=list)
    failures: list[AccountFailure] = field(default_factory=list)
    requests: int = 0
    rows: int = 0


def extract_stream(
    connector: Connector,
    stream: Stream,
    config: ConnectorConfig,
    landing: Landing,
    window: Window | None,
    now: datetime,
    progress: Progress | None = None,
    *,
    history_start: date | None = None,
    patience: Patience | None = None,
    tokens: TokenStore | None = None,
) -> Extraction:
    """Read one stream from a vendor and land one slice per account.

    Each account's slice is landed whole or not at all. An account that fails is reported and
    does not stop the others.

    Args:
        connector: The vendor.
        stream: One of its streams.
        config: The company's settings for it.
        landing: Where slices go.
        window: The days to read; None for the default window of each account's stream. Ignored for
            snapshots; cut to the range that the vendor still answers.
        now: The time of this run, aware; slices record it as ``extracted_at``.
        progress: Called as records arrive.
        history_start: The first day of a first run.
        patience: How long to try.
        tokens: Keeps refresh tokens that the vendor replaces, for later runs.

    Raises:
        ExtractionFailed: Every account failed, or the configuration names none.
        MissingSecret: A secret's environment variable is not set.
    """
    from orchestration.extract.client import VendorClient

    accounts = _accounts(connector, stream, config)
    client = VendorClient(connector, config, patience or Patience(), tokens)
    run = _Run(connector, stream, landing, client, now, progress)
    extraction = Extraction()
    for account_id in accounts:
        asked = _window(stream, landing, connector, account_id, window, now.date(), history_start)
        if asked is None and stream.kind is not Kind.ENTITY_SNAPSHOT:
            continue
        try:
            extraction.slices.append(run.land(account_id, asked))
        except RequestFailed as failure:
            failure.where = f"{connector.name}/{stream.name}, account {account_id}; {failure.where}"
            extraction.failures.append(AccountFailure(account_id, failure.kind, str(failure)))
    extraction.requests = client.requests
    extraction.rows = sum(item.row_count for item in extraction.slices)
    if extraction.failures and not extraction.slices:
        first = extraction.failures[0]
        raise ExtractionFailed(
            f"No account of the stream could be read ({len(extraction.failures)} failed). "
            f"The first: {first.message}",
            f"{connector.name}/{stream.name}",
            "Nothing was landed; the last published generation stays.",
            tuple(extraction.failures),
        )
    return extraction


def ping(
    connector: Connector,
    config: ConnectorConfig,
    patience: Patience | None = None,
    tokens: TokenStore | None = None,
) -> None:
    """Send a connector's cheap request, once per account.

    Args:
        connector: The vendor.
        config: The company's settings for it.
        patience: How long to try; default: two attempts.
        tokens: Keeps refresh tokens that the vendor replaces.

    Raises:
        RequestFailed: The vendor does not answer it well.
        MissingSecret: A secret's environment variable is not set.
    """
    from orchestration.extract.client import VendorClient

    client = VendorClient(connector, config, patience or Patience(attempts=2), tokens)
    for account_id in config.accounts or [WHOLE]:
        client.ping({"account_id": account_id})


def _accounts(connector: Connector, stream: Stream, config: ConnectorConfig) -> list[str]:
    if not stream.per_account:
        return [WHOLE]
    if not config.accounts:
        raise ExtractionFailed(
            f"{connector.title} is read per account, but the configuration lists no account.",
            f"{connector.name}/{stream.name}",
            f"List them under connectors.{connector.name}.accounts.",
        )
    return list(dict.fromkeys(config.accounts))


def _window(
    stream: Stream,
    landing: Landing,
    connector: Connector,
    account_id: str,
    window: Window | None,
    today: date,
    history_start: date | None,
) -> Window | None:
    if stream.kind is Kind.ENTITY_SNAPSHOT:
        return None
    if window is not None:
        return answerable(stream, window, today)
    slices = [s for s in landing.slices(connector.name, stream.name) if s.account_id == account_id]
    return default_window(stream, slices, today, history_start)


class _Run:
    """One extraction of one stream."""

    def __init__(
        self,
        connector: Connector,
        stream: Stream,
        landing: Landing,
        client: VendorClient,
        now: datetime,
        progress: Progress | None,
    ) -> None:
        from orchestration.extract.paging import PageSizes

        self._connector = connector
        self._stream = stream
        self._landing = landing
        self._client = client
        self._now = now
        self._progress = progress
        self._sizes = PageSizes()
        self._fields, self._columns = _asked(stream)

    def land(self, account_id: str, window: Window | None) -> Slice:
        """Land one account's answer as a whole."""
        tasks = self._tasks(account_id, window)
        if len(tasks) == 1 and not may_halve(self._stream.request):
            return _steadily(lambda: self._write(account_id, window, self._pages(tasks[0], window)))
        return self._write(account_id, window, self._pooled(tasks, window))

    def _write(self, account_id: str, window: Window | None, pages: Iterable[Records]) -> Slice:
        with self._landing.begin(
            self._connector.name,
            self._stream,
            account_id,
            extracted_at=self._now,
            window_start=window.start_at if window else None,
            window_end=window.end_at if window else None,
            api_version=self._connector.api_version,
        ) as writer:
            for records in pages:
                self._append(writer, records)
                fault_point("extract.page")
                if self._progress:
                    self._progress(account_id, writer.row_count)
            return writer.commit()

    @staticmethod
    def _append(writer: SliceWriter, records: Records) -> None:
        append = writer.append
        for record in records:
            append(record)

    def _tasks(self, account_id: str, window: Window | None) -> list[Task]:
        """Each request: every part of the window, for every parent."""
        request = self._stream.request
        parts: list[Window | None] = [None]
        if window:
            parts = [*window.parts(request.max_days)]
        stated = self._stated(account_id)
        parents = [{**parent, **stated} for parent in self._parents(account_id, window)]
        return [Task(account_id, part, parent) for part in parts for parent in parents]

    def _stated(self, account_id: str) -> dict[str, Any]:
        """What the account says of its records.

        Raises:
            RequestFailed: The account may not be read, or does not say it.
        """
        account = self._stream.request.account
        if account is None:
            return {}
        answer = self._client.answer(account.request, {"account_id": account_id})
        stated = {name: dig(answer, path) for name, path in account.values.items()}
        for name, path in account.values.items():
            if stated[name] in (None, ""):
                raise RequestFailed(
                    FailureKind.INCOMPLETE, f"The account's answer has nothing at {path!r}."
                )
        return stated

    def _parents(self, account_id: str, window: Window | None) -> list[dict[str, Any]]:
        parent = self._stream.request.parent
        if parent is None:
            return [{}]
        stream = self._connector.stream(parent.stream)
        ids = parent_ids(
            self._landing,
            self._connector.name,
            parent,
            stream,
            account_id if stream.per_account else WHOLE,
            window,
            self._now.date(),
        )
        if parent.chunk == 1:
            return [{"parent_id": each} for each in ids]
        return [
            {"parent_ids": [{"id": each} for each in ids[start : start + parent.chunk]]}
            for start in range(0, len(ids), parent.chunk)
        ]

    def _pooled(self, tasks: list[Task], window: Window | None) -> Iterator[Records]:
        """The tasks' records in the tasks' order, with some requests in parallel.

        Only a few more tasks than connections are in progress, so that memory holds few answers.
        """
        waiting: deque[Future[list[Records]]] = deque()
        with ThreadPoolExecutor(max(self._connector.connections, 1)) as pool:
            try:
                for task in tasks:
                    waiting.append(pool.submit(self._gathered, task, window))
                    if len(waiting) > 2 * self._connector.connections:
                        yield from waiting.popleft().result()
                while waiting:
                    yield from waiting.popleft().result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _gathered(self, task: Task, window: Window | None) -> list[Records]:
        """The task's pages; where its days are too much at once, those of its halves."""
        try:
            return _steadily(lambda: list(self._pages(task, window)))
        except RequestFailed as failure:
            halves = task.halves()
            if not (halves and halving_helps(self._stream.request, failure.kind)):
                raise
        return [page for half in halves for page in self._gathered(half, window)]

    def _pages(self, task: Task, window: Window | None) -> Iterator[Records]:
        parts, values = self._stream.request.parts, task.values
        if parts is None:
            yield from self._listed({**values, "fields": self._fields}, self._columns, window)
            return
        asked = field_parts(self._fields, parts)
        yield merged((self._part(names, values, window) for names in asked), parts)

    def _part(
        self, names: list[str], values: dict[str, Any], window: Window | None
    ) -> Iterator[dict[str, Any]]:
        """The records of the request for some of the fields."""
        columns = tuple(path for path in self._columns if path.split(".")[0] in names)
        for records in self._listed({**values, "fields": names}, columns, window):
            yield from records

    def _listed(
        self, values: dict[str, Any], columns: tuple[str, ...], window: Window | None
    ) -> Iterator[Records]:
        """The pages of one request, each record with the values copied from its context."""
        request = self._stream.request
        came = False
        count = 0
        try:
            seen = self._readable(request, values)
            if seen:
                values, columns = {**values, "fields": seen.fields}, tuple(seen.fields)
            ask = partial(self._asked, values, columns)
            for page in pages_of(request, ask):
                came = True
                count += len(page.records)
                if seen:
                    seen.restore(page.records)
                if 0 < request.cut_off_at <= count:
                    raise RequestFailed(
                        FailureKind.TOO_MUCH,
                        f"The vendor cuts answers off at {request.cut_off_at:,} records, and this "
                        "one has reached that limit.",
                    )
                context = self._client.known(values)
                complete(page, request, context, partial(self._rest, values))
                yield page.records
                if window and request.newest_first and self._is_older(page.records, window):
                    return
        except RequestFailed as failure:
            if failure.kind is FailureKind.CURSOR_EXPIRED:
                raise ListMoved("the vendor gave it up before its end") from None
            if came or not _is_empty(request, failure.kind):
                raise

    def _readable(self, request: Request, values: dict[str, Any]) -> Readable | None:
        """The fields that the vendor lets be read, where it must be asked."""
        if request.described is None:
            return None
        answer = self._client.answer(request.described.request, values)
        return readable(self._stream, self._fields, each(answer, request.described.names))

    def _asked(
        self, values: dict[str, Any], columns: tuple[str, ...], request: Request
    ) -> Iterator[Page]:
        return self._client.pages(request, values, self._sizes, columns)

    def _rest(
        self, values: dict[str, Any], request: Request, more: dict[str, Any]
    ) -> Iterator[Records]:
        """The further pages of a list inside a record."""
        for page in self._client.pages(request, {**values, **more}):
            yield page.records

    def _is_older(self, records: Records, window: Window) -> bool:
        moments = (moment(dig(record, self._stream.request.newest_first)) for record in records)
        return any(at is not None and at < window.start_at for at in moments)


def _is_empty(request: Request, kind: FailureKind) -> bool:
    """Whether a refusal means that there is nothing to read."""
    if kind is FailureKind.FORBIDDEN:
        return request.forbidden_is_empty
    return kind is FailureKind.NOT_FOUND and request.not_found_is_empty


def _asked(stream: Stream) -> tuple[list[str], tuple[str, ...]]:
    """The vendor's names of the fields to request, and the paths that a CSV file must have."""
    request = stream.request
    given = {*request.copy, *request.pairs, *request.dates}
    given |= {name for names in request.positions.values() for name in names}
    asked = [field for field in stream.fields if field.keys[0] not in given]
    names = list(dict.fromkeys(field.keys[0] for field in asked))
    return names, tuple(".".join(f.keys) for f in asked if not f.omitted_when_empty)


def _steadily(read: Callable[[], _Result]) -> _Result:
    """Read a list again while entries leave it between pages.

    Raises:
        RequestFailed: INCOMPLETE, when the list keeps changing.
    """
    for reading in range(1, _READINGS + 1):
        try:
            return read()
        except ListMoved as moved:
            if reading == _READINGS:
                raise RequestFailed(
                    FailureKind.INCOMPLETE,
                    f"The list changed while it was read, {_READINGS} times: {moved}.",
                ) from None
    raise AssertionError("unreachable")
