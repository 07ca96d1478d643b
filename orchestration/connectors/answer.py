"""What a vendor's answer may look like when it is not plain JSON with records in it.

Belongs here: throttles and refusals reported in a body, and the dialects of CSV files.
Does not belong here: requests (``stream``), or reading an answer (``extract``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Throttle:
    """A code in the body of a 2xx or 4xx answer that means "try again later".

    A ``Retry-After`` header or ``wait_header`` says how long to wait; without either, the wait
    doubles with each attempt and is never shorter than ``wait_seconds``.

    Attributes:
        path: Where the code is, ``*`` for each element (``error.code``, ``Errors.*.Code``).
        codes: Its values, as text.
        wait_seconds: The shortest wait when the vendor names none (Meta: 60).
        wait_header: A header whose value is JSON and says how long to wait
            (Meta's ``X-Business-Use-Case-Usage``).
        wait_path: Where in that JSON, ``*`` for each element, the first ``*`` also for each value
            of an object (``*.*.estimated_time_to_regain_access``); the longest wait counts.
        wait_unit: Seconds per unit there (Meta counts minutes: 60).
        is_outage: The code reports trouble at the vendor rather than too many requests (Meta's 1
            and 2). It is retried in the same way but reported as a failing vendor.
    """

    path: str
    codes: tuple[str, ...]
    wait_seconds: float = 0.0
    wait_header: str = ""
    wait_path: str = ""
    wait_unit: float = 1.0
    is_outage: bool = False


class Means(StrEnum):
    """What a code in the body of a refusal means, where its status does not say."""

    NO_TOKEN = "no_token"
    """The credentials are not accepted any more."""
    NO_PERMISSION = "no_permission"
    """They are, but not for this account."""
    VERSION_ENDED = "version_ended"
    """The vendor no longer answers in the version that was asked for."""
    TOO_MUCH = "too_much"
    """The answer would be too long: fewer days at once, or another way, may pass."""
    NO_CALLS_LEFT = "no_calls_left"
    """All requests of the day are used up: asking again now would not help."""
    CURSOR_EXPIRED = "cursor_expired"
    """The rest of a list can no longer be read, so that it is read again from its beginning."""


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A code in the body of a refusal that says more than its status (Meta: 400 for a bad token).

    Attributes:
        path: Where the code is, ``*`` for each element (``error.code``).
        codes: Its values, as text.
        means: What it means.
    """

    path: str
    codes: tuple[str, ...]
    means: Means


@dataclass(frozen=True, slots=True)
class Csv:
    """The dialect of an answer in CSV. Its rows become the records that JSON would have held.

    Every value is text. A column named ``Owner.Name`` becomes ``{"Owner": {"Name": ...}}``. The
    header must name every field of the stream that is not ``omitted_when_empty``. A row with more
    or fewer cells than the header, an open quote, bytes of another encoding, and a last line
    without a line break mean that the file is incomplete: it is requested again, and a repeat is an
    error.

    Attributes:
        delimiter: One character.
        quote: One character; doubled inside a quoted cell.
        encoding: A Python codec name; ``utf-8-sig`` reads UTF-8 with and without a byte order mark.
        preamble: Lines come before the header. The header is then the first line that names every
            column it must name; otherwise it is the first line of the file.
        footer: What the first line after the records begins with (``©``, ``Total``). That line and
            everything after it are not records. When given, a file without such a line was cut off.
        null_values: Cells that mean "nothing" and become null (Microsoft: also ``--``).
        count_prefix: A line before the header begins with this, and the number after it is the
            count of records (``Rows: ``). A different count is an error.
        count_header: An HTTP header with the count of records (``Sforce-NumberOfRecords``).
        ends_with_newline: The vendor ends the last line with a line break, so a file without one
            was cut off.
    """

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8-sig"
    preamble: bool = False
    footer: tuple[str, ...] = ()
    null_values: tuple[str, ...] = ("",)
    count_prefix: str = ""
    count_header: str = ""
    ends_with_newline: bool = True
