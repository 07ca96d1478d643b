"""Runs the checks besides dbt's own, and records them for the gate.

Belongs here: which checks run at which point of a run. Does not belong here: the checks themselves.
"""

from __future__ import annotations

from functools import partial

import duckdb

from orchestration.configuration.settings import Settings
from orchestration.configuration.streams import configured_streams, former_streams
from orchestration.extract.aside import slices_aside
from orchestration.extract.landing import Landing
from orchestration.foundation.sql import transaction
from orchestration.quality.accounting import account
from orchestration.quality.checks import Check, write_checks
from orchestration.quality.losses import (
    beyond_limit,
    find_losses,
    keep_losses,
    too_much_lost,
)
from orchestration.quality.lost_cells import keep_lost_cells
from orchestration.quality.mart_profiles import mart_profiles
from orchestration.quality.money import keep_money
from orchestration.quality.profiles import stream_profile
from orchestration.quality.suites import boundary_suite, mart_suites
from orchestration.quality.validation import validate


def judge_losses(con: duckdb.DuckDBPyConnection, settings: Settings, *, accept: bool) -> None:
    """Record what was refused, and end the run where it is more than ``quality`` allows.

    Args:
        con: The build warehouse, after every stream was loaded.
        settings: The configuration.
        accept: Go on all the same, and record that.

    Raises:
        TooMuchLost: A source lost more than it may, and that is not accepted.
    """
    streams = configured_streams(settings)
    loaded = [*streams, *former_streams(settings)]
    sources = find_losses(con, streams, settings.config)
    beyond = beyond_limit(sources, settings.config)
    with transaction(con):
        keep_losses(con, sources, beyond if accept else [], settings.now())
        keep_lost_cells(con, loaded, settings.config)
        keep_money(con, loaded)
    if beyond and not accept:
        raise too_much_lost(beyond, settings.config)


def check_boundary(con: duckdb.DuckDBPyConnection, settings: Settings, run_id: str) -> list[Check]:
    """Account for every landed record, and judge the newest slices of every configured stream.

    Args:
        con: The build warehouse, after every stream was loaded.
        settings: The configuration and the landing folder.
        run_id: The run under which the outcomes are recorded.
    """
    now = settings.now()
    streams = configured_streams(settings)
    landing = Landing(settings.landing_dir)
    aside = slices_aside(landing)
    counting = [item for item in landing.slices() if item.slice_id not in aside]
    checks = account(con, [*streams, *former_streams(settings)], counting, now)
    checks += validate(
        [
            (
                boundary_suite(connector, stream, settings.config.quality),
                partial(stream_profile, con, connector, stream),
            )
            for connector, stream in streams
        ],
        now,
    )
    write_checks(con, run_id, checks)
    return checks


def check_marts(con: duckdb.DuckDBPyConnection, settings: Settings, run_id: str) -> list[Check]:
    """Judge the aggregates of the marts.

    Args:
        con: The build warehouse, after dbt built the marts.
        settings: The configuration.
        run_id: The run under which the outcomes are recorded.
    """
    profiles = mart_profiles(con)
    suites = mart_suites(settings.config.quality)
    checks = validate([(suite, profiles[suite.name]) for suite in suites], settings.now())
    write_checks(con, run_id, checks)
    return checks
