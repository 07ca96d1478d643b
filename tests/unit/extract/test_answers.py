"""Reading answers: exact numbers, the right records, and no secret in messages about them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.extract.answers import dig, each, parse, select
from orchestration.extract.failures import RequestFailed
from orchestration.extract.parents import moment
from orchestration.privacy.redaction import Redactor

numbers = st.one_of(
    st.integers(-(10**40), 10**40).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
    .filter(lambda d: d == 0 or -90 < d.adjusted() < 90)
    .map(lambda d: format(d, "f") if abs(d.adjusted()) < 40 else str(d)),
)


@given(st.lists(numbers, max_size=5))
def test_no_digit_is_lost_between_the_vendor_and_the_slice(texts: list[str]) -> None:
    """Money of 18 digits, 64-bit ids and float noise: what lands equals what was sent."""
    sent = '{"n":[' + ",".join(texts) + "]}"
    landed = orjson.dumps(parse(sent.encode()))
    again = json.loads(landed, parse_float=Decimal, parse_int=Decimal)
    assert again == {"n": [Decimal(text) for text in texts]}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_any_json_is_read_as_json_says(value: Any) -> None:
    """Control characters, surrogate pairs, keys of any kind: escaped or not, the same value."""
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, indent=1).encode("utf-8-sig")) == value


@pytest.mark.parametrize(
    "content", [b"", b" ", b'{"a":1', b'{"a":1}}', b"[1,2", b"\xff\xfe", b"nul", b'{"a":0123}']
)
def test_what_is_not_whole_json_is_refused(content: bytes) -> None:
    """Half an answer does not count as an answer."""
    with pytest.raises(ValueError):
        parse(content)


def test_paths() -> None:
    """Keys, and ``*`` for each element."""
    answer = {"a": {"b": [{"c": 1}, {"c": 2}, {}]}, "n": None}
    assert dig(answer, "a.b") == [{"c": 1}, {"c": 2}, {}]
    assert dig(answer, "a.x.y") is None
    assert list(each(answer, "a.b.*.c")) == [1, 2]
    assert list(each(answer, "n")) == []


@pytest.mark.parametrize(
    ("answer", "path", "records"),
    [
        ([{"id": 1}], "", [{"id": 1}]),
        ({"a": {"b": [{"id": 1}]}}, "a.b", [{"id": 1}]),
        ({"a": {"id": 1}}, "a", [{"id": 1}]),
        ({"id": 1}, "$", [{"id": 1}]),
        ([{"r": [{"id": 1}]}, {"other": 1}, {"r": [{"id": 2}]}], "*.r.*", [{"id": 1}, {"id": 2}]),
        ([{"r": [{"id": 1}]}, {"r": [{"id": 2}]}], "*.r", [{"id": 1}, {"id": 2}]),
        ([], "*.r.*", []),
        ([{"fieldMask": "a"}], "*.r.*", []),
        ({"a": []}, "a", []),
    ],
)
def test_records(answer: Any, path: str, records: list[Any]) -> None:
    """At the declared path; Google leaves empty results out of a chunk."""
    assert select(answer, path) == records


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        ({"id": 1}, ""),
        (None, ""),
        ({"b": []}, "a"),
        ({"a": None}, "a"),
        ({"error": {"code": 1}}, "*.r.*"),
        ([{"r": {"id": 1}}], "*.r.*"),
        ("text", "a"),
    ],
)
def test_no_records_is_not_an_empty_answer(answer: Any, path: str) -> None:
    """Taken for empty, an error document would make every campaign vanish."""
    with pytest.raises(RequestFailed):
        select(answer, path)


@given(st.text("abcXYZ019/+=&% ~", min_size=8), st.text(max_size=30), st.text(max_size=30))
def test_secrets_never_pass(secret: str, before: str, after: str) -> None:
    """As they are, or encoded for a URL."""
    redactor = Redactor()
    redactor.learn(secret)
    for form in (secret, quote(secret, safe="")):
        assert form not in redactor.clean(f"{before}{form}{after}")


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.DEF-123",
        "{'authorization': 'Basic abcDEF123=='}",
        '{"access_token": "abcDEF123"}',
        "?token_auth=abcDEF123&x=1",
        "client_secret = abcDEF123",
    ],
)
def test_what_looks_like_a_credential_is_hidden(text: str) -> None:
    """Vendors put their own tokens into error texts, and we do not know those."""
    assert "DEF" not in Redactor().clean(text)


def test_people_are_not_quoted() -> None:
    """Half an answer is shown in the error, and half an answer may be a list of people."""
    assert Redactor().clean('[{"email": "eva.berg+x@firma.example"}]') == '[{"email": "***@***"}]'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00"),
        ("2026-03-01T10:00:00+0100", "2026-03-01T09:00:00"),
        ("2026-03-01T10:00:00", "2026-03-01T10:00:00"),
        ("2026-03-01", "2026-03-01T00:00:00"),
        (1772359200, "2026-03-01T10:00:00"),
        ("1772359200000", "2026-03-01T10:00:00"),
        ("soon", None),
        ("", None),
        (None, None),
        (10**30, None),
    ],
)
def test_moments(value: Any, expected: str | None) -> None:
    """Seconds, milliseconds and ISO are mixed in one vendor's answers."""
    found = moment(value)
    assert (found.isoformat() if found else None) == expected
