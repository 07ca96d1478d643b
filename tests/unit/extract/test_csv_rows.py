"""Files that are answers: unpacked within caps, cut into records, or refused as not whole."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import replace

import pytest

from orchestration.connectors.answer import Csv
from orchestration.extract.csv_rows import parse_csv
from orchestration.extract.unpacking import NotWhole, TooLarge, unpacked

MICROSOFT = Csv(
    preamble=True, footer=("©",), null_values=("", "--"), count_prefix="Rows:", encoding="utf-8-sig"
)
AD_DAYS = (
    "\ufeff"
    '"Report Name: ad_days"\r\n"Report Filter: "\r\n"Rows: 2"\r\n\r\n'
    '"TimePeriod","AdId","Spend"\r\n'
    '"2026-11-01","84800390693061","12.50"\r\n'
    '"2026-11-02","84800390693061","--"\r\n'
    "\r\n"
    '"©2026 Microsoft Corporation. All rights reserved. "\r\n'
)
COLUMNS = ("TimePeriod", "AdId")


def read(text: str | bytes, dialect: Csv, *columns: str, **headers: str) -> list[dict[str, object]]:
    """The records of a file."""
    content = text.encode() if isinstance(text, str) else text
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return parse_csv(content, dialect, columns, told)


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_file_with_a_preamble_and_a_footer() -> None:
    """Microsoft writes ten lines before its header and a copyright after the rows."""
    assert read(AD_DAYS, MICROSOFT, *COLUMNS) == [
        {"TimePeriod": "2026-11-01", "AdId": "84800390693061", "Spend": "12.50"},
        {"TimePeriod": "2026-11-02", "AdId": "84800390693061", "Spend": None},
    ]


def test_no_beginning_of_a_file_passes_for_the_whole() -> None:
    """Cut before any byte but the very last, it is an error: half of a day's ads look cheap."""
    content = AD_DAYS.encode()
    for length in range(len(content) - 1):
        with pytest.raises(NotWhole):
            read(content[:length], MICROSOFT, *COLUMNS)


def test_columns_with_dots_become_objects_as_in_json() -> None:
    """Salesforce writes ``Owner.Name`` where its JSON nests; one declaration reads both."""
    text = '"Id","Owner.Name","Owner.Role.Name"\n"1","Bo ""B"" B","a\nb"\n"2","",""\n'
    assert read(text, Csv(), "Id", "Owner.Name") == [
        {"Id": "1", "Owner": {"Name": 'Bo "B" B', "Role": {"Name": "a\nb"}}},
        {"Id": "2", "Owner": {"Name": None, "Role": {"Name": None}}},
    ]


@pytest.mark.parametrize(
    ("text", "dialect", "said"),
    [
        ("a,b\n1,2\n3\n", Csv(), "line 3 has 1 cells"),
        ("a,b\n1,2,3\n", Csv(), "line 2 has 3 cells"),
        ('a,b\n1,"2\n', Csv(), "not the CSV that was declared"),
        ('a,b\n1,"2"x\n', Csv(), "not the CSV that was declared"),
        ("a,b\n1,2", Csv(), "no line break"),
        ("", Csv(), "no line"),
        ("a;b\n1;2\n", Csv(), "lacks the columns a, b"),
        ("b,c\n1,2\n", Csv(), "lacks the columns a"),
        ("x\nb,c\n", Csv(preamble=True), "no line"),
        ("a,b,b\n", Csv(), "twice"),
        ("a,b,b.c\n", Csv(), "a value and an object"),
        (b"a,b\n1,\xff\n", Csv(), "byte 6"),
        ("a,b\n1,2\n", Csv(footer=("Total",)), "footer"),
        ("a,b\n1,2\n", Csv(preamble=True, count_prefix="Rows:"), "'Rows:'"),
        ("Rows: 3\na,b\n1,2\n", Csv(preamble=True, count_prefix="Rows:"), "1 records but states 3"),
        ("a,b\n1,2\n", Csv(count_header="N"), "states no count"),
    ],
)
def test_what_is_not_whole_is_named(text: str | bytes, dialect: Csv, said: str) -> None:
    """Every sign of a file that was cut off, mixed up or written otherwise."""
    with pytest.raises(NotWhole, match=said):
        read(text, dialect, "a", "b")


def test_a_count_in_a_header() -> None:
    """Salesforce Bulk states how many records the answer holds."""
    dialect = Csv(count_header="Sforce-NumberOfRecords")
    assert len(read("a\n1\n2\n", dialect, "a", Sforce_NumberOfRecords="2")) == 2
    with pytest.raises(NotWhole, match="2 records but states 3"):
        read("a\n1\n2\n", dialect, "a", Sforce_NumberOfRecords="3")


def test_other_dialects() -> None:
    """Delimiter, quote, encoding and totals are declared, never guessed."""
    dialect = Csv(";", "'", "cp1252", footer=("Total",))
    text = "a;b\r\n'x;y';ä\r\nTotal;1\r\nTotal of totals\r\n".encode("cp1252")
    assert read(text, dialect, "a") == [{"a": "x;y", "b": "ä"}]
    assert read("a,b\n1,2", replace(Csv(), ends_with_newline=False)) == [{"a": "1", "b": "2"}]


def test_gzip_and_zip_and_plain() -> None:
    """The first bytes show which it is; gzip may have several members, an archive only one file."""
    assert unpacked(b"plain") == b"plain"
    assert unpacked(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0") == b"ab"
    assert unpacked(zipped(("folder/", b""), ("folder/a.csv", b"inside"))) == b"inside"
    assert unpacked(zipped(("a.csv", b"inside"), method=zipfile.ZIP_STORED)) == b"inside"


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(bytes(range(256)) * 4)[:-1],
        gzip.compress(bytes(range(256)) * 4)[:100],
        gzip.compress(b"a") + b"rubbish",
        gzip.compress(b"abc")[:-8] + b"\0" * 8,
        zipped(("a.csv", bytes(range(256))))[:-1],
        zipped(("a.csv", bytes(range(256))))[:50],
        zipped(("a.csv", b"abc"), method=zipfile.ZIP_STORED).replace(b"abc", b"abd"),
        zipped(),
        zipped(("a.csv", b"1"), ("b.csv", b"2")),
        zipped(("a.csv", b"1"), method=zipfile.ZIP_BZIP2),
    ],
    # Packed files hold the moment at which they were packed, so their bytes are no stable names.
    ids=[
        "gzip_short", "gzip_half", "gzip_rubbish", "gzip_sum", "zip_short", "zip_half", "zip_sum",
        "zip_empty", "zip_two", "zip_method",
    ],
)  # fmt: skip
def test_damaged_files_are_not_whole(content: bytes) -> None:
    """Cut off, with another checksum, empty, or with a choice of files."""
    with pytest.raises(NotWhole):
        unpacked(content)


def test_bombs_end_before_memory_does() -> None:
    """A hundred kilobytes that become 150 MB are refused; one layer is unpacked and no more."""
    zeros = b"\0" * (150 * 2**20)
    for bomb in (gzip.compress(zeros), zipped(("a.csv", zeros))):
        assert len(bomb) < 200_000
        with pytest.raises(TooLarge, match="100 MiB"):
            unpacked(bomb)
        assert unpacked(zipped(("inner", bomb))) == bomb
