"""From and to which day figures are complete: what every stream that is read says."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.configuration.model import Config, ConnectorConfig
from orchestration.configuration.settings import Settings
from orchestration.transform.dbt import dbt_environment
from orchestration.warehouse.configuration_tables import write_config
from orchestration.warehouse.schema import ensure_schema
from tests.kit.models.dbt import run_dbt


def test_a_vendor_that_is_read_no_more_holds_up_no_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company that had left Mailchimp got the week in which it left as its last one, for ever."""
    config = Config(connectors={"matomo": ConnectorConfig()})
    settings = Settings(tmp_path, None, config)
    (settings.landing_dir / "mailchimp" / "lists").mkdir(parents=True)
    former = dbt_environment(settings)["TRIBUTARY_FORMER"]
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        ensure_schema(con)
        write_config(con, config)
        read = {"mailchimp": ("lists", 3), "matomo": ("visits", 9)}
        for number, (connector, (stream, day)) in enumerate(read.items()):
            facts = {"slice_id": str(number), "connector": connector, "stream": stream}
            facts["extracted_at"] = str(datetime(2026, 6, day, 5))  # noqa: DTZ001 - UTC, as in ops
            con.execute(
                "insert into ops.ledger by name select "
                f"{', '.join(f'? as {name}' for name in facts)}",
                list(facts.values()),
            )
    wanted = ("stg_ops__ledger", "stg_ops__company", "stg_ops__complete_days")
    found = []
    for streams in ("{}", former):
        monkeypatch.setenv("TRIBUTARY_FORMER", streams)
        outcome = run_dbt(warehouse, "run", "--select", *wanted)
        assert outcome.returncode == 0, outcome.stdout[-4000:]
        with duckdb.connect(str(warehouse)) as con:
            days = con.execute("select last_complete_day from staging.stg_ops__complete_days")
            found += days.fetchall()
    assert found == [(date(2026, 6, 2),), (date(2026, 6, 8),)]
