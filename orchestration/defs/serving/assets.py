"""The last step of all: the published generation goes to PostgreSQL, where one is configured."""

from __future__ import annotations

import dagster as dg

from orchestration.configuration.settings import Settings
from orchestration.defs.keys import POSTGRES_KEY, PUBLICATION_KEY
from orchestration.privacy.guarded import guarded
from orchestration.serving.postgres import schemas_of, serve


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
        served, rows = serve(settings)
        return dg.MaterializeResult(
            metadata={
                "generation": served.generation,
                "rows": rows,
                "schemas": ", ".join(schemas_of(config).values()),
            }
        )

    return [postgres]
