"""The only place that reads the environment: the configuration in use and the home's paths.

Belongs here: finding ``tributary.yaml``, and every path below ``TRIBUTARY_HOME``. Does not belong
here: turning the file into a ``Config`` (``reader.py``), or what its keys mean (``model.py``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from orchestration.configuration.document import Document, SettingsError
from orchestration.configuration.model import Config
from orchestration.configuration.reader import ConfigReader
from orchestration.foundation.modes import prepare_home, unusable
from orchestration.foundation.repository import EXAMPLE_CONFIGURATION, working_folder
from orchestration.foundation.time_limit import VARIABLE

LONGEST_HOME = 380
"""Bytes of the longest home: SQLite opens no path of more than 512, and Dagster's need 120."""

CONFIGURATION = "tributary.yaml"
"""The name of the configuration file, in the working folder or in the home."""


@dataclass(frozen=True)
class Settings:
    """Where everything is and what the company configured.

    Attributes:
        home: ``TRIBUTARY_HOME``: landing, build, published files and Dagster's storage.
        config_path: The configuration file in use; ``None`` when there is none.
        config: Its contents.
        memory_limit: Memory that DuckDB may use, in DuckDB's notation.
        threads: How many threads DuckDB may use.
        step_minutes: How long a step of a run may take.
        multiprocess: Whether Dagster runs every step in its own process.
        unset: ``key (line N): VARIABLE`` for each environment variable, other than a secret's, that
            the configuration names but that is not set.
    """

    home: Path
    config_path: Path | None
    config: Config
    memory_limit: str = "2GB"
    threads: int = 2
    step_minutes: int = 240
    multiprocess: bool = False
    unset: tuple[str, ...] = ()
    fixed_now: datetime | None = field(default=None, repr=False)

    @property
    def landing_dir(self) -> Path:
        """Immutable slices and their manifest."""
        return self.home / "landing"

    @property
    def token_dir(self) -> Path:
        """Refresh tokens that vendors issued to replace the configured ones."""
        return self.home / "tokens"

    @property
    def erasures_dir(self) -> Path:
        """Who was erased, as keyed hashes, and the certificates."""
        return self.home / "erasures"

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

    @property
    def private_paths(self) -> tuple[Path, ...]:
        """Everything below the home that only its owner may read."""
        names = ("logs", "demo", CONFIGURATION, "identity.key", "run.lock")
        folders = (self.landing_dir, self.token_dir, self.build_dir, self.dagster_home)
        return (*folders, *(self.home / name for name in names))

    def prepare_home(self) -> None:
        """Create the home and let nobody but its owner read more than the published file.

        Raises:
            HomeUnusable: It cannot be written.
        """
        prepare_home(self.home, self.private_paths, self.published_dir)

    def now(self) -> datetime:
        """The present moment in UTC; ``TRIBUTARY_NOW`` fixes it, for the demo and for tests."""
        return self.fixed_now or datetime.now(UTC)

    def require_config(self) -> None:
        """Refuse to work without a usable configuration.

        Raises:
            SettingsError: There is no configuration, a variable that it names outside secrets is
                not set, or the home holds another company's data.
        """
        if self.config_path is None:
            raise SettingsError(
                "There is no configuration.",
                where=f"looked for TRIBUTARY_CONFIG, {working_folder() / CONFIGURATION} and "
                f"{self.home / CONFIGURATION}",
                remedy=f"Copy {EXAMPLE_CONFIGURATION} to {working_folder() / CONFIGURATION} "
                "and edit it, or have one proposed from your files: tributary init FOLDER\n"
                "To try it first: tributary demo",
            )
        if self.unset:
            raise SettingsError(
                "The configuration names environment variables that are not set: "
                + "; ".join(self.unset),
                where=str(self.config_path),
                remedy="Set them, then run again.",
            )
        own = self.home / CONFIGURATION
        if own == self.config_path or not own.is_file() or not self.landing_dir.exists():
            return
        if (name := _company_name(own)) != self.config.company.name:
            raise SettingsError(
                f"TRIBUTARY_HOME holds the data of {name}; the data of {self.config.company.name} "
                "would mix with it.",
                where=f"{self.home}, according to its {own.name}; "
                f"the configuration in use is {self.config_path}",
                remedy='Give each company a home of its own: export TRIBUTARY_HOME="$PWD/.own"\n'
                "If the home only holds the demo, delete it instead.",
            )


def _company_name(configuration: Path) -> str:
    company = Document(configuration).data.get("company")
    name = company.get("name") if isinstance(company, dict) else None
    return str(name or Config().company.name)


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


def new_configuration(env: Mapping[str, str]) -> Path:
    """Where a configuration is written that does not exist yet."""
    return _absolute(env, "TRIBUTARY_CONFIG", working_folder() / CONFIGURATION)


def _config_path(env: Mapping[str, str], home: Path) -> Path | None:
    if env.get("TRIBUTARY_CONFIG"):
        return _absolute(env, "TRIBUTARY_CONFIG", working_folder())
    candidates = (working_folder() / CONFIGURATION, home / CONFIGURATION)
    return next((path for path in candidates if path.exists()), None)


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


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not re.fullmatch("[1-9][0-9]{0,3}", value):
        raise SettingsError(
            f"{name} is not a number from 1 to 9999: {value[:50]!r}.",
            where="environment",
            remedy=f"Unset it, or write for example {default}.",
        )
    return int(value)


def _memory_limit(env: Mapping[str, str]) -> str:
    value = env.get("TRIBUTARY_MEMORY_LIMIT") or "2GB"
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)? *[KMGT]i?B", value, re.IGNORECASE):
        raise SettingsError(
            f"TRIBUTARY_MEMORY_LIMIT is not an amount of memory: {value[:50]!r}.",
            where="environment",
            remedy="Unset it, or write for example 4GB.",
        )
    return value


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read the environment and the configuration file.

    Secrets are not read: their variables may be unset until a connector needs them.

    Args:
        env: The environment; default: the process's own.

    Raises:
        SettingsError: A path is relative, or the configuration is wrong; names key and line.
    """
    env = os.environ if env is None else env
    home = _absolute(env, "TRIBUTARY_HOME", working_folder() / ".tributary")
    if len(os.fsencode(home)) > LONGEST_HOME:
        raise SettingsError(
            f"TRIBUTARY_HOME has more than {LONGEST_HOME} bytes.",
            where=f"{str(home)[:100]}...",
            remedy="Choose a shorter path: what is below it must fit into the system's limit.",
        )
    try:
        config_path = _config_path(env, home)
    except OSError as error:
        raise unusable(home, error) from error
    reader = None if config_path is None else ConfigReader(Document(config_path), env)
    return Settings(
        home=home,
        config_path=config_path,
        config=Config() if reader is None else reader.config(),
        memory_limit=_memory_limit(env),
        threads=_number(env, "TRIBUTARY_THREADS", min(os.cpu_count() or 2, 8)),
        step_minutes=_number(env, VARIABLE, Settings.step_minutes),
        multiprocess=env.get("TRIBUTARY_EXECUTOR") == "multiprocess",
        unset=() if reader is None else tuple(reader.unset),
        fixed_now=_fixed_now(env),
    )
