"""A declared stream becomes slices: requests, parents, parts, and records as the vendor sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from orchestration.connectors.field import Field
from orchestration.connectors.stream import Kind, Pager, Paging, Parent, Request, Rest
from orchestration.extract.failures import ExtractionFailed, FailureKind
from orchestration.extract.patience import Patience
from orchestration.extract.stream import extract_stream, ping
from orchestration.extract.window import Window
from tests.kit.extract.acme import NOW, TOKEN, Acme, a_stream
from tests.kit.extract.vendor import Answer, Asked

WEEK = Window(date(2026, 3, 1), date(2026, 3, 8))


def test_placeholders_are_values(acme: Acme) -> None:
    """Ids and options are data: they never become another path, another parameter or code."""
    acme.accounts = ["1/../2?x={option:tone}"]
    acme.options = {"tone": "a&b={account_id}"}
    request = Request(
        "/{account_id}/things",
        "POST",
        {"from": "{window_start_date}", "to": "{window_end_date}", "tone": "{option:tone}"},
        {
            "since": "{window_start_iso}",
            "nested": [{"until": "{window_end_iso}", "millis": "{window_start_millis}"}],
        },
        records="items",
    )
    acme.vendor.handler = lambda asked: Answer({"items": []})
    acme.extract(
        a_stream(kind=Kind.EVENT, per_account=True, request=request),
        window=Window(date(2026, 3, 1), date(2026, 3, 2)),
    )
    (asked,) = acme.vendor.asked
    assert asked.path == "/api/1%2F..%2F2%3Fx%3D%7Boption%3Atone%7D/things"
    assert asked.query == {"from": "2026-03-01", "to": "2026-03-01", "tone": "a&b={account_id}"}
    assert asked.json == {
        "since": "2026-03-01T00:00:00Z",
        "nested": [{"until": "2026-03-02T00:00:00Z", "millis": "1772323200000"}],
    }


def test_headers_without_a_value_are_not_sent(acme: Acme) -> None:
    """Google refuses an empty login-customer-id."""
    acme.connector = {
        "headers": {"x-given": "{option:given}", "x-empty": "{option:empty}"},
        "options": {"given": None, "empty": ""},
    }
    acme.options = {"given": "yes"}
    acme.vendor.handler = lambda asked: Answer({"items": []})
    acme.extract(a_stream())
    assert acme.vendor.asked[0].headers["x-given"] == "yes"
    assert "x-empty" not in acme.vendor.asked[0].headers


def test_records_land_as_they_were_sent(acme: Acme) -> None:
    """Numbers keep every digit, texts every character: what a double rounds is lost for good."""
    sent = (
        '{"items":[{"id":12345678901234567890123,"a":0.1234567890123456789,"b":1e400,"c":NaN,'
        '"d":-0.00,"e":9007199254740993,"f":760000,'
        '"g":"A > B \\u0000 e\\u0301 \\u200b","h":12.50}]}'
    )
    acme.vendor.queue = [Answer(sent.encode())]
    (item,) = acme.extract(a_stream()).slices
    relation = f"read_ndjson_objects('{acme.landing.file(item)}')"
    ((line,),) = duckdb.connect().execute(f"select json from {relation}").fetchall()
    assert line == (
        '{"id":12345678901234567890123,"a":0.1234567890123456789,"b":"1e400","c":"NaN",'
        '"d":-0.0,"e":9007199254740993,"f":760000,"g":"A > B \\u0000 e\u0301 \u200b","h":12.5}'
    )


def test_a_record_that_is_no_object(acme: Acme) -> None:
    """One bad record goes to quarantine; it does not cost the good ones."""
    acme.vendor.queue = [Answer(b'{"items":[{"id":1},"oops",null,{"id":"\\ud800"},{"id":2}]}')]
    (item,) = acme.extract(a_stream()).slices
    records = list(acme.landing.records(item))
    assert [record.get("id") for record in records] == [1, None, None, None, 2]
    assert [r["_reject"]["reason_code"] for r in records[1:4]] == ["malformed_record"] * 3
    assert records[1]["value"] == "oops"
    assert "ud800" in records[3]["_cells"][0]
    assert "ud800" not in records[3]["_reject"]["detail"], "logs repeat details, not records"


def test_long_windows_are_asked_in_parts(acme: Acme) -> None:
    """click_view answers one day per query; the week still lands as one slice, in order."""
    request = Request("/things", params={"day": "{window_start_date}"}, records="items", max_days=1)
    acme.vendor.handler = lambda asked: Answer({"items": [{"id": asked.query["day"]}]})
    (item,) = acme.extract(a_stream(kind=Kind.REPORT, request=request), window=WEEK).slices
    assert acme.ids(item) == [f"2026-03-0{day}" for day in range(1, 8)]
    assert (item.window_start, item.window_end) == (WEEK.start_at, WEEK.end_at)


def test_a_part_that_fails_lands_nothing(acme: Acme) -> None:
    """Six good days of seven are not a week."""

    def answer(asked: Asked) -> Answer:
        bad = asked.query["day"] == "2026-03-05"
        return Answer({"message": "no"}, 400) if bad else Answer({"items": [{"id": 1}]})

    request = Request("/things", params={"day": "{window_start_date}"}, records="items", max_days=1)
    acme.vendor.handler = answer
    with pytest.raises(ExtractionFailed):
        acme.extract(a_stream(kind=Kind.REPORT, request=request), window=WEEK)
    assert acme.landing.slices() == []


PARENTS = a_stream("parents", fields=(Field("id"), Field("at", omitted_when_empty=True)))


def child(chunk: int = 1, kind: Kind = Kind.ENTITY_SNAPSHOT, **parent: Any) -> Any:
    """A stream asked per parent."""
    asked = Request("/parents/{parent_id}/things", records="items", copy={"of": "{parent_id}"})
    if chunk > 1:
        asked = Request("/batch", "POST", body={"inputs": "{parent_ids}"}, records="items")
    declared = Parent("parents", chunk=chunk, **parent)
    fields = (Field("id"), Field("of", omitted_when_empty=True))
    request = Request(
        **{name: getattr(asked, name) for name in ("path", "method", "body", "records", "copy")},
        parent=declared,
        not_found_is_empty=True,
    )
    return a_stream("children", kind, request=request, fields=fields)


def test_one_request_per_parent_in_order(acme: Acme) -> None:
    """Several at once, landing in the parents' order all the same; a deleted parent is nothing."""
    ids = [str(n) for n in range(40)]

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/parents"):
            return Answer({"items": [{"id": n} for n in [*ids, ids[0]]]})
        of = asked.path.split("/")[3]
        return Answer({}, 404) if of == "7" else Answer({"items": [{"id": f"of {of}"}]})

    acme.vendor.handler = answer
    (item,) = acme.extract(PARENTS, child()).slices
    records = list(acme.landing.records(item))
    assert [record["of"] for record in records] == [n for n in ids if n != "7"]
    assert records[3] == {"id": "of 3", "of": "3"}
    assert item.unknown_fields == ()


def test_chunks_of_parents(acme: Acme) -> None:
    """Batch reads take their ids as objects, and no more at once than the vendor allows."""

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/parents"):
            return Answer({"items": [{"id": n} for n in range(25)]})
        return Answer({"items": asked.json["inputs"]})

    acme.vendor.handler = answer
    (item,) = acme.extract(PARENTS, child(chunk=10)).slices
    assert acme.ids(item) == [str(n) for n in range(25)]
    assert sorted(len(a.json["inputs"]) for a in acme.vendor.asked[1:]) == [5, 10, 10]


def test_parents_that_are_too_old_are_not_asked(acme: Acme) -> None:
    """A campaign is clicked for weeks, not for years; one never sent has no activity at all."""
    sent = {"old": "2026-01-01T00:00:00+00:00", "new": "2026-02-20T00:00:00Z", "unsent": ""}
    sent |= {"millis": "1772323200000", "odd": "yesterday"}

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/parents"):
            return Answer({"items": [{"id": n, "at": at} for n, at in sent.items()]})
        return Answer({"items": [{"id": 1}]})

    acme.vendor.handler = answer
    stream = child(kind=Kind.EVENT, since_path="at", since_days=45)
    (item,) = acme.extract(PARENTS, stream, window=WEEK).slices
    assert [record["of"] for record in acme.landing.records(item)] == ["new", "millis", "odd"]


def test_parents_of_changes_reach_back_to_the_window(acme: Acme) -> None:
    """Changed records may be in several slices of the parent; each is requested once."""
    parents = a_stream("parents", Kind.ENTITY_CHANGES, overlap_hours=24)
    pages = iter([["a", "b"], ["b", "c"], ["d"]])

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/parents"):
            return Answer({"items": [{"id": n} for n in next(pages)]})
        return Answer({"items": [{"id": 1}]})

    acme.vendor.handler = answer
    for day in (1, 2, 3):
        now = NOW + timedelta(days=day)
        acme.extract(parents, history_start=date(2026, 3, 10), now=now)
    window = Window(date(2026, 3, 12), date(2026, 3, 14))
    connector, config = acme.declared(parents, child(kind=Kind.ENTITY_CHANGES))
    (item,) = extract_stream(
        connector, connector.streams[1], config, acme.landing, window, NOW + timedelta(days=3)
    ).slices
    assert [r["of"] for r in acme.landing.records(item)] == ["d"]
    window = Window(date(2026, 3, 10), date(2026, 3, 14))
    (item,) = extract_stream(
        connector, connector.streams[1], config, acme.landing, window, NOW + timedelta(days=3)
    ).slices
    assert [r["of"] for r in acme.landing.records(item)] == ["b", "c", "d"]


def test_children_only_of_some_kinds_of_parents(acme: Acme) -> None:
    """LinkedIn's creatives refer to posts, and to messages that are none."""
    acme.vendor.handler = lambda asked: Answer(
        {"items": [{"id": "urn:post:1"}, {"id": "urn:mail:2"}, {"id": "urn:share:3"}]}
        if asked.path.endswith("/parents")
        else {"items": [{"id": 1}]}
    )
    (item,) = acme.extract(PARENTS, child(begins=("urn:post:", "urn:share:"))).slices
    assert [r["of"] for r in acme.landing.records(item)] == ["urn:post:1", "urn:share:3"]


def test_details_that_may_not_be_read_are_left_out(acme: Acme) -> None:
    """Where a declaration says so, a 403 is no failure."""

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/parents"):
            return Answer({"items": [{"id": "a"}, {"id": "b"}]})
        if "/a/" in asked.path:
            return Answer({"message": "no"}, 403)
        return Answer({"items": [{"id": 1}]})

    acme.vendor.handler = answer
    stream = child()
    lenient = replace(stream, request=replace(stream.request, forbidden_is_empty=True))
    (item,) = acme.extract(PARENTS, lenient).slices
    assert [r["of"] for r in acme.landing.records(item)] == ["b"]
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(PARENTS, stream)
    assert caught.value.failures[0].kind is FailureKind.FORBIDDEN


def test_children_without_parents(acme: Acme) -> None:
    """Nothing to ask about is an empty answer; a parent that was never read is not."""
    acme.vendor.handler = lambda asked: Answer({"items": []})
    (item,) = acme.extract(PARENTS, child()).slices
    assert item.row_count == 0
    connector, config = acme.declared(PARENTS, child(kind=Kind.EVENT, chunk=2))
    acme.landing.root.rename(acme.landing.root.with_name("elsewhere"))
    with pytest.raises(ExtractionFailed) as caught:
        extract_stream(connector, connector.streams[1], config, acme.landing, WEEK, NOW)
    assert caught.value.failures[0].kind is FailureKind.NO_PARENT


def test_children_do_not_run_ahead_of_changing_parents(acme: Acme) -> None:
    """When the parent's run failed today, asking for yesterday's parents only would leave a gap."""
    parents = a_stream("parents", Kind.ENTITY_CHANGES)
    acme.vendor.handler = lambda asked: Answer({"items": [{"id": 1}]})
    acme.extract(parents, history_start=date(2026, 3, 1), now=NOW - timedelta(days=1))
    connector, config = acme.declared(parents, child(kind=Kind.ENTITY_CHANGES))
    with pytest.raises(ExtractionFailed) as caught:
        extract_stream(connector, connector.streams[1], config, acme.landing, None, NOW)
    assert caught.value.failures[0].kind is FailureKind.NO_PARENT


def test_a_failing_parent_cancels_the_rest(acme: Acme) -> None:
    """A revoked token is not tried four hundred times."""

    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/parents"):
            return Answer({"items": [{"id": n} for n in range(400)]})
        return Answer({}, 401)

    acme.vendor.handler = answer
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(PARENTS, child())
    assert caught.value.failures[0].kind is FailureKind.UNAUTHORIZED
    assert len(acme.vendor.asked) < 30
    assert [item.stream for item in acme.landing.slices()] == ["parents"]


def test_pairs_and_newest_first(acme: Acme) -> None:
    """A form's answers become one object, and paging ends where the window does."""
    request = Request(
        "/things",
        records="items",
        pager=Pager(Paging.CURSOR, cursor_param="after", cursor_path="after"),
        pairs={"answers": "values"},
        newest_first="at",
    )
    page = {"2026-03-09": None, "2026-02-01": None, "2025-01-01": None}

    def answer(asked: Asked) -> Answer:
        days = list(page)
        number = int(asked.query.get("after", "0"))
        values = [
            {"name": "email", "value": "a@b.se"},
            {"name": "email", "value": "second"},
            {"name": "city", "values": ["Umeå"]},
            {"name": "topics", "values": ["a", "b"]},
            {"name": "phone", "values": []},
        ]
        item = {"id": number, "at": days[number], "values": values}
        return Answer({"items": [item], "after": str(number + 1)})

    acme.vendor.handler = answer
    stream = a_stream(kind=Kind.EVENT, request=request, ignored=("answers", "values", "at"))
    (item,) = acme.extract(stream, window=WEEK).slices
    records = list(acme.landing.records(item))
    assert [record["answers"] for record in records] == [
        {"email": "a@b.se", "city": "Umeå", "topics": "a;b", "phone": None}
    ] * 2


def test_accounts_must_be_named(acme: Acme) -> None:
    """Without accounts nothing would be read and nothing would be said."""
    with pytest.raises(ExtractionFailed, match="accounts"):
        acme.extract(a_stream(per_account=True))


def test_windows_that_the_vendor_no_longer_answers(acme: Acme) -> None:
    """click_view goes back 90 days: an older window is nothing to ask, not an empty answer."""
    stream = a_stream(kind=Kind.REPORT, max_history_days=90)
    extraction = acme.extract(stream, window=Window(date(2025, 1, 1), date(2025, 2, 1)))
    assert (extraction.slices, extraction.requests) == ([], 0)


def test_a_run_repeated_lands_nothing_new(acme: Acme) -> None:
    """The same day asked twice with the same answer is one slice; a restated one is a second."""
    stream = a_stream(kind=Kind.REPORT)
    acme.vendor.queue = [Answer({"items": [{"id": n}]}) for n in (1, 1, 2, 1)]
    sequences = []
    for minute in range(4):
        now = NOW + timedelta(minutes=minute)
        sequences.append(acme.extract(stream, now=now).slices[0].sequence)
    assert sequences == [1, 1, 2, 3]


def test_progress(acme: Acme) -> None:
    """Long work shows how far it is."""
    pager = Pager(Paging.OFFSET, 2, "count", "offset", "total")
    acme.vendor.queue = [Answer({"items": [{"id": 1}, {"id": 2}], "total": 3})]
    acme.vendor.queue += [Answer({"items": [{"id": 3}], "total": 3})]
    connector, config = acme.declared(
        a_stream(request=Request("/things", records="items", pager=pager))
    )
    told: list[tuple[str, int]] = []
    extract_stream(
        connector,
        connector.streams[0],
        config,
        acme.landing,
        None,
        NOW,
        lambda account_id, rows: told.append((account_id, rows)),
    )
    assert told == [("all", 2), ("all", 3)]


def test_ping(acme: Acme) -> None:
    """``tributary doctor`` learns from one cheap request whether a vendor answers."""
    connector, config = acme.declared(a_stream())
    acme.vendor.handler = lambda asked: Answer({"health": "fine"})
    ping(connector, config)
    assert acme.vendor.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    acme.vendor.handler = lambda asked: Answer({"detail": TOKEN}, 403)
    with pytest.raises(Exception, match="403") as caught:
        ping(connector, config, Patience(attempts=1))
    assert TOKEN not in str(caught.value)


ASSOCIATED = Request(
    "/batch",
    records="items",
    rest=Rest(
        items="to",
        cursor_path="paging.next.after",
        id_path="from.id",
        request=Request(
            "/{record_id}/associations",
            params={"after": "{cursor}"},
            records="items",
            pager=Pager(Paging.CURSOR, cursor_param="after", cursor_path="paging.next.after"),
        ),
    ),
    errors="errors.*",
    error_cause="category",
    excused=("NOT_FOUND",),
)


def test_a_list_inside_a_record_is_read_to_its_end(acme: Acme) -> None:
    """The first of three contacts of a deal was taken for all; the deal was another lead's."""

    def answer(asked: Asked) -> Answer:
        if asked.path == "/api/batch":
            more = {"next": {"after": "c1"}}
            return Answer(
                {
                    "items": [
                        {"from": {"id": "7"}, "to": [{"id": 1}], "paging": more},
                        {"from": {"id": "8"}, "to": [{"id": 9}]},
                    ]
                }
            )
        if asked.query["after"] == "c1":
            return Answer({"items": [{"id": 2}], "paging": {"next": {"after": "c2"}}})
        return Answer({"items": [{"id": 3}]})

    acme.vendor.handler = answer
    (item,) = acme.extract(a_stream(request=ASSOCIATED)).slices
    records = list(acme.landing.records(item))
    assert [[each["id"] for each in record["to"]] for record in records] == [[1, 2, 3], [9]]
    assert {asked.path for asked in acme.vendor.asked[1:]} == {"/api/7/associations"}


@pytest.mark.parametrize(
    ("request_", "answer", "said"),
    [
        (
            Request("/things", records="items"),
            {"items": [{"id": "7", "to": [1], "paging": {"next": {"after": "x"}}}]},
            "the record 7",
        ),
        (
            ASSOCIATED,
            {"items": [], "errors": [{"category": "RATE_LIMITS", "message": "slow down"}]},
            "RATE_LIMITS: slow down",
        ),
    ],
)
def test_half_an_answer_is_refused(
    acme: Acme, request_: Request, answer: dict[str, Any], said: str
) -> None:
    """A list whose rest nobody declared, and a batch whose other half failed with status 207."""
    acme.vendor.handler = lambda asked: Answer(answer, 207)
    with pytest.raises(ExtractionFailed, match=said) as caught:
        acme.extract(a_stream(request=request_))
    assert caught.value.failures[0].kind is FailureKind.INCOMPLETE
    assert acme.landing.slices() == []


def test_an_excused_error_of_a_batch_is_nothing(acme: Acme) -> None:
    """HubSpot answers 207 for every contact without a company."""
    answer = {"items": [{"id": 1}], "errors": [{"category": "NOT_FOUND", "message": "none"}]}
    acme.vendor.handler = lambda asked: Answer(answer, 207)
    acme.extract(a_stream(request=ASSOCIATED))
    assert acme.landed() == [[1]]
