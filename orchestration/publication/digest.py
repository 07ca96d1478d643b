"""The digest of what is published.

Belongs here: reading it from the published file, as a message. Does not belong here: its lines
(``reporting``).
"""

from __future__ import annotations

from orchestration.alerts import Alert
from orchestration.configuration.settings import Settings
from orchestration.publication.reader import open_published
from orchestration.publication.report_file import NAME
from orchestration.reporting.about import About
from orchestration.reporting.digest import digest
from orchestration.reporting.report import gather

KIND = "digest"


def weekly(settings: Settings) -> Alert:
    """The last whole week of what is published.

    Raises:
        NotPublished: Nothing was published yet.
    """
    with open_published(settings) as con:
        report = gather(con, About.of(settings, con))
    address = settings.config.report.url or str(settings.published_dir / NAME)
    facts: dict[str, str | list[str]] = {"generation": str(report.health.generation)}
    if report.figures is not None:
        facts["week"] = report.figures.week.first.isoformat()
        facts["leads"] = str(report.figures.week.total.leads)
    return Alert(KIND, digest(report, address), facts)
