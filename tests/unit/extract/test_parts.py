"""A stream asked for in parts of so many fields, and merged by key before it lands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from orchestration.connectors.field import Field, Type
from orchestration.connectors.stream import Account, Kind, Parts, Request, Stream
from orchestration.extract.failures import ExtractionFailed, FailureKind
from orchestration.extract.window import Window
from tests.kit.extract.acme import Acme, a_stream
from tests.kit.extract.vendor import Answer, Asked

FIGURES = ("impressions", "clicks", "cost", "leads", "likes")
WEEK = Window(date(2026, 3, 1), date(2026, 3, 8))
ANALYTICS = Request(
    "/analytics?q=analytics&dates=(start:(year:{window_start_year},month:{window_start_month},"
    "day:{window_start_day}))&accounts=List(urn%3A{account_id})&fields={fields}",
    records="elements",
    parts=Parts(2, ("pivots", "range")),
    copy={"account": "{account_id}"},
)
FIELDS = (
    Field("creative", "pivots", Type.JSON, required=True),
    Field("date_day", "range.start", Type.DATE, required=True),
    Field("account"),
    *(Field(name, omitted_when_empty=True) for name in FIGURES),
)


def ad_days(request: Request = ANALYTICS) -> Stream:
    """Figures per ad and day, as LinkedIn returns them."""
    return a_stream(
        kind=Kind.REPORT,
        request=request,
        fields=FIELDS,
        natural_key=("creative", "date_day"),
        per_account=True,
    )


def row(ad: int, day: int = 1, **figures: Any) -> dict[str, Any]:
    """A record with its key."""
    return {"pivots": [f"urn:{ad}"], "range": {"start": f"2026-03-0{day}"}, **figures}


def answering(rows: list[dict[str, Any]]) -> Callable[[Asked], Answer]:
    """A vendor that returns the requested fields, and leaves out rows that have none of them."""

    def answer(asked: Asked) -> Answer:
        names = asked.query["fields"].split(",")
        found = [{name: each[name] for name in names if name in each} for each in rows]
        return Answer({"elements": [each for each in found if len(each) > 2]})

    return answer


@pytest.fixture
def parted(acme: Acme) -> Acme:
    """A connector with one account."""
    acme.accounts = ["7"]
    return acme


def test_parts_are_merged_by_key(parted: Acme) -> None:
    """Each request asks for the key and two figures; one row lands per ad and day."""
    whole = [row(1, impressions=10, clicks=1, cost="1.5", leads=1, likes=2), row(1, 2, cost="2")]
    parted.vendor.handler = answering(whole)
    (item,) = parted.extract(ad_days(), window=WEEK).slices
    asked = [asked.query["fields"] for asked in parted.vendor.asked]
    assert asked == [
        "pivots,range,impressions,clicks",
        "pivots,range,cost,leads",
        "pivots,range,likes",
    ]
    landed = list(parted.landing.records(item))
    assert landed == [each | {"account": "7"} for each in whole]
    assert item.missing_fields == ()


def test_what_is_written_into_the_path_is_sent_as_it_is(parted: Acme) -> None:
    """LinkedIn refuses encoded parentheses, colons and commas."""
    parted.vendor.handler = answering([])
    parted.extract(ad_days(), window=WEEK)
    assert parted.vendor.asked[0].target == (
        "/api/analytics?q=analytics&dates=(start:(year:2026,month:3,day:1))"
        "&accounts=List(urn%3A7)&fields=pivots,range,impressions,clicks"
    )


def test_a_key_that_one_part_lacks_keeps_what_the_others_say(parted: Acme) -> None:
    """LinkedIn leaves out a row whose asked figures are all zero; the others must not vanish."""
    parted.vendor.handler = answering([row(1, clicks=1), row(2, cost="3"), row(3, 2, likes=4)])
    (item,) = parted.extract(ad_days(), window=WEEK).slices
    landed = {each["pivots"][0]: each for each in parted.landing.records(item)}
    assert landed["urn:1"] == row(1, clicks=1, account="7")
    assert landed["urn:2"] == row(2, cost="3", account="7")
    assert landed["urn:3"] == row(3, 2, likes=4, account="7")


def test_a_key_that_one_part_lacks_is_an_error_where_all_must_agree(parted: Acme) -> None:
    """A vendor that normally returns the same rows for every part has lost one."""
    request = replace(ANALYTICS, parts=Parts(2, ("pivots", "range"), same_rows=True))
    full = dict.fromkeys(FIGURES, 1)
    parted.vendor.handler = answering([row(1, **full), row(2, **full)])
    parted.extract(ad_days(request), window=WEEK)
    parted.vendor.handler = answering([row(1, **full), row(2, clicks=1)])
    assert failed(parted, request) is FailureKind.INCOMPLETE


def test_a_key_twice_in_one_part_is_an_error(parted: Acme) -> None:
    """Merging would keep one of them at random."""
    parted.vendor.handler = answering([row(1, clicks=1), row(1, clicks=2)])
    assert failed(parted) is FailureKind.AMBIGUOUS


def test_a_record_without_a_key_is_an_error(parted: Acme) -> None:
    """It belongs to no row."""
    parted.vendor.handler = lambda asked: Answer({"elements": [{"clicks": 1, "pivots": ["a"]}]})
    assert failed(parted) is FailureKind.AMBIGUOUS


def test_parts_that_disagree_are_read_again(parted: Acme) -> None:
    """The figures were restated between two requests: a row of both states would be no state."""
    names = iter(["old", "new", "new", "new", "new", "new"])

    def answer(asked: Asked) -> Answer:
        return Answer({"elements": [row(1, name=next(names))]})

    parted.vendor.handler = answer
    (item,) = parted.extract(ad_days(), window=WEEK).slices
    assert [each["name"] for each in parted.landing.records(item)] == ["new"]
    assert len(parted.vendor.asked) == 2 + 3, "the first reading ends at the contradiction"


def test_parts_that_never_agree_land_nothing(parted: Acme) -> None:
    """Reading again is bounded."""
    parted.vendor.handler = lambda asked: Answer(
        {"elements": [row(1, at=len(parted.vendor.asked))]}
    )
    assert failed(parted) is FailureKind.INCOMPLETE


def test_numbers_that_no_double_holds_agree(parted: Acme) -> None:
    """They are compared as they are written."""
    number = b'{"elements": [{"pivots": 1, "range": 2, "big": 0.12345678901234567890}]}'
    parted.vendor.handler = lambda asked: Answer(number)
    (item,) = parted.extract(ad_days(), window=WEEK).slices
    assert item.row_count == 1


def test_a_part_that_fails_lands_nothing(parted: Acme) -> None:
    """Two thirds of the figures would look like all of them."""
    good = answering([row(1, clicks=1)])
    parted.vendor.handler = lambda asked: (
        Answer({"message": "no"}, 403) if "likes" in asked.target else good(asked)
    )
    assert failed(parted) is FailureKind.FORBIDDEN


def test_an_answer_as_long_as_the_vendors_cap_is_an_error(parted: Acme) -> None:
    """LinkedIn cuts off at 15,000 elements without saying so; no day is short enough here."""
    request = replace(ANALYTICS, cut_off_at=3)
    parted.vendor.handler = answering([row(n, clicks=1) for n in range(2)])
    parted.extract(ad_days(request), window=WEEK)
    parted.vendor.handler = answering([row(n, clicks=1) for n in range(3)])
    assert failed(parted, request) is FailureKind.TOO_MUCH


ACCOUNT = Account(Request("/accounts/{account_id}"), {"account_currency": "currency"})


def test_what_the_account_says_is_of_every_record(parted: Acme) -> None:
    """LinkedIn's figures name no currency; the account is read once, before them."""
    request = replace(ANALYTICS, account=ACCOUNT, copy={"account": "{account_currency}"})
    good = answering([row(1, impressions=1), row(2, likes=4)])
    parted.vendor.handler = lambda asked: (
        Answer({"currency": "SEK"}) if "accounts/7" in asked.path else good(asked)
    )
    (item,) = parted.extract(ad_days(request), window=WEEK).slices
    assert [each["account"] for each in parted.landing.records(item)] == ["SEK", "SEK"]
    assert [asked.path for asked in parted.vendor.asked].count("/api/accounts/7") == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer({"message": "no role"}, 403), FailureKind.FORBIDDEN),
        (Answer({"message": "version 20250401 is not active"}, 426), FailureKind.VERSION_ENDED),
        (Answer({"id": 7}), FailureKind.INCOMPLETE),
    ],
)
def test_an_account_that_refuses_lands_no_empty_figures(
    parted: Acme, answer: Answer, kind: FailureKind
) -> None:
    """Its figures would be an answer without rows."""
    empty = answering([])
    parted.vendor.handler = lambda asked: answer if "accounts" in asked.path else empty(asked)
    assert failed(parted, replace(ANALYTICS, account=ACCOUNT)) is kind


def test_a_day_of_a_year_a_month_and_a_day(acme: Acme) -> None:
    """Each record gets it as text, and one without a day belongs to none."""
    request = Request("/things", records="items", dates={"date_day": "range.start"})
    fields = (Field("date_day", type=Type.DATE, required=True),)
    stream = a_stream(request=request, fields=fields, natural_key=("date_day",), ignored=("range",))
    day = {"year": 2026, "month": 3, "day": 1}
    acme.vendor.queue = [Answer({"items": [{"range": {"start": day}}]})]
    (item,) = acme.extract(stream).slices
    assert [each["date_day"] for each in acme.landing.records(item)] == ["2026-03-01"]
    for broken in ({**day, "month": 13}, {"year": 2026}, "2026-03-01", None):
        acme.vendor.queue = [Answer({"items": [{"range": {"start": broken}}]})]
        with pytest.raises(ExtractionFailed) as caught:
            acme.extract(stream)
        assert caught.value.failures[0].kind is FailureKind.INCOMPLETE


def test_fields_in_a_body_are_a_list_and_the_year_a_number(acme: Acme) -> None:
    """Microsoft takes ids as text and dates as numbers, Meta's POST takes a list of fields."""
    acme.vendor.handler = lambda asked: Answer({"items": []})
    body = {"Columns": "{fields}", "Year": "{window_end_year}", "Day": "{window_end_day}", "n": 5}
    request = Request("/things", "POST", {"fields": "{fields}"}, body, records="items")
    stream = a_stream(kind=Kind.REPORT, request=request, fields=(Field("id"), Field("b", "x.b")))
    acme.extract(stream, window=WEEK)
    (asked,) = acme.vendor.asked
    assert json.loads(asked.body) == {"Columns": ["id", "x"], "Year": 2026, "Day": 7, "n": 5}
    assert asked.query["fields"] == "id,x"


def test_values_by_position_and_an_answer_without_rows(acme: Acme) -> None:
    """Search Console returns dimensions as a list, and omits ``rows`` when there are none."""
    request = Request(
        "/things",
        records="rows",
        empty_beside="responseAggregationType",
        positions={"keys": ("date", "query")},
    )
    fields = (Field("date"), Field("query"), Field("clicks"))
    stream = a_stream(request=request, fields=fields, ignored=("keys",))
    acme.vendor.queue = [Answer({"rows": [{"keys": ["2026-03-01", "shoes"], "clicks": 3}]})]
    (item,) = acme.extract(stream).slices
    (record,) = acme.landing.records(item)
    assert (record["date"], record["query"], record["clicks"]) == ("2026-03-01", "shoes", 3)
    acme.vendor.queue = [Answer({"responseAggregationType": "byPage"})]
    assert acme.extract(stream).slices[0].row_count == 0
    for broken in ([], {}, {"results": []}, {"rows": [{"keys": ["2026-03-01"], "clicks": 3}]}):
        acme.vendor.queue = [Answer(broken)]
        with pytest.raises(ExtractionFailed) as caught:
            acme.extract(stream)
        assert caught.value.failures[0].kind is FailureKind.INCOMPLETE


def failed(acme: Acme, request: Request = ANALYTICS) -> FailureKind:
    """Why nothing new landed."""
    before = acme.landing.slices()
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(ad_days(request), window=WEEK)
    assert acme.landing.slices() == before
    assert len(list(acme.landing.root.rglob("*.zst*"))) == len(before)
    return caught.value.failures[0].kind
