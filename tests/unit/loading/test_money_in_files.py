"""Money in a file is money loaded plus money named as missing, however the file was written."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.configuration.model import Config
from orchestration.connectors.inbox import INBOX
from orchestration.inbox.files import InboxError
from orchestration.quality.losses import find_losses
from tests.kit.inbox import Inbox

D = Decimal
Line = tuple[str, str, str, str, Decimal]
"""Day, platform, account, campaign and amount."""
STREAM = INBOX.stream("ad_spend")
HEADER = ("date_day", "platform", "account_id", "campaign_name", "spend")
SIGNS = {"utf-8": ("kr", "€", "zł", "SEK"), "utf-16": ("kr", "€", "zł", "SEK")}
SIGNS |= {"cp1252": ("kr", "€", "£", "SEK")}
CAMPAIGNS = ("Mässa", "Été", "Größe", "plain", "a,b;c", 'say "hi"', "two\nlines")


@dataclass(frozen=True)
class Written:
    """How a file writes its amounts and itself."""

    encoding: str
    delimiter: str
    decimal: str
    thousands: str | None
    sign: str
    in_front: bool
    negatives: str
    line_end: str

    @property
    def format(self) -> dict[str, Any]:
        """As its entry declares it."""
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "decimal": self.decimal,
            "thousands": self.thousands,
            "signs": [self.sign] if self.sign else [],
            "negatives": [self.negatives] if self.negatives else [],
        }

    @property
    def constants(self) -> dict[str, str]:
        """The currency that its sign is of: signs that contradict what counts stop a file."""
        meant = {"kr": "SEK", "€": "EUR", "£": "GBP", "zł": "PLN", "SEK": "SEK", "": "SEK"}
        return {"currency": meant[self.sign]}

    def amount(self, amount: Decimal) -> str:
        """An amount as the file shows it."""
        text = f"{abs(amount):,f}".replace(",", "\0").replace(".", self.decimal)
        separator = self.thousands or ""
        if separator == " " and self.encoding != "utf-16":
            separator = "\u00a0"
        text = text.replace("\0", separator)
        if self.sign:
            text = f"{self.sign} {text}" if self.in_front else f"{text} {self.sign}"
        if amount >= 0:
            return text
        forms = {"": f"-{text}", "trailing": f"{text}-", "parentheses": f"({text})"}
        return forms[self.negatives]

    def file(self, rows: list[tuple[str, ...]]) -> bytes:
        """The file of these rows."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator=self.line_end)
        writer.writerows([HEADER, *rows])
        return text.getvalue().encode(self.encoding)


@st.composite
def writings(draw: st.DrawFn) -> Written:
    """Every pair of decimal mark and separator, with signs and negatives of all kinds."""
    encoding = draw(st.sampled_from(sorted(SIGNS)))
    decimal = draw(st.sampled_from(".,"))
    separators = [mark for mark in (None, ".", ",", "'", " ", "_") if mark != decimal]
    return Written(
        encoding,
        draw(st.sampled_from(",;\t")),
        decimal,
        draw(st.sampled_from(separators)),
        draw(st.sampled_from(("", *SIGNS[encoding]))),
        draw(st.booleans()),
        draw(st.sampled_from(("", "trailing", "parentheses"))),
        draw(st.sampled_from(("\n", "\r\n"))),
    )


def amounts(places: st.SearchStrategy[int]) -> st.SearchStrategy[Decimal]:
    """Amounts of either sign with so many decimals."""
    return st.builds(
        lambda units, n: D(units).scaleb(-n), st.integers(1 - 10**12, 10**12 - 1), places
    )


def lists(money: st.SearchStrategy[Decimal]) -> st.SearchStrategy[list[Line]]:
    """The lines of a file, some of them several times and some without a day that can be read."""
    days = st.integers(1, 28).map(lambda n: f"2026-05-{n:02}")
    line = st.tuples(
        days | st.sampled_from(("yesterday", "", "2026-02-30", "2031-01-01")),
        st.sampled_from(("meta_ads", "bing")),
        st.sampled_from(("", "a1", "a2")),
        st.sampled_from(CAMPAIGNS),
        money,
    )
    several = st.tuples(line, st.integers(1, 3)).map(lambda pair: [pair[0]] * pair[1])
    return st.lists(several, min_size=1, max_size=20).map(lambda found: list(chain(*found)))


def account_for(lines: list[Line], written: Written, format_: Mapping[str, Any]) -> set[str]:
    """Load a file and check that every amount of it is loaded exactly or named as missing.

    Returns:
        The reasons of the records that were refused.

    Raises:
        InboxError: The file was refused as a whole.
    """
    stated = [line[-1] for line in lines]
    content = written.file([(*line[:-1], written.amount(line[-1])) for line in lines])
    with TemporaryDirectory() as folder:
        inbox = Inbox(Path(folder))
        inbox.load(content, "ad_spend", constants=written.constants, **format_)
        loaded = inbox.rows("_row_number, spend", "ad_spend")
        refused = inbox.con.execute("select row_number, reason_code from ops.quarantine").fetchall()
        entry = inbox.entry(content, "ad_spend", constants=written.constants, **format_)
        found = find_losses(inbox.con, [(INBOX.name, STREAM)], Config(inbox=[entry]))
    numbers = [number for number, _ in loaded + refused]
    assert sorted(numbers) == list(range(1, len(lines) + 1))
    assert all(money == stated[number - 1] for number, money in loaded)
    ((money_in,),) = inbox.con.execute("select money_in from ops.ledger").fetchall()
    assert money_in == sum(map(abs, stated))
    named = [loss for source in found for loss in source.losses]
    assert sum(loss.rows for loss in named) == len(refused)
    missing = sum((abs(stated[number - 1]) for number, _ in refused), D(0))
    assert sum((loss.money for loss in named), D(0)) == missing
    whole = sum((money for _, money in loaded), D(0))
    assert whole + sum((stated[number - 1] for number, _ in refused), D(0)) == sum(stated, D(0))
    return {reason for _, reason in refused}


@settings(max_examples=40, deadline=None)
@given(writings(), lists(amounts(st.integers(0, 6))))
def test_no_money_of_a_file_is_lost_silently(written: Written, lines: list[Line]) -> None:
    """Where the entry says how the file is written, only lines without a day are missing."""
    reasons = account_for(lines, written, written.format)
    assert reasons <= {"bad_type", "missing_key", "future_timestamp"}
    assert bool(reasons) == any(not line[0].startswith("2026-05") for line in lines)


@settings(max_examples=40, deadline=None)
@given(writings(), writings(), lists(amounts(st.just(2))))
def test_no_money_of_a_file_is_misread(
    written: Written, declared: Written, lines: list[Line]
) -> None:
    """890 of 3,126 were published because of thousands separators, and the run was green.

    Where the entry says something else about numbers or the encoding, amounts with cents are read
    right or named as missing, to the cent, or the file stops. (Without cents, 1.234 may be both.)
    """
    format_ = declared.format | {"delimiter": written.delimiter}
    with suppress(InboxError):
        account_for(lines, written, format_)
