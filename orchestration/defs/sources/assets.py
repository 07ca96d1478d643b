"""One asset per stream: read it, land it, load it."""

import time
from collections.abc import Iterable, Sequence, Set
from datetime import date, timedelta

import dagster as dg
from duckdb import DuckDBPyConnection

from orchestration.configuration.inbox_files import groups, inbox_files
from orchestration.configuration.settings import Settings
from orchestration.configuration.streams import configured_streams, former_streams
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Kind, Stream
from orchestration.defs.freshness import DAILY
from orchestration.defs.keys import CONFIGURATION_KEY, WRITER_POOL, raw_key
from orchestration.defs.sources.results import stream_result
from orchestration.erasing import carrying_out
from orchestration.erasing.asked_by_file import ask_from_files
from orchestration.erasing.consents import apply_consents
from orchestration.erasing.later import catch_up, following
from orchestration.erasing.retention import apply_keep_days
from orchestration.extract.failures import AccountFailure
from orchestration.extract.landing import Landing
from orchestration.extract.stream import extract_stream
from orchestration.extract.tokens import TokenStore
from orchestration.extract.window import Window
from orchestration.foundation.fault_points import fault_point
from orchestration.inbox.reader import land_entry
from orchestration.loading.failed_accounts import record_failed_accounts
from orchestration.loading.slices import Loaded, load_pending
from orchestration.plan import RunPlan
from orchestration.privacy.address_kinds import address_kind_words
from orchestration.privacy.guarded import guarded
from orchestration.privacy.hashes import identity_key
from orchestration.publication import standing
from orchestration.warehouse.build import discard_build, prepare_build
from orchestration.warehouse.connection import connect, writer_lease
from orchestration.warehouse.schema import ensure_schema
from orchestration.warehouse.space import require_space

FIRST_PARTITION = date(2020, 1, 1)
"""Where partitions begin for a company that does not configure a start of history."""

EXTRACTION_RETRIES = dg.RetryPolicy(max_retries=1, delay=60)
"""For a vendor that is down longer than one request keeps trying; nothing else is retried."""


def source_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The configuration's asset, and one asset per configured stream."""
    return [
        _configuration_asset(settings),
        *(_stream_asset(settings, name, stream) for name, stream in configured_streams(settings)),
    ]


def _configuration_asset(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=CONFIGURATION_KEY,
        group_name="ops",
        pool=WRITER_POOL,
        kinds={"duckdb"},
        description="The configuration as tables, and every raw table, ready to be loaded. "
        "One row per setting.",
    )
    @guarded(settings)
    def configuration(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it
        settings.require_config()
        settings.prepare_home()
        plan = RunPlan.from_tags(context.run.tags)
        leftovers = Landing(settings.landing_dir).clean()
        require_space(settings)
        with writer_lease(settings, "write the configuration"):
            reads = not plan.rebuild and reads_files(settings, context.run.asset_selection)
            standing.begin(settings, context.run_id, reads=reads)
            if not plan.rebuild:
                ask_from_files(settings)
            erased = carrying_out.begin(settings)
            aged = apply_keep_days(settings)
            refused = 0 if plan.rebuild else apply_consents(settings)
            if plan.rebuild:
                discard_build(settings)
                fault_point("build.discarded")
            prepare_build(settings)
            with connect(settings.warehouse_path, settings=settings) as con:
                _load_former(con, settings)
        return dg.MaterializeResult(
            metadata={
                "rebuild": plan.rebuild,
                "leftovers_removed": len(leftovers),
                "erasures": len(erased),
                "records_beyond_keep_days": aged,
                "touches_without_consent": refused,
            }
        )

    return configuration


def reads_files(settings: Settings, chosen: Set[dg.AssetKey] | None) -> bool:
    """Whether a run reads every file: of chosen assets only where all files are among them."""
    streams = [each for name, each in configured_streams(settings) if name == INBOX.name]
    return not chosen or chosen >= {raw_key(INBOX.name, each.name) for each in streams}


def _stream_asset(settings: Settings, connector: str, stream: Stream) -> dg.AssetsDefinition:
    @dg.asset(
        key=raw_key(connector, stream.name),
        group_name=connector,
        deps=_upstream(connector, stream),
        partitions_def=_partitions(settings, stream),
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=_check_specs(connector, stream),
        freshness_policy=DAILY,
        retry_policy=EXTRACTION_RETRIES if connector != INBOX.name else None,
        pool=WRITER_POOL,
        kinds={"python", "duckdb"},
        description=stream.description,
    )
    @guarded(settings)
    def load(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it
        begun = time.monotonic()
        plan = RunPlan.from_tags(context.run.tags)
        # Days after which lists that were replaced name nobody hold for whole lists.
        changes = settings.config.privacy.keep_days.landing is None
        landing = Landing(settings.landing_dir, following(settings), changes=changes)
        window = _window(context, plan, settings)
        failures: Sequence[AccountFailure] = ()
        if not plan.rebuild:
            failures = read_stream(settings, connector, stream, landing, window)
        with writer_lease(settings, f"load {connector}/{stream.name}"):
            known = [*former_streams(settings), *configured_streams(settings)]
            catch_up(settings, [each for each in known if each != (connector, stream)])
            with connect(settings.warehouse_path, settings=settings) as con:
                ensure_schema(con)
                record_failed_accounts(con, connector, stream.name, failures, settings.now())
                loaded = _load(con, settings, landing, [(connector, stream)])
        return stream_result(loaded, failures, window, time.monotonic() - begun)

    return load


def _load_former(con: DuckDBPyConnection, settings: Settings) -> None:
    """Load what a warehouse that was made again lacks of streams that are read no more."""
    former = former_streams(settings)
    for connector, stream in former:
        record_failed_accounts(con, connector, stream.name, (), settings.now())
    _load(con, settings, Landing(settings.landing_dir), former)


def _load(
    con: DuckDBPyConnection,
    settings: Settings,
    landing: Landing,
    streams: Iterable[tuple[str, Stream]],
) -> list[Loaded]:
    identity = settings.config.identity
    return load_pending(
        con,
        landing,
        streams,
        identity_key=identity_key(settings),
        role_mailboxes=identity.role_mailboxes,
        made_up=identity.made_up,
        kinds=address_kind_words(settings.config.internal, settings.config.lead_quality.test),
    )


def read_stream(
    settings: Settings,
    connector: str,
    stream: Stream,
    landing: Landing,
    window: Window | None,
) -> Sequence[AccountFailure]:
    """Land a vendor's answers or the files of the inbox.

    Args:
        settings: The company's.
        connector: The connector, or ``inbox``.
        stream: One of its streams.
        landing: Where slices go.
        window: The days to read; ``None`` for the stream's default.

    Returns:
        The accounts that could not be read although others could.

    Raises:
        TributaryError: None of the stream could be read.
    """
    company = settings.config.company
    if connector == INBOX.name:
        entries = [entry for entry in settings.config.inbox if entry.stream == stream.name]
        for group in groups(inbox_files(entries)):
            landed = 0
            for file in group:
                # A file that changed is not newer than the later ones of its list.
                item = land_entry(file, landing, company, settings.now(), after=landed)
                landed = item.sequence
        return ()
    extraction = extract_stream(
        CONNECTORS[connector],
        stream,
        settings.config.connectors[connector],
        landing,
        window,
        settings.now(),
        history_start=company.history_start,
        tokens=TokenStore(settings.token_dir),
    )
    return extraction.failures


def _upstream(connector: str, stream: Stream) -> list[dg.AssetKey]:
    """The configuration, and the stream whose records determine what to request."""
    parent = stream.request.parent
    if parent is None:
        return [CONFIGURATION_KEY]
    return [CONFIGURATION_KEY, raw_key(connector, parent.stream)]


def _partitions(settings: Settings, stream: Stream) -> dg.DailyPartitionsDefinition | None:
    if stream.kind not in (Kind.REPORT, Kind.EVENT):
        return None
    company = settings.config.company
    return dg.DailyPartitionsDefinition(
        start_date=str(company.history_start or FIRST_PARTITION),
        timezone=company.reporting_timezone,
        end_offset=1,
    )


def _window(context: dg.AssetExecutionContext, plan: RunPlan, settings: Settings) -> Window | None:
    """The partitions that Dagster requests, as one window; otherwise the plan's window."""
    if context.has_partition_key_range:
        asked = context.partition_key_range
        last = date.fromisoformat(asked.end)
        return Window(date.fromisoformat(asked.start), last + timedelta(days=1))
    return plan.window_at(settings.now().date())


def _check_specs(connector: str, stream: Stream) -> list[dg.AssetCheckSpec]:
    key = raw_key(connector, stream.name)
    return [
        dg.AssetCheckSpec(
            "rows_accounted_for",
            asset=key,
            description="Rows in the slices are rows loaded plus rows quarantined.",
        ),
        dg.AssetCheckSpec(
            "accounts_complete",
            asset=key,
            description="Every account could be read.",
        ),
        dg.AssetCheckSpec(
            "fields_known",
            asset=key,
            description="The vendor sends no field that the stream does not declare.",
        ),
    ]
