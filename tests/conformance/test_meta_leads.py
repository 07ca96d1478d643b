"""Meta's own SDK reads the double's lead forms, and knows every field that is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from facebook_business.adobjects.lead import Lead
from facebook_business.adobjects.leadgenform import LeadgenForm
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.userleadgendisclaimerresponse import (
    UserLeadGenDisclaimerResponse,
)
from facebook_business.adobjects.userleadgenfielddata import UserLeadGenFieldData
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from orchestration.connectors.meta_leads import FORMS, LEADS
from simulator.http import Clock
from simulator.server import SimulatorServer
from simulator.vendors.meta_leads import PAGE
from simulator.world import World
from tests.kit.lead_forms import company_with_forms

NOW = datetime(2026, 7, 1, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    """A company with two forms."""
    return company_with_forms()


@pytest.fixture
def api(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[FacebookAdsApi]:
    """The SDK, pointed at loopback."""
    with SimulatorServer(world, Clock(NOW)) as running:
        monkeypatch.setattr(FacebookSession, "GRAPH", running.base_url("meta_leads"))
        yield FacebookAdsApi.init(access_token="T", api_version="v26.0", crash_log=False)
        assert running.errors == []


def test_every_field_asked_for_exists() -> None:
    """Fields come and go with versions; an unknown one is a 400 on the first real run."""
    asked = {field.keys[0] for field in FORMS.fields}
    assert asked <= set(LeadgenForm._field_types)
    assert set(LEADS.request.params["fields"].split(",")) <= set(Lead._field_types)


def test_the_sdk_reads_the_forms(world: World, api: FacebookAdsApi) -> None:
    """In pages of one, so that it follows the cursors too."""
    found = Page(PAGE, api=api).get_lead_gen_forms(fields=["id", "name"], params={"limit": 1})
    assert [(form["id"], form["name"]) for form in found] == [
        (form.form_id, form.name) for form in world.lead_forms
    ]


def test_the_sdk_reads_the_leads(world: World, api: FacebookAdsApi) -> None:
    """Every lead of the last 90 days and every answer as a list, after the moment asked for."""
    seen: list[dict[str, Any]] = []
    for form in world.lead_forms:
        leads = LeadgenForm(form.form_id, api=api).get_leads(
            fields=LEADS.request.params["fields"].split(","), params={"limit": 1}
        )
        seen.extend(lead.export_all_data() for lead in leads)
    assert {lead["id"] for lead in seen} == {
        lead.contact.contact_id for lead in world.form_leads if lead.is_shown(NOW)
    }
    filled_in = {each.contact.contact_id: each for each in world.form_leads}
    for lead in seen:
        assert lead.keys() <= set(Lead._field_types)
        assert isinstance(lead["is_organic"], bool)
        planted = filled_in[lead["id"]]
        assert lead["is_organic"] is (planted.ad is None)
        has_ad = planted.ad is not None and not planted.is_ad_hidden
        assert has_ad is ("ad_id" in lead)
        for answer in lead["field_data"]:
            assert answer.keys() == {"name", "values"} <= set(UserLeadGenFieldData._field_types)
            assert all(isinstance(value, str) for value in answer["values"])
        for box in lead["custom_disclaimer_responses"]:
            assert box.keys() <= set(UserLeadGenDisclaimerResponse._field_types)
    newest = max(world.form_leads, key=lambda lead: lead.contact.created_at)
    after = int(newest.contact.created_at.timestamp()) - 1
    text = LEADS.request.params["filtering"].replace("{window_start_seconds}", str(after))
    late = LeadgenForm(newest.form_id, api=api).get_leads(
        fields=["id"], params={"filtering": json.loads(text)}
    )
    assert [lead["id"] for lead in late] == [newest.contact.contact_id]


def test_the_sdk_reads_an_error(api: FacebookAdsApi) -> None:
    """A page that is not ours."""
    with pytest.raises(FacebookRequestError) as caught:
        list(Page("1", api=api).get_lead_gen_forms(fields=["id"]))
    assert (caught.value.http_status(), caught.value.api_error_subcode()) == (400, 33)
