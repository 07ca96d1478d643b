"""Reports that a vendor prepares while the client waits: submit, poll, download.

Belongs here: the types that describe such a report.
Does not belong here: waiting for it (``extract.report``), or how its file is written (``answer``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.connectors.stream import Request


@dataclass(frozen=True, slots=True)
class Report:
    """What follows the request of a stream that only submits a report.

    The stream's ``Request`` is the submission, with ``records``, ``pager``, ``csv`` and ``packed``
    left alone: those belong to ``download``. An undeclared status ends the report at once, because
    it could mean anything.

    Attributes:
        id_path: Where the submission's answer names the report; available as ``{report_id}`` from
            then on.
        poll: The request that asks whether it is ready.
        status_path: Where the poll's answer holds the status.
        done: Statuses of a report that is ready.
        running: Statuses of one that is not ready yet.
        failed: Statuses of one that will never be ready, expired ones included.
        download: How to get its records. Usually below the base URL and signed like every request,
            with ``{report_id}``. The path ``{report_url}`` means the address at ``url_path``. It
            belongs to a file store, so it is requested without token or headers; it must be on the
            base URL's own host or use https.
        settled: Further paths of the poll's answer with the value that each must have before a
            done report counts as done (Meta: 100 percent).
        url_path: Where the poll's answer names the file.
        empty_without_url: A finished report that names no file has no rows (Microsoft). Otherwise
            that is an error.
        reason_path: Where the poll's answer says why it failed.
        halves: A report that fails is asked for again in two halves of its days, down to single
            days: its size may be the reason (Meta).
        poll_seconds: The longest wait between two polls. The first comes after a second, and each
            wait is twice the one before, because many reports are small.
        limit_seconds: How long to wait for the report in total.
    """

    id_path: str
    poll: Request
    status_path: str
    done: tuple[str, ...]
    running: tuple[str, ...]
    failed: tuple[str, ...]
    download: Request
    settled: Mapping[str, str] = field(default_factory=dict)
    url_path: str = ""
    empty_without_url: bool = False
    reason_path: str = ""
    halves: bool = False
    poll_seconds: float = 15.0
    limit_seconds: float = 1800.0
