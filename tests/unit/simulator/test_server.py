"""The server routes, follows its clock, and fails on demand; over real HTTP on loopback."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from simulator.faults import Fault, FaultKind
from simulator.generation.calendar import DEMO_NOW
from simulator.http import Clock, Request, Response, Route, json_response
from simulator.server import SimulatorServer, vendor_routes
from simulator.world import World


@pytest.fixture
def server(small_world: World) -> Iterator[SimulatorServer]:
    """A server with one vendor, ``echo``, whose pages have a cursor."""
    clock = Clock(DEMO_NOW)

    def page(request: Request) -> Response:
        number = int(request.arg("after", "0"))
        return json_response({"rows": list(range(50)), "after": number + 1})

    def told(request: Request) -> Response:
        return json_response(
            {
                "account": request.params["account"],
                "form": request.form() if request.body else {},
                "token": request.bearer,
                "now": clock.now().isoformat(),
                "base": request.base_url,
            }
        )

    def broken(request: Request) -> Response:
        raise ValueError("oops")

    routes = {
        "echo": [
            Route("GET", r"/page", page),
            Route("POST", r"/accounts/(?P<account>[^/]+)/figures", told),
            Route("GET", r"/broken", broken),
        ]
    }
    with SimulatorServer(small_world, clock, routes=routes) as running:
        yield running


@pytest.fixture
def client(server: SimulatorServer) -> Iterator[httpx.Client]:
    """A client of the echo vendor."""
    with httpx.Client(base_url=server.base_url("echo"), timeout=5) as running:
        yield running


def test_requests_reach_their_route_with_everything_they_carry(
    server: SimulatorServer, client: httpx.Client
) -> None:
    """Path parts, form, bearer token and base URL arrive; the log keeps no headers."""
    answer = client.post(
        "/accounts/12%2034/figures", data={"a": "ö"}, headers={"Authorization": "Bearer s3cret"}
    )
    assert answer.json() == {
        "account": "12 34",
        "form": {"a": "ö"},
        "token": "s3cret",
        "now": DEMO_NOW.isoformat(),
        "base": server.base_url("echo"),
    }
    logged = server.log[-1]
    assert (logged.vendor, logged.path, logged.status) == ("echo", "/accounts/12 34/figures", 200)
    assert "s3cret" not in repr(server.log)


def test_unknown_paths_are_not_found_and_failing_renderers_are_told(
    server: SimulatorServer, client: httpx.Client
) -> None:
    """A renderer's own bug must not look like a fault that a test asked for."""
    assert client.get("/nowhere").status_code == 404
    assert client.get(server.base_url("nobody") + "/page").status_code == 404
    assert client.get("/broken").status_code == 500
    assert "ValueError: oops" in server.errors[0]


def test_the_clock_moves_under_a_running_server(
    server: SimulatorServer, client: httpx.Client
) -> None:
    """A later request for the same day gets restated answers, without a new server."""
    server.clock.advance(timedelta(days=3))
    now = client.post("/accounts/1/figures").json()["now"]
    assert now == (DEMO_NOW + timedelta(days=3)).isoformat()


@pytest.mark.parametrize(
    ("kind", "status", "retry_after"),
    [
        (FaultKind.UNAUTHORIZED, 401, None),
        (FaultKind.FORBIDDEN, 403, None),
        (FaultKind.THROTTLED, 429, "2"),
        (FaultKind.THROTTLED_SILENTLY, 429, None),
        (FaultKind.SERVER_ERROR, 500, None),
    ],
)
def test_refusals_have_their_status_once(
    server: SimulatorServer,
    client: httpx.Client,
    kind: FaultKind,
    status: int,
    retry_after: str | None,
) -> None:
    """A fault meets the requests it names and leaves the next one alone."""
    server.faults.add(Fault(kind, "/page", seconds=2))
    answer = client.get("/page")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)
    assert client.get("/page").status_code == 200
    assert server.log[0].fault is kind
    assert server.log[1].fault is None


def test_one_account_is_refused_and_the_others_are_served(
    server: SimulatorServer, client: httpx.Client
) -> None:
    """By the path for vendors that name the account there, by the body for the others."""
    server.faults.add(Fault(FaultKind.FORBIDDEN, "/accounts/7/", times=0))
    server.faults.add(Fault(FaultKind.FORBIDDEN, body="site=9(&|$)", times=0))
    for _ in range(2):
        assert client.post("/accounts/7/figures").status_code == 403
        assert client.post("/accounts/8/figures").status_code == 200
        assert client.post("/accounts/8/figures", data={"site": "9"}).status_code == 403
        assert client.post("/accounts/8/figures", data={"site": "90"}).status_code == 200


def test_a_fault_may_wait_for_the_nth_request(
    server: SimulatorServer, client: httpx.Client
) -> None:
    """The second page fails twice, then works: what a retry must survive."""
    server.faults.add(Fault(FaultKind.SERVER_ERROR, "/page", first=2, times=2))
    assert [client.get("/page").status_code for _ in range(4)] == [200, 500, 500, 200]
    server.faults.add(Fault(FaultKind.SERVER_ERROR, times=0))
    server.faults.clear()
    assert client.get("/page").status_code == 200


def test_a_timeout_says_nothing_and_does_not_hold_the_server(
    server: SimulatorServer, client: httpx.Client
) -> None:
    """The client gives up first; other requests are served in the meantime."""
    server.faults.add(Fault(FaultKind.TIMEOUT, "/page", seconds=30))
    with pytest.raises(httpx.ReadTimeout):
        client.get("/page", timeout=0.1)
    started = time.monotonic()
    assert client.get("/page").status_code == 200
    assert time.monotonic() - started < 5


def test_a_reset_breaks_the_connection(server: SimulatorServer, client: httpx.Client) -> None:
    """No status at all."""
    server.faults.add(Fault(FaultKind.RESET, "/page"))
    with pytest.raises(httpx.TransportError):
        client.get("/page")
    assert client.get("/page").status_code == 200


def test_a_truncated_body_is_shorter_than_promised(
    server: SimulatorServer, client: httpx.Client
) -> None:
    """HTTP itself can tell."""
    server.faults.add(Fault(FaultKind.TRUNCATED, "/page"))
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/page")
    assert client.get("/page").status_code == 200


def test_half_a_body_that_fits_its_length_is_only_broken_json(
    server: SimulatorServer, client: httpx.Client
) -> None:
    """HTTP cannot tell: the reader must."""
    server.faults.add(Fault(FaultKind.HALF_JSON, "/page"))
    answer = client.get("/page")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_login_page_has_status_200(server: SimulatorServer, client: httpx.Client) -> None:
    """Success by its status, an error by its type."""
    server.faults.add(Fault(FaultKind.HTML, "/page"))
    answer = client.get("/page")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_repeated_cursor_gives_the_last_page_again(
    server: SimulatorServer, client: httpx.Client
) -> None:
    """A reader that trusts it would loop for ever."""
    server.faults.add(Fault(FaultKind.REPEATED_CURSOR, "/page", first=3, times=1))
    cursors = [client.get("/page", params={"after": n}).json()["after"] for n in range(4)]
    assert cursors == [1, 2, 2, 4]


def test_every_vendor_has_routes(small_world: World) -> None:
    """Vendors are found by their modules' names."""
    found = vendor_routes(small_world, Clock(DEMO_NOW))
    assert set(found) == {
        "google_ads", "hubspot", "linkedin_ads", "mailchimp", "matomo", "meta_ads", "meta_leads",
        "salesforce", "search_console",
    }  # fmt: skip
    assert all(found.values())


def test_a_moment_without_a_zone_is_refused() -> None:
    """The clock must not guess."""
    with pytest.raises(ValueError, match="no zone"):
        Clock(DEMO_NOW.replace(tzinfo=None))
