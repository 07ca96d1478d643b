"""All vendor failures, over real HTTP: what lands, what is retried, and the message."""

from __future__ import annotations

import base64
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from orchestration.connectors.answer import Throttle
from orchestration.connectors.stream import Auth, Request
from orchestration.extract.failures import ExtractionFailed, FailureKind
from tests.kit.extract.acme import TOKEN, Acme, a_stream
from tests.kit.extract.vendor import Answer, Asked

GOOD = Answer({"items": [{"id": 1}, {"id": 2}]})
PAGE = Answer(b"<!DOCTYPE html><html>Please log in</html>", headers={"Content-Type": "text/html"})


def failed(acme: Acme, kind: FailureKind) -> ExtractionFailed:
    """Extract, expecting that kind of failure, nothing landed, and no secret in the message."""
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(a_stream())
    assert [failure.kind for failure in caught.value.failures] == [kind]
    assert acme.landing.slices() == []
    assert not list(acme.landing.root.rglob("*.zst*")), "a partial page was left"
    return caught.value


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Answer({"message": "slow down"}, 429), FailureKind.THROTTLED),
        (Answer({"message": "oops"}, 500), FailureKind.SERVER_ERROR),
        (Answer({"message": "oops"}, 503), FailureKind.SERVER_ERROR),
        (Answer(fault="reset"), FailureKind.UNREACHABLE),
        (replace(GOOD, fault="cut"), FailureKind.INCOMPLETE),
        (PAGE, FailureKind.NOT_JSON),
        (Answer(b"<html>no type</html>"), FailureKind.NOT_JSON),
        (Answer(GOOD.content[:20]), FailureKind.INCOMPLETE),
        (Answer(b""), FailureKind.INCOMPLETE),
        (Answer(b'{"items": []} {"items": []}'), FailureKind.INCOMPLETE),
    ],
)
def test_passing_trouble_is_waited_out(acme: Acme, fault: Answer, kind: FailureKind) -> None:
    """Trouble that passes costs waiting and nothing else; trouble that stays lands nothing."""
    acme.vendor.queue = [fault, fault, GOOD]
    extraction = acme.extract(a_stream())
    assert acme.landed() == [[1, 2]]
    assert extraction.requests == 3
    assert 1 <= acme.waits[0] <= 1.25
    assert 2 <= acme.waits[1] <= 2.5


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Answer({"message": "slow down"}, 429), FailureKind.THROTTLED),
        (Answer({"message": "oops"}, 500), FailureKind.SERVER_ERROR),
        (Answer(fault="reset"), FailureKind.UNREACHABLE),
        (replace(GOOD, fault="cut"), FailureKind.INCOMPLETE),
        (PAGE, FailureKind.NOT_JSON),
        (Answer(GOOD.content[:20]), FailureKind.INCOMPLETE),
    ],
)
def test_lasting_trouble_lands_nothing(acme: Acme, fault: Answer, kind: FailureKind) -> None:
    """Attempts are bounded, and what was half read is not seen by anyone."""
    acme.vendor.handler = lambda asked: fault
    error = failed(acme, kind)
    assert len(acme.vendor.asked) == 5
    assert "Tried 5 times" in str(error)


def test_silence_times_out(acme: Acme) -> None:
    """A vendor that accepts and then stays silent would otherwise hang a night's run."""
    acme.patience = {"read": 0.2, "attempts": 2}
    acme.vendor.handler = lambda asked: Answer(fault="silence")
    failed(acme, FailureKind.TIMEOUT)
    assert len(acme.vendor.asked) == 2


def test_retry_after_seconds_is_obeyed(acme: Acme) -> None:
    """The vendor's own wait replaces ours."""
    acme.vendor.queue = [Answer({}, 429, {"Retry-After": "17"}), GOOD]
    acme.extract(a_stream())
    assert acme.waits == [17.0]


def test_retry_after_date_is_obeyed(acme: Acme) -> None:
    """``Retry-After`` may be a date."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    acme.vendor.queue = [Answer({}, 503, {"Retry-After": moment}), GOOD]
    acme.extract(a_stream())
    assert 25 <= acme.waits[0] <= 30


def test_a_day_long_retry_after_is_not_slept_through(acme: Acme) -> None:
    """A daily quota asks to wait for hours: fail and report it instead of retrying too early."""
    acme.vendor.handler = lambda asked: Answer({}, 429, {"Retry-After": "80000"})
    assert "80000 s" in str(failed(acme, FailureKind.THROTTLED))
    assert acme.waits == []
    assert len(acme.vendor.asked) == 1


def test_throttle_inside_a_200(acme: Acme) -> None:
    """TikTok throttles with status 200 and ``code`` 40100; taken for an answer it loses a day."""
    acme.connector = {"throttles": (Throttle("code", ("40100",)),)}
    acme.vendor.queue = [Answer({"code": 40100, "message": "Too many requests"}), GOOD]
    acme.extract(a_stream())
    assert acme.landed() == [[1, 2]]
    acme.vendor.handler = lambda asked: Answer({"code": 40100, "items": [{"id": 3}]})
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(a_stream())
    assert caught.value.failures[0].kind is FailureKind.THROTTLED


def test_error_inside_a_200(acme: Acme) -> None:
    """Matomo reports a wrong token with status 200: not a record, and a retry won't help."""
    acme.connector = {"error_path": "result", "error_values": ("error",)}
    acme.vendor.handler = lambda asked: Answer({"result": "error", "message": "no access"})
    assert "no access" in str(failed(acme, FailureKind.REJECTED))
    assert len(acme.vendor.asked) == 1


def test_an_error_shows_its_reason_however_deep_it_is(acme: Acme) -> None:
    """The first 200 characters of Google's refusal are the same for every reason there is."""
    reason = "Metrics cannot be requested for a manager account."
    details = [{"@type": "x" * 300, "errors": [{"errorCode": {"q": "M"}, "message": reason}]}]
    error = {"code": 400, "message": "Invalid argument.", "status": "BAD", "details": details}
    acme.vendor.handler = lambda asked: Answer([{"error": error}], 400)
    said = str(failed(acme, FailureKind.REJECTED))
    assert f"It said: Invalid argument.; {reason}" in said
    assert "xxx" not in said


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'\nWarning: foreach() on null in /x.php on line 7\n{"items": [{"id": 1}]}', "on line 7"),
        (b'<br />\n<b>Notice</b>: bad index in <b>/x.php</b><br />{"items": []}', "bad index"),
        (b'{"items": [{"id": 1}]}\nDeprecated: old() of kim@kund.example', "old() of ***@***"),
    ],
)
def test_what_a_server_writes_around_its_data_is_shown(acme: Acme, body: bytes, shown: str) -> None:
    """A PHP warning before the JSON was shown as 'not complete JSON', its text masked."""
    acme.patience = {"attempts": 1}
    acme.vendor.handler = lambda asked: Answer(body)
    said = str(failed(acme, FailureKind.SPOILED))
    assert shown in said
    assert "display_errors" in said


def test_a_page_with_data_in_a_script_is_a_page(acme: Acme) -> None:
    """A login page carries its settings as JSON; it is no answer with a warning before it."""
    acme.patience = {"attempts": 1}
    page = b'<html><script>x = {"a": 1}</script><p>Please log in</p></html>'
    acme.vendor.handler = lambda asked: Answer(page)
    assert "Please log in" in str(failed(acme, FailureKind.NOT_JSON))


def test_an_outage_says_why(acme: Acme) -> None:
    """A vendor that is down for maintenance says until when."""
    acme.patience = {"attempts": 1}
    acme.vendor.handler = lambda asked: Answer({"message": "Back at 14:00"}, 503)
    assert "Back at 14:00" in str(failed(acme, FailureKind.SERVER_ERROR))


def test_error_at_the_end_of_a_stream(acme: Acme) -> None:
    """Google's stream that breaks off ends with a chunk that holds ``error``: rows are missing."""
    acme.connector = {"error_path": "*.error"}
    broken = [{"items": [{"id": 1}]}, {"error": {"code": 13, "message": "internal"}}]
    acme.vendor.handler = lambda asked: Answer(broken)
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(a_stream(request=Request("/things", records="*.items.*")))
    assert caught.value.failures[0].kind is FailureKind.REJECTED
    assert acme.landing.slices() == []


@pytest.mark.parametrize("body", [{}, {"message": "moved"}, [], "text", {"items": None}])
def test_an_answer_without_its_records_is_no_empty_answer(acme: Acme, body: object) -> None:
    """An empty snapshot would make every campaign vanish."""
    acme.vendor.handler = lambda asked: Answer(body)
    failed(acme, FailureKind.INCOMPLETE)


def test_a_redirect_is_not_followed(acme: Acme) -> None:
    """A redirect to a login page turns a POST into a GET and an error into a page."""
    there = f"{acme.vendor.base_url}/login"
    acme.vendor.handler = lambda asked: Answer({}, 302, {"Location": there})
    failed(acme, FailureKind.REJECTED)
    assert len(acme.vendor.asked) == 1


def test_unreachable(acme: Acme) -> None:
    """No server listens."""
    acme.vendor.close()
    acme.patience = {"attempts": 2}
    failed(acme, FailureKind.UNREACHABLE)


class Tokens:
    """A vendor that hands out access tokens and accepts only the newest of them."""

    def __init__(self) -> None:
        self.given = 0
        self.accepts = True

    def __call__(self, asked: Asked) -> Answer:
        """Answer."""
        if asked.path == "/api/oauth/token":
            self.given += 1
            return Answer({"access_token": f"access-{self.given}", "expires_in": 3600})
        good = asked.headers["authorization"] == f"Bearer access-{self.given}" and self.accepts
        said = {"error": f"{asked.headers['authorization']} is not valid"}
        return GOOD if good else Answer(said, 401)


def test_401_renews_the_token_once(acme: Acme) -> None:
    """HubSpot's tokens live 30 minutes: one that expires mid-run is renewed, without waiting."""
    acme.auth, acme.connector = Auth.OAUTH_REFRESH, {"token_path": "/oauth/token"}
    tokens = Tokens()
    acme.vendor.handler = tokens
    acme.vendor.queue = [Answer({"access_token": "expired"})]
    acme.extract(a_stream())
    assert acme.landed() == [[1, 2]]
    assert [asked.path for asked in acme.vendor.asked] == [
        "/api/oauth/token",
        "/api/things",
        "/api/oauth/token",
        "/api/things",
    ]
    assert acme.vendor.asked[0].form["grant_type"] == "refresh_token"
    assert acme.vendor.asked[0].form["refresh_token"] == TOKEN
    assert acme.waits == []


def test_401_forever_fails_fast(acme: Acme) -> None:
    """Hammering with revoked credentials gets an account locked."""
    acme.auth, acme.connector = Auth.OAUTH_REFRESH, {"token_path": "/oauth/token"}
    tokens = Tokens()
    tokens.accepts = False
    acme.vendor.handler = tokens
    error = failed(acme, FailureKind.UNAUTHORIZED)
    assert tokens.given == 2
    assert len(acme.vendor.asked) == 4
    assert "access-" not in str(error)


def test_a_refused_refresh_token(acme: Acme) -> None:
    """Google answers 400 invalid_grant: that is a matter of credentials, not of the request."""
    acme.auth, acme.connector = Auth.OAUTH_REFRESH, {"token_path": "/oauth/token"}
    acme.vendor.handler = lambda asked: Answer({"error": "invalid_grant"}, 400)
    assert "invalid_grant" in str(failed(acme, FailureKind.UNAUTHORIZED))
    assert len(acme.vendor.asked) == 1


def test_an_absolute_token_address_follows_base_url(acme: Acme) -> None:
    """With ``base_url`` replaced nothing may go to the vendor's own hosts any more."""
    acme.auth = Auth.OAUTH_REFRESH
    acme.connector = {"token_path": "https://oauth2.acme.invalid/oauth/token"}
    acme.vendor.handler = Tokens()
    acme.extract(a_stream())
    assert acme.vendor.asked[0].path == "/api/oauth/token"


def test_403_stops_only_its_account(acme: Acme) -> None:
    """One revoked account never stops the others."""
    acme.accounts = ["one", "two", "three"]
    acme.vendor.handler = lambda asked: (
        Answer({"message": "not yours"}, 403) if "two" in asked.path else GOOD
    )
    stream = a_stream(per_account=True, request=Request("/{account_id}/things", records="items"))
    extraction = acme.extract(stream)
    assert [item.account_id for item in extraction.slices] == ["one", "three"]
    (failure,) = extraction.failures
    assert (failure.account_id, failure.kind) == ("two", FailureKind.FORBIDDEN)
    assert "not yours" in failure.message
    assert "account two" in failure.message
    assert len(acme.vendor.asked) == 3, "a 403 is not tried again"


@pytest.mark.parametrize("auth", [Auth.BEARER, Auth.BASIC, Auth.BODY_TOKEN])
@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
def test_no_token_in_any_error_text(acme: Acme, auth: Auth, status: int) -> None:
    """Vendors echo requests in their errors, and error texts end up in logs and tickets."""
    acme.auth, acme.connector = auth, {"token_param": "token_auth"}

    def echo(asked: Asked) -> Answer:
        signed = asked.headers.get("authorization", "")
        said = f"{TOKEN} {asked.body.decode()} {signed} {asked.query} " + f"{TOKEN}-" * 50
        return Answer(f"<html>{said}".encode() if status == 200 else {"said": said}, status)

    acme.vendor.handler = echo
    request = Request("/things", "POST", {"key": TOKEN}, {"a": TOKEN}, form=auth is Auth.BODY_TOKEN)
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(a_stream(request=request))
    shown = "".join(traceback.format_exception(caught.value))
    texts = [shown, *(failure.message for failure in caught.value.failures)]
    for text in texts:
        assert "***" in text or status == 500
        for form in (TOKEN[:6], "s3cret%2Fto%2Bken", base64.b64encode(TOKEN.encode()).decode()):
            assert form not in text
        assert base64.b64encode(f"tributary:{TOKEN}".encode()).decode() not in text


def test_every_way_to_authenticate(acme: Acme) -> None:
    """The token is exactly where each vendor looks for it."""
    acme.vendor.handler = lambda asked: GOOD
    form = Request("/things", "POST", body={"module": "API"}, form=True, records="items")
    json = Request("/things", "POST", body={"query": "all"}, records="items")
    for auth, request in [
        (Auth.BEARER, json),
        (Auth.BASIC, json),
        (Auth.BODY_TOKEN, form),
        (Auth.BODY_TOKEN, json),
    ]:
        acme.auth, acme.connector = auth, {"token_param": "token_auth"}
        acme.extract(a_stream(request=request))
    bearer, basic, in_form, in_json = acme.vendor.asked
    assert bearer.headers["authorization"] == f"Bearer {TOKEN}"
    assert bearer.json == {"query": "all"}
    _, _, password = base64.b64decode(basic.headers["authorization"][6:]).decode().partition(":")
    assert password == TOKEN
    assert in_form.form == {"module": "API", "token_auth": TOKEN}
    assert in_json.json == {"query": "all", "token_auth": TOKEN}
    assert "authorization" not in in_form.headers
