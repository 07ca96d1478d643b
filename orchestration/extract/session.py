"""Sends one request until it gets a good answer, or cannot.

Belongs here: timeouts, retries, throttles, renewing a token once, judging an answer. Does not
belong here: which request to send (``client``) and what comes next (``paging``).
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from dlt.sources.helpers.requests.session import Session
from requests import PreparedRequest, Request, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidHeader, RequestException, Timeout

from orchestration.connectors.answer import Csv, Means
from orchestration.connectors.stream import Connector
from orchestration.extract import answers, said
from orchestration.extract.auth import Renewable
from orchestration.extract.csv_rows import parse_csv
from orchestration.extract.failures import FailureKind, RequestFailed
from orchestration.extract.patience import Patience
from orchestration.extract.unpacking import NotWhole, TooLarge, check_size, unpacked
from orchestration.privacy.redaction import Redactor

_BY_STATUS = {
    401: FailureKind.UNAUTHORIZED,
    403: FailureKind.FORBIDDEN,
    404: FailureKind.NOT_FOUND,
    410: FailureKind.VERSION_ENDED,
    426: FailureKind.VERSION_ENDED,
}
_BY_MEANING = {
    Means.NO_TOKEN: FailureKind.UNAUTHORIZED,
    Means.NO_PERMISSION: FailureKind.FORBIDDEN,
    Means.VERSION_ENDED: FailureKind.VERSION_ENDED,
    Means.TOO_MUCH: FailureKind.TOO_MUCH,
    Means.NO_CALLS_LEFT: FailureKind.THROTTLED,
    Means.CURSOR_EXPIRED: FailureKind.CURSOR_EXPIRED,
}
_TRANSIENT_STATUS = {408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 529}


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A failed attempt that may succeed next time."""

    kind: FailureKind
    what: str
    retry_after: float | None = None
    final: bool = False
    at_least: float = 0.0


@dataclass(frozen=True, slots=True)
class Form:
    """The format of an answer; JSON by default.

    Attributes:
        csv: The dialect of a CSV file.
        columns: What its header must name.
        packed: Whether it may be packed.
    """

    csv: Csv | None = None
    columns: tuple[str, ...] = ()
    packed: bool = False


JSON = Form()


class PatientSession(Session):  # type: ignore[misc]  # dlt's session carries no types
    """dlt's session, which gives every call a timeout, extended to retry and judge answers.

    ``send`` returns only whole, parsed answers; the parsed value is kept on the response
    (``answer_of``). Safe to share between threads.

    Args:
        connector: For its throttle and error rules.
        patience: How long to try.
        redactor: Cleans every error text.
    """

    def __init__(self, connector: Connector, patience: Patience, redactor: Redactor) -> None:
        super().__init__(timeout=(patience.connect, patience.read), raise_for_status=False)
        adapter = HTTPAdapter(pool_maxsize=max(connector.connections, 1))
        self.mount("http://", adapter)
        self.mount("https://", adapter)
        self.headers["User-Agent"] = "tributary-warehouse"
        self.renewable: Renewable | None = None
        self.sent = 0
        self._connector = connector
        self._patience = patience
        self._redactor = redactor
        self._counting = threading.Lock()

    def prepare_request(self, request: Request) -> PreparedRequest:
        """Like ``requests``, but a header that cannot be sent is reported without its value.

        Raises:
            RequestFailed: UNAUTHORIZED, because only secrets come from outside. Python's own error
                would repeat a secret that was pasted with its line break.
        """
        try:
            prepared: PreparedRequest = super().prepare_request(request)
        except InvalidHeader:
            raise self._unsendable(sorted(request.headers)) from None
        if odd := [name for name, value in prepared.headers.items() if not _sendable(value)]:
            raise self._unsendable(odd)
        return prepared

    def send(self, request: PreparedRequest, *, form: Form = JSON, **kwargs: Any) -> Response:
        """Send until a good answer comes or the attempts are used up.

        Args:
            request: What to send.
            form: What the answer is written in.
            kwargs: As for ``requests``.

        Raises:
            RequestFailed: With its kind; its text holds no secret.
        """
        renewed = False
        attempt = 1
        while True:
            outcome = self._try(request, form, kwargs)
            if isinstance(outcome, Response):
                if outcome.status_code == 401 and not renewed and self._renew(request):
                    renewed = True
                    continue
                return self._accepted(request, outcome)
            if outcome.retry_after and outcome.retry_after > self._patience.longest_wait:
                raise self._failed(
                    request,
                    outcome.kind,
                    f"{outcome.what} It asks to wait {outcome.retry_after:.0f} s.",
                )
            if outcome.final:
                raise self._failed(request, outcome.kind, outcome.what)
            if attempt >= self._patience.attempts:
                raise self._failed(request, outcome.kind, f"{outcome.what} Tried {attempt} times.")
            wait = max(self._patience.wait(attempt), outcome.at_least)
            self._patience.sleep(wait if outcome.retry_after is None else outcome.retry_after)
            attempt += 1

    def _try(
        self, request: PreparedRequest, form: Form, kwargs: dict[str, Any]
    ) -> Response | _Trouble:
        """One attempt: a final answer, or a failure that may be temporary."""
        with self._counting:
            self.sent += 1
        try:
            response: Response = super().send(
                request, **{**kwargs, "allow_redirects": False, "stream": True}
            )
            _read(response)
        except TooLarge as excess:
            return _Trouble(FailureKind.TOO_LARGE, str(excess), final=True)
        except Timeout:
            return _Trouble(FailureKind.TIMEOUT, "The vendor did not answer in time.")
        except RequestException as error:
            return _Trouble(_kind_of(error), f"The connection failed: {_reason(error)}.")
        status = response.status_code
        if status in _TRANSIENT_STATUS:
            kind = FailureKind.THROTTLED if status == 429 else FailureKind.SERVER_ERROR
            return _Trouble(kind, self._answered(response), _retry_after(response))
        if not 200 <= status < 300:
            return self._refused(response) or response
        try:
            return self._whole(response, form)
        except TooLarge as excess:
            return _Trouble(FailureKind.TOO_LARGE, str(excess), final=True)

    def _refused(self, response: Response) -> _Trouble | None:
        """Judge an answer with another status: a throttle, or a permanent failure."""
        if not self._connector.throttles:
            return None
        try:
            answer = answers.parse(response.content)
        except ValueError:
            return None
        return self._throttled(response, answer)

    def _throttled(self, response: Response, answer: Any) -> _Trouble | None:
        """The wait that a throttle in the body asks for; None when there is none."""
        throttle = answers.throttle_of(answer, self._connector.throttles)
        if throttle is None:
            return None
        kind = FailureKind.SERVER_ERROR if throttle.is_outage else FailureKind.THROTTLED
        says = "the vendor has a problem" if throttle.is_outage else "too many requests"
        return _Trouble(
            kind,
            f"The vendor answered {response.status_code} with a body that says: {says}.",
            _retry_after(response) or answers.stated_wait(throttle, response.headers),
            at_least=throttle.wait_seconds,
        )

    def _whole(self, response: Response, form: Form) -> Response | _Trouble:
        """Judge a 2xx answer: complete, in the right format, and not a throttle in disguise.

        Raises:
            TooLarge: It is packed, and unpacks to more than the caps allow.
        """
        content = response.content
        media = response.headers.get("Content-Type", "no content type")
        if "html" in media.lower() or content.lstrip()[:1] == b"<":
            return self._around(content) or _Trouble(
                FailureKind.NOT_JSON,
                f"The vendor answered with a page instead of data ({media}): "
                f"{self._redactor.clean(said.reason(content))}",
            )
        try:
            if form.packed:
                content = unpacked(content)
            answer, is_file = _read_as(form, content, response)
        except NotWhole as reason:
            return _Trouble(FailureKind.INCOMPLETE, f"The answer is incomplete: {reason}.")
        except ValueError:
            return self._around(content) or _Trouble(
                FailureKind.INCOMPLETE,
                f"The answer is not complete JSON: {len(content)} bytes ({media}) that begin with "
                f"{self._redactor.clean(said.outline(content))!r}.",
            )
        if not is_file and (trouble := self._throttled(response, answer)):
            return trouble
        if form.csv and not is_file and not answers.told_error(answer, self._connector):
            return _Trouble(
                FailureKind.INCOMPLETE,
                f"The vendor answered with JSON instead of a file ({media}): "
                f"{self._redactor.clean(said.outline(content))}",
            )
        vars(response)["answer"] = answer
        return response

    def _accepted(self, request: PreparedRequest, response: Response) -> Response:
        status = response.status_code
        if 200 <= status < 300:
            if answers.told_error(answer_of(response), self._connector):
                what = self._answered(response, " with an error")
                kind = self._stated(answer_of(response)) or FailureKind.REJECTED
                raise self._failed(request, kind, what)
            return response
        usual = _BY_STATUS.get(status, FailureKind.REJECTED)
        raise self._failed(request, self._stated_in(response) or usual, self._answered(response))

    def _stated_in(self, response: Response) -> FailureKind | None:
        """What the body of a refusal says, where the connector knows its codes."""
        if not self._connector.error_codes:
            return None
        try:
            return self._stated(answers.parse(response.content))
        except ValueError:
            return None

    def _stated(self, answer: Any) -> FailureKind | None:
        means = answers.meaning_of(answer, self._connector.error_codes)
        return _BY_MEANING[means] if means else None

    def _renew(self, request: PreparedRequest) -> bool:
        """Sign again with a new token; False when none is available."""
        signed = request.headers.get("Authorization", "").startswith("Bearer ")
        if self.renewable is None or request.url == self.renewable.url or not signed:
            return False
        self.renewable.renew(request.headers.get("Authorization", "").removeprefix("Bearer "))
        self.renewable(request)
        return True

    def _answered(self, response: Response, with_error: str = "") -> str:
        """The status of an answer, and what it gives as the reason."""
        words = self._redactor.clean(said.reason(response.content)) if response.content else ""
        says = f" It said: {words}" if words else ""
        return f"The vendor answered {response.status_code}{with_error}.{says}"

    def _around(self, content: bytes) -> _Trouble | None:
        """What a server wrote around its data, if that is why they cannot be read."""
        words = self._redactor.clean(said.stray(content))
        if not words:
            return None
        what = f"The vendor's server wrote a text around its data: {words}"
        return _Trouble(FailureKind.SPOILED, what)

    def _unsendable(self, names: list[str]) -> RequestFailed:
        return RequestFailed(
            FailureKind.UNAUTHORIZED,
            f"A line break or another character that no header may hold is in {', '.join(names)}; "
            "look for it at the end of the configured secret.",
            self._connector.name,
        )

    def _failed(self, request: PreparedRequest, kind: FailureKind, what: str) -> RequestFailed:
        address = urlsplit(request.url or "")
        where = f"{self._connector.name}, {request.method} {address.netloc}{address.path}"
        return RequestFailed(kind, self._redactor.clean(what), self._redactor.clean(where))


def answer_of(response: Response) -> Any:
    """The parsed JSON of a response that ``PatientSession.send`` returned."""
    return vars(response)["answer"]


def _read_as(form: Form, content: bytes, response: Response) -> tuple[Any, bool]:
    """The parsed answer, and whether it is the file that was expected and not JSON.

    A vendor may answer JSON instead of CSV when it throttles or the file is not ready.

    Raises:
        NotWhole: It is CSV, but incomplete.
        ValueError: It is JSON, but incomplete.
    """
    if form.csv is None:
        return answers.parse(content), False
    if content.lstrip()[:1] in (b"{", b"["):
        with contextlib.suppress(ValueError):
            return answers.parse(content), False
    return parse_csv(content, form.csv, form.columns, response.headers), True


def _read(response: Response) -> None:
    """Read the whole answer, as ``requests`` would, but with a limit.

    Raises:
        TooLarge: It unpacks to more than the caps allow.
    """
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_content(2**20):
        pieces.append(piece)
        size += len(piece)
        try:
            check_size(size, response.raw.tell())
        except TooLarge:
            response.close()
            raise
    # ``Response.content`` looks here for what was read.
    vars(response)["_content"] = b"".join(pieces)


def _sendable(value: str | bytes) -> bool:
    text = value if isinstance(value, str) else value.decode("latin-1")
    return all(31 < ord(letter) < 256 for letter in text)


def _kind_of(error: RequestException) -> FailureKind:
    cut = type(error).__name__ in ("ChunkedEncodingError", "ContentDecodingError")
    return FailureKind.INCOMPLETE if cut else FailureKind.UNREACHABLE


def _reason(error: RequestException) -> str:
    """The innermost cause, whose text contains no address and no query."""
    cause: BaseException = error
    while cause.args and isinstance(cause.args[-1], BaseException):
        cause = cause.args[-1]
    return type(cause).__name__


def _retry_after(response: Response) -> float | None:
    """Seconds to wait, from ``Retry-After`` as a number or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        return max(float(text), 0.0)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
