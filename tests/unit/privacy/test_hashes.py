"""The identity key, and the hash that is made with it."""

from __future__ import annotations

import hashlib
import hmac
import stat
from pathlib import Path

import pytest

from orchestration.configuration.document import SettingsError
from orchestration.configuration.model import Company, Config
from orchestration.configuration.secrets import Secret
from orchestration.configuration.settings import Settings
from orchestration.privacy.erasures import Erasure, erasures
from orchestration.privacy.hashes import hmac_pads, identity_key


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings of an empty home."""
    return Settings(home=tmp_path, config_path=None, config=Config())


def test_the_identity_key_is_made_once_and_private(home: Settings) -> None:
    """Another key would make every person a stranger."""
    key = identity_key(home)
    assert identity_key(home) == key
    assert len(key) == 32
    assert stat.S_IMODE((home.home / "identity.key").stat().st_mode) == 0o600


def test_who_only_reads_makes_no_key(home: Settings) -> None:
    """Nothing was hashed yet, so what they get must match nothing."""
    assert identity_key(home, keep=False) != identity_key(home, keep=False)
    assert list(home.home.iterdir()) == []
    kept = identity_key(home)
    assert identity_key(home, keep=False) == kept


def test_a_lost_key_is_not_replaced_where_somebody_was_erased(home: Settings) -> None:
    """A new one would be in the place to which the former one has to come back."""
    erased = Erasure("r1", "2026-03-01T00:00:00+00:00", "request", "fingerprint", ("hash",), {})
    erased.save(home)
    with pytest.raises(SettingsError, match="not the one under which"):
        erasures(home)
    assert not (home.home / "identity.key").exists()


def test_a_configured_key_is_used_and_must_be_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short key can be tried out; the hash would protect nothing."""
    company = Company(identity_key=Secret("TEST_IDENTITY_KEY", "company.identity_key", 3))
    settings = Settings(home=tmp_path, config_path=None, config=Config(company=company))
    monkeypatch.setenv("TEST_IDENTITY_KEY", "a long enough secret")
    assert identity_key(settings) == b"a long enough secret"
    monkeypatch.setenv("TEST_IDENTITY_KEY", "short")
    with pytest.raises(SettingsError, match="5 bytes"):
        identity_key(settings)


@pytest.mark.parametrize("key", [b"k", b"k" * 64, b"k" * 100])
def test_the_pads_are_those_of_hmac(key: bytes) -> None:
    """RFC 2104: keys longer than a block are hashed first."""
    inner, outer = hmac_pads(key)
    digest = hashlib.sha256(outer + hashlib.sha256(inner + b"message").digest()).hexdigest()
    assert digest == hmac.new(key, b"message", "sha256").hexdigest()
