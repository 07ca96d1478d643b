"""Promise 3: every input record is in the warehouse, or in quarantine with a reason.

Nothing is silently rounded, padded, re-typed or nulled: loaded values are compared as texts with
what the file or the vendor said.
"""

from __future__ import annotations

import os
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from orchestration.configuration.model import ConnectorConfig
from orchestration.configuration.secrets import Secret
from orchestration.connectors.inbox import INBOX
from orchestration.connectors.registry import CONNECTORS
from orchestration.connectors.stream import Auth, Connector, Kind, Request
from orchestration.extract.landing import Slice
from orchestration.extract.patience import Patience
from orchestration.extract.stream import extract_stream
from orchestration.extract.window import Window
from orchestration.inbox.files import InboxError
from tests.kit.extract.vendor import Answer, Loopback
from tests.kit.faults.hostile_cells import CELLS, GOOD, Cell, Cleared, Refused
from tests.kit.faults.hostile_files import FILES, UNUSABLE, File, Unusable
from tests.kit.faults.hostile_records import OTHERS, SAID, Said, items_of, stream_of, streams
from tests.kit.faults.intake import NOW, Fate, Intake, cells_of, csv_bytes, first_lines
from tests.kit.faults.report import Table

SEED = int(os.environ.get("TRIBUTARY_FAULTS_SEED") or 20260701)
ONE_DAY = Window(date(2026, 2, 10), date(2026, 2, 11))
ROWS = 50
"""Records of a generated file."""


@pytest.fixture(scope="module")
def fates(tmp_path_factory: pytest.TempPathFactory) -> dict[Cell, Fate]:
    """What became of each cell's row; one file per stream holds all rows of that stream."""
    found: dict[Cell, Fate] = {}
    for stream, good in GOOD.items():
        cases = [case for case in CELLS if case.stream == stream]
        header = list(good)
        rows = [[*(good | {case.column: case.cell}).values()] for case in cases]
        intake = Intake(tmp_path_factory.mktemp(stream))
        outcome = intake.drop(stream, csv_bytes(header, rows))
        assert len(outcome) == len(cases)
        for case, fate, line in zip(cases, outcome, first_lines(rows), strict=True):
            assert fate.loaded is not None or fate.detail.startswith(f"line {line}: ")
            found[case] = fate
    return found


def said_alike(kept: str | None, cell: str | None) -> bool:
    """Whether quarantine keeps a cell: its text, a code's capitals, or the moment that was read."""
    if kept is None or cell is None:
        return kept == cell
    if cell in (kept, kept.lower()):
        return True
    moment = datetime.fromisoformat(cell)
    if moment.tzinfo is not None:
        return datetime.fromisoformat(kept) == moment
    read = moment.replace(tzinfo=ZoneInfo("Europe/Stockholm")).astimezone(UTC)
    return datetime.fromisoformat(kept).replace(tzinfo=UTC) == read


@pytest.mark.parametrize("case", CELLS, ids=lambda case: f"{case.stream}.{case.column}: {case.why}")
def test_a_cell_is_loaded_as_it_is_or_its_row_is_refused_for_a_reason(
    fates: dict[Cell, Fate], case: Cell
) -> None:
    """The traps of real exports, one by one, beside all the others of their stream."""
    fate = fates[case]
    if isinstance(case.becomes, Refused):
        assert fate.reason == case.becomes, fate
        assert case.column in fate.detail
        assert said_alike(cells_of(fate)[case.column], case.cell.strip() or None)
    elif isinstance(case.becomes, Cleared):
        assert fate.loaded is not None
        assert fate.loaded[case.column] is None
        assert (case.column, str(case.becomes)) in fate.cleared
    else:
        assert fate.reason == "", fate.detail
        assert fate.loaded is not None
        assert fate.loaded[case.column] == case.becomes


def test_there_are_enough_cases() -> None:
    """The promise names a number."""
    cases = [*CELLS, *(file.name for file in FILES), *(file.name for file in UNUSABLE), *SAID]
    assert len(cases) >= 60
    assert len(set(cases)) == len(cases)


_HOSTILE = st.text(
    alphabet=st.characters(codec="utf-8") | st.sampled_from("\x00\r\n\",;'\u200b\u00a0\u2028 "),
    max_size=12,
)
_PLAIN = st.sampled_from(["1", "-1.5", "12,50", "1e3", "NaN", "0.1234567", "2026-01-10", "x", ""])
_NUMBER = st.decimals(min_value=-(10**14), max_value=10**14, allow_nan=False, places=None).map(
    str
) | st.decimals(-(10**11), 10**11, places=4).map(lambda d: f"{d:f}")
_DAY = st.dates().map(str) | _HOSTILE | _PLAIN
_CODE = st.sampled_from(["EUR", "sek", "XXX", "XXQ", "", "€", "usd "]) | _HOSTILE
_ROW = st.tuples(_DAY, _NUMBER | _HOSTILE | _PLAIN, _CODE, _HOSTILE | _PLAIN)
_COLUMNS = ("date_day", "amount", "currency", "description")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE]-[0-9]+)?")
_DECIMALS = 6
_NEAR, _RESIDUE = Decimal(2) ** -50, Decimal(2) ** -40
"""How far a double that a spreadsheet wrote may be from the number that it means."""
_IGNORED = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff]"
)


def as_seen(cell: str) -> str | None:
    """A cell as a person sees it: composed, without signs that nobody sees, on one line."""
    breaks = re.sub(
        r"[\t\n\v\f\r\x85\u2028\u2029\u2800]+", " ", unicodedata.normalize("NFC", cell).strip()
    )
    seen = (sign for sign in breaks if unicodedata.category(sign) not in ("Cc", "Cf"))
    return _IGNORED.sub("", "".join(seen)).strip() or None


def check_row(cells: tuple[str, ...], fate: Fate) -> None:
    """A loaded row holds exactly its cells' values; a refused row keeps its cells."""
    trimmed = dict(zip(_COLUMNS, map(as_seen, cells), strict=True))
    if fate.loaded is None:
        kept = cells_of(fate)
        for name, cell in trimmed.items():
            written = (kept[name] or "").replace("-", "")
            assert written.upper() == (cell or "").replace("-", "").upper()
        return
    loaded = fate.loaded
    day, amount = trimmed["date_day"], trimmed["amount"]
    assert day is not None
    assert amount is not None
    assert loaded["date_day"] is not None
    same_day = {loaded["date_day"], loaded["date_day"].replace("-", "")}
    assert day in same_day or re.fullmatch(f"{loaded['date_day']}[T ]00:00(:00)?Z?", day)
    assert _DECIMAL.fullmatch(amount)
    written, read = Decimal(amount), Decimal(str(loaded["amount"]))
    if read != written:
        assert round(written, _DECIMALS) == read
        assert abs(read - written) <= max(abs(written) * _NEAR, _RESIDUE)
    assert loaded["description"] == trimmed["description"]
    assert loaded["currency"] == (trimmed["currency"] and trimmed["currency"].upper())
    assert loaded["currency"] is None or re.fullmatch("[A-Z]{3}", loaded["currency"])


def generated(folder: pytest.TempPathFactory, files: int) -> int:
    """Read that many generated files; how many records they held."""
    print(f"TRIBUTARY_FAULTS_SEED={SEED}")  # noqa: T201 - pytest shows it
    intake = Intake(folder.mktemp("generated"))
    told = 0

    @seed(SEED)
    @settings(
        max_examples=files,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(rows=st.lists(_ROW, min_size=ROWS, max_size=ROWS))
    def read(rows: list[tuple[str, ...]]) -> None:
        nonlocal told
        told += len(rows)
        fates = intake.drop("costs", csv_bytes(_COLUMNS, rows), f"file{told}.csv")
        assert len(fates) == len(rows)
        for cells, fate in zip(rows, fates, strict=True):
            check_row(cells, fate)

    read()
    return told


def test_generated_records_are_all_accounted_for(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A few hundred of the ten thousand, in every run of CI."""
    assert generated(tmp_path_factory, 8) >= 8 * ROWS


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ten_thousand_generated_records_are_all_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, table: Table
) -> None:
    """The long form."""
    records = generated(tmp_path_factory, 201)
    table.add(
        "3 input",
        "hostile records, generated",
        f"{records:,} in 201 files, seed {SEED}",
        "each in the warehouse as it was written, or in quarantine with a reason",
        ".venv/bin/pytest tests/faults/test_hostile_input.py -m slow",
    )
    assert records >= 10_000


def test_canonical_streams_are_all_met() -> None:
    """A stream that is added later needs its row of good cells here."""
    assert GOOD.keys() == {stream.name for stream in INBOX.streams}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_files_rows_are_loaded_or_refused_by_line(tmp_path: Path, file: File) -> None:
    """A damaged row affects only itself, and the quarantine names its line."""
    fates = Intake(tmp_path).drop("costs", file.content, **file.format)
    loaded = [fate.loaded["description"] for fate in fates if fate.loaded is not None]
    refused = [(fate.detail, fate.reason) for fate in fates if fate.loaded is None]
    assert tuple(loaded) == file.loaded
    assert len(refused) == len(file.refused)
    for (detail, reason), (line, expected) in zip(refused, file.refused, strict=True):
        assert detail.startswith(f"line {line}: ")
        assert reason == expected
    money = [Decimal(str(fate.loaded["amount"])) for fate in fates if fate.loaded is not None]
    assert sum(money) == len(file.loaded)


@pytest.mark.parametrize("file", UNUSABLE, ids=lambda file: file.name)
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, file: Unusable) -> None:
    """Refused as a whole, with the file's name and what to do: nothing of it is half landed."""
    intake = Intake(tmp_path)
    with pytest.raises(InboxError) as caught:
        intake.drop("costs", file.content, "costs.csv")
    assert file.says in str(caught.value)
    assert "costs.csv" in caught.value.where
    assert caught.value.remedy
    assert intake.landing.slices() == []
    assert not list(intake.landing.root.rglob("*.zst"))


def answer_for(name: str) -> bytes:
    """A stream's answer as its vendor would write it."""
    items = items_of(name)
    count = sum(said.stream == name for said in SAID) + 3
    match name.partition("/")[0]:
        case "google_ads":
            text = f'[{{"results": {items}}}]'
        case "hubspot":
            text = f'{{"total": {count}, "results": {items}}}'
        case "mailchimp":
            text = f'{{"reports": {items}, "total_items": {count}}}'
        case "matomo":
            text = items
        case "linkedin_ads":
            text = f'{{"elements": {items}}}'
        case "meta_ads" | "meta_leads":
            text = f'{{"data": {items}}}'
        case _:
            text = f'{{"items": {items}}}'
    return text.encode()


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[Said, Fate]:
    """What became of each vendor's value, from its HTTP answer to ``raw``."""
    vendor = Loopback()
    found: dict[Said, Fate] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIBUTARY_TEST_TOKEN", "token")
        for name in streams():
            intake = Intake(tmp_path_factory.mktemp("vendor"))
            item = extracted(vendor, name, intake)
            connector, _, _ = name.partition("/")
            fates = intake.load(connector, stream_of(name), item)
            cases = [case for case in SAID if case.stream == name]
            assert len(fates) == len(cases) + 3
            assert all(fate.loaded is not None for fate in fates[-3:])
            found |= dict(zip(cases, fates, strict=False))
    vendor.close()
    return found


def extracted(vendor: Loopback, name: str, intake: Intake) -> Slice:
    """The slice of one vendor's stream, over HTTP."""
    vendor.queue = [Answer(answer_for(name))]
    vendor.handler = lambda asked: Answer([])  # what follows the only page
    connector, _, stream = name.partition("/")
    declared = CONNECTORS.get(connector) or Connector(
        name=connector,
        title=connector,
        base_url="",
        api_version="1",
        auth=Auth.NONE,
        secrets=(),
        streams=(OTHERS[name],),
        ping=Request("/ping"),
    )
    if declared.auth is Auth.OAUTH_REFRESH:
        vendor.queue.insert(0, Answer({"access_token": "access"}))
    config = ConnectorConfig(
        base_url=vendor.base_url,
        accounts=["1"],
        secrets={key: Secret("TRIBUTARY_TEST_TOKEN", key) for key in declared.secrets},
        options={key: value or "" for key, value in declared.options.items()},
    )
    asked = declared.stream(stream)
    window = None if asked.kind is Kind.ENTITY_SNAPSHOT else ONE_DAY
    patience = Patience(attempts=1, read=5)
    extraction = extract_stream(
        declared, asked, config, intake.landing, window, NOW, patience=patience
    )
    (item,) = extraction.slices
    return item


@pytest.mark.parametrize("case", SAID, ids=lambda case: f"{case.stream}: {case.column}: {case.why}")
def test_what_a_vendor_says_is_loaded_as_it_is_or_refused_for_a_reason(
    said: dict[Said, Fate], case: Said
) -> None:
    """From the bytes of the HTTP answer to ``raw``: no digit is lost and nothing is re-typed."""
    fate = said[case]
    if isinstance(case.becomes, Refused):
        assert fate.reason == case.becomes, fate
        assert case.column in fate.detail or fate.reason == "malformed_record"
        assert fate.record
    elif isinstance(case.becomes, Cleared):
        assert fate.loaded is not None
        assert fate.loaded[case.column] is None
        assert (case.column, str(case.becomes)) in fate.cleared
    else:
        assert fate.reason == "", fate.detail
        assert fate.loaded is not None
        assert fate.loaded[case.column] == case.becomes


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_all_cases_made_by_hand(
    tmp_path: Path, fates: dict[Cell, Fate], said: dict[Said, Fate], table: Table
) -> None:
    """The tests above once more, counted: for the table."""
    for cell in CELLS:
        test_a_cell_is_loaded_as_it_is_or_its_row_is_refused_for_a_reason(fates, cell)
    for number, file in enumerate([*FILES, *UNUSABLE]):
        folder = tmp_path / str(number)
        folder.mkdir()
        if isinstance(file, File):
            test_a_files_rows_are_loaded_or_refused_by_line(folder, file)
        else:
            test_a_file_that_cannot_be_read_is_refused_by_name(folder, file)
    for answer in SAID:
        test_what_a_vendor_says_is_loaded_as_it_is_or_refused_for_a_reason(said, answer)
    cases = (len(CELLS), len(FILES), len(UNUSABLE), len(SAID))
    table.add(
        "3 input",
        "hostile records, made by hand",
        f"{sum(cases)} cases: {cases[0]} cells, {cases[1]} files with damaged rows, {cases[2]} "
        f"unreadable files, {cases[3]} values that vendors answer",
        "each in the warehouse as it was written, or refused with the reason that the case names",
        ".venv/bin/pytest tests/faults/test_hostile_input.py -k by_hand -m slow",
    )
    assert sum(cases) >= 60
