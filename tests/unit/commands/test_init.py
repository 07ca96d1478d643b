"""``tributary init`` proposes what it can give a reason for, and asks the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
import yaml
from rich.console import Console

from orchestration.commands.doctor import findings
from orchestration.commands.init import run_init
from orchestration.configuration.document import SettingsError
from orchestration.configuration.presets import presets
from orchestration.inbox.proposing import Question
from tests.kit.exports import EXPORTS

COMPANY = {
    "name": "Test AB",
    "reporting_currency": "SEK",
    "reporting_timezone": "Europe/Stockholm",
}
LEADS = (
    "Id;Skapad;E-post;Ursprung;Kund;Belopp;Kommentar\n"
    "17;30/03/2026;eva@example.se;Mässa;ja;12500,50;ring\n"
    "18;01/04/2026;;Select;nej;;\n"
)
COSTS = "Date,Campaign,Cost\n05/04/2026,A,12.50\n06/04/2026,B,3\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of files; the configuration and the home are beside it."""
    monkeypatch.setenv("TRIBUTARY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRIBUTARY_CONFIG", str(tmp_path / "tributary.yaml"))
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


def init(
    folder: Path, ask: Callable[[Question], str | None] | None = None
) -> tuple[str, dict[str, dict[str, object]]]:
    """What is written: the text, and the entries by path."""
    assert run_init(folder, COMPANY, Console(record=True, width=200), ask) == 0
    text = (folder.parent / "tributary.yaml").read_text("utf-8")
    data = yaml.safe_load(text)
    assert data["company"] == COMPANY
    return text, {entry["path"]: entry for entry in data["inbox"] or []}


def refused_by_doctor() -> list[str]:
    """What doctor would not let pass about the files."""
    return [
        found.saw
        for found in findings()
        if found.subject.startswith(("inbox", "configuration")) and not found.healthy
    ]


def test_a_folder_of_known_exports_becomes_a_configuration_that_doctor_accepts(
    folder: Path,
) -> None:
    """Each is taken by its preset; where days could be exchanged, the entry waits for an answer."""
    for export in EXPORTS:
        (folder / f"{export.name}.csv").write_bytes(export.content)
    text, entries = init(folder)
    assert refused_by_doctor() == []
    waiting = {"microsoft_ads_report", "salesforce_leads_report"}
    assert {str(entry["preset"]) for entry in entries.values()} == {*presets()} - waiting
    assert text.count("Answer, then take the signs away") == len(waiting)
    for name in waiting:
        assert f"  #   preset: {name}" in text
    assert "#   format.date_format: '%d/%m/%Y' or '%m/%d/%Y'" in text
    report = entries["files/salesforce_opportunities_report.csv"]
    assert report["format"] == {"date_format": "%d/%m/%Y"}


def test_a_file_of_the_companys_own_is_mapped_with_reasons(folder: Path) -> None:
    """Encoding, delimiter, numbers, days and yes are read off the file where one reading fits."""
    (folder / "kunder.csv").write_bytes(LEADS.encode("cp1252"))
    text, entries = init(folder)
    assert entries["files/kunder.csv"] == {
        "path": "files/kunder.csv",
        "stream": "leads",
        "format": {
            "encoding": "cp1252",
            "delimiter": ";",
            "date_format": "%d/%m/%Y",
            "decimal": ",",
        },
        "columns": {
            "lead_id": "Id",
            "created_at": "Skapad",
            "email": "E-post",
            "lead_source": "Ursprung",
            "is_customer": "Kund",
            "value": "Belopp",
        },
        "values": {"is_customer": {"ja": "true", "nej": "false"}},
    }
    assert "      created_at: Skapad # a usual name of it" in text
    assert "# columns without a place: Kommentar" in text
    assert "the only usual pattern that reads every cell of Skapad" in text
    assert "eva@example.se" not in text
    assert refused_by_doctor() == []


def test_what_could_be_meant_in_two_ways_is_asked(folder: Path) -> None:
    """What a row is, and whether 05/04 is in April or in May, no file says."""
    (folder / "spend.csv").write_text(COSTS)
    text, entries = init(folder)
    assert entries == {}
    assert "# Open: The file may be ad_spend or costs: what is a row?" in text
    assert refused_by_doctor() == []
    # As the file says: answer, then take the signs away.
    answered = text.replace("  # - path: files/spend.csv", "  - path: files/spend.csv")
    assert [entry["path"] for entry in yaml.safe_load(answered)["inbox"]] == ["files/spend.csv"]


def test_a_folder_without_files_leaves_no_configuration_behind(folder: Path) -> None:
    """An empty one would be in the way of the next init, once the files are there."""
    with pytest.raises(SettingsError, match="no file in the folder"):
        run_init(folder, COMPANY, Console())
    assert not (folder.parent / "tributary.yaml").exists()


def test_a_currency_may_be_answered_in_small_letters(folder: Path) -> None:
    """The first answers were lost to it, and init had to be begun again."""
    (folder / "spend.csv").write_text(COSTS)
    said = {**COMPANY, "reporting_currency": "sek"}
    assert run_init(folder, said, Console(quiet=True)) == 0
    text = (folder.parent / "tributary.yaml").read_text("utf-8")
    assert yaml.safe_load(text)["company"] == COMPANY


def test_answers_complete_an_entry(folder: Path) -> None:
    """Each answer may open the next question; one that fits nothing leaves it open."""
    (folder / "spend.csv").write_text(COSTS)
    said = {
        "stream": "ad_spend",
        "format.date_format": "%d/%m/%Y",
        "constants.platform": "google_ads",
    }
    asked: list[str] = []

    def ask(question: Question) -> str | None:
        asked.append(question.key)
        return said[question.key]

    _, entries = init(folder, ask)
    assert asked == list(said)
    assert entries["files/spend.csv"]["format"] == {"date_format": "%d/%m/%Y"}
    assert entries["files/spend.csv"]["constants"] == {"platform": "google_ads"}
    assert refused_by_doctor() == []


def test_an_open_entry_is_right_once_it_is_answered(folder: Path) -> None:
    """People answer in the file: they write the word and take the signs away."""
    (folder / "utgift.csv").write_text("Dag;Kampanj;Kostnad;Klick\n25/04/2026;A;12,50;3\n")
    text, entries = init(folder)
    assert entries == {}
    entry = re.sub(r"(?m)^  # ", "  ", text.split("in front of:\n")[1])
    data = yaml.safe_load(text)
    data["inbox"] = yaml.safe_load(entry)
    data["inbox"][0]["constants"] = {"platform": "meta_ads"}
    (folder.parent / "tributary.yaml").write_text(yaml.safe_dump(data, allow_unicode=True))
    assert refused_by_doctor() == []


@pytest.mark.parametrize(
    ("cost", "open_"), [("1,234", True), ("1.234", True), ("1 234,50", False), ("12,5", False)]
)
def test_numbers_that_read_in_two_ways_are_asked(folder: Path, cost: str, open_: bool) -> None:
    """1,234 is a thousand in one country and a bit more than one in another."""
    (folder / "fakturor.csv").write_text(f"Fakturadatum;Leverantör;Belopp\n2026-04-25;A;{cost}\n")
    text, entries = init(folder)
    assert (entries == {}) == open_
    assert ("what is the decimal mark?" in text) == open_


def test_files_of_one_kind_become_one_pattern(folder: Path) -> None:
    """A new month's file then needs no new entry; a file that is read otherwise stays apart."""
    body = "Fakturadatum;Leverantör;Belopp\n2026-{}-25;A;12,50\n"
    for month in ("04", "05"):
        (folder / f"costs-2026-{month}.csv").write_text(body.format(month))
    (folder / "rates-1.csv").write_text("date_day,currency,rate\n2026-04-25,EUR,11.2\n")
    (folder / "rates-2.csv").write_text("date_day;currency;rate\n2026-05-25;EUR;11.2\n")
    _, entries = init(folder)
    assert sorted(entries) == ["files/costs-*-*.csv", "files/rates-1.csv", "files/rates-2.csv"]
    assert refused_by_doctor() == []


def test_a_workbook_with_lines_above_its_table_is_placed(folder: Path) -> None:
    """Rows were as wide as the first line, a title, so that the names below it were not seen."""
    with xlsxwriter.Workbook(str(folder / "google.xlsx")) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(
            [
                ["Campaign report"],
                ["1 June 2026 - 2 June 2026"],
                ["Day", "Campaign", "Currency code", "Cost", "Clicks"],
                ["2026-06-01", "Brand", "SEK", 12.5, 3],
                ["Total: Account", "", "SEK", 12.5, 3],
            ]
        ):
            sheet.write_row(at, 0, row)
    _, entries = init(folder)
    assert entries["files/google.xlsx"] == {
        "path": "files/google.xlsx",
        "preset": "google_ads_report",
    }
    assert refused_by_doctor() == []


def test_what_is_no_table_is_named(folder: Path) -> None:
    """Nothing vanishes: a file that nobody can read is in the configuration, with the reason."""
    (folder / "empty.csv").write_text("")
    (folder / "letter.txt").write_text("Dear Eva,\nhow are you?\n")
    (folder / "people.csv").write_text("Eva,Ek,Lund\nUlf,Alm,Kalmar\n")
    (folder / "photo.png").write_bytes(b"x")
    text, entries = init(folder)
    assert entries == {}
    assert "# empty.csv: The file is empty" in text
    assert "# letter.txt: " in text
    assert "# people.csv: " in text
    assert "# photo.png: not looked at" in text
    assert "Eva" not in text


def test_a_configuration_is_never_written_over(folder: Path) -> None:
    """It may be months of work."""
    (folder / "spend.csv").write_text(COSTS)
    init(folder)
    with pytest.raises(SettingsError, match="There is a configuration already"):
        init(folder)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, "Not known: name, reporting_currency, reporting_timezone"),
        ({**COMPANY, "reporting_currency": "kronor"}, "not an ISO 4217 currency"),
        ({**COMPANY, "reporting_timezone": "Stockholm"}, "not an IANA time zone"),
    ],
)
def test_the_company_is_stated_and_not_guessed(
    folder: Path, known: dict[str, str], said: str
) -> None:
    """A currency that nobody chose would be in every figure."""
    with pytest.raises(SettingsError, match=said):
        run_init(folder, known, Console(quiet=True))
    assert not (folder.parent / "tributary.yaml").exists()


def test_a_name_that_yaml_cannot_hold_costs_its_file_alone(folder: Path) -> None:
    """A line break in a name ended a comment, half a letter left an empty configuration behind."""
    rows = "lead_id,created_at,email\n1,2026-01-01,a@x.se\n"
    for name in ("new\nline", "esc\x1b[31m", "half\udcff", "all*", "${env:HOME}", "[red]a: 'b' #c"):
        (folder / f"{name}.csv").write_text(rows)
    console = Console(record=True, width=200)
    assert run_init(folder, COMPANY, console) == 0
    said = console.export_text()
    text = (folder.parent / "tributary.yaml").read_text("utf-8")
    (entry,) = yaml.safe_load(text)["inbox"]
    assert entry["path"] == "files/[red]a: 'b' #c.csv"
    assert "[red]a: 'b' #c.csv" in said
    assert said.count("rename it") == text.count("rename it") == 5
    assert "\x1b[31m" not in said + text
    assert refused_by_doctor() == []


@pytest.mark.parametrize(
    ("mark", "words", "money"),
    [(".", {"decimal": ".", "thousands": ","}, "3,734.00"), (",", {"decimal": ","}, "3.73")],
)
def test_an_answer_about_the_decimal_mark_reads_the_numbers(
    folder: Path, mark: str, words: dict[str, str], money: str
) -> None:
    """After "a point", every amount with a comma was refused: it separates thousands then."""
    lines = 'date_day,amount\n2026-10-01,"1,234"\n2026-10-02,"2,500"\n'
    (folder / "costs.csv").write_text(lines)
    _, entries = init(folder, lambda question: mark if question.key == "format.decimal" else None)
    assert entries["files/costs.csv"]["format"] == words
    assert refused_by_doctor() == []
    tables = [dict(found.inside[1]) for found in findings() if found.inside]
    assert [table["money"].split()[0] for table in tables] == [money]
