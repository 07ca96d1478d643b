"""Reads a vendor's answer without trusting it.

Belongs here: exact JSON, paths into it, the records it holds, and what is wrong with it.
Does not belong here: sending (``session``) or paging (``paging``).
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from orchestration.connectors.answer import ErrorCode, Means, Throttle
from orchestration.connectors.landed import REJECT
from orchestration.connectors.stream import Connector
from orchestration.extract.failures import FailureKind, RequestFailed
from orchestration.privacy.messages import looks_like_a_name

_INEXACT = re.compile(rb"[:\[,]\s*-?(?:[0-9.]{17,}|[0-9.]+[eE][+-]?[0-9]{3})")
"""Numbers that a double or a 64-bit integer may not hold; up to 15 digits fit exactly."""
_ALIKE = bytes.maketrans(b"023456789.E+", b"1111111111e-")
_SUSPECT = (b"1" * 17, b"1e111", b"1e-111")
"""A coarser pattern for such numbers that treats all digits alike. Searching for it is ten times as
fast as the exact expression, which then only examines answers with a match (a long id is
enough).
"""
_LONGEST_NUMBER = 300
"""In characters; a longer number may not fit a double and is kept as text."""


def parse(content: bytes) -> Any:
    """Parse JSON into Python values, keeping numbers exactly as written.

    A number that a double would round is kept as its original text, and written out as such. NaN,
    Infinity and numbers beyond a double become text, which the loader quarantines.

    Raises:
        ValueError: It is not JSON, or not all of it.
    """
    if not _may_be_inexact(content):
        try:
            return _loads(content)
        except orjson.JSONDecodeError:
            pass  # NaN, a byte order mark and half a surrogate pair are read below, or nothing is
    return json.loads(
        content.decode("utf-8-sig"), parse_float=_fraction, parse_int=_integer, parse_constant=str
    )


def _may_be_inexact(content: bytes) -> bool:
    alike = content.translate(_ALIKE)
    return any(text in alike for text in _SUSPECT) and bool(_INEXACT.search(content))


def _loads(content: bytes) -> Any:
    """Parse without the cyclic garbage collector, which takes as long as parsing and finds none."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return orjson.loads(content)
    finally:
        if collecting:
            gc.enable()


def _integer(text: str) -> object:
    if len(text) > _LONGEST_NUMBER:
        return text
    value = int(text)
    return value if -(2**63) <= value < 2**64 else orjson.Fragment(text)


def _fraction(text: str) -> object:
    exponent = re.search(r"[eE][+-]?0*([0-9]+)$", text)
    if len(text) > _LONGEST_NUMBER or (exponent and len(exponent[1]) > 2):
        return text
    return float(text) if len(text) < 16 else orjson.Fragment(text)


def dig(value: Any, path: str) -> Any:
    """The value at a path of keys joined by dots; None when the path ends early."""
    for key in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def each(value: Any, path: str) -> Iterator[Any]:
    """Every value at a path in which ``*`` stands for each element of a list."""
    key, _, rest = path.partition(".")
    if key == "*":
        found = value if isinstance(value, list) else []
    else:
        found = [value[key]] if isinstance(value, dict) and value.get(key) is not None else []
    for item in found:
        if rest:
            yield from each(item, rest)
        else:
            yield item


def select(answer: Any, path: str, *, empty_beside: str = "") -> list[dict[str, Any]]:
    """The records of an answer.

    Args:
        answer: The parsed answer.
        path: As ``Request.records``: keys, ``*`` for each element, empty for the answer itself,
            ``$`` where the answer is the one record.
        empty_beside: As ``Request.empty_beside``.

    Returns:
        The records; something else in a record's place becomes a record marked for quarantine.

    Raises:
        RequestFailed: INCOMPLETE, when the path of the records does not exist. A chunk of a list
            may lack it: Google omits ``results`` from a chunk without any.
    """
    if path == "$":
        if not isinstance(answer, dict):
            raise _no_records(answer, path)
        return [answer]
    optional = bool(empty_beside) and isinstance(answer, dict) and empty_beside in answer
    values = [answer]
    for key in path.split(".") if path else ():
        if key == "*":
            values = [item for value in values for item in _elements(value, path)]
            optional = True
            continue
        found = []
        for value in values:
            if isinstance(value, dict) and value.get(key) is not None:
                found.append(value[key])
            elif not (optional and isinstance(value, dict)):
                raise _no_records(answer, path)
        values = found
    if not path.endswith("*"):
        listed = isinstance(values[0], list) if values else True
        values = [item for value in values for item in (value if listed else [value])]
        if not listed and not path:
            raise _no_records(answer, "a list")
    return [item if isinstance(item, dict) else _misplaced(item) for item in values]


def _elements(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise _no_records(value, path)
    return value


def _misplaced(item: Any) -> dict[str, Any]:
    detail = f"expected an object, found {type(item).__name__}"
    return {REJECT: {"reason_code": "malformed_record", "detail": detail}, "value": item}


def _no_records(answer: Any, path: str) -> RequestFailed:
    kind = type(answer).__name__
    names = sorted(filter(looks_like_a_name, answer))[:10] if isinstance(answer, dict) else []
    keys = f" with the keys {', '.join(names)}" if names else ""
    return RequestFailed(
        FailureKind.INCOMPLETE, f"The answer holds no records at {path!r}: it is a {kind}{keys}."
    )


def throttle_of(answer: Any, throttles: Iterable[Throttle]) -> Throttle | None:
    """The declared throttle whose code an answer holds."""
    for throttle in throttles:
        if any(str(code) in throttle.codes for code in each(answer, throttle.path)):
            return throttle
    return None


def meaning_of(answer: Any, codes: Iterable[ErrorCode]) -> Means | None:
    """What the declared code that a refusal holds means; None without one."""
    for known in codes:
        if any(str(code) in known.codes for code in each(answer, known.path)):
            return known.means
    return None


def stated_wait(throttle: Throttle, headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from the JSON in a throttle's header; None when it has no wait."""
    try:
        stated = parse(headers.get(throttle.wait_header, "").encode())
    except ValueError:
        return None
    if isinstance(stated, dict) and throttle.wait_path.startswith("*"):
        stated = list(stated.values())
    waits = [value for value in each(stated, throttle.wait_path) if isinstance(value, int | float)]
    return max(waits, default=0) * throttle.wait_unit or None


def told_error(answer: Any, connector: Connector) -> bool:
    """Whether an answer with status 200 reports an error.

    Without ``error_values``, anything at ``error_path`` is an error (Google's stream ends with a
    chunk that holds ``error`` when it breaks off).
    """
    return bool(connector.error_path) and any(
        not connector.error_values or str(value) in connector.error_values
        for value in each(answer, connector.error_path)
    )
