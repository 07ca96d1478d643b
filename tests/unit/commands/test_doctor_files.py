"""``tributary doctor`` looks inside the files of the inbox, and says what a run would make of them.

Before, a file was "there, 12,345 bytes": the first run was the first to tell that half of its days
were read as months, or that its money was of a platform that nobody knows.
"""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.commands.doctor import findings, run_doctor
from orchestration.commands.finding import Finding

SPEND = "Datum;Kanal;Kostnad;Konto\n"
ENTRY = """\
inbox:
  - path: spend.csv
    stream: ad_spend
    format: {delimiter: ";", date_format: "%d/%m/%Y"}
    columns: {date_day: Datum, platform: Kanal, spend: Kostnad}
"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home and a configuration of the test's own."""
    monkeypatch.setenv("TRIBUTARY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRIBUTARY_CONFIG", str(tmp_path / "tributary.yaml"))


def configure(folder: Path, text: str, **files: str) -> None:
    """Write the configuration and files, whose names end in ``.csv``."""
    (folder / "tributary.yaml").write_text(text)
    for name, body in files.items():
        (folder / f"{name}.csv").write_text(body)


def of_files() -> list[Finding]:
    """What doctor finds about the inbox."""
    return [found for found in findings() if found.subject.startswith("inbox")]


def tables() -> list[dict[str, str]]:
    """The table of each file."""
    return [dict(found.inside[1]) for found in of_files() if found.inside]


def seen(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit status of doctor and what it prints, in wide lines."""
    status = run_doctor(Console(width=400))
    return status, capsys.readouterr().out


def test_money_that_where_leaves_out_is_named(tmp_path: Path) -> None:
    """A condition that fits too many rows is seen before a run, by the money in them."""
    where = "    where: {skip: {Konto: [intern]}}\n"
    body = SPEND + "01/10/2026;google_ads;1250.50;intern\n02/10/2026;google_ads;10;extern\n"
    configure(tmp_path, ENTRY + where, spend=body)
    (table,) = tables()
    assert table["rows left out"] == "1, by the entry's where, with 1,250.50 of money"


def test_a_good_file_is_described(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Columns taken and not taken, money by currency and the span of days; nothing to look at."""
    configure(
        tmp_path,
        ENTRY.replace("spend: Kostnad}", "spend: Kostnad, currency: Valuta}"),
        spend="Datum;Kanal;Kostnad;Valuta;Konto\n"
        "14/04/2026;Facebook;1200.50;SEK;A\n30/04/2026;AdWords;10;EUR;B\n02/05/2026;fb;5;SEK;A\n",
    )
    assert tables() == [
        {
            "columns taken": "date_day (Datum), platform (Kanal), spend (Kostnad), "
            "currency (Valuta)",
            "columns not taken": "Konto",
            "records that count": "3",
            "money": "10.00 EUR; 1,205.50 SEK",
            "days": "2026-04-14 to 2026-05-02",
        }
    ]
    status, told = seen(capsys)
    assert status == 0
    assert "all 3 rows" in told
    assert not [found for found in of_files() if found.doubtful]
    assert not list((tmp_path / "home").rglob("*.zst"))


def test_refused_rows_fail_it_as_they_would_fail_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With reason, lines and the declaration that fits; a cell may be a person and is not shown."""
    rows = "".join(f"2026-04-{day:02};google;1\n" for day in range(1, 29))
    configure(
        tmp_path,
        ENTRY.replace('date_format: "%d/%m/%Y"', 'date_format: "%m/%d/%Y"'),
        spend="Datum;Kanal;Kostnad\n14/04/2026;google;10\n15/04/2026;google;4\nEva Svensson;fb;9\n",
    )
    status, told = seen(capsys)
    assert status == 1
    assert "3 rows, lines 2, 3, 4: date_day: '***' is not a date written as %m/%d/%Y" in told
    assert "of all 3 rows, 3 cannot be used (100.00% of rows or money; at most 2.00%)" in told
    assert "Eva" not in told
    assert "14/04" not in told
    configure(
        tmp_path,
        ENTRY.replace(', date_format: "%d/%m/%Y"', ""),
        spend="Datum;Kanal;Kostnad\n" + rows * 4 + "14.04.2026;google;0.01\n",
    )
    status, told = seen(capsys)
    assert status == 0, "less than 2 % is lost: the run would publish"
    assert "1 row, line 114: date_day: '***'" in told
    assert "1 row cannot be used" in told


def test_a_file_that_a_run_refuses_as_a_whole_fails_it_likewise(tmp_path: Path) -> None:
    """By the reader's own words: a mapped column that is not in the file."""
    configure(tmp_path, ENTRY, spend="Datum;Kanal;Belopp\n14/04/2026;google;10\n")
    (found,) = of_files()
    assert not found.healthy
    assert "'Kostnad'" in found.saw
    assert "The file has: 'Datum', 'Kanal', 'Belopp'." in found.remedy


def test_days_that_could_be_months_are_pointed_out(tmp_path: Path) -> None:
    """5 April or 4 May: every row fits both, so the wrong declaration would publish."""
    ambiguous = "05/04/2026;google;1\n07/04/2026;google;1\n"
    configure(tmp_path, ENTRY, spend=SPEND.replace(";Konto", "") + ambiguous)
    doubts = [found for found in of_files() if found.doubtful]
    assert [found.healthy for found in doubts] == [True]
    assert "day and month could be exchanged in every row of date_day" in doubts[0].saw
    for unambiguous in ("05/04/2026;google;1\n13/04/2026;google;1\n", "05/05/2026;google;1\n", ""):
        configure(tmp_path, ENTRY, spend=SPEND.replace(";Konto", "") + unambiguous)
        assert not [found for found in of_files() if found.doubtful]


def test_moments_are_asked_for_their_days_as_the_file_shows_them(tmp_path: Path) -> None:
    """12 April 23:30 in New York is the 13th in UTC, and still fits a month."""
    entry = (
        "inbox:\n  - path: leads.csv\n    stream: leads\n    format:\n"
        '      {datetime_format: "%m/%d/%Y %H:%M", timezone: America/New_York}\n'
    )
    configure(tmp_path, entry, leads="lead_id,created_at\n1,04/12/2026 23:30\n")
    assert any("of created_at" in found.saw for found in of_files())


def test_moments_without_a_zone_are_pointed_out(tmp_path: Path) -> None:
    """Unless the entry or the moments themselves state one; a day alone is no moment."""
    text = (
        "company: {reporting_timezone: Europe/Stockholm}\n"
        "inbox:\n  - {path: leads.csv, stream: leads, format: {}}\n"
    )
    leads = "lead_id,created_at\n1,2026-04-12 23:30\n2,2026-04-12T23:30:00Z\n3,2026-04-12\n"
    configure(tmp_path, text, leads=leads)
    (doubt,) = [found for found in of_files() if found.doubtful]
    assert "read in Europe/Stockholm: created_at (1)" in doubt.saw
    configure(tmp_path, text.replace("{}", "{timezone: UTC}"), leads=leads)
    assert not [found for found in of_files() if found.doubtful]


def test_platforms_that_no_map_knows_are_named(tmp_path: Path) -> None:
    """Neither ours nor the entry's; a name that may be a person is only counted."""
    configure(
        tmp_path,
        ENTRY + "    values: {platform: {Radio Ett: radio_one}}\n",
        spend="Datum;Kanal;Kostnad\n14/04/2026;Facebok;1\n14/04/2026;Radio Ett;1\n"
        "14/04/2026;Bing;1\n14/04/2026;eva@example.se;1\n",
    )
    (doubt,) = [found for found in of_files() if found.doubtful]
    assert "ad platforms that are not known: Facebok, 1 not shown" in doubt.saw


def test_cells_that_would_be_cleared_are_counted_by_column(tmp_path: Path) -> None:
    """Their rows count, so nothing else stops for them."""
    configure(
        tmp_path,
        "inbox:\n  - {path: leads.csv, stream: leads}\n",
        leads="lead_id,created_at,email,is_qualified\n1,2026-04-12,not an address,perhaps\n"
        "2,2026-04-12,eva@example.se,yes\n",
    )
    (table,) = tables()
    assert table["records that count"] == "2"
    assert table["cleared: is_qualified"].startswith("1 cell, the first in line 2: is_qualified")
    assert "perhaps" not in str(table)
    assert "not an address" not in str(table)
    assert any("2 cells cannot be read" in found.saw for found in of_files() if found.doubtful)


def test_every_file_of_a_pattern_is_looked_into(tmp_path: Path) -> None:
    """Also where one of them would fail the run: it is named, and the others are described."""
    configure(
        tmp_path,
        ENTRY.replace("spend.csv", "spend-*.csv"),
        **{
            "spend-1": SPEND + "14/04/2026;google;10;A\n",
            "spend-2": SPEND + "2026-04-14;google;10;A\n",
        },
    )
    assert [found.healthy for found in of_files()] == [True, False]
    assert [table["records that count"] for table in tables()] == ["1", "0"]


def test_the_first_thousand_rows_are_read(tmp_path: Path) -> None:
    """Of a compressed file, too; what lies behind them is not judged."""
    good = "".join(f"14/04/2026;google;1;A{n}\n" for n in range(1_000))
    configure(tmp_path, ENTRY)
    packed = gzip.compress((SPEND + good + "no day;google;1;A\n" * 500).encode())
    (tmp_path / "spend.csv").write_bytes(packed)
    (found,) = of_files()
    assert found.healthy
    assert found.inside is not None
    assert found.inside[0].endswith("the first 1,000 rows")
    table = dict(found.inside[1])
    assert table["records that count"] == "1,000"
    assert table["not looked at"] == "all rows after the first 1,000; a run reads them, too"


def test_nothing_stays_of_what_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines hold people; the home gets no key, no slice and no database."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    configure(tmp_path, ENTRY, spend=SPEND + "14/04/2026;google;10;A\n")
    assert of_files()[0].healthy
    assert list(elsewhere.iterdir()) == []
    names = {path.name for path in (tmp_path / "home").rglob("*") if path.is_file()}
    assert names <= {"writer.lock"}


def test_what_a_file_says_never_acts_in_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of columns and platforms are shown as they are written, markup and escapes included."""
    configure(
        tmp_path,
        ENTRY,
        spend="Datum;Kanal;Kostnad;Konto [red]\x1b[2J\n14/04/2026;Kanal [bold]X;10;A\n",
    )
    _, told = seen(capsys)
    assert "\x1b" not in told
    assert "Kanal [bold]X" in told
    assert "Konto [red]" in told


def test_a_row_of_a_period_is_one_row(tmp_path: Path) -> None:
    """It is thirty records, one for each day, and thirty of them are still one bad line."""
    configure(
        tmp_path,
        "inbox:\n  - {path: costs.csv, stream: costs}\n",
        costs="date_day,last_day,amount,currency\n2026-04-01,2026-04-30,x,EUR\n"
        "2026-04-01,2026-04-30,10,EUR\n",
    )
    (found,) = of_files()
    assert "of all 2 rows, 1 cannot be used" in found.saw
    (table,) = tables()
    assert table["refused: bad_type"].startswith("1 row, line 2: amount")
    assert table["records that count"] == "30"


def test_a_total_is_named_and_is_no_loss(tmp_path: Path) -> None:
    """Its money is that of the other lines."""
    configure(
        tmp_path,
        ENTRY.replace("spend: Kostnad}", "spend: Kostnad, campaign_name: Konto}"),
        spend=SPEND + "14/04/2026;fb;10;A\n15/04/2026;fb;5;B\n15/04/2026;fb;15;Total\n",
    )
    (found,) = of_files()
    assert found.healthy
    (table,) = tables()
    assert table["money"].startswith("15.00 EUR")
    assert table["refused: totals_row"].startswith("1 row, line 4: a total of other lines")


def test_lists_of_people_are_read_whole(tmp_path: Path) -> None:
    """Erasures and consents are never loaded; a row that names nobody would end the run."""
    configure(
        tmp_path,
        "inbox:\n  - {path: gone.csv, stream: erasures}\n"
        "  - {path: consents.csv, stream: consents}\n",
        gone="person,remark\neva@example.se,\n",
        consents="email,is_granted\neva@example.se,no\n",
    )
    assert [found.healthy for found in of_files()] == [True, True]
    assert tables()[0] == {"columns taken": "person", "columns not taken": "remark"}
    (tmp_path / "gone.csv").write_text("person,remark\neva@example.se,\n,?\n")
    (tmp_path / "consents.csv").write_text("email,is_granted\neva@example.se,perhaps\n")
    bad = of_files()
    assert [found.healthy for found in bad] == [False, False]
    assert "line 3" in bad[0].saw
    assert "line 2" in bad[1].saw


def test_a_known_export_is_recognised_and_taken_when_confirmed(tmp_path: Path) -> None:
    """Nothing is taken as an export before somebody says that it is one."""
    body = "Campaign name,Day,Amount spent (EUR),Impressions,Reach\nA,2026-06-01,5.00,100,90\n"
    entry = "inbox:\n  - {path: spend.csv, stream: ad_spend}\n"
    configure(tmp_path, entry, spend=body)
    refused, suggested = of_files()
    assert not refused.healthy
    assert "Meta Ads Manager" in suggested.saw
    assert suggested.remedy == "If it is one, set preset: meta_ads_report in its entry."
    configure(tmp_path, "inbox:\n  - {path: spend.csv, preset: meta_ads_report}\n", spend=body)
    assert [found.healthy for found in of_files()] == [True]
    (table,) = tables()
    assert table["columns taken"] == (
        "date_day (Day), spend (Amount spent (EUR)), campaign_name (Campaign name), "
        "impressions (Impressions)"
    )
    assert table["columns not taken"] == "Reach"
    assert table["money"] == "5.00 EUR"


@pytest.mark.parametrize(
    ("stream", "body"),
    [
        ("event_attendance", "event_id,email,status\n1,a@x.se,Attended\n"),
        ("content", "content_id,title\n1,Guide\n"),
    ],
)
def test_a_file_whose_rows_need_no_day_is_described(tmp_path: Path, stream: str, body: str) -> None:
    """Doctor broke off at a list of attendees: no column of such a file has to be a day."""
    configure(tmp_path, f"inbox:\n  - {{path: list.csv, stream: {stream}}}\n", list=body)
    (table,) = tables()
    assert table["records that count"] == "1"
    assert "days" not in table
