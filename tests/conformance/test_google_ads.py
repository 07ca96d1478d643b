"""Google's own v26 messages against the connector's requests and the double's answers."""

from __future__ import annotations

import copy
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from google.ads.googleads.v26.services.types.google_ads_service import (
    GoogleAdsRow,
    SearchGoogleAdsStreamRequest,
    SearchGoogleAdsStreamResponse,
)
from google.protobuf.json_format import ParseDict, ParseError

from orchestration.connectors.google_ads import GOOGLE_ADS
from orchestration.connectors.stream import Stream
from simulator.generator import generate
from simulator.http import Clock, Request, Route
from simulator.vendors import google_ads

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)
STREAMS = [pytest.param(stream, id=stream.name) for stream in GOOGLE_ADS.streams]


def filled_body(stream: Stream, start: str, end: str) -> dict[str, Any]:
    """The body that the connector sends for a window."""
    assert stream.request.body is not None
    query = str(stream.request.body["query"])
    query = query.replace("{window_start_date}", start).replace("{window_end_date}", end)
    return {**stream.request.body, "query": query}


def selected(stream: Stream) -> list[str]:
    """The names that a stream's query selects."""
    found = re.search(r"SELECT (.+) FROM", filled_body(stream, "", "")["query"])
    assert found is not None
    return found[1].split(", ")


class Platform:
    """The double with a token, answering the connector's bodies."""

    def __init__(self) -> None:
        world = generate(seed=7, scale=0.02)
        self.accounts = [account.account_id for account in world.ad_accounts]
        self._token, self._search = google_ads.routes(world, Clock(NOW))
        form = b"grant_type=refresh_token&client_id=i&client_secret=s&refresh_token=r"
        answer = json.loads(self._call(self._token, "/token", form))
        self._headers = {"authorization": f"Bearer {answer['access_token']}"}

    def _call(self, route: Route, path: str, body: bytes, headers: Any = None) -> bytes:
        params = route.match("POST", path)
        assert params is not None
        response = route.handler(Request("POST", path, {}, headers or {}, body, params))
        assert response.status == 200, response.body
        return response.body

    def chunks(self, stream: Stream) -> list[dict[str, Any]]:
        """Every chunk of a stream for the last months, of all accounts."""
        start = "2026-06-29" if stream.request.max_days else "2026-04-01"
        body = json.dumps(filled_body(stream, start, "2026-06-29")).encode()
        answers = [
            self._call(
                self._search,
                f"/{stream.request.path.format(account_id=account)}",
                body,
                self._headers,
            )
            for account in self.accounts
        ]
        return [chunk for answer in answers for chunk in json.loads(answer)]


@pytest.fixture(scope="module")
def platform() -> Platform:
    """One small company for all tests."""
    return Platform()


@pytest.mark.parametrize("stream", STREAMS)
def test_the_request_is_one_that_google_can_read(stream: Stream) -> None:
    """A misspelt key of the body would be a 400 on the first real run."""
    body = filled_body(stream, "2026-06-20", "2026-06-29")
    message = ParseDict(body, SearchGoogleAdsStreamRequest.pb()())
    assert message.query.startswith("SELECT ")
    with pytest.raises(ParseError):
        ParseDict({**body, "qurey": ""}, SearchGoogleAdsStreamRequest.pb()())


@pytest.mark.parametrize("stream", STREAMS)
def test_every_selected_field_exists_in_v26(stream: Stream) -> None:
    """Fields are renamed between versions: start_date became start_date_time."""
    for name in selected(stream):
        message = GoogleAdsRow.pb().DESCRIPTOR
        for key in name.split("."):
            json_name = re.sub(r"_([a-z])", lambda letter: letter[1].upper(), key)
            field = {each.json_name: each for each in message.fields}.get(json_name)
            assert field is not None, name
            message = field.message_type


@pytest.mark.parametrize("stream", STREAMS)
def test_googles_messages_read_every_chunk(stream: Stream, platform: Platform) -> None:
    """The double writes what Google's own readers accept, with data for every stream."""
    rows = 0
    for chunk in platform.chunks(stream):
        message = ParseDict(chunk, SearchGoogleAdsStreamResponse.pb()())
        assert list(message.field_mask.paths) == selected(stream)
        rows += len(message.results)
    assert rows


@pytest.mark.parametrize("stream", STREAMS)
def test_every_declared_path_is_a_field_of_the_answer(stream: Stream) -> None:
    """Declared paths are camelCase JSON names: a snake_case one would load nulls only."""
    for field in stream.fields:
        message = GoogleAdsRow.pb().DESCRIPTOR
        for key in field.keys:
            names = {each.json_name: each for each in message.fields}
            assert key in names, field.path
            message = names[key].message_type


def test_a_misspelt_field_is_rejected(platform: Platform) -> None:
    """Otherwise the test above would accept anything."""
    chunk = copy.deepcopy(platform.chunks(GOOGLE_ADS.stream("campaign_days"))[0])
    chunk["results"][0]["metrics"]["cost_micro"] = "1"
    with pytest.raises(ParseError, match="cost_micro"):
        ParseDict(chunk, SearchGoogleAdsStreamResponse.pb()())


def test_a_number_too_long_for_its_type_is_rejected(platform: Platform) -> None:
    """Ids are 64-bit integers written as text: the double's must be integers."""
    chunk = copy.deepcopy(platform.chunks(GOOGLE_ADS.stream("campaigns"))[0])
    chunk["results"][0]["campaign"]["id"] = "eleven"
    with pytest.raises(ParseError):
        ParseDict(chunk, SearchGoogleAdsStreamResponse.pb()())
