"""Access tokens: three grants, one renewal, nothing secret in a text, and no lost refresh token."""

from __future__ import annotations

import base64
import errno
import json
import os
import stat
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.auth import Assertion, TokenRequest
from orchestration.connectors.stream import Auth, Connector, Request, SignIn
from orchestration.extract.failures import ExtractionFailed, FailureKind
from orchestration.extract.landing import Landing
from orchestration.extract.patience import Patience
from orchestration.extract.stream import Extraction, extract_stream, ping
from orchestration.extract.tokens import TokenFileDamaged, TokenStore
from orchestration.foundation.disk import NoRoom
from tests.kit.extract.acme import NOW, Acme, a_stream
from tests.kit.extract.vendor import Answer, Asked, Loopback

GOOD = Answer({"items": [{"id": 1}]})
SECRETS = {
    "client_id": "3MVG9-consumer",
    "client_secret": "client/s3cret+x",
    "refresh_token": "refresh-0/first+one",
}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: Any) -> str:
    """A private key as a company has it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


JWT = TokenRequest(
    assertion=Assertion(
        issuer="{secret:client_id}",
        audience="{option:login}",
        subject="{option:user}",
        claims={"scope": "api"},
    )
)


@dataclass
class Bank:
    """A connector whose vendor issues tokens, and accepts only the newest access token."""

    vendor: Loopback
    landing: Landing
    store: TokenStore | None
    auth: Auth = Auth.OAUTH_REFRESH
    token_request: TokenRequest = field(default_factory=TokenRequest)
    secrets: dict[str, str] = field(default_factory=lambda: dict(SECRETS))
    sign_ins: tuple[SignIn, ...] = ()
    given_secrets: tuple[str, ...] = ()
    rotates: bool = False
    accepts: bool = True
    given: int = 0
    refresh: str = SECRETS["refresh_token"]

    def __call__(self, asked: Asked) -> Answer:
        """Answer as the vendor."""
        if asked.path != "/api/oauth/token":
            good = asked.headers.get("authorization") == f"Bearer access-{self.given}"
            said = {"error": f"{asked.headers.get('authorization')} is not valid"}
            return GOOD if good and self.accepts else Answer(said, 401)
        if asked.form.get("refresh_token", self.refresh) != self.refresh:
            return Answer({"error": "invalid_grant", "said": asked.form}, 400)
        self.given += 1
        answer: dict[str, Any] = {"access_token": f"access-{self.given}"}
        if self.rotates:
            self.refresh = f"refresh-{self.given}/rotated+one"
            answer["refresh_token"] = self.refresh
        return Answer(answer)

    def declared(self) -> tuple[Connector, ConnectorConfig]:
        """The connector and its configuration."""
        for name, value in self.secrets.items():
            os.environ[f"TRIBUTARY_TEST_{name}"] = value
        connector = Connector(
            name="acme",
            title="Acme",
            base_url="http://acme.invalid",
            api_version="7",
            auth=self.auth,
            secrets=tuple(self.secrets),
            streams=(a_stream(),),
            ping=Request("/ping"),
            options={"login": "https://login.acme.invalid", "user": "integration"},
            token_path="https://login.acme.invalid/oauth/token",
            token_request=self.token_request,
            sign_ins=self.sign_ins,
        )
        config = ConnectorConfig(
            base_url=self.vendor.base_url,
            secrets={
                name: Secret(f"TRIBUTARY_TEST_{name}", name)
                for name in self.given_secrets or self.secrets
            },
        )
        return connector, config

    def extract(self) -> Extraction:
        """One run."""
        connector, config = self.declared()
        patience = Patience(attempts=2, read=5, sleep=lambda _: None)
        return extract_stream(
            connector,
            connector.streams[0],
            config,
            self.landing,
            None,
            NOW,
            patience=patience,
            tokens=self.store,
        )

    def failed(self) -> FailureKind:
        """Why a run landed nothing; no text of it holds a secret."""
        with pytest.raises(ExtractionFailed) as caught:
            self.extract()
        assert self.landing.slices() == []
        shown = "".join(traceback.format_exception(caught.value))
        shown += "".join(each.message for each in caught.value.failures)
        for secret in (*self.secrets.values(), *self.sent_assertions(), "access-", "refresh-"):
            encoded = base64.b64encode(secret.encode()).decode()
            assert secret not in shown
            assert encoded not in shown
        return caught.value.failures[0].kind

    def forms(self) -> list[dict[str, str]]:
        """What the token address was sent."""
        return [asked.form for asked in self.vendor.asked if asked.path.endswith("/oauth/token")]

    def sent_assertions(self) -> list[str]:
        """The assertions among them."""
        return [form["assertion"] for form in self.forms() if "assertion" in form]


@pytest.fixture
def bank(vendor: Loopback, landing: Landing, tmp_path: Path, monkeypatch: Any) -> Bank:
    """The connector; what it sets in the environment goes with the test."""
    for name in (*SECRETS, "private_key"):
        monkeypatch.setenv(f"TRIBUTARY_TEST_{name}", "")
    made = Bank(vendor, landing, TokenStore(tmp_path / "home" / "tokens"))
    vendor.handler = made
    return made


def kept(tmp_path: Path) -> dict[str, Any]:
    """What the store holds."""
    return dict(json.loads((tmp_path / "home" / "tokens" / "acme.json").read_text()))


@pytest.mark.parametrize("basic", [False, True])
def test_client_credentials(bank: Bank, basic: bool) -> None:
    """Id and secret in the form, or in HTTP Basic as Salesforce wants them; the scope beside."""
    bank.auth = Auth.OAUTH_CLIENT
    bank.token_request = TokenRequest({"scope": "api {option:user}"}, basic=basic)
    del bank.secrets["refresh_token"]
    assert bank.extract().rows == 1
    (form,) = bank.forms()
    client = {name: form.pop(name, "") for name in ("client_id", "client_secret")}
    assert form == {"grant_type": "client_credentials", "scope": "api integration"}
    signed = bank.vendor.asked[0].headers.get("authorization", "").removeprefix("Basic ")
    expected = f"{SECRETS['client_id']}:{SECRETS['client_secret']}"
    assert base64.b64decode(signed).decode() == (expected if basic else "")
    assert ":".join(client.values()) == (":" if basic else expected)


@pytest.mark.parametrize("written", [pem(KEY), pem(KEY).replace("\n", "\\n")])
def test_jwt_bearer(bank: Bank, written: str) -> None:
    """Signed with RS256, it names who, for whom and how long; each request has its own."""
    bank.auth, bank.token_request = Auth.OAUTH_JWT, JWT
    bank.secrets = {"client_id": SECRETS["client_id"], "private_key": written}
    bank.vendor.queue = [Answer({"access_token": "expired"})]
    assert bank.extract().rows == 1
    forms = bank.forms()
    assert len(forms) == 2, "one for the expired token, one after the 401"
    for form in forms:
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        assert set(form) == {"grant_type", "assertion"}
        assert jwt.get_unverified_header(form["assertion"])["alg"] == "RS256"
        claims = jwt.decode(
            form["assertion"],
            KEY.public_key(),
            algorithms=["RS256"],
            audience="https://login.acme.invalid",
            issuer=SECRETS["client_id"],
        )
        assert (claims["sub"], claims["scope"]) == ("integration", "api")
        assert claims["exp"] - claims["iat"] == 180
        assert abs(claims["iat"] - time.time()) < 60


@pytest.mark.parametrize("key", ["", pem(KEY)])
def test_the_configured_secrets_choose_the_way_to_sign_in(
    bank: Bank, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """A vendor takes a refresh token or a signed assertion; a company has one of them."""
    bank.sign_ins = (SignIn(Auth.OAUTH_JWT, ("client_id", "private_key"), JWT),)
    monkeypatch.setenv("TRIBUTARY_TEST_private_key", key)
    bank.given_secrets = ("client_id", "private_key") if key else ()
    assert bank.extract().rows == 1
    (form,) = bank.forms()
    assert ("assertion" in form, "refresh_token" in form) == (bool(key), not key)
    connector, _ = bank.declared()
    assert connector.known_secrets == (*SECRETS, "private_key")


@pytest.mark.parametrize(
    "key",
    [
        "-----BEGIN PRIVATE KEY-----\nMIIrubbish\n-----END PRIVATE KEY-----",
        "no key at all",
        pem(ec.generate_private_key(ec.SECP256R1())),
    ],
)
def test_a_key_that_is_no_rsa_key(bank: Bank, key: str) -> None:
    """The error names the wrong secret, not its content; nothing is sent."""
    bank.auth, bank.token_request = Auth.OAUTH_JWT, JWT
    bank.secrets = {"client_id": SECRETS["client_id"], "private_key": key}
    assert bank.failed() is FailureKind.UNAUTHORIZED
    assert bank.vendor.asked == []


GRANTS: dict[str, Callable[[Bank], None]] = {
    "refresh": lambda bank: None,
    "client": lambda bank: setattr(bank, "auth", Auth.OAUTH_CLIENT),
    "jwt": lambda bank: vars(bank).update(
        auth=Auth.OAUTH_JWT,
        token_request=JWT,
        secrets={"client_id": SECRETS["client_id"], "private_key": pem(KEY)},
    ),
}


@pytest.mark.parametrize("grant", GRANTS)
def test_401_is_answered_with_one_new_token_and_then_fails(bank: Bank, grant: str) -> None:
    """Hammering with revoked credentials gets an account locked."""
    GRANTS[grant](bank)
    bank.accepts = False
    assert bank.failed() is FailureKind.UNAUTHORIZED
    assert bank.given == 2
    assert len(bank.vendor.asked) == 4


@pytest.mark.parametrize("grant", GRANTS)
@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_no_credential_in_any_error_text(bank: Bank, grant: str, status: int) -> None:
    """Token addresses echo what they were sent."""
    GRANTS[grant](bank)

    def echo(asked: Asked) -> Answer:
        said = f"{asked.form} {asked.body.decode()} {asked.headers.get('authorization')}"
        return Answer({"error": "invalid_grant", "error_description": said}, status)

    bank.vendor.handler = echo
    expected = FailureKind.SERVER_ERROR if status == 500 else FailureKind.UNAUTHORIZED
    assert bank.failed() is expected


def test_a_replaced_refresh_token_is_kept_for_the_next_run(bank: Bank, tmp_path: Path) -> None:
    """Microsoft hands out another one with each exchange: the next run must use that."""
    bank.rotates = True
    for run in range(1, 4):
        assert bank.extract().failures == []
        assert kept(tmp_path)["refresh_token"] == f"refresh-{run}/rotated+one"
    assert [form["refresh_token"] for form in bank.forms()] == [
        SECRETS["refresh_token"],
        "refresh-1/rotated+one",
        "refresh-2/rotated+one",
    ]


def test_a_kept_token_is_the_owners_alone(bank: Bank, tmp_path: Path) -> None:
    """It is a password: 0600 in a folder of 0700; nothing else is left there, nor the old one."""
    bank.rotates = True
    bank.extract()
    folder = tmp_path / "home" / "tokens"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name for path in folder.iterdir()} <= {"acme.json", "acme.lock"}
    assert stat.S_IMODE((folder / "acme.json").stat().st_mode) == 0o600
    assert SECRETS["refresh_token"] not in (folder / "acme.json").read_text()


def test_a_token_is_on_the_disk_before_it_is_used(bank: Bank, tmp_path: Path) -> None:
    """A run that dies at its first request must not take the only valid token along."""
    bank.rotates = True
    seen = []
    answer = bank.vendor.handler

    def look(asked: Asked) -> Answer:
        if not asked.path.endswith("/oauth/token"):
            seen.append(kept(tmp_path)["refresh_token"])
        return answer(asked)

    bank.vendor.handler = look
    bank.extract()
    assert seen == ["refresh-1/rotated+one"]


def test_a_token_that_stays_the_same_is_not_kept(bank: Bank, tmp_path: Path) -> None:
    """HubSpot and LinkedIn repeat the configured one, Google returns none: no copy on disk."""
    bank.extract()
    bank.vendor.queue = [
        Answer({"access_token": "access-1", "refresh_token": SECRETS["refresh_token"]})
    ]
    bank.extract()
    assert not (tmp_path / "home" / "tokens" / "acme.json").exists()


def test_a_newly_configured_token_counts_before_the_kept_one(bank: Bank, tmp_path: Path) -> None:
    """After a person has logged in again the old family of tokens is dead."""
    bank.rotates = True
    bank.extract()
    bank.secrets["refresh_token"] = bank.refresh = "refresh-new"
    bank.extract()
    assert bank.forms()[-1]["refresh_token"] == "refresh-new"
    assert kept(tmp_path)["refresh_token"] == "refresh-2/rotated+one"


def test_a_token_is_kept_even_if_no_access_token_came(bank: Bank, tmp_path: Path) -> None:
    """Half an answer has still used up the old one."""
    bank.vendor.queue = [Answer({"refresh_token": "refresh-half"})]
    assert bank.failed() is FailureKind.UNAUTHORIZED
    assert kept(tmp_path)["refresh_token"] == "refresh-half"


def test_two_runs_at_once_exchange_one_after_the_other(bank: Bank, tmp_path: Path) -> None:
    """The second must use what the first was given, or it is refused."""
    bank.rotates = True
    failures: list[BaseException] = []

    def run() -> None:
        try:
            connector, config = bank.declared()
            ping(connector, config, tokens=TokenStore(tmp_path / "home" / "tokens"))
        except BaseException as error:  # a thread's error would be lost
            failures.append(error)

    bank.vendor.handler = lambda asked: GOOD if asked.path == "/api/ping" else bank(asked)
    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    used = [form["refresh_token"] for form in bank.forms()]
    assert len(set(used)) == 4
    assert kept(tmp_path)["refresh_token"] == bank.refresh


def test_without_room_for_a_new_token_none_is_asked_for(
    bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old token would be used up and the new one lost."""
    bank.rotates = True

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("orchestration.extract.tokens._reserve", full)
    with pytest.raises(NoRoom):
        bank.extract()
    assert bank.vendor.asked == []
    assert not (tmp_path / "home" / "tokens" / "acme.json").exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff"])
def test_a_damaged_file_is_named(bank: Bank, tmp_path: Path, content: bytes) -> None:
    """Falling back to the configured token, long used up, would only blame the vendor."""
    bank.rotates = True
    bank.extract()
    path = tmp_path / "home" / "tokens" / "acme.json"
    path.write_bytes(content)
    with pytest.raises(TokenFileDamaged) as caught:
        bank.extract()
    assert str(path) in caught.value.where


def test_without_a_store_the_token_lasts_as_long_as_the_client(bank: Bank) -> None:
    """A second exchange of the same run uses the new one."""
    bank.store, bank.rotates, bank.accepts = None, True, False
    assert bank.failed() is FailureKind.UNAUTHORIZED
    assert [form["refresh_token"] for form in bank.forms()] == [
        SECRETS["refresh_token"],
        "refresh-1/rotated+one",
    ]


@pytest.mark.parametrize("auth", [Auth.BEARER, Auth.HEADER])
def test_a_secret_pasted_with_its_line_break(acme: Acme, monkeypatch: Any, auth: Auth) -> None:
    """Python's own error would repeat the secret; nothing is sent."""
    monkeypatch.setenv("TRIBUTARY_TEST_TOKEN", "pa5ted-s3cret\n")
    acme.auth = auth
    if auth is Auth.HEADER:
        acme.connector = {"headers": {"Access-Token": "{secret:token}"}}
    with pytest.raises(ExtractionFailed, match="line break") as caught:
        acme.extract(a_stream())
    assert caught.value.failures[0].kind is FailureKind.UNAUTHORIZED
    assert "pa5ted" not in "".join(traceback.format_exception(caught.value))
    assert acme.vendor.asked == []


@pytest.mark.parametrize("token", ["", None, 5, "a\nb", ["a"]])
def test_an_access_token_that_is_none(bank: Bank, token: Any) -> None:
    """The token address answered, and not with a token."""
    bank.vendor.handler = lambda asked: Answer({"access_token": token})
    assert bank.failed() is FailureKind.UNAUTHORIZED
    assert len(bank.vendor.asked) == 1


@pytest.mark.parametrize("auth", Auth)
def test_which_secrets_a_configuration_must_name(bank: Bank, auth: Auth) -> None:
    """A missing one is found when the configuration is read and not at night."""
    bank.auth = auth
    connector, _ = bank.declared()
    first_only = {Auth.BEARER, Auth.BASIC, Auth.BODY_TOKEN}
    needed = tuple(SECRETS)[:1] if auth in first_only else tuple(SECRETS)
    assert connector.needed_secrets == (() if auth is Auth.NONE else needed)
