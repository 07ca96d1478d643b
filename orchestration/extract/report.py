"""Waits for a report that a vendor prepares.

Belongs here: submitting and polling, and the meaning of each status. Does not belong here: sending
(``session``), or reading the file (``client``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from orchestration.connectors.report import Report
from orchestration.connectors.stream import Request
from orchestration.extract.answers import dig
from orchestration.extract.failures import FailureKind, RequestFailed
from orchestration.extract.patience import Patience

Ask = Callable[[Request, Mapping[str, Any]], Any]
"""Sends one declared request and returns its parsed answer."""

FILE_ADDRESS = "{report_url}"
"""The path of a download that is outside the API."""
_LONGEST_REASON = 200
_FIRST_WAIT = 1.0


def prepared(
    ask: Ask, request: Request, report: Report, values: Mapping[str, Any], patience: Patience
) -> dict[str, Any] | None:
    """Submit a report and wait until it is ready.

    Args:
        ask: Sends the requests.
        request: The submission.
        report: The steps that follow it.
        values: Placeholders of all requests.
        patience: How to wait.

    Returns:
        The placeholders of its download; None when the report is ready and has no rows.

    Raises:
        RequestFailed: REPORT_FAILED, when it fails, expires or has a status that is not declared;
            TIMEOUT, when it is not ready in time.
    """
    report_id = dig(ask(replace(request, report=None), values), report.id_path)
    if report_id in (None, ""):
        raise RequestFailed(
            FailureKind.INCOMPLETE,
            f"The answer to the submission names no report at {report.id_path!r}.",
        )
    known = {**values, "report_id": str(report_id)}
    begun, waited = time.monotonic(), 0.0
    status, wait = "none", min(_FIRST_WAIT, report.poll_seconds)
    while max(waited, time.monotonic() - begun) < report.limit_seconds:
        patience.sleep(wait)
        waited, wait = waited + wait, min(2 * wait, report.poll_seconds)
        try:
            answer = ask(report.poll, known)
        except RequestFailed as failure:
            raise expired(failure) from None
        status = str(dig(answer, report.status_path))
        if _is_done(status, answer, report):
            return _located(known, answer, report)
        if status not in (*report.running, *report.done):
            raise _failed(status, answer, report)
    raise RequestFailed(
        FailureKind.TIMEOUT,
        f"The report was not ready after {report.limit_seconds:.0f} s; its last status was "
        f"{status!r}.",
    )


def expired(failure: RequestFailed, *, is_file: bool = False) -> RequestFailed:
    """The failure to report when a report, or its file, no longer exists.

    Args:
        failure: The failure of a poll or a download.
        is_file: The download was from a file store, which needs no credentials: whatever it refuses
            is gone.
    """
    gone = {FailureKind.NOT_FOUND}
    if is_file:
        gone |= {
            FailureKind.FORBIDDEN,
            FailureKind.UNAUTHORIZED,
            FailureKind.REJECTED,
            FailureKind.VERSION_ENDED,
        }
    if failure.kind not in gone:
        return failure
    return RequestFailed(
        FailureKind.REPORT_FAILED, f"The report has expired. {failure.what}", failure.where
    )


def _is_done(status: str, answer: Any, report: Report) -> bool:
    return status in report.done and all(
        str(dig(answer, path)) == value for path, value in report.settled.items()
    )


def _located(known: dict[str, Any], answer: Any, report: Report) -> dict[str, Any] | None:
    if not report.url_path:
        return known
    url = dig(answer, report.url_path)
    if url:
        return {**known, "report_url": str(url)}
    if report.empty_without_url:
        return None
    raise RequestFailed(
        FailureKind.INCOMPLETE, f"The report is ready but names no file at {report.url_path!r}."
    )


def _failed(status: str, answer: Any, report: Report) -> RequestFailed:
    reason = str(dig(answer, report.reason_path) or "") if report.reason_path else ""
    said = f" The vendor says: {reason[:_LONGEST_REASON]}" if reason else ""
    if status in report.failed:
        what = f"The vendor could not prepare the report: its status is {status!r}.{said}"
    else:
        what = f"The report has an unknown status, {status[:_LONGEST_REASON]!r}.{said}"
    return RequestFailed(FailureKind.REPORT_FAILED, what)
