"""Turns ``tributary.yaml`` into a ``Config``, with errors that name the key and the line.

Belongs here: references to the environment, and what connectors and inbox streams allow. Does not
belong here: YAML and lines (``document.py``), or the shape of the result (``model.py``).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from orchestration.configuration.credentials import typed_secrets
from orchestration.configuration.document import Document
from orchestration.configuration.landed import landed_entries
from orchestration.configuration.model import Config
from orchestration.configuration.presets import with_preset
from orchestration.configuration.secrets import Secret
from orchestration.connectors.inbox import INBOX, INSTRUCTIONS
from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Connector

_REFERENCE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_CONNECTOR_KEYS = ("base_url", "accounts", "streams")


class ConfigReader:
    """Turns a document into the shape that ``Config`` validates.

    Args:
        document: The file.
        env: The environment, for references outside of secrets.

    Attributes:
        unset: ``key (line N): VARIABLE`` for each variable that is named outside secrets and is not
            set.
    """

    def __init__(self, document: Document, env: Mapping[str, str]) -> None:
        self.document = document
        self.env = env
        self.unset: list[str] = []

    def config(self) -> Config:
        """The configuration.

        Raises:
            SettingsError: Something in it is wrong; names key and line.
        """
        data = dict(self.document.data)
        for section, key in (("company", "identity_key"), ("alerts", "webhook")):
            values = data.get(section)
            if isinstance(values, dict) and key in values:
                data[section] = values | {key: self.secret(values[key], (section, key))}
        data["serving"] = self._serving(data.get("serving"))
        data["connectors"] = self._connectors(data.get("connectors"))
        files = self._inbox(data.get("inbox"))
        landed = list(landed_entries(self, data.pop("landed", None)))
        data["inbox"] = [*files, *(entry for _, entry in landed)]
        self._refuse_typed_secrets(data["connectors"])
        for key in (
            "company",
            "attribution",
            "classification",
            "identity",
            "quality",
            "alerts",
            "report",
            "serving",
            "privacy",
        ):
            if data.get(key) is None:
                data.pop(key, None)
        try:
            return Config.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            at: tuple[Hashable, ...] = tuple(part for part in first["loc"] if part != "[key]")
            if at[:1] == ("inbox",) and at[1:] and int(str(at[1])) >= len(files):
                at = (*landed[int(str(at[1])) - len(files)][0], *at[2:])
            what = {
                "extra_forbidden": "the key is not known here",
                "missing": "the key is missing",
            }.get(first["type"], first["msg"].removeprefix("Value error, "))
            raise self.document.error(at, what) from error

    def text(self, value: Any, at: tuple[Hashable, ...]) -> str:
        """A text with its references to set environment variables replaced.

        Raises:
            SettingsError: It is no text.
        """
        if isinstance(value, dict | list) or value is None:
            raise self.document.error(at, "a text is expected")

        def replace(match: re.Match[str]) -> str:
            found = self.env.get(match[1])
            if not found:
                key = ".".join(str(part) for part in at)
                self.unset.append(f"{key} (line {self.document.line(at)}): {match[1]}")
                return match[0]
            return found

        text = str(value).lower() if isinstance(value, bool) else str(value)
        return _REFERENCE.sub(replace, text)

    def secret(self, value: Any, at: tuple[Hashable, ...]) -> Secret:
        """A reference to the environment.

        Raises:
            SettingsError: It is something else, perhaps the secret itself.
        """
        match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            key = str(at[-1])
            raise self.document.error(
                at,
                "a secret must not be written in the file",
                remedy=f"Write {key}: ${{env:{key.upper()}}} and set that variable.",
            )
        return Secret(match[1], ".".join(str(part) for part in at), self.document.line(at))

    def _serving(self, data: Any) -> Any:
        """The section with its connection as a secret; its shape is checked with the others."""
        postgres = data.get("postgres") if isinstance(data, dict) else None
        if not isinstance(postgres, dict) or "connection" not in postgres:
            return data
        at = ("serving", "postgres", "connection")
        secret = self.secret(postgres["connection"], at)
        return data | {"postgres": postgres | {"connection": secret}}

    def _refuse_typed_secrets(self, connectors: dict[str, Any]) -> None:
        secrets = [each for found in connectors.values() for each in found["secrets"].values()]
        known = [value for each in secrets if (value := self.env.get(each.variable))]
        for at in typed_secrets(self.document.data, known):
            raise self.document.error(
                at,
                "this looks like a secret, and must not be written in the file",
                remedy="Take it out, and have it replaced by whoever issued it. A secret belongs "
                "in an environment variable that a connector's own key names: ${env:NAME}.",
            )

    def _connectors(self, data: Any) -> dict[str, Any]:
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise self.document.error(("connectors",), "expected a mapping by connector")
        return {name: self._connector(name, value or {}) for name, value in data.items()}

    def _connector(self, name: str, data: Any) -> dict[str, Any]:
        at: tuple[Hashable, ...] = ("connectors", name)
        declared = CONNECTORS.get(name)
        if declared is None:
            raise self.document.error(
                at, f"there is no connector {name!r}; known are: {', '.join(sorted(CONNECTORS))}"
            )
        if not isinstance(data, dict):
            raise self.document.error(at, "expected keys such as accounts")
        result: dict[str, Any] = {"secrets": {}, "options": {}}
        for key, value in data.items():
            if key in declared.known_secrets:
                result["secrets"][key] = self.secret(value, (*at, key))
            elif key in declared.options:
                result["options"][key] = self.text(value, (*at, key))
            elif key == "base_url":
                result["base_url"] = self.text(value, (*at, key))
            elif key in _CONNECTOR_KEYS:
                if not isinstance(value, list):
                    raise self.document.error((*at, key), "a list is expected")
                result[key] = [self.text(v, (*at, key, i)) for i, v in enumerate(value)]
            else:
                known = sorted({*_CONNECTOR_KEYS, *declared.known_secrets, *declared.options})
                raise self.document.error(
                    (*at, key), f"the key is not known here; known are: {', '.join(known)}"
                )
        self._complete(declared, result, at)
        return result

    def _complete(
        self, declared: Connector, result: dict[str, Any], at: tuple[Hashable, ...]
    ) -> None:
        self._sign_in(declared, result["secrets"], at)
        for name, default in declared.options.items():
            if name not in result["options"]:
                if default is None:
                    raise self.document.error(at, f"the key {name} is missing", f"Add {name}.")
                result["options"][name] = default
        self._streams(declared, result.get("streams") or [], (*at, "streams"))

    def _sign_in(
        self, declared: Connector, given: Mapping[str, Secret], at: tuple[Hashable, ...]
    ) -> None:
        """The secrets are those of one way to sign in, all of them."""
        chosen = declared.signing_in_with(given)
        for name in chosen.needed_secrets:
            if name not in given:
                others = [way for way in declared.ways_to_sign_in if way.secrets != chosen.secrets]
                instead = "".join(f" Or give {', '.join(way.secrets)}." for way in others)
                raise self.document.error(
                    at, f"the secret {name} is missing", f"Add {name}: ${{env:...}}.{instead}"
                )
        for name in given:
            if name not in chosen.secrets:
                raise self.document.error(
                    (*at, name),
                    f"{', '.join(chosen.secrets)} already sign in to {declared.title}",
                    "Keep the secrets of one way to sign in.",
                )

    def _streams(self, declared: Connector, names: list[str], at: tuple[Hashable, ...]) -> None:
        known = {stream.name: stream for stream in declared.streams}
        for i, name in enumerate(names):
            if name not in known:
                raise self.document.error(
                    (*at, i),
                    f"{declared.name} has no stream {name!r}; it has: {', '.join(known)}",
                )
            parent = known[name].request.parent
            if parent is not None and parent.stream not in names:
                raise self.document.error(
                    (*at, i),
                    f"{name} is read once per record of {parent.stream}, which is not listed",
                    f"Add {parent.stream}.",
                )

    def _inbox(self, data: Any) -> list[Any]:
        if data is None:
            return []
        if not isinstance(data, list):
            raise self.document.error(("inbox",), "expected a list of files")
        entries = []
        for i, entry in enumerate(data):
            at: tuple[Hashable, ...] = ("inbox", i)
            if not isinstance(entry, dict):
                raise self.document.error(at, "expected the keys path and stream")
            try:
                entry = with_preset(entry)
            except ValueError as error:
                raise self.document.error((*at, "preset"), str(error)) from error
            for key in ("series", "query"):
                if key in entry:
                    raise self.document.error((*at, key), "the key is not known here")
            if "path" not in entry:
                raise self.document.error(at, "the key path is missing")
            written = str(entry["path"])
            resolved = Path(self.text(written, (*at, "path"))).expanduser()
            entries.append(
                {
                    **self.entry(entry, at),
                    "path": self.document.path.parent / resolved,
                    "written_path": written,
                }
            )
        return entries

    def entry(self, entry: Mapping[str, Any], at: tuple[Hashable, ...]) -> dict[str, Any]:
        """The words of an inbox entry, checked against its stream.

        Raises:
            SettingsError: It names no stream, or columns that its stream does not have.
        """
        canonical = {s.name: [f.name for f in s.fields] for s in (*INBOX.streams, *INSTRUCTIONS)}
        if "stream" not in entry:
            raise self.document.error(at, "the key stream is missing")
        if not isinstance(entry["stream"], str) or entry["stream"] not in canonical:
            raise self.document.error(
                (*at, "stream"),
                f"there is no stream {entry['stream']!r}; known are: {', '.join(canonical)}",
            )
        for key in ("columns", "values", "constants", "ids", "several"):
            for name in entry.get(key) or {}:
                if name not in canonical[entry["stream"]]:
                    raise self.document.error(
                        (*at, key, name),
                        f"{entry['stream']} has no column {name!r}; it has: "
                        + ", ".join(canonical[entry["stream"]]),
                    )
        for name in entry.get("ids") or {}:
            if not name.endswith("_id"):
                raise self.document.error((*at, "ids", name), f"{name} holds no ids")
        given = {key: value for key, value in entry.items() if value is not None}
        return {**given, **self._texts(given, at)}

    def _stated(self, value: Any, at: tuple[Hashable, ...]) -> str:
        """A text that the published file will show, so none that the environment hides."""
        if isinstance(value, str) and _REFERENCE.search(value):
            raise self.document.error(
                at,
                "a variable of the environment may be a secret, and this text is published",
                remedy="Write the text itself.",
            )
        return self.text(value, at)

    def _mapping(
        self, entry: Mapping[str, Any], key: str, at: tuple[Hashable, ...]
    ) -> dict[str, Any] | None:
        found = entry.get(key)
        if found is not None and not isinstance(found, dict):
            raise self.document.error((*at, key), "expected a mapping by column")
        return found

    def _texts(self, entry: Mapping[str, Any], at: tuple[Hashable, ...]) -> dict[str, Any]:
        """Columns, values and constants as texts: YAML reads ``1`` and ``yes`` as other types."""
        result: dict[str, Any] = {}
        for key in ("columns", "constants"):
            if (stated := self._mapping(entry, key, at)) is not None:
                result[key] = {
                    name: self._stated(value, (*at, key, name)) for name, value in stated.items()
                }
        if (values := self._mapping(entry, "values", at)) is not None:
            result["values"] = {
                name: {
                    str(theirs): None if ours is None else self._stated(ours, (*at, "values", name))
                    for theirs, ours in (self._mapping(values, name, (*at, "values")) or {}).items()
                }
                for name in values
            }
        return result
