"""Published figures have the same bytes whatever the last digits of a solver are."""

from __future__ import annotations

import re
from pathlib import Path as File

import numpy as np
import pandas as pd
import pytest

from orchestration.attribution.channels import COLUMNS
from orchestration.attribution.published import DECIMALS, published

MACRO = File(__file__).parents[3] / "dbt_project" / "macros" / "marts" / "published_double.sql"


def _estimates(conversions: list[float], value: list[float]) -> pd.DataFrame:
    count = len(conversions)
    figures = {column: np.full(count, 1 / 3) for column in COLUMNS[4:]}
    figures |= {
        f"{name}{end}": np.array(of)
        for name, of in (("conversions", conversions), ("value", value))
        for end in ("", "_low", "_high")
    }
    keys = {name: ["x"] * count for name in COLUMNS[:3]}
    return pd.DataFrame(keys | {"member_key": [str(n) for n in range(count)]} | figures)


@pytest.mark.parametrize("whole", [1, 878.0, 6_901_271.81, 3e-7, -5.01, 1e12])
def test_last_digits_of_a_solver_do_not_reach_what_is_published(whole: float) -> None:
    """Two demos of five differed in the last digit of a removal effect."""
    shares = np.random.default_rng(1).dirichlet(np.ones(40))
    shaken = shares * (1 + np.random.default_rng(2).normal(0, 3e-16, 40))
    assert (shares != shaken).any()
    one, other = (
        published(_estimates(list(some * whole), list(some * whole))) for some in (shares, shaken)
    )
    for column in COLUMNS[4:]:
        assert one[column].to_numpy().tobytes() == other[column].to_numpy().tobytes(), column
    assert one["value"].to_numpy() == pytest.approx(shares * whole, abs=abs(whole) * 5.1e-10)


def test_digits_follow_what_is_divided() -> None:
    """Ten digits of the whole: seven decimals of 878 conversions, three of 6,900,000 euro."""
    result = published(_estimates([438 + 1 / 3, 439 + 2 / 3], [6_900_000 - 1 / 3, 1 / 3]))
    assert result["conversions"].tolist() == [438.3333333, 439.6666667]
    assert result["value"].tolist() == [6_899_999.667, 0.333]
    assert result["removal_effect"].tolist() == [0.3333333333] * 2


def test_zero_has_no_sign_and_absence_stays() -> None:
    """A reader's comparison of bytes sees -0.0; a model without removal effects has none."""
    estimates = _estimates([-1e-17, 1.0], [0.0, -0.0])
    estimates["removal_effect"] = np.nan
    result = published(estimates)
    assert not np.signbit(result[["conversions", "value"]].to_numpy()).any()
    assert result["removal_effect"].isna().all()


def test_nothing_to_publish() -> None:
    """A company without conversions has no rows, and they have types."""
    empty = published(_estimates([], []))
    assert len(empty) == 0
    assert set(empty.dtypes[list(COLUMNS[4:])]) == {np.dtype("float64")}


def test_python_and_sql_keep_as_many_decimals() -> None:
    """One number, written in two languages."""
    (found,) = re.findall(
        r"macro published_decimals\(\) -%}\s*(\d+)\s*{%- endmacro", MACRO.read_text("utf-8")
    )
    assert int(found) == DECIMALS
