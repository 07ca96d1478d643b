"""What can fail between a vendor and the landing folder.

Belongs here: the errors of extraction. Does not belong here: deciding which of them an answer means
(``answers``), or taking secrets out of their text (``privacy/redaction.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from orchestration.foundation.errors import TributaryError


class FailureKind(StrEnum):
    """Why an account could not be read."""

    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    REJECTED = "rejected"
    THROTTLED = "throttled"
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    NOT_JSON = "not_json"
    SPOILED = "spoiled"
    INCOMPLETE = "incomplete"
    TOO_LARGE = "too_large"
    TOO_MUCH = "too_much"
    VERSION_ENDED = "version_ended"
    CURSOR = "cursor"
    CURSOR_EXPIRED = "cursor_expired"
    NO_PARENT = "no_parent"
    AMBIGUOUS = "ambiguous"
    REPORT_FAILED = "report_failed"


REMEDIES = {
    FailureKind.UNAUTHORIZED: "Renew the credentials; the vendor no longer accepts them.",
    FailureKind.FORBIDDEN: "Give the credentials access to this account, or take it out of "
    "the configuration.",
    FailureKind.NOT_FOUND: "Check the account's id and the connector's base_url.",
    FailureKind.REJECTED: "Read the vendor's message; the request or an option is not accepted.",
    FailureKind.THROTTLED: "Run again later; nothing was landed for this account.",
    FailureKind.SERVER_ERROR: "The vendor is failing; run again later.",
    FailureKind.UNREACHABLE: "Check the network and the connector's base_url; then run again.",
    FailureKind.TIMEOUT: "The vendor did not answer in time; run again later.",
    FailureKind.NOT_JSON: "A proxy or a login page answered instead of the API; check base_url.",
    FailureKind.SPOILED: "Have the vendor correct what the text says, and keep it out of answers "
    "(PHP: display_errors = Off). None of the answer was landed.",
    FailureKind.INCOMPLETE: "The answer was incomplete, so none of it was landed; run again.",
    FailureKind.TOO_LARGE: "Check base_url and any proxy before it: no vendor packs answers so "
    "tightly. None of it was landed.",
    FailureKind.TOO_MUCH: "One day already holds more than the vendor gives at once, so none of it "
    "was landed. Report it with the vendor's name.",
    FailureKind.VERSION_ENDED: "Install a newer Tributary: the vendor has ended the version of its "
    "API that this one asks for.",
    FailureKind.CURSOR: "The vendor's paging does not advance; run again, and if that fails, "
    "report it to the vendor.",
    FailureKind.CURSOR_EXPIRED: "Run again; the vendor gave up a list while it was read, so none "
    "of it was landed.",
    FailureKind.NO_PARENT: "Extract the parent stream first.",
    FailureKind.AMBIGUOUS: "The declared key does not identify the records; none of the answer "
    "was landed. Report it with the vendor's name.",
    FailureKind.REPORT_FAILED: "The vendor did not deliver the report, so none of it was landed; "
    "run again, and if that fails, with fewer days.",
}


class RequestFailed(TributaryError):
    """A request that would not succeed if retried now.

    Args:
        kind: Why.
        what: What happened, with secrets already removed.
        where: Connector, method and address.
    """

    def __init__(self, kind: FailureKind, what: str, where: str = "") -> None:
        super().__init__(what, where, REMEDIES[kind])
        self.kind = kind


class ListMoved(Exception):
    """A list lost entries while its pages were read, so some were skipped; read it again."""


@dataclass(frozen=True, slots=True)
class AccountFailure:
    """One account that could not be read; the others were.

    Attributes:
        account_id: The account.
        kind: Why.
        message: The text for people: what, where and what next. Never contains a secret.
    """

    account_id: str
    kind: FailureKind
    message: str


class ExtractionFailed(TributaryError):
    """No account of a stream could be read.

    Args:
        what: What happened.
        where: Connector and stream.
        remedy: What to do next.
        failures: One per account.
    """

    def __init__(
        self, what: str, where: str, remedy: str, failures: tuple[AccountFailure, ...] = ()
    ) -> None:
        super().__init__(what, where, remedy)
        self.failures = failures
