"""Presets: exports of other systems, as these systems write them, give the right records."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.configuration.document import Document, SettingsError
from orchestration.configuration.file_format import FileFormat
from orchestration.configuration.inbox import InboxEntry
from orchestration.configuration.presets import presets, recognised
from orchestration.configuration.reader import ConfigReader
from orchestration.connectors.inbox import INBOX
from orchestration.foundation.repository import read_seed
from orchestration.inbox.files import InboxError
from orchestration.inbox.reader import columns_of, land_entry
from orchestration.loading.slices import load_pending
from tests.kit.exports import EXPORTS, Export, at
from tests.kit.inbox import NOW, STOCKHOLM, Inbox
from tests.kit.places import REPOSITORY

D = Decimal


def entry_of(folder: Path, words: dict[str, Any]) -> InboxEntry:
    """An entry, as a configuration in the folder would give it."""
    path = folder / "tributary.yaml"
    path.write_text(yaml.safe_dump({"inbox": [words]}, allow_unicode=True), "utf-8")
    (entry,) = ConfigReader(Document(path), {}).config().inbox
    return entry


def load(inbox: Inbox, entry: InboxEntry) -> None:
    """Land a file and load it."""
    land_entry(entry, inbox.landing, STOCKHOLM, NOW)
    streams = [(INBOX.name, INBOX.stream(entry.stream))]
    load_pending(inbox.con, inbox.landing, streams, identity_key=b"0" * 32)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_an_export_is_read_as_its_vendor_meant_it(inbox: Inbox, export: Export) -> None:
    """Preambles, totals, notes and the vendor's words cost nothing and count for nothing."""
    (inbox.folder / "file.csv").write_bytes(export.content)
    words = {"path": "file.csv", "preset": export.preset, **export.words}
    load(inbox, entry_of(inbox.folder, words))
    stream = presets()[export.preset].stream
    assert {reason for reason, _ in inbox.quarantine()} <= {"totals_row"}
    assert inbox.cleared() == []
    assert inbox.rows(", ".join(export.columns), stream) == export.rows


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_an_export_is_recognised_as_no_other(export: Export) -> None:
    """Whoever confirms a suggestion must not have to choose between vendors."""
    assert recognised(export.header)[:1] == [export.preset]


META = "Campaign name,Day,Reporting starts,Reporting ends,Amount spent (SEK)\n"


@pytest.mark.parametrize(
    ("preset", "text", "counts", "lost"),
    [
        ("meta_ads_report", META + ",2026-06-01,2026-06-01,2026-06-01,100\n" * 2, 200, []),
        ("meta_ads_report", META + "A,2026-06-01,,,100\n,2026-06-02,,,50\n", 150, []),
        ("meta_ads_report", META + ",,,,100\nA,2026-06-01,,,60\nA,2026-06-02,,,40\n", 100, []),
        ("meta_ads_report", META + "A,2026-06-01,,,60\nA,,,,40\n", 60, ["missing_key"]),
        (
            "google_ads_report",
            "Day,Campaign,Currency code,Cost,Impr.\n"
            "2026-06-01,A,SEK,60,1\n2026-06-01,Total: shoes,SEK,40,1\n"
            "--,Total: Account,SEK,100,2\n",
            100,
            [],
        ),
        (
            "tiktok_ads_report",
            "Campaign name,By Day,Cost,Currency\nA,2026-06-01,60,SEK\nB,-,40,SEK\n",
            60,
            ["bad_type"],
        ),
    ],
)
def test_a_preset_loses_no_money(
    inbox: Inbox, preset: str, text: str, counts: int, lost: list[str]
) -> None:
    """A report by account has campaigns without names: all its money was left out as a total."""
    (inbox.folder / "file.csv").write_text(text)
    load(inbox, entry_of(inbox.folder, {"path": "file.csv", "preset": preset}))
    assert sum(money for (money,) in inbox.rows("spend", "ad_spend")) == counts
    reasons = [reason for reason, _ in inbox.quarantine() if reason != "totals_row"]
    assert reasons == lost


def test_every_preset_is_tried_and_complete() -> None:
    """A preset is data, so its words are held here: known columns, codes, ids and questions."""
    assert {export.preset for export in EXPORTS} == set(presets())
    sources = {row["lead_source"] for row in read_seed("lead_sources")}
    channels = {row["lead_channel"] for row in read_seed("lead_channels")}
    platforms = {row["platform"] for row in read_seed("ad_platforms")}
    for name, preset in presets().items():
        fields = {field.name: field for field in INBOX.stream(preset.stream).fields}
        assert {*preset.columns, *preset.values, *preset.constants, *preset.ids} <= {*fields}, name
        given = {*preset.columns, *preset.constants}
        assert {f.name for f in fields.values() if f.required} <= given, name
        FileFormat.model_validate(preset.format)
        codes = {code for code in preset.values.get("lead_source", {}).values() if code}
        assert codes | {preset.constants.get("lead_source", "event")} <= sources, name
        assert preset.constants.get("lead_channel", "other") in channels, name
        assert preset.constants.get("platform", "google_ads") in platforms, name
        assert all(asked.split(".")[0] in ("format", "constants") for asked in preset.asks), name


def test_every_preset_is_documented_as_it_is() -> None:
    """The table is what people choose from."""
    text = (REPOSITORY / "docs/inbox.md").read_text("utf-8")
    for name, preset in presets().items():
        assert f"| `{name}` | {preset.title} | `{preset.stream}` | {preset.export}" in text
    assert text.count("_report` | ") == sum(name.endswith("_report") for name in presets())


def test_any_word_may_be_overridden(inbox: Inbox) -> None:
    """A company's own column, map, format and condition count instead of the preset's."""
    (inbox.folder / "file.csv").write_text(
        "Record ID;Email;Create Date;Lifecycle Stage;Original Source;Ursprung\n"
        "1;a@x.se;2026-06-01 09:00;Lead;Organic Search;Offline Sources\n"
        "2;b@x.se;2026-06-01 09:00;Lead;Organic Search;Mässa\n"
        "3;test@x.se;2026-06-01 09:00;Lead;Organic Search;Mässa\n"
    )
    entry = entry_of(
        inbox.folder,
        {
            "path": "file.csv",
            "preset": "hubspot_contacts",
            "format": {"delimiter": ";"},
            "columns": {"lead_source": "Ursprung"},
            "values": {"lead_source": {"Mässa": "event"}},
            "constants": {"country": "SE"},
            "where": {"skip": {"Email": ["test@*"]}},
        },
    )
    load(inbox, entry)
    assert inbox.rows("lead_id, lead_source, country", "leads") == [
        ("1", "Offline Sources", "SE"),
        ("2", "event", "SE"),
    ]


def test_what_the_export_does_not_decide_is_asked(tmp_path: Path) -> None:
    """05/04 is a day of April or of May; no preset says which."""
    (tmp_path / "file.csv").write_text("")
    with pytest.raises(SettingsError, match=r"microsoft_ads_report needs format\.date_format"):
        entry_of(tmp_path, {"path": "file.csv", "preset": "microsoft_ads_report"})
    with pytest.raises(SettingsError, match="there is no preset 'hubspott'; known are: callrail"):
        entry_of(tmp_path, {"path": "file.csv", "preset": "hubspott"})
    with pytest.raises(SettingsError, match="is of opportunities, not of leads"):
        entry_of(tmp_path, {"path": "file.csv", "preset": "hubspot_deals", "stream": "leads"})


def test_a_column_that_the_export_lacks_is_asked_for_in_the_vendors_words(inbox: Inbox) -> None:
    """A report without days is a matter of how it was exported."""
    (inbox.folder / "file.csv").write_text("Campaign name,Amount spent (EUR)\nA,1.00\n")
    entry = entry_of(inbox.folder, {"path": "file.csv", "preset": "meta_ads_report"})
    with pytest.raises(InboxError) as raised:
        load(inbox, entry)
    assert "broken down by time, Day" in raised.value.remedy
    assert "Looked for: Day or Reporting starts." in raised.value.remedy


@pytest.mark.parametrize(
    ("preset", "header"),
    [
        (
            "hubspot_deals",
            "Record ID,Associated Contact IDs,Create Date,Amount in company currency",
        ),
        ("pipedrive_deals", "Deal - ID,Person - ID,Deal - Deal created,Value"),
        ("salesforce_opportunities", "Id,ContactId,CreatedDate,ExpectedRevenue"),
    ],
)
def test_an_export_whose_money_has_another_name_is_stopped(
    inbox: Inbox, preset: str, header: str
) -> None:
    """Deals were published without any amount, and the run was green."""
    (inbox.folder / "file.csv").write_text(f"{header}\n1,2,2026-06-01,1000\n")
    words: dict[str, Any] = {"path": "file.csv", "preset": preset}
    with pytest.raises(InboxError, match="opportunities needs amount") as raised:
        load(inbox, entry_of(inbox.folder, words))
    assert "To do without its money, optional: [amount]." in raised.value.remedy
    load(inbox, entry_of(inbox.folder, {**words, "optional": ["amount"]}))
    assert inbox.rows("opportunity_id, amount", "opportunities") == [("1", None)]
    name = header.rsplit(",", 1)[1]
    load(inbox, entry_of(inbox.folder, {**words, "columns": {"amount": name}}))
    assert inbox.rows("amount", "opportunities")[-1:] == [(D(1000),)]


def test_converted_amounts_have_their_own_currency(inbox: Inbox) -> None:
    """A report of Salesforce may have the amounts that it converted, alone or beside the others."""
    words = {
        "path": "file.csv",
        "preset": "salesforce_opportunities_report",
        "format": {"date_format": "%d/%m/%Y"},
    }
    converted = "Amount (converted),Amount (converted) Currency"
    for own, cells, money in (
        ("", "", (D(1000), "SEK")),
        ("Amount,Amount Currency,", "100,EUR,", (D(100), "EUR")),
    ):
        (inbox.folder / "file.csv").write_text(
            f"Opportunity ID,Account ID,Stage,Created Date,{own}{converted}\n"
            f"1,2,Closed Won,01/06/2026,{cells}1000,SEK\n"
        )
        load(inbox, entry_of(inbox.folder, words))
        assert inbox.rows("amount, currency", "opportunities")[-1] == money


def test_every_column_that_is_taken_is_shown(inbox: Inbox) -> None:
    """What a preset takes, and what it leaves, is what ``doctor`` prints."""
    header = "Record ID - Deal,Deal Stage,AMOUNT,Create Date,Associated Contact IDs,Deal Owner\n"
    (inbox.folder / "file.csv").write_text(header)
    entry = entry_of(inbox.folder, {"path": "file.csv", "preset": "hubspot_deals"})
    taken, left = columns_of(entry, INBOX.stream("opportunities"), STOCKHOLM)
    assert taken == {
        "opportunity_id": "Record ID - Deal",
        "created_at": "Create Date",
        "lead_id": "Associated Contact IDs",
        "stage": "Deal Stage",
        "amount": "AMOUNT",
    }
    assert left == ["Deal Owner"]


def test_lines_of_notes_are_counted_apart(inbox: Inbox) -> None:
    """A copyright line is no row that was lost; it made 2 % of a short report."""
    inbox.load("date_day,amount\n2026-06-01,5\n© 2026\nNote: x,y,z\n", notes=["©", "Note:"])
    assert inbox.totals("sum(amount), count(*)") == (D(5), 1)
    assert inbox.quarantine() == []
    assert inbox.con.execute("select rows_left_out from ops.ledger").fetchall() == [(2,)]


def test_a_moment_of_an_export_is_in_the_declared_zone(inbox: Inbox) -> None:
    """Presets leave zones to the company: most vendors export in the zone of whoever exports."""
    (inbox.folder / "file.csv").write_text(
        "Record ID,Email,Create Date,Lead Status\n1,a@x.se,2026-06-01 09:00,New\n"
    )
    load(inbox, entry_of(inbox.folder, {"path": "file.csv", "preset": "hubspot_contacts"}))
    assert inbox.rows("created_at", "leads") == [(at("2026-06-01 07:00"),)]
