"""A company that serves its figures by PostgreSQL, and whose server is away for a day."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.commands.doctor import findings
from orchestration.configuration.settings import load_settings
from orchestration.serving.postgres import served
from tests.kit.csv_company import CONFIG, environment, write_company
from tests.kit.faults.served import VARIABLE
from tests.kit.postgres_server import postgres_server

SERVING = f"serving: {{postgres: {{connection: '${{env:{VARIABLE}}}', prefix: handel}}}}\n"


def test_a_server_that_was_away_gets_what_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is published all the same, the run says what failed, and the next one catches up.

    Also where nothing else changed, which usually ends a run before it begins.
    """
    write_company(tmp_path)
    (tmp_path / "tributary.yaml").write_text(CONFIG + SERVING, encoding="utf-8")
    with postgres_server() as server:
        monkeypatch.setenv(VARIABLE, server.address())
        variables = environment(tmp_path)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        settings = load_settings(variables)

        def tributary(*arguments: str) -> tuple[int, str]:
            done = subprocess.run(
                [Path(sys.executable).parent / "tributary", *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            return done.returncode, done.stdout

        def generation() -> int | None:
            found = served(settings)
            return None if found is None else found.generation

        status, shown = tributary("run")
        assert status == 0, shown
        assert "✓ Serve by PostgreSQL" in shown
        assert generation() == 1
        rows = server.rows("select count(*) from handel_core.fct_leads", "tributary_reader")

        (tmp_path / "costs.csv").write_text(
            "date_day,amount,currency,lead_source,lead_channel,description\n"
            "2026-01-08,450,EUR,event,trade_show,Stand\n",
            encoding="utf-8",
        )
        server.stop()
        status, shown = tributary("run")
        assert status == 1
        assert "serving__postgres failed:" in shown
        assert "Generation 2 is published; what failed comes after it." in shown
        status, shown = tributary("run")
        assert status == 1, "nothing changed, and the server still lacks it"
        assert "PostgreSQL: " in shown

        server.start()
        assert generation() == 1
        (looked,) = (each for each in findings() if each.subject == "serving.postgres")
        assert looked.doubtful
        assert "generation 1, which is not what the published file holds" in looked.saw
        status, shown = tributary("run")
        assert (status, generation()) == (0, 2), shown
        assert "PostgreSQL lacked generation 2: it has 2 now, in place of 1." in shown
        assert "Nothing changed: generation 2 stands" in shown
        assert server.rows("select count(*) from handel_core.fct_leads") == rows
        status, shown = tributary("run")
        assert (status, generation()) == (0, 2)
        assert "Prepare the warehouse" not in shown, "it ended before it began"
