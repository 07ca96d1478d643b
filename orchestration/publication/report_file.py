"""The report beside the published file: of the same generation, or absent.

Belongs here: writing and installing ``report.html``. Does not belong here: what it shows
(``reporting``).

Two files cannot be replaced in one step, so the old report leaves before the new generation
arrives, and the new one follows it. In between, for a moment, there is none.
"""

from __future__ import annotations

import uuid
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout
from jinja2 import TemplateError

from orchestration.configuration.settings import Settings
from orchestration.foundation.durable import replace_durably, sync_directory, sync_file
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.modes import SHARED_FILE
from orchestration.privacy.messages import without_values
from orchestration.publication.generations import UNFINISHED
from orchestration.publication.reader import NotPublished, generation_of, open_generation
from orchestration.reporting.about import About
from orchestration.reporting.page import edition_of, page
from orchestration.reporting.report import gather

NAME = "report.html"
_LOCK_SECONDS = 30


class ReportFailed(TributaryError):
    """The report could not be written; the figures are published all the same."""


def write(settings: Settings, generation: Path, target: Path) -> None:
    """Write the report of a generation, which need not be published yet.

    Args:
        settings: The company's.
        generation: A finished file.
        target: Where to write; the file is on the disk afterwards.

    Raises:
        ReportFailed: It could not be written.
    """
    try:
        with open_generation(generation, settings.memory_limit, settings.threads) as con:
            text = page(gather(con, About.of(settings, con)))
        target.write_text(text, encoding="utf-8")
        sync_file(target)
        target.chmod(SHARED_FILE)
    except (
        duckdb.Error,
        TemplateError,
        OSError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise ReportFailed(
            f"The report could not be written: {without_values(error)}",
            where=str(target.parent),
            remedy="Check free space and permissions there, then run: tributary report\n"
            "The published figures are not affected.",
        ) from error


def withdraw(folder: Path) -> None:
    """Remove the report before another generation is installed."""
    folder.joinpath(NAME).unlink(missing_ok=True)
    sync_directory(folder)


def install(written: Path) -> None:
    """Put a report where readers open it, after its generation was installed."""
    replace_durably(written, written.with_name(NAME))


def current(settings: Settings) -> Path:
    """The report of the present generation, written now where it is absent or in another language.

    Raises:
        NotPublished: Nothing was published yet.
        ReportFailed: It could not be written.
    """
    path = settings.published_dir / NAME
    if _is_current(settings, path):
        return path
    if not settings.published_path.exists():
        raise NotPublished(
            "Nothing has been published yet.",
            where=str(settings.published_path),
            remedy="Run: tributary run   (or see the demo company first: tributary demo)",
        )
    unfinished = path.with_name(f"{UNFINISHED}{uuid.uuid4().hex}.html")
    try:
        with FileLock(path.with_name(".publish.lock"), timeout=_LOCK_SECONDS):
            if not _is_current(settings, path):
                write(settings, settings.published_path, unfinished)
                install(unfinished)
    except (OSError, Timeout) as error:
        raise ReportFailed(
            "The report could not be written.",
            where=str(path),
            remedy="Let the account that runs Tributary do it: tributary report. "
            "A publish that is under way writes it by itself.",
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def renew(settings: Settings) -> str | None:
    """Write the report of the present generation where it is absent.

    Returns:
        Why it could not be written, if it could not: that stops nothing.
    """
    try:
        current(settings)
    except (NotPublished, ReportFailed) as error:
        return error.what
    return None


def _is_current(settings: Settings, path: Path) -> bool:
    present = generation_of(settings.published_path)
    return present is not None and edition_of(path) == (present, settings.config.report.language)
