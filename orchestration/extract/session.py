"""Sending one request until it is answered well, or will not be.

Belongs here: timeouts, retries, throttles, renewing a token once, judging an answer.
Does not belong here: what to ask (``client``) and what comes next (``paging``).
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from dlt.sources.helpers.requests.session import Session
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException, Timeout

from orchestration.connectors.stream import Connector
from orchestration.extract import answers
from orchestration.extract.auth import Renewable
from orchestration.extract.failures import FailureKind, Redactor, RequestFailed
from orchestration.extract.patience import Patience

_EXCERPT = 200
"""How many characters of an unexpected answer an error shows."""
_READ_FOR_EXCERPT = 65_536
MAX_BYTES = 2 * 2**30
"""The most that one answer may unpack to; it is held in memory as a whole."""
MAX_RATIO = 200
"""How many times its size on the wire an answer may unpack to, beyond the first 100 MiB. JSON
shrinks to a tenth or a thirtieth; a thousandth is a trap."""
_RATIO_FROM = 100 * 2**20
_VALUE = re.compile(r'"(?:[^"\\]|\\.)*(?:"(?!\s*:)|\Z)|(?<![\w"])[+-]?\d[\d.eE+-]*')
"""A text that is no key, also one that is cut off, or a number."""
_TRANSIENT_STATUS = {408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 529}


@dataclass(frozen=True, slots=True)
class _Trouble:
    """An answer that may be better next time."""

    kind: FailureKind
    what: str
    retry_after: float | None = None
    final: bool = False


class _TooLarge(Exception):
    """An answer passes the caps."""


class PatientSession(Session):  # type: ignore[misc]  # dlt's session carries no types
    """dlt's session, which gives every call a timeout, made to retry and to judge answers.

    ``send`` returns only whole, parsed JSON answers; the parsed value is kept on the response
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

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send until a good answer comes or patience ends.

        Raises:
            RequestFailed: With its kind; its text holds no secret.
        """
        renewed = False
        attempt = 1
        while True:
            outcome = self._try(request, kwargs)
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
            self._patience.sleep(
                self._patience.wait(attempt) if outcome.retry_after is None else outcome.retry_after
            )
            attempt += 1

    def _try(self, request: PreparedRequest, kwargs: dict[str, Any]) -> Response | _Trouble:
        """One attempt: an answer to judge finally, or trouble that may pass."""
        with self._counting:
            self.sent += 1
        try:
            response: Response = super().send(
                request, **{**kwargs, "allow_redirects": False, "stream": True}
            )
            _read(response)
        except _TooLarge as excess:
            return _Trouble(FailureKind.TOO_LARGE, str(excess), final=True)
        except Timeout:
            return _Trouble(FailureKind.TIMEOUT, "The vendor did not answer in time.")
        except RequestException as error:
            return _Trouble(_kind_of(error), f"The connection failed: {_reason(error)}.")
        status = response.status_code
        if status in _TRANSIENT_STATUS:
            kind = FailureKind.THROTTLED if status == 429 else FailureKind.SERVER_ERROR
            return _Trouble(kind, f"The vendor answered {status}.", _retry_after(response))
        if not 200 <= status < 300:
            return response
        return self._whole(response)

    def _whole(self, response: Response) -> Response | _Trouble:
        """Judge a 2xx answer: JSON, all of it, and not a throttle in disguise."""
        content = response.content
        media = response.headers.get("Content-Type", "no content type")
        if "html" in media.lower() or content.lstrip()[:1] == b"<":
            return _Trouble(
                FailureKind.NOT_JSON,
                f"The vendor answered with a page instead of JSON ({media}): "
                f"{self._excerpt(content)}",
            )
        try:
            answer = answers.parse(content)
        except ValueError:
            return _Trouble(
                FailureKind.INCOMPLETE,
                f"The answer is not whole JSON: {len(content)} bytes ({media}) that begin with "
                f"{self._outline(content)!r}.",
            )
        if answers.throttled(answer, self._connector.throttle):
            what = "The vendor answered 200 with a body that says: too many requests."
            return _Trouble(FailureKind.THROTTLED, what, _retry_after(response))
        vars(response)["answer"] = answer
        return response

    def _accepted(self, request: PreparedRequest, response: Response) -> Response:
        status = response.status_code
        said = f" It said: {self._excerpt(response.content)}" if response.content else ""
        if 200 <= status < 300:
            if answers.told_error(answer_of(response), self._connector):
                raise self._failed(
                    request,
                    FailureKind.REJECTED,
                    f"The vendor answered {status} with an error.{said}",
                )
            return response
        kind = {
            401: FailureKind.UNAUTHORIZED,
            403: FailureKind.FORBIDDEN,
            404: FailureKind.NOT_FOUND,
        }.get(status, FailureKind.REJECTED)
        raise self._failed(request, kind, f"The vendor answered {status}.{said}")

    def _renew(self, request: PreparedRequest) -> bool:
        """Sign again with a new token; False where there is none to be had."""
        if self.renewable is None or request.url == self.renewable.url:
            return False
        self.renewable.renew(request.headers.get("Authorization", "").removeprefix("Bearer "))
        self.renewable(request)
        return True

    def _excerpt(self, content: bytes) -> str:
        """The beginning of an answer, on one line; cleaned before it is cut, not half a secret."""
        text = " ".join(content[:_READ_FOR_EXCERPT].decode("utf-8", "replace").split())
        return self._redactor.clean(text)[:_EXCERPT]

    def _outline(self, content: bytes) -> str:
        """The beginning of an answer that holds records: keys and signs, no values."""
        text = content[:_READ_FOR_EXCERPT].decode("utf-8", "replace")
        return self._excerpt(_VALUE.sub("…", text).encode())

    def _failed(self, request: PreparedRequest, kind: FailureKind, what: str) -> RequestFailed:
        address = urlsplit(request.url or "")
        where = f"{self._connector.name}, {request.method} {address.netloc}{address.path}"
        return RequestFailed(kind, self._redactor.clean(what), self._redactor.clean(where))


def answer_of(response: Response) -> Any:
    """The parsed JSON of a response that ``PatientSession.send`` returned."""
    return vars(response)["answer"]


def _read(response: Response) -> None:
    """Read the whole answer, as ``requests`` would, but not without end.

    Raises:
        _TooLarge: It unpacks to more than the caps allow.
    """
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_content(2**20):
        pieces.append(piece)
        size += len(piece)
        most = min(MAX_BYTES, max(_RATIO_FROM, MAX_RATIO * response.raw.tell()))
        if size > most:
            response.close()
            raise _TooLarge(f"The answer unpacks to more than {most / 2**20:,.0f} MiB.")
    # Where ``Response.content`` looks for what was read.
    vars(response)["_content"] = b"".join(pieces)


def _kind_of(error: RequestException) -> FailureKind:
    cut = type(error).__name__ in ("ChunkedEncodingError", "ContentDecodingError")
    return FailureKind.INCOMPLETE if cut else FailureKind.UNREACHABLE


def _reason(error: RequestException) -> str:
    """The innermost cause, whose text names no address and no query."""
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
