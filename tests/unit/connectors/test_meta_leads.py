"""Meta Lead Ads' declarations, and what they land from the double: each trap of the vendor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.graph_api import pages
from orchestration.connectors.meta_leads import META_LEADS
from orchestration.connectors.stream import Stream
from orchestration.extract.failures import ExtractionFailed
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import Extraction, extract_stream
from simulator.generation.calendar import DEMO_NOW
from simulator.http import Clock, Request, Response, Route, json_response
from simulator.server import SimulatorServer
from simulator.vendors.graph_api import Refused
from simulator.vendors.meta_leads import PAGE, routes
from simulator.world import World
from tests.kit.lead_forms import company_with_forms

FORMS, LEADS = META_LEADS.stream("forms"), META_LEADS.stream("leads")


@pytest.fixture(scope="module")
def world() -> World:
    """A company with two forms, of which one is archived."""
    return company_with_forms()


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[SimulatorServer]:
    """The company's page."""
    with SimulatorServer(world, Clock(DEMO_NOW)) as running:
        yield running
        assert running.errors == []


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that Meta accepts."""
    monkeypatch.setenv("META_TEST_TOKEN", "good")


def extract(
    server: SimulatorServer, folder: Path, stream: Stream, waits: list[float] | None = None
) -> tuple[Extraction, list[dict[str, Any]]]:
    """What one stream lands; waits are noted and not slept."""
    landing = Landing(folder)
    extraction = extract_stream(
        META_LEADS,
        stream,
        ConnectorConfig(
            base_url=server.base_url("meta_leads"),
            accounts=[PAGE],
            secrets={"access_token": Secret("META_TEST_TOKEN", "access_token")},
        ),
        landing,
        None,
        DEMO_NOW,
        history_start=DEMO_NOW.date() - timedelta(days=500),
        patience=Patience(attempts=3, sleep=([] if waits is None else waits).append),
    )
    return extraction, [record for item in extraction.slices for record in landing.records(item)]


def refusing(world: World, refused: list[Response]) -> dict[str, list[Route]]:
    """The page's routes, of which the leads answer with each of these first."""
    forms, leads = routes(world, Clock(DEMO_NOW))

    def answer(request: Request) -> Response:
        return refused.pop(0) if refused else leads.handler(request)

    return {"meta_leads": [forms, replace(leads, handler=answer)]}


def test_an_archived_form_still_has_its_leads(
    world: World, server: SimulatorServer, tmp_path: Path
) -> None:
    """Forms are asked for without a status, and the leads of each of them."""
    assert {form.status for form in world.lead_forms} == {"ACTIVE", "ARCHIVED"}
    _, forms = extract(server, tmp_path, FORMS)
    assert [(form["id"], form["status"]) for form in forms] == [
        (form.form_id, form.status) for form in world.lead_forms
    ]
    _, leads = extract(server, tmp_path, LEADS)
    assert {(lead["id"], lead["form_id"]) for lead in leads} == {
        (lead.contact.contact_id, lead.form_id) for lead in world.form_leads
    }


def test_pages_follow_each_other_to_the_end(server: SimulatorServer, tmp_path: Path) -> None:
    """Each page names the next one; the last has cursors and no next."""
    extract(server, tmp_path / "whole", FORMS)
    extract(server, tmp_path / "pages", FORMS)
    whole, _ = extract(server, tmp_path / "whole", LEADS)
    paged = replace(LEADS, request=replace(LEADS.request, pager=pages(2)))
    small, _ = extract(server, tmp_path / "pages", paged)
    assert small.requests == whole.requests + 4, "six leads of each form, two at a time"
    assert [item.content_sha256 for item in small.slices] == [
        item.content_sha256 for item in whole.slices
    ]


def test_too_many_calls_wait_for_the_minutes_that_meta_names(world: World, tmp_path: Path) -> None:
    """A quota of leads is a 400 with a code, and no header Retry-After."""
    usage = {PAGE: [{"type": "leadgen", "call_count": 101, "estimated_time_to_regain_access": 2}]}
    body = Refused(80005, "There have been too many leads api calls to this Page.").response()
    told = replace(body, headers={"X-Business-Use-Case-Usage": json.dumps(usage)})
    waits: list[float] = []
    with SimulatorServer(world, Clock(DEMO_NOW), routes=refusing(world, [told, body])) as running:
        extract(running, tmp_path, FORMS)
        extraction, leads = extract(running, tmp_path, LEADS, waits)
    assert extraction.failures == []
    assert sorted(waits) == [60, 120], "the forms are asked side by side"
    assert len(leads) == len(world.form_leads)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(190, "unauthorized"), (200, "forbidden"), (10, "forbidden"), (2635, "version_ended")],
)
def test_a_refusal_says_what_to_do(world: World, tmp_path: Path, code: int, kind: str) -> None:
    """Meta says 400, as for a misspelt parameter; the leads of no form are taken for all."""
    refused = Refused(code, "Requires leads_retrieval permission to manage the object.").response()
    with SimulatorServer(world, Clock(DEMO_NOW), routes=refusing(world, [refused] * 9)) as running:
        extract(running, tmp_path, FORMS)
        with pytest.raises(ExtractionFailed) as caught:
            extract(running, tmp_path, LEADS)
    assert [failure.kind for failure in caught.value.failures] == [kind]


def test_an_error_of_the_server_is_asked_again(world: World, tmp_path: Path) -> None:
    """Code 1 and 2 come with a 400 or a 500, and pass."""
    refused = [
        Refused(1, "An unknown error has occurred.", status=500).response(),
        Refused(2, "Service temporarily unavailable.").response(),
    ]
    waits: list[float] = []
    with SimulatorServer(world, Clock(DEMO_NOW), routes=refusing(world, refused)) as running:
        extract(running, tmp_path, FORMS)
        extraction, leads = extract(running, tmp_path, LEADS, waits)
    assert extraction.failures == []
    assert len(waits) == 2
    assert len(leads) == len(world.form_leads)


def test_an_answer_of_a_new_kind_is_kept(world: World, tmp_path: Path) -> None:
    """Forms have questions of their own, and a dead version answers with keys of the next."""
    forms, _ = routes(world, Clock(DEMO_NOW))
    lead = {
        "id": "1", "created_time": "2026-06-01T10:00:00+0000", "form_id": "2", "is_new": True,
        "field_data": [
            {"name": "hur_många?", "values": ["3", "4"]}, {"name": "email", "values": []},
        ],
    }  # fmt: skip
    answer = Route("GET", r"/v26\.0/\w+/leads", lambda request: json_response({"data": [lead]}))
    with SimulatorServer(world, Clock(DEMO_NOW), routes={"meta_leads": [forms, answer]}) as running:
        extract(running, tmp_path, FORMS)
        extraction, leads = extract(running, tmp_path, LEADS)
    assert extraction.failures == []
    assert leads[0]["is_new"] is True
    assert lead["field_data"] == leads[0]["field_data"]
