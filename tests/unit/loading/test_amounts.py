"""Amounts that went through floating point: what they mean is loaded, nothing else is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.connectors.field import Field, Type
from tests.kit.loader import Loader, stream

SCALE = 6
AMOUNT = Field("x", type=Type.DECIMAL, scale=SCALE)
EXACT = Context(prec=400)


def _amounts(least: int, most: int) -> st.SearchStrategy[list[Decimal]]:
    """Up to eight: their sum is off by eight half units of a double at most, which is the limit."""
    amount = st.decimals(least, most, places=2, allow_nan=False, allow_infinity=False)
    return st.lists(amount, min_size=1, max_size=8)


def _loaded(folder: Path, texts: Sequence[object]) -> tuple[dict[int, Decimal], int]:
    """The loaded values by their place, and how many the ledger says were repaired."""
    loader = Loader(folder, stream(Field("place", type=Type.INTEGER), AMOUNT), connector="inbox")
    loader.land([{"place": place, "x": text} for place, text in enumerate(texts)])
    (loaded,) = loader.load()
    assert loader.ledger("cells_repaired") == [(loaded.cells_repaired,)]
    return dict(loader.rows("place, x")), loaded.cells_repaired


@settings(max_examples=30, deadline=None)
@given(st.lists(_amounts(0, 999_999) | _amounts(-100, 100), min_size=1, max_size=30))
def test_every_sum_of_amounts_in_floating_point_is_the_decimal(sums: list[list[Decimal]]) -> None:
    """1041.6000000000001 is what scripts and spreadsheets write for 1041.6.

    59 of a company's 1,424 conversions were set aside for it, and 4 % of its revenue was missing.
    """
    doubles = [sum(float(amount) for amount in parts) for parts in sums]
    texts: list[object] = [*map(repr, doubles), *doubles]
    exact = [EXACT.create_decimal(0) + sum(parts, Decimal(0)) for parts in sums]
    with TemporaryDirectory() as folder:
        values, repaired = _loaded(Path(folder), texts)
    assert values == dict(enumerate(exact * 2))
    plain = [
        len(repr(number).partition(".")[2]) <= SCALE and "e" not in repr(number)
        for number in doubles
    ]
    assert repaired == 2 * plain.count(False)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.decimals(-(10**13), 10**13, places=2, allow_nan=False, allow_infinity=False),
            st.integers(1, 9),
            st.integers(5, 22),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_nothing_further_off_than_a_double_is_accepted(
    cases: list[tuple[Decimal, int, int]],
) -> None:
    """A digit behind an amount: loaded only where doubles blur it, and then as the amount.

    Judged by fractions, without a double: the share that a few units in the last place are, or what
    is left where amounts cancel, and never so much that the declared last digit is in doubt. At the
    limit itself, within the unit by which reading a text as a double may be off, either is right.
    """
    texts, expected, either = [], {}, set()
    for place, (amount, digit, depth) in enumerate(cases):
        written = EXACT.add(amount, Decimal(digit).scaleb(-depth, context=EXACT))
        texts.append(f"{written:f}")
        unit = Fraction(1, 10**SCALE)
        meant = EXACT.quantize(written, Decimal(1).scaleb(-SCALE))
        off = abs(Fraction(written) - Fraction(meant))
        blur = max(abs(Fraction(written)) / 2**50, Fraction(1, 2**40))
        if abs(meant) < 10**12 and (off == 0 or (blur < unit / 4 and off <= blur)):
            expected[place] = meant
        if off and blur < unit / 4 and abs(off - blur) <= abs(Fraction(written)) / 2**52:
            either.add(place)
            expected[place] = meant
    with TemporaryDirectory() as folder:
        values, _ = _loaded(Path(folder), texts)
    refused = {place: expected[place] for place in either - values.keys()}
    assert values | refused == expected


def test_what_was_repaired_is_counted_per_slice(tmp_path: Path) -> None:
    """Only cells of loaded rows, each once; the usual slice counts none."""
    values, repaired = _loaded(tmp_path / "a", ["12.50", "-0.10", "1.2300000000", None, "bad"])
    assert (len(values), repaired) == (4, 0)
    values, repaired = _loaded(tmp_path / "b", ["0.30000000000000004", 0.1 + 0.2, "-2e-18", "1"])
    assert list(values.values()) == [Decimal("0.3"), Decimal("0.3"), Decimal(0), Decimal(1)]
    assert repaired == 3


def test_two_amounts_of_one_row_are_two_repairs(tmp_path: Path) -> None:
    """A row that is set aside for another cell repairs nothing."""
    both = stream(AMOUNT, Field("y", type=Type.DECIMAL, scale=2))
    loader = Loader(tmp_path, both, connector="inbox")
    written = "0.30000000000000004"
    loader.land([{"x": written, "y": written}, {"x": written, "y": "0.305"}])
    (loaded,) = loader.load()
    assert (loaded.rows_loaded, loaded.rows_quarantined, loaded.cells_repaired) == (1, 1, 2)
