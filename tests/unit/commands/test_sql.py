"""Answers are written for those who read them: people, programs, documents."""

from __future__ import annotations

import json
import os
import signal
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from orchestration.commands import sql
from orchestration.commands.formats import as_json, as_markdown
from orchestration.commands.prompt import Prompt
from orchestration.commands.sql import print_sql, run_prompt
from orchestration.commands.tables import answer, written
from orchestration.configuration.model import Config
from orchestration.configuration.settings import Settings
from orchestration.publication.reader import Answer, QueryRefused
from tests.kit.reported import published

TODAY = date(2026, 3, 2)


def found(**columns: Any) -> Answer:
    """An answer of one row."""
    return Answer(tuple(columns), [tuple(columns.values())], truncated=False)


class Terminal(StringIO):
    """Lines that a person types."""

    def isatty(self) -> bool:
        """They do."""
        return True


def shown(of: Answer, width: int = 80) -> list[str]:
    """The lines that a terminal of that width gets."""
    console = Console(file=StringIO(), width=width)
    console.print(answer(of, console))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("name", "value", "readable", "stored"),
    [
        ("revenue", Decimal("105659.532140"), "105,659.53", "105659.532140"),
        ("revenue", Decimal("-0.000012"), "-0.000012", "-0.000012"),
        ("elasticity", 1.234e-7, "1.2e-07", "1.234e-07"),
        ("revenue", Decimal("0.000000"), "0.00", "0.000000"),
        ("leads", Decimal("1418"), "1,418", "1418"),
        ("leads", 1418, "1418", "1418"),
        ("ad_clicks", Decimal("5128.000000"), "5,128", "5128.000000"),
        ("sum(impressions)", 563578.0, "563,578", "563578.0"),
        ("clicks", Decimal("1.500000"), "1.50", "1.500000"),
        ("cost_per_click", Decimal("2.000000"), "2.00", "2.000000"),
        ("conversion_rate", 0.16346153846153846, "16.3 %", "0.16346153846153846"),
        ("conversion_rate_low", Decimal("0.04"), "4.0 %", "0.04"),
        ("share of leads", 1.0, "100.0 %", "1.0"),
        ("lift_low", -0.0712, "-7.1 %", "-0.0712"),
        ("lift", -1.5, "-1.50", "-1.5"),
        ("rate", -0.5, "-0.50", "-0.5"),
        ("rate", 11.25, "11.25", "11.25"),
        ("fx_rate", 0.0875, "0.09", "0.0875"),
        ("generated", 0.5, "0.50", "0.5"),
        ("median_days", 65.44006697634089, "65.44", "65.44006697634089"),
        ("empty", None, "", ""),
        ("at", datetime(2026, 7, 1, 6, tzinfo=UTC), "2026-07-01 06:00:00+00:00", None),
        ("month", date(2026, 7, 1), "2026-07-01", "2026-07-01"),
    ],
)
def test_a_cell_is_readable_or_as_stored(
    name: str, value: Any, readable: str, stored: str | None
) -> None:
    """65.44006697634089 days and 0.16346153846153846 are precision that nobody reads."""
    assert written(found(**{name: value})) == [[readable]]
    assert written(found(**{name: value}), raw=True) == [[stored or readable]]


def test_a_rate_above_one_is_none_in_the_whole_column() -> None:
    """A column is per cent or is not; half of each would be misread."""
    rows = Answer(("rate",), [(0.5,), (1.5,)], truncated=False)
    assert written(rows) == [["0.50"], ["1.50"]]


def test_a_row_that_is_too_wide_becomes_a_block() -> None:
    """46 columns in 80 characters were a letter to a line."""
    columns = {f"column_{number}": number for number in range(12)}
    lines = shown(found(**columns))
    assert lines[0].startswith("── 1 ──")
    assert lines[1:3] == ["column_0   0", "column_1   1"]
    assert shown(found(**columns), width=200)[0].startswith("┏")
    assert shown(found(text="x" * 500))[0].startswith("┏"), "one long text is folded"


def test_json_has_every_figure_and_nothing_that_acts() -> None:
    """Decimals are not rounded to floats, keys differ, and a terminal is not steered."""
    answered = Answer(
        ("value", "value", "name", "items"),
        [
            (
                Decimal("12345678901234567.123456"),
                float("nan"),
                "a\u202eb\x1b[2J å",
                [1, {"k": None}],
            )
        ],
        truncated=False,
    )
    text = "".join(as_json(answered))
    assert '"value": 12345678901234567.123456, "value_2": null' in text
    assert {"\u202e", "\x1b"}.isdisjoint(text)
    (row,) = json.loads(text)
    assert row["name"] == "a\u202eb\x1b[2J å"
    assert row["items"] == [1, {"k": None}]
    assert json.loads("".join(as_json(Answer(("a",), [], truncated=False)))) == []


def test_markdown_holds_names_as_text() -> None:
    """A campaign called like a link or a cell's end stays one cell."""
    name = "_A_ | lead_b <b>[x](http://x)</b>\nnext"
    lines = list(as_markdown(found(campaign=name, spend=Decimal("2.500000"))))
    assert lines[:2] == ["| campaign | spend |\n", "| --- | ---: |\n"]
    assert lines[2] == ("| \\_A\\_ \\| lead_b &lt;b&gt;\\[x\\](http://x)&lt;/b&gt;␊next | 2.50 |\n")


def asked(settings: Settings, status: int = 0) -> str:
    """What a prompt with what it is typed says, processes that answer among it."""
    with (settings.home / "said").open("w+", encoding="utf-8") as file:
        assert run_prompt(settings, 10, Console(file=file, width=80)) == status
        file.seek(0)
        return file.read()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with a published file."""
    folder = tmp_path / "published"
    folder.mkdir()
    published(folder / "tributary.duckdb")
    return Settings(home=tmp_path, config_path=None, config=Config())


def test_a_program_is_told_when_there_are_more_rows(settings: Settings) -> None:
    """A list that is cut would be taken for the whole."""
    console = Console(file=StringIO())
    print_sql(settings, "select * from range(3)", 3, console, "json", raw=False)
    with pytest.raises(QueryRefused, match="more than 2 rows"):
        print_sql(settings, "select * from range(3)", 2, console, "json", raw=False)


def test_the_prompt_answers_until_the_person_leaves(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over several lines, through a mistake, to the end; a program's lines are not kept."""
    monkeypatch.setattr("sys.stdin", StringIO("select 1 +\n41 as x;\n\nselect y;\nexit\nselect 9;"))
    said = asked(settings)
    assert "│ 42 │" in said
    assert "\n1 row, " in said
    assert "The query was refused" in said
    assert "9" not in said.rpartition("refused")[2]
    assert not (settings.home / "logs").exists()


def test_ctrl_c_ends_a_question_or_a_line_and_not_the_prompt(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asked for too much had to begin again, and so had who mistyped."""
    endless = "select count(*) from range(1000000) a(i), range(1000000) b(j) where hash(i + j) = 1;"
    typed: list[str | type[BaseException]] = [
        *("select", KeyboardInterrupt, "select 41 + 1 as x;"),
        *(endless, "select 43;", EOFError),
    ]

    def line(_prompt: str) -> str:
        now = typed.pop(0)
        if now is endless:
            # What the terminal does once the question is at work.
            threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        if isinstance(now, str):
            return now
        raise now

    monkeypatch.setattr("builtins.input", line)
    monkeypatch.setattr("sys.stdin", Terminal())
    said = asked(settings)
    assert said.index("│ 42 │") < said.index("Interrupted.") < said.index("│ 43 │")
    assert "refused" not in said


def test_whoever_ends_the_prompt_is_obeyed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of questions, or a closed terminal, has nobody who would go on."""
    monkeypatch.setattr("sys.stdin", StringIO("select 1;\nselect 2;"))
    monkeypatch.setattr(sql, "bounded", lambda *_: 128 + signal.SIGINT)
    assert "Interrupted" not in asked(settings, 128 + signal.SIGINT)
    monkeypatch.setattr("sys.stdin", Terminal("select 1;\nselect 2;"))
    monkeypatch.setattr(sql, "bounded", lambda *_: 128 + signal.SIGHUP)
    asked(settings, 128 + signal.SIGHUP)


def test_questions_are_kept_by_day(tmp_path: Path) -> None:
    """A file that grows every day would outlive privacy.keep_days.logs, with what was typed."""
    Prompt(Console(), tmp_path, TODAY - timedelta(days=1), []).keep("select\n  1;")
    prompt = Prompt(Console(), tmp_path, TODAY, [])
    prompt.keep("select 2;")
    assert list(prompt.earlier()) == ["select 1;", "select 2;"]
    assert [path.name for path in sorted(tmp_path.glob("*.log"))] == [
        "sql-history-2026-03-01.log",
        "sql-history-2026-03-02.log",
    ]


def test_names_are_completed(tmp_path: Path) -> None:
    """With their schema, in any case."""
    prompt = Prompt(Console(), tmp_path, TODAY, ["marts.leads", "marts.x", "lead_source"])
    assert [prompt.complete("MARTS.", number) for number in range(3)] == [
        "marts.leads",
        "marts.x",
        None,
    ]
    assert prompt.complete("lead_s", 0) == "lead_source"
    assert prompt.complete("sel", 0) == "select"
