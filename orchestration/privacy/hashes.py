"""The hash that replaces e-mail addresses and phone numbers.

Belongs here: the key, normalising, and hmac_sha256 in Python and in SQL. SQL, because a Python call
per row would cost more than the rest of loading. Does not belong here: which fields are hashed
(``loading/fields.py``, ``publication/hiding.py``).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from pathlib import Path

from orchestration.configuration.document import SettingsError
from orchestration.configuration.settings import Settings
from orchestration.foundation.durable import make_directories, sync_directory, sync_file
from orchestration.privacy.role_mailboxes import ROLE_MAILBOXES, ROLE_PREFIX

_BLOCK = 64
_MIN_BYTES = 16
_MADE_BYTES = 32


def identity_key(settings: Settings, *, keep: bool = True) -> bytes:
    """The company's key: the configured secret, else ``<home>/identity.key``, created on first use.

    A different key gives the same address a different hash, so keep the file, or configure the
    secret, when the warehouse moves.

    Args:
        settings: The company's.
        keep: Whether a key is created where there is none. Who only reads keeps none: nothing was
            hashed yet, and the random key that they get matches nothing.

    Raises:
        MissingSecret: ``company.identity_key`` names a variable that is not set.
        SettingsError: The key is too short to protect anything.
    """
    secret = settings.config.company.identity_key
    if secret is not None:
        key, where = secret.reveal().encode(), f"configuration key {secret.key}"
    else:
        path = settings.home / "identity.key"
        if not path.exists():
            if not keep:
                return secrets.token_bytes(_MADE_BYTES)
            _create(path)
        key, where = bytes.fromhex(path.read_text(encoding="ascii").strip()), str(path)
    if len(key) < _MIN_BYTES:
        raise SettingsError(
            f"The identity key has {len(key)} bytes; it needs at least {_MIN_BYTES}.",
            where=where,
            remedy="Create one, for example: openssl rand -hex 32",
        )
    return key


def email_hash(key: bytes, email: str, roles: frozenset[str] = ROLE_MAILBOXES) -> str:
    """The hash of an address: hmac_sha256 of it, trimmed and in lower case; hex.

    Args:
        key: The company's key.
        email: The address.
        roles: Names of role mailboxes, which belong to no person; the hash of such an address is
            marked. Made-up addresses are marked by the loader alone (``made_up``).
    """
    address = email.strip(" ").lower()
    digest = hmac.new(key, address.encode(), "sha256").hexdigest()
    is_role = address.split("@")[0].split("+")[0] in roles
    return f"{ROLE_PREFIX}{digest}" if is_role else digest


def phone_hash(key: bytes, phone: str) -> str:
    """The hash of a number: hmac_sha256 of its digits, with ``+`` when it starts with one; hex."""
    digits = re.sub("[^0-9]", "", phone)
    plus = "+" if phone.strip(" ").startswith("+") else ""
    return hmac.new(key, f"{plus}{digits}".encode(), "sha256").hexdigest()


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer pad of a key for hmac_sha256 (RFC 2104), to be bound in SQL."""
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    block = key.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def hmac_sql(message: str) -> str:
    """hmac_sha256 of a text as SQL, in hex like ``email_hash``.

    The statement uses the parameters ``$inner_pad`` and ``$outer_pad`` (``hmac_pads``). They are
    bound so that no error message repeats them.

    Args:
        message: The SQL of the text.
    """
    inner = f"sha256(cast($inner_pad as blob) || encode({message}))"
    return f"sha256(cast($outer_pad as blob) || unhex({inner}))"


def _create(path: Path) -> None:
    """Write a random key that only its owner reads; the first of two writers wins."""
    make_directories(path.parent)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".identity-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_MADE_BYTES) + "\n")
        sync_file(Path(temporary))
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        # Hashes made with the key survive a power loss, so the key must too.
        sync_directory(path.parent)
    finally:
        Path(temporary).unlink()
