"""Which canonical shapes a company's sources deliver, so that nothing is built for any other.

Belongs here: vendors and shapes out of all that ``dbt_project.yml`` declares. Does not belong here:
the streams that a run reads (``streams.py``).
"""

from __future__ import annotations

from orchestration.configuration.settings import Settings
from orchestration.connectors.inbox import INBOX
from orchestration.foundation.repository import project_variables


def delivered_shapes(settings: Settings) -> dict[str, list[str]]:
    """The shapes of every vendor that is configured or was ever landed, by vendor.

    A vendor that left the configuration keeps its data, hence the look at landing: at its folders,
    because they stay the same while a run works, and a damaged manifest does not hide them. A file
    that left the configuration takes its rows with it, so the inbox counts as configured.

    Args:
        settings: The configuration and the landing folder.
    """
    variables = project_variables()
    declared: dict[str, list[str]] = variables["canonical_shapes"]
    read = {entry.stream for entry in settings.config.inbox}
    streams_of: dict[str, list[str]] = variables["inbox_streams"]
    found = {
        vendor: shapes
        for vendor, shapes in declared.items()
        if vendor in settings.config.connectors or (settings.landing_dir / vendor).is_dir()
    }
    if settings.config.content:
        # Pages that are content need no list of it.
        read.add("content")
    found[INBOX.name] = [
        shape for shape in declared[INBOX.name] if read.intersection(streams_of.get(shape, [shape]))
    ]
    return found
