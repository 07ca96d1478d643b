"""Meta's wire format for lead forms and the leads that came by them.

Belongs here: the edges of a page and its forms. Does not belong here: the Graph API as such
(``graph_api``), or who the leads are (``simulator.lead_forms``).

As at Meta: a lead is there for 90 days, ids of ads are left out of organic ones and of those whose
ad the reader may not see, ``values`` is a list even of one answer, and a test lead answers with a
text that says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from simulator.http import Clock, Request, Response, Route
from simulator.lead_forms import FormLead, LeadForm
from simulator.social import SocialCampaign
from simulator.vendors.graph_api import Refused, answered, chosen, field_names, page, read_list
from simulator.world import World

PAGE = "104000000000077"
"""The one page that there is."""

_FORM = frozenset({
    "id", "name", "status", "locale", "leads_count", "organic_leads_count", "created_time",
    "page_id", "questions", "tracking_parameters",
})  # fmt: skip
_LEAD = frozenset({
    "id", "created_time", "ad_id", "ad_name", "adset_id", "adset_name", "campaign_id",
    "campaign_name", "form_id", "is_organic", "platform", "field_data", "partner_name",
    "custom_disclaimer_responses", "retailer_item_id",
})  # fmt: skip


def routes(world: World, clock: Clock) -> list[Route]:
    """A page's forms, and a form's leads."""
    platform = _Platform(world, clock)
    version = r"/(?P<version>v\d+\.\d+)"
    return [
        Route("GET", rf"{version}/(?P<page>\w+)/leadgen_forms", platform.forms),
        Route("GET", rf"{version}/(?P<form>\w+)/leads", platform.leads),
    ]


class _Platform:
    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock
        self._campaigns: dict[str, SocialCampaign] = {
            campaign.campaign_id: campaign
            for account in world.social_accounts_of("meta_ads")
            for campaign in account.campaigns
        }

    def forms(self, request: Request) -> Response:
        """A page of the page's forms."""
        return self._answered(request, self._forms_page)

    def leads(self, request: Request) -> Response:
        """A page of a form's leads, the newest first."""
        return self._answered(request, self._leads_page)

    def _answered(self, request: Request, answer: Callable[[Request], dict[str, Any]]) -> Response:
        return answered(request, answer, {})

    def _forms_page(self, request: Request) -> dict[str, Any]:
        if request.params["page"] != PAGE:
            raise Refused(100, f"Object with ID '{request.params['page']}' does not exist.", 33)
        nodes = [self._form(form) for form in self._world.lead_forms]
        return self._page(request, nodes, _FORM)

    def _leads_page(self, request: Request) -> dict[str, Any]:
        key = request.params["form"]
        if all(form.form_id != key for form in self._world.lead_forms):
            raise Refused(100, f"Object with ID '{key}' does not exist.", 33)
        since = _since(request.arg("filtering"))
        found = [
            lead
            for lead in reversed(self._world.form_leads)
            if lead.form_id == key
            and lead.is_shown(self._clock.now())
            and lead.contact.created_at.timestamp() > since
        ]
        return self._page(request, [self._lead(lead) for lead in found], _LEAD)

    def _page(
        self, request: Request, nodes: list[dict[str, Any]], known: frozenset[str]
    ) -> dict[str, Any]:
        names = field_names(request.arg("fields"))
        return page(request, [chosen(node, names, known, ("id",)) for node in nodes])

    def _form(self, form: LeadForm) -> dict[str, Any]:
        leads = [lead for lead in self._world.form_leads if lead.form_id == form.form_id]
        return {
            "id": form.form_id,
            "name": form.name,
            "status": form.status,
            "locale": form.locale,
            "page_id": PAGE,
            "leads_count": sum(lead.contact.created_at <= self._clock.now() for lead in leads),
        }

    def _lead(self, lead: FormLead) -> dict[str, Any]:
        node: dict[str, Any] = {
            "id": lead.contact.contact_id,
            "created_time": _time(lead.contact.created_at),
            "form_id": lead.form_id,
            "is_organic": lead.ad is None,
            "platform": lead.platform,
            "field_data": [
                {"name": name, "values": [f"<test lead: dummy data for {name}>"]}
                if lead.is_test
                else {"name": name, "values": [value]}
                for name, value in _answers(lead).items()
                if value
            ],
            "custom_disclaimer_responses": [
                {"checkbox_key": "marketing", "is_checked": "1" if lead.agreed else ""}
            ],
        }
        if lead.ad is not None and not lead.is_ad_hidden:
            node |= {
                "ad_id": lead.ad.ad_id,
                "ad_name": lead.ad.name,
                "adset_id": lead.ad.adset_id,
                "campaign_id": lead.ad.campaign_id,
                "campaign_name": self._campaigns[lead.ad.campaign_id].name,
            }
        return node


def _answers(lead: FormLead) -> dict[str, str]:
    contact = lead.contact
    return {
        "full_name": f"{contact.first_name} {contact.last_name}",
        "email": contact.email,
        "phone_number": contact.phone,
        "country": contact.country,
        "segment": contact.segment,
        "vad_vill_du_veta?": "Pris; och när",
    }


def _since(filtering: str) -> float:
    """The moment after which leads are asked for, in seconds."""
    for each in read_list(filtering):
        if each.get("field") != "time_created" or each.get("operator") != "GREATER_THAN":
            raise Refused(100, f"Filtering field {each.get('field')!r} is invalid.")
        return float(each["value"])
    return 0.0


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")
