"""HubSpot's wire format: search, lists, batch reads, associations, pipelines and forms.

Belongs here: paths, paging, limits and errors. Does not belong here: the contents of records
(``hubspot_records``).

As at HubSpot: a search page has at most 200 results and a search ends at 10,000; a list has 100, a
batch read 100 ids (50 with history), one of associations 1,000
with up to 500 associations each; ids without an association are
errors inside a 207; submissions come newest first, 50 a page, and cannot be filtered.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from simulator.crm import DEAL_STAGES, PIPELINE_ID, PIPELINE_LABEL
from simulator.http import (
    Clock,
    Handler,
    Request,
    Response,
    Route,
    json_response,
)
from simulator.vendors.hubspot_records import Record, Records, following, iso, millis
from simulator.world import Touch, World

VERSION = "2026-09"
SEARCH_LIMIT = 200
SEARCH_WINDOW = 10_000
LIST_LIMIT = 100
BATCH_LIMIT = 100
HISTORY_LIMIT = 50
ASSOCIATION_LIMIT = 1_000
ASSOCIATIONS_SHOWN = 500
"""Associations of one record in one answer."""
SUBMISSION_LIMIT = 50

_CORRELATION_ID = "4f7a1c2e-0000-4000-8000-000000000000"
_PRIMARY_COMPANY = {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"}
_ASSOCIATION_TYPES = {
    ("contacts", "companies"): [
        _PRIMARY_COMPANY,
        {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None},
    ],
    ("deals", "contacts"): [{"category": "HUBSPOT_DEFINED", "typeId": 3, "label": None}],
    ("deals", "companies"): [
        {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"},
        {"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None},
    ],
}


class _Refused(Exception):
    """A request that HubSpot answers with an error."""

    def __init__(self, status: int, category: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.category = category

    def response(self) -> Response:
        return json_response(
            {
                "status": "error",
                "message": str(self),
                "correlationId": _CORRELATION_ID,
                "category": self.category,
            },
            status=self.status,
        )


class _HubSpot:
    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock
        self._records = Records(world, clock.now())
        self._submitted: dict[str, list[Touch]] = defaultdict(list)
        for touch in world.touches_via("hubspot_form"):
            self._submitted[touch.form_id].append(touch)
        self._searches: dict[tuple[str, datetime, str], list[Record]] = {}

    def records(self) -> Records:
        """The records at the clock's time; rebuilt when the clock moved."""
        current = self._records
        now = self._clock.now()
        if current.now != now:
            current = self._records = Records(self._world, now)
        return current

    def search(self, request: Request) -> Response:
        """Filters of one group, by time of change and by id; sorted by id."""
        body = request.json()
        limit = _limit(body.get("limit", 10), SEARCH_LIMIT)
        offset = int(body.get("after") or 0)
        if offset + limit > SEARCH_WINDOW:
            raise _Refused(400, "VALIDATION_ERROR", "paging through search results ends at 10000")
        matching = self._matching(request.params["type"], body)
        page = matching[offset : offset + limit]
        answer: dict[str, Any] = {
            "total": len(matching),
            "results": [record.rendered(body.get("properties", [])) for record in page],
        }
        if offset + limit < len(matching):
            answer["paging"] = {"next": {"after": str(offset + limit)}}
        return json_response(answer)

    def _matching(self, object_type: str, body: dict[str, Any]) -> list[Record]:
        sorts = body.get("sorts") or [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
        if sorts != [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]:
            raise _Refused(400, "VALIDATION_ERROR", "this account sorts by hs_object_id alone")
        after, since = 0, "0"
        for group in body.get("filterGroups", []):
            for condition in group["filters"]:
                match (condition["propertyName"], condition["operator"]):
                    case ("hs_object_id", "GT"):
                        after = int(condition["value"])
                    case ("lastmodifieddate" | "hs_lastmodifieddate", "GTE"):
                        since = str(condition["value"])
                    case (name, operator):
                        raise _Refused(
                            400, "VALIDATION_ERROR", f"cannot filter {name} by {operator}"
                        )
        return following(self._changed(object_type, since), after)

    def _changed(self, object_type: str, since: str) -> list[Record]:
        records = self.records()
        key = (object_type, records.now, since)
        if key not in self._searches:
            if len(self._searches) > 8:
                self._searches.clear()
            start = _moment(since)
            self._searches[key] = [
                record
                for record in records.listed(object_type, archived=False)
                if record.updated_at >= start
            ]
        return self._searches[key]

    def listing(self, request: Request) -> Response:
        """Active or archived records in the order of their ids."""
        limit = _limit(request.arg("limit", "10"), LIST_LIMIT)
        archived = request.arg("archived", "false").lower() == "true"
        after = int(request.arg("after", "0"))
        found = following(self.records().listed(request.params["type"], archived=archived), after)
        names = [name for value in request.query.get("properties", []) for name in value.split(",")]
        answer: dict[str, Any] = {"results": [record.rendered(names) for record in found[:limit]]}
        if len(found) > limit:
            after_id = found[limit - 1].record_id
            answer["paging"] = {"next": {"after": after_id, "link": f"?after={after_id}"}}
        return json_response(answer)

    def batch_read(self, request: Request) -> Response:
        """Records by id, with the history of some properties."""
        body = request.json()
        historic = body.get("propertiesWithHistory") or []
        ids = _inputs(body, HISTORY_LIMIT if historic else BATCH_LIMIT)
        records = self.records()
        results = []
        for record_id in ids:
            record = records.find(request.params["type"], record_id)
            if record is None:
                continue
            rendered = record.rendered(body.get("properties", []))
            if historic:
                rendered["propertiesWithHistory"] = {
                    name: [
                        {
                            "value": change.stage,
                            "timestamp": iso(change.at),
                            "sourceType": "CRM_UI",
                            "sourceId": "userId:1",
                        }
                        for change in record.history.get(name, [])
                    ]
                    for name in historic
                }
            results.append(rendered)
        return json_response(self._batch(results))

    def associations(self, request: Request) -> Response:
        """Associated ids; those without any are errors inside a 207."""
        from_type, to_type = request.params["type"], request.params["to_type"]
        types = _ASSOCIATION_TYPES.get((from_type, to_type))
        if types is None:
            raise _Refused(400, "VALIDATION_ERROR", f"no association {from_type} to {to_type}")
        records = self.records()
        results, missing = [], []
        for record_id in _inputs(request.json(), ASSOCIATION_LIMIT):
            record = records.find(from_type, record_id)
            associated = record.associations[to_type] if record else []
            if associated:
                to = [{"toObjectId": other, "associationTypes": types} for other in associated]
                result = {"from": {"id": record_id}, "to": to[:ASSOCIATIONS_SHOWN]}
                if len(to) > ASSOCIATIONS_SHOWN:
                    result["paging"] = {"next": {"after": str(ASSOCIATIONS_SHOWN)}}
                results.append(result)
            else:
                missing.append(record_id)
        answer = self._batch(results)
        if not missing:
            return json_response(answer)
        answer["numErrors"] = len(missing)
        answer["errors"] = [
            {
                "status": "error",
                "category": "OBJECT_NOT_FOUND",
                "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                "message": f"No {to_type} are associated with {from_type} {record_id}.",
                "context": {"fromObjectId": [record_id]},
            }
            for record_id in missing
        ]
        return json_response(answer, status=207)

    def associated(self, request: Request) -> Response:
        """The associations of one record, from a cursor on."""
        from_type, to_type = request.params["type"], request.params["to_type"]
        types = _ASSOCIATION_TYPES.get((from_type, to_type))
        record = self.records().find(from_type, request.params["id"])
        if types is None or record is None:
            raise _Refused(404, "OBJECT_NOT_FOUND", "resource not found")
        start = int(request.arg("after", "0"))
        end = start + _limit(request.arg("limit", "500"), ASSOCIATIONS_SHOWN)
        found = record.associations[to_type]
        answer: dict[str, Any] = {
            "results": [
                {"toObjectId": other, "associationTypes": types} for other in found[start:end]
            ]
        }
        if end < len(found):
            answer["paging"] = {"next": {"after": str(end)}}
        return json_response(answer)

    def pipelines(self, request: Request) -> Response:
        """The one pipeline of deals."""
        start = datetime(self._world.first_day.year, 1, 1, tzinfo=UTC)
        stages = [
            {
                "id": stage_id,
                "label": label,
                "displayOrder": position,
                "metadata": {
                    "isClosed": "true" if is_closed else "false",
                    "probability": str(probability),
                },
                "createdAt": iso(start),
                "updatedAt": iso(start),
                "archived": False,
                "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
            }
            for position, (stage_id, label, probability, is_closed, _) in enumerate(DEAL_STAGES)
        ]
        pipeline = {
            "id": PIPELINE_ID,
            "label": PIPELINE_LABEL,
            "displayOrder": 0,
            "stages": stages,
            "createdAt": iso(start),
            "updatedAt": iso(start),
            "archived": False,
        }
        return json_response({"results": [pipeline]})

    def forms(self, request: Request) -> Response:
        """The forms of the web site."""
        start = datetime(self._world.first_day.year, 1, 1, tzinfo=UTC)
        results = [
            {
                "id": form.form_id,
                "name": form.name,
                "formType": "hubspot",
                "createdAt": iso(start),
                "updatedAt": iso(start),
                "archived": False,
            }
            for form in self._world.forms
        ]
        return json_response({"results": results})

    def submissions(self, request: Request) -> Response:
        """Submissions of one form, newest first."""
        form_id = request.params["form_id"]
        if form_id not in {form.form_id for form in self._world.forms}:
            raise _Refused(404, "OBJECT_NOT_FOUND", f"no form {form_id}")
        limit = _limit(request.arg("limit", "20"), SUBMISSION_LIMIT)
        offset = int(request.arg("after", "0"))
        now = self._clock.now()
        submitted = self._submitted.get(form_id, [])
        touches = submitted[: bisect_right(submitted, now, key=lambda touch: touch.at)][::-1]
        answer: dict[str, Any] = {
            "results": [self._submission(touch) for touch in touches[offset : offset + limit]]
        }
        if offset + limit < len(touches):
            answer["paging"] = {"next": {"after": str(offset + limit)}}
        return json_response(answer)

    def _submission(self, touch: Touch) -> dict[str, Any]:
        answers = {
            "email": touch.email,
            "matomo_visitor_id": touch.visitor_id,
            "referrer": touch.referrer,
            **{name: value for name, value in touch.parameters.items() if name != "utm_id"},
        }
        return {
            "conversionId": conversion_id(touch),
            "submittedAt": millis(touch.at),
            "values": [
                {"name": name, "value": value, "objectTypeId": "0-1"}
                for name, value in answers.items()
                if value
            ],
            "pageUrl": touch.landing_page,
        }

    def _batch(self, results: list[dict[str, Any]]) -> dict[str, Any]:
        moment = iso(self._clock.now())
        return {
            "status": "COMPLETE",
            "results": results,
            "startedAt": moment,
            "completedAt": moment,
        }


def conversion_id(touch: Touch) -> str:
    """HubSpot's id of a touch's submission; in the order of touches."""
    return f"{touch.number:08x}-f0a5-4000-8000-{touch.number:012x}"


def _limit(value: object, most: int) -> int:
    limit = int(str(value))
    if not 1 <= limit <= most:
        raise _Refused(400, "VALIDATION_ERROR", f"limit must be between 1 and {most}")
    return limit


def _inputs(body: dict[str, Any], most: int) -> list[str]:
    ids = [str(item["id"]) for item in body["inputs"]]
    if len(ids) > most:
        raise _Refused(400, "VALIDATION_ERROR", f"a batch holds at most {most} inputs")
    return ids


def _moment(value: str) -> datetime:
    if value.lstrip("-").isdigit():
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    return datetime.fromisoformat(value)


def _guarded(handler: Handler) -> Handler:
    """The handler behind HubSpot's authentication and validation."""

    def guarded(request: Request) -> Response:
        try:
            if not request.bearer:
                raise _Refused(401, "INVALID_AUTHENTICATION", "Authentication credentials missing")
            try:
                return handler(request)
            except (KeyError, TypeError, ValueError) as error:
                raise _Refused(400, "VALIDATION_ERROR", f"invalid request: {error!r}") from error
        except _Refused as refused:
            return refused.response()

    return guarded


def routes(world: World, clock: Clock) -> list[Route]:
    """What HubSpot answers."""
    hubspot = _HubSpot(world, clock)
    objects = rf"/crm/objects/{VERSION}/(?P<type>contacts|companies|deals)"
    associations = rf"/crm/associations/{VERSION}/(?P<type>\w+)/(?P<to_type>\w+)/batch/read"
    associated = rf"{objects}/(?P<id>\d+)/associations/(?P<to_type>\w+)"
    submissions = r"/form-integrations/v1/submissions/forms/(?P<form_id>[^/]+)"
    return [
        Route("POST", f"{objects}/search", _guarded(hubspot.search)),
        Route("POST", f"{objects}/batch/read", _guarded(hubspot.batch_read)),
        Route("GET", objects, _guarded(hubspot.listing)),
        Route("POST", associations, _guarded(hubspot.associations)),
        Route("GET", associated, _guarded(hubspot.associated)),
        Route("GET", rf"/crm/pipelines/{VERSION}/deals", _guarded(hubspot.pipelines)),
        Route("GET", rf"/marketing/forms/{VERSION}", _guarded(hubspot.forms)),
        Route("GET", submissions, _guarded(hubspot.submissions)),
    ]
