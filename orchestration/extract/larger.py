"""Reads an answer that is too long in the other way that its request declares.

Belongs here: deciding between the two ways, and whether all came that was stated. Does not belong
here: sending requests (``client``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from orchestration.connectors.stream import Larger, Request
from orchestration.extract.answers import dig
from orchestration.extract.failures import FailureKind, ListMoved, RequestFailed

if TYPE_CHECKING:
    from orchestration.extract.client import Page

Ask = Callable[[Request], "Iterator[Page]"]
"""Sends a request, and gives its pages."""


def pages_of(request: Request, ask: Ask) -> Iterator[Page]:
    """The pages of a request, in the usual way or in the larger one.

    Raises:
        RequestFailed: INCOMPLETE, when an answer does not state its total.
        ListMoved: Fewer records came than were stated.
    """
    larger = request.larger
    if larger is None:
        yield from ask(request)
        return
    came, total = 0, 0
    try:
        for page in ask(request):
            total = _total(page.answer, larger)
            if not came and total > larger.above:
                break
            came += len(page.records)
            yield page
        else:
            if came < total:
                raise ListMoved(f"{came} records came of {total}")
            return
    except RequestFailed as failure:
        if came or failure.kind is not FailureKind.TOO_MUCH:
            raise
    yield from ask(larger.request)


def _total(answer: Any, larger: Larger) -> int:
    value: Any = dig(answer, larger.total_path)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RequestFailed(
            FailureKind.INCOMPLETE, f"The answer states no total at {larger.total_path!r}."
        )
    return int(value)
