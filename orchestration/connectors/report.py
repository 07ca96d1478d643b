"""Reports that a vendor prepares while one waits: submitted, polled, downloaded.

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
    left alone: those belong to ``download``. A status that is declared nowhere ends the report at
    once, because the vendor may mean anything by it.

    Attributes:
        id_path: Where the submission's answer names the report: ``{report_id}`` from then on.
        poll: How to ask whether it is ready.
        status_path: Where the poll's answer says so.
        done: Statuses of a report that is ready.
        running: Statuses of one that is not ready yet.
        failed: Statuses of one that never will be; an expired one is among them.
        download: How to get its records. Usually below the base URL and signed like every request,
            with ``{report_id}``. The path ``{report_url}`` means the address at ``url_path``: it
            is asked for without token or headers, because it belongs to a file store, and must be
            at the base URL's own host or use https.
        settled: Further paths of the poll's answer with the value that each must have before a
            done report counts as done (Meta: 100 percent).
        url_path: Where the poll's answer names the file.
        empty_without_url: A report that is done and names no file has no rows (Microsoft).
            Otherwise that is an error.
        reason_path: Where the poll's answer says why it failed.
        poll_seconds: The wait between two polls, and before the first.
        limit_seconds: How long to wait for the report in all.
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
    poll_seconds: float = 15.0
    limit_seconds: float = 1800.0
