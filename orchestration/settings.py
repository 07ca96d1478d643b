"""The one place that reads the environment and the configuration file.

Belongs here: finding ``tributary.yaml``, turning it into a ``Config`` with errors that name the key
and the line, and every path below ``TRIBUTARY_HOME``. Does not belong here: what the keys mean
(``config.py``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from orchestration.config import REPOSITORY, Config, Secret
from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Auth, Connector
from orchestration.document import Document, SettingsError

DEMO_CONFIG = REPOSITORY / "orchestration" / "simulator" / "tributary.demo.yaml"

_REFERENCE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_CONNECTOR_KEYS = ("base_url", "accounts", "streams")
_OAUTH_SECRETS = ("client_id", "client_secret", "refresh_token")


@dataclass(frozen=True)
class Settings:
    """Where everything stands and what the company configured.

    Attributes:
        home: ``TRIBUTARY_HOME``: landing, build, published files and Dagster's storage.
        config_path: The configuration in use; ``None`` when there is none.
        config: Its contents.
        memory_limit: What DuckDB may use, in DuckDB's notation.
        threads: How many threads DuckDB may use.
        multiprocess: Whether Dagster runs every step in a process of its own.
        unset: ``key (line N): VARIABLE`` for each environment variable, other than a secret's,
            that the configuration names and that is not set.
    """

    home: Path
    config_path: Path | None
    config: Config
    memory_limit: str = "2GB"
    threads: int = 2
    multiprocess: bool = False
    unset: tuple[str, ...] = ()
    fixed_now: datetime | None = field(default=None, repr=False)

    @property
    def landing_dir(self) -> Path:
        """Immutable slices and their manifest."""
        return self.home / "landing"

    @property
    def build_dir(self) -> Path:
        """Everything that can be deleted and rebuilt from landing."""
        return self.home / "build"

    @property
    def warehouse_path(self) -> Path:
        """The private warehouse; writers only."""
        return self.build_dir / "warehouse.duckdb"

    @property
    def spill_dir(self) -> Path:
        """Where DuckDB spills what does not fit into memory."""
        return self.build_dir / "spill"

    @property
    def dbt_target_dir(self) -> Path:
        """dbt's manifest, compiled SQL and run results."""
        return self.build_dir / "dbt"

    @property
    def published_dir(self) -> Path:
        """The published file and its earlier generations."""
        return self.home / "published"

    @property
    def published_path(self) -> Path:
        """The one file that analysts and BI tools read."""
        return self.published_dir / "tributary.duckdb"

    @property
    def dagster_home(self) -> Path:
        """Dagster's runs, events and schedules."""
        return self.home / "dagster"

    def now(self) -> datetime:
        """The present moment in UTC; ``TRIBUTARY_NOW`` fixes it, for the demo and for tests."""
        return self.fixed_now or datetime.now(UTC)

    def require_config(self) -> None:
        """Refuse to work without a usable configuration.

        Raises:
            SettingsError: There is no configuration, or an environment variable that it names
                outside of secrets is not set.
        """
        if self.config_path is None:
            raise SettingsError(
                "There is no configuration.",
                where=f"looked for TRIBUTARY_CONFIG and {REPOSITORY / 'tributary.yaml'}",
                remedy="Copy tributary.example.yaml to tributary.yaml and edit it, "
                "or see it work first with: tributary demo",
            )
        if self.unset:
            raise SettingsError(
                "The configuration names environment variables that are not set: "
                + "; ".join(self.unset),
                where=str(self.config_path),
                remedy="Set them, then run again.",
            )


class _Reader:
    """Turns a document into the shape that ``Config`` validates."""

    def __init__(self, document: Document, env: Mapping[str, str]) -> None:
        self.document = document
        self.env = env
        self.unset: list[str] = []

    def config(self) -> Config:
        data = dict(self.document.data)
        for section, key in (("company", "identity_key"), ("alerts", "webhook")):
            values = data.get(section)
            if isinstance(values, dict) and key in values:
                data[section] = values | {key: self._secret(values[key], (section, key))}
        data["connectors"] = self._connectors(data.get("connectors"))
        data["inbox"] = self._inbox(data.get("inbox"))
        for key in ("company", "attribution", "classification", "identity", "quality", "alerts"):
            if data.get(key) is None:
                data.pop(key, None)
        try:
            return Config.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            at = tuple(part for part in first["loc"] if part != "[key]")
            what = {
                "extra_forbidden": "the key is not known here",
                "missing": "the key is missing",
            }.get(first["type"], first["msg"].removeprefix("Value error, "))
            raise self.document.error(at, what) from error

    def _text(self, value: Any, at: tuple[Hashable, ...]) -> str:
        """A text in which references to the environment are replaced, where they are set."""
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

    def _secret(self, value: Any, at: tuple[Hashable, ...]) -> Secret:
        match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            key = str(at[-1])
            raise self.document.error(
                at,
                "a secret never stands in the file",
                remedy=f"Write {key}: ${{env:{key.upper()}}} and set that variable.",
            )
        return Secret(match[1], ".".join(str(part) for part in at), self.document.line(at))

    def _connectors(self, data: Any) -> dict[str, Any]:
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise self.document.error(("connectors",), "a mapping by connector is expected")
        return {name: self._connector(name, value or {}) for name, value in data.items()}

    def _connector(self, name: str, data: Any) -> dict[str, Any]:
        at: tuple[Hashable, ...] = ("connectors", name)
        declared = CONNECTORS.get(name)
        if declared is None:
            raise self.document.error(
                at, f"there is no connector {name!r}; known are: {', '.join(sorted(CONNECTORS))}"
            )
        if not isinstance(data, dict):
            raise self.document.error(at, "keys are expected, such as accounts")
        result: dict[str, Any] = {"secrets": {}, "options": {}}
        for key, value in data.items():
            if key in declared.secrets:
                result["secrets"][key] = self._secret(value, (*at, key))
            elif key in declared.options:
                result["options"][key] = self._text(value, (*at, key))
            elif key == "base_url":
                result["base_url"] = self._text(value, (*at, key))
            elif key in _CONNECTOR_KEYS:
                if not isinstance(value, list):
                    raise self.document.error((*at, key), "a list is expected")
                result[key] = [self._text(v, (*at, key, i)) for i, v in enumerate(value)]
            else:
                known = sorted({*_CONNECTOR_KEYS, *declared.secrets, *declared.options})
                raise self.document.error(
                    (*at, key), f"the key is not known here; known are: {', '.join(known)}"
                )
        self._complete(declared, result, at)
        return result

    def _complete(
        self, declared: Connector, result: dict[str, Any], at: tuple[Hashable, ...]
    ) -> None:
        needed = declared.secrets[:1] if declared.auth != Auth.NONE else ()
        if declared.auth == Auth.OAUTH_REFRESH:
            needed = tuple(name for name in declared.secrets if name in _OAUTH_SECRETS)
        for name in needed:
            if name not in result["secrets"]:
                raise self.document.error(
                    at, f"the secret {name} is missing", f"Add {name}: ${{env:...}}."
                )
        for name, default in declared.options.items():
            if name not in result["options"]:
                if default is None:
                    raise self.document.error(at, f"the key {name} is missing", f"Add {name}.")
                result["options"][name] = default
        self._streams(declared, result.get("streams") or [], (*at, "streams"))

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
                    f"{name} is asked for per record of {parent.stream}, which is not listed",
                    f"Add {parent.stream}.",
                )

    def _inbox(self, data: Any) -> list[Any]:
        from orchestration.inbox.streams import INBOX

        if data is None:
            return []
        if not isinstance(data, list):
            raise self.document.error(("inbox",), "a list of files is expected")
        canonical = {s.name: [f.name for f in s.fields] for s in INBOX.streams}
        entries = []
        for i, entry in enumerate(data):
            at: tuple[Hashable, ...] = ("inbox", i)
            if not isinstance(entry, dict):
                raise self.document.error(at, "keys are expected: path and stream")
            for key in ("path", "stream"):
                if key not in entry:
                    raise self.document.error(at, f"the key {key} is missing")
            if entry["stream"] not in canonical:
                raise self.document.error(
                    (*at, "stream"),
                    f"there is no stream {entry['stream']!r}; known are: {', '.join(canonical)}",
                )
            for key in ("columns", "values", "constants"):
                for name in entry.get(key) or {}:
                    if name not in canonical[entry["stream"]]:
                        raise self.document.error(
                            (*at, key, name),
                            f"{entry['stream']} has no column {name!r}; it has: "
                            + ", ".join(canonical[entry["stream"]]),
                        )
            written = str(entry["path"])
            resolved = Path(self._text(written, (*at, "path"))).expanduser()
            entries.append(
                {
                    **{key: value for key, value in entry.items() if value is not None},
                    "path": self.document.path.parent / resolved,
                    "written_path": written,
                    **self._texts(entry, at),
                }
            )
        return entries

    def _texts(self, entry: dict[str, Any], at: tuple[Hashable, ...]) -> dict[str, Any]:
        """Columns, values and constants as texts: YAML reads ``1`` and ``yes`` as other types."""
        result: dict[str, Any] = {}
        for key in ("columns", "constants"):
            if entry.get(key) is not None:
                result[key] = {
                    name: self._text(value, (*at, key, name)) for name, value in entry[key].items()
                }
        if entry.get("values") is not None:
            result["values"] = {
                name: {
                    str(theirs): None if ours is None else self._text(ours, (*at, "values", name))
                    for theirs, ours in (mapping or {}).items()
                }
                for name, mapping in entry["values"].items()
            }
        return result


def _absolute(env: Mapping[str, str], name: str, default: Path) -> Path:
    value = env.get(name)
    path = Path(value).expanduser() if value else default
    if not path.is_absolute():
        raise SettingsError(
            f"{name} must be an absolute path, not {value!r}.",
            where="environment",
            remedy=f'Set it from the folder you mean, for example: export {name}="$PWD/{value}"',
        )
    return path


def _config_path(env: Mapping[str, str], home: Path) -> Path | None:
    if env.get("TRIBUTARY_CONFIG"):
        return _absolute(env, "TRIBUTARY_CONFIG", REPOSITORY)
    own = REPOSITORY / "tributary.yaml"
    if own.exists():
        return own
    # A home that the demo filled belongs to the demo company.
    return DEMO_CONFIG if (home / "demo").is_dir() else None


def _fixed_now(env: Mapping[str, str]) -> datetime | None:
    value = env.get("TRIBUTARY_NOW")
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise SettingsError(
            f"TRIBUTARY_NOW is not an ISO 8601 moment: {value!r}.",
            where="environment",
            remedy="Unset it, or write for example 2026-07-01T06:00:00+00:00.",
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read the environment and the configuration file.

    Secrets are not read: their variables may be unset until a connector needs them.

    Args:
        env: The environment; default: the process's own.

    Raises:
        SettingsError: A path is relative, or the configuration is wrong; names key and line.
    """
    env = os.environ if env is None else env
    home = _absolute(env, "TRIBUTARY_HOME", REPOSITORY / ".tributary")
    config_path = _config_path(env, home)
    reader = None if config_path is None else _Reader(Document(config_path), env)
    return Settings(
        home=home,
        config_path=config_path,
        config=Config() if reader is None else reader.config(),
        memory_limit=env.get("TRIBUTARY_MEMORY_LIMIT") or "2GB",
        threads=int(env.get("TRIBUTARY_THREADS") or min(os.cpu_count() or 2, 8)),
        multiprocess=env.get("TRIBUTARY_EXECUTOR") == "multiprocess",
        unset=() if reader is None else tuple(reader.unset),
        fixed_now=_fixed_now(env),
    )
