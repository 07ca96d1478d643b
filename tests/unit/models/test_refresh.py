"""A refresh recomputes what changed, with the same result as computing everything."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.kit.models.attribution_inputs import Inputs
from tests.kit.models.dbt import compute, run_dbt

RESULTS = {
    "credits": """
        select * from core.fct_attribution_credits
        order by conversion_key, touchpoint_key, attribution_model
    """,
    "channels": """
        select * from core.fct_channel_attribution
        order by attribution_model, conversion_type, dimension, member_key
    """,
    # A member that came later has another number, and another bit, after a rebuild.
    "transitions": """
        with states as (
            select member_number, member_key from intermediate.int_attribution__members
            union all
            select -number, '' || -number from range(1, 5) as numbers (number)
        )
        select
            conversion_type, dimension, bucket, previous.member_key, here.member_key,
            following.member_key, transitions, conversion_value
        from intermediate.int_attribution__transitions as transitions
        inner join states as previous on previous_state = previous.member_number
        inner join states as here on state = here.member_number
        inner join states as following on next_state = following.member_number
        order by all
    """,
    "coverage": """
        with sets as (
            select
                conversion_type, dimension, bucket, journeys, conversions, conversion_value,
                [set_1, set_2, set_3, set_4] as words
            from intermediate.int_attribution__coverage
        )
        select
            conversion_type, dimension, bucket, journeys, conversions, conversion_value,
            list(member_key order by member_key) as members
        from sets
        inner join intermediate.int_attribution__member_bits as bits using (dimension)
        where words[bit // 62 + 1] >> (bit % 62) & 1 = 1
        group by conversion_type, dimension, bucket, journeys, conversions, conversion_value, words
        order by all
    """,
}


def results(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The computed rows, in a defined order."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return {name: con.execute(query).fetchall() for name, query in RESULTS.items()}


def stale(warehouse: Path) -> tuple[int, int]:
    """How many paths the last run computed, of how many."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        (found,) = con.execute(
            """
            select
                (select count(*) from intermediate.int_attribution__stale_paths),
                (select count(*) from intermediate.int_attribution__fingerprints)
            """
        ).fetchall()
    return found


def rebuilt(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The results of computing everything from the same inputs."""
    copy = warehouse.parent / "rebuilt" / warehouse.name
    copy.parent.mkdir(exist_ok=True)
    shutil.copyfile(warehouse, copy)
    compute(copy, "--full-refresh")
    return results(copy)


def happen(warehouse: Path, inputs: Inputs, changes: Sequence[Callable[[], None]]) -> None:
    """Let things happen between two runs."""
    with duckdb.connect(str(warehouse)) as inputs.con:
        for change in changes:
            change()


def started(folder: Path, seed: int) -> tuple[Path, Inputs]:
    """Inputs of which everything is computed."""
    warehouse = folder / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        inputs = Inputs(con, seed)
    compute(warehouse)
    return warehouse, inputs


def test_a_refresh_says_what_a_rebuild_says_and_computes_only_what_changed(tmp_path: Path) -> None:
    """Late and deleted touches and conversions, merges, restated rules, values and configuration.

    Then a run is interrupted after its steps were counted, and the next one repairs it. Then
    nothing has changed and nothing is computed. A late touch recomputes its person and their
    conversions, and no one else.
    """
    warehouse, inputs = started(tmp_path, seed=1)
    assert stale(warehouse)[0] == stale(warehouse)[1] > 60
    # The configuration changes every conversion's fingerprint, so it changes after the rest.
    first = [change for change in inputs.changes if change != inputs.change_half_life]
    happen(warehouse, inputs, first)
    compute(warehouse)
    assert 0 < stale(warehouse)[0] < stale(warehouse)[1]
    assert results(warehouse) == rebuilt(warehouse)
    happen(warehouse, inputs, [inputs.change_half_life, *first[:4]])
    compute(warehouse, select=("+int_attribution__step_counts,int_attribution__*",))
    happen(warehouse, inputs, first[4:])
    compute(warehouse)
    refreshed = results(warehouse)
    assert refreshed == rebuilt(warehouse)
    compute(warehouse)
    assert stale(warehouse)[0] == 0
    assert results(warehouse) == refreshed
    happen(warehouse, inputs, [inputs.late_touch])
    compute(warehouse)
    assert 0 < stale(warehouse)[0] < 12


def test_nothing_is_computed_by_a_run_that_did_not_begin(tmp_path: Path) -> None:
    """One model selected by hand: a difference would count twice, steps would be a few paths'."""
    warehouse, inputs = started(tmp_path, seed=2)
    happen(warehouse, inputs, [inputs.late_touch])
    compute(warehouse)
    before = results(warehouse)
    for selected in (
        ("int_attribution__step_counts",),
        ("int_attribution__steps", "--full-refresh"),
    ):
        outcome = run_dbt(warehouse, "run", "--select", *selected)
        assert outcome.returncode != 0, selected
        assert "select int_attribution__begun+ as well" in outcome.stdout
        assert results(warehouse) == before, selected


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 8))
def test_random_histories_of_changes_say_what_rebuilds_say(tmp_path: Path, seed: int) -> None:
    """Property: after every refresh of a random history, all results equal a rebuild's."""
    warehouse, inputs = started(tmp_path, seed)
    for _ in range(6):
        happen(warehouse, inputs, inputs.rng.choices(inputs.changes, k=inputs.rng.randrange(1, 12)))
        compute(warehouse)
        assert results(warehouse) == rebuilt(warehouse)


@pytest.mark.slow
def test_a_refresh_says_what_a_rebuild_says_where_members_share_a_bit(tmp_path: Path) -> None:
    """Beyond 248 members the rarest share a bit, and which those are changes with the touches."""
    warehouse, inputs = started(tmp_path, seed=9)
    happen(warehouse, inputs, [inputs.new_member] * 260)
    compute(warehouse)
    happen(warehouse, inputs, [inputs.late_touch] * 20 + [inputs.new_member, inputs.reclassify])
    compute(warehouse)
    assert 0 < stale(warehouse)[0] < stale(warehouse)[1]
    assert results(warehouse) == rebuilt(warehouse)
