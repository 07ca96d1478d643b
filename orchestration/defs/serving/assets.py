"""The last step of all: the published generation goes to PostgreSQL, where one is configured."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from orchestration.configuration.settings import Settings
from orchestration.defs.keys import POSTGRES_KEY, PUBLICATION_KEY
from orchestration.erasing.carrying_out import certify_served
from orchestration.privacy.guarded import guarded
from orchestration.serving.postgres import postgres_of, schemas_of, serve, served


def serving_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """One asset per configured database; none where none is.

    It fails without undoing the publication: readers of the file have the new generation, those of
    the server keep theirs, and the next run tries again, also where nothing else changed.

    Args:
        settings: The company's.
    """
    config = settings.config.serving.postgres
    if config is None:
        return []

    @dg.asset(
        key=POSTGRES_KEY,
        group_name="publication",
        deps=[PUBLICATION_KEY],
        kinds={"postgres"},
        description="The published generation in PostgreSQL, for tools that open no DuckDB file; "
        "put in place as a whole.",
    )
    @guarded(settings)
    def postgres() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it
        return dg.MaterializeResult(metadata=serve_published(settings))

    return [postgres]


def serve_published(settings: Settings) -> Mapping[str, int | str]:
    """Serve what is published, and say so in the certificates of erasures that wait for it.

    Args:
        settings: The company's, with ``serving.postgres``.

    Returns:
        The facts of the materialization; ``replaced`` is the generation that the server had, where
        it had one.

    Raises:
        ServingFailed: The server keeps what it had.
        MissingSecret: The connection's variable is not set.
    """
    before = served(settings)
    now, rows = serve(settings)
    certify_served(settings, now.generation)
    facts: dict[str, int | str] = {
        "generation": now.generation,
        "rows": rows,
        "schemas": ", ".join(schemas_of(postgres_of(settings)).values()),
    }
    if before is not None:
        facts["replaced"] = before.generation
    return facts
