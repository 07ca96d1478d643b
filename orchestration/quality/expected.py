"""Every check besides dbt's tests that a run must have, known without running any."""

from __future__ import annotations

from orchestration.configuration.settings import Settings
from orchestration.configuration.streams import configured_streams, former_streams
from orchestration.quality.accounting import accounting_expected
from orchestration.quality.checks import Expected
from orchestration.quality.suites import boundary_suite, mart_suites


def expected_checks(settings: Settings) -> list[Expected]:
    """The accounting of every stream, and the suites of the configured ones and of the marts."""
    streams = configured_streams(settings)
    quality = settings.config.quality
    suites = [
        *(boundary_suite(connector, stream, quality) for connector, stream in streams),
        *mart_suites(quality),
    ]
    return [
        *(accounting_expected(*each) for each in [*streams, *former_streams(settings)]),
        *(expected for suite in suites for expected in suite.expected()),
    ]
