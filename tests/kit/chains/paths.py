"""People's paths, and the frames that SQL would count from them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from hypothesis import strategies as st

from orchestration.attribution.chains import CONVERSION, NONE, NULL, START
from orchestration.attribution.channels import MODELS, channel_attribution

TRANSITION_COLUMNS = [
    "conversion_type",
    "dimension",
    "bucket",
    "previous_state",
    "state",
    "next_state",
    "transitions",
    "conversion_value",
]
COVERAGE_COLUMNS = [
    "conversion_type",
    "dimension",
    "bucket",
    "set_1",
    "set_2",
    "set_3",
    "set_4",
    "journeys",
    "conversions",
    "conversion_value",
]


@dataclass(frozen=True)
class Path:
    """One person's touches in order; ``value`` counts if the path converts."""

    members: tuple[str, ...]
    converts: bool = False
    value: float = 0.0
    bucket: str = "0"

    @property
    def worth(self) -> float:
        """The value that the path brought."""
        return self.value if self.converts else 0.0


def path(text: str, value: float | None = None, bucket: object = 0) -> Path:
    """``"a b !"`` converts, ``"a b"`` does not."""
    *members, last = text.split()
    if last == "!":
        return Path(tuple(members), True, 1.0 if value is None else value, str(bucket))
    return Path((*members, last), False, 0.0, str(bucket))


def transitions_of(
    paths: Sequence[Path], conversion_type: str = "lead", dimension: str = "lead_source"
) -> pd.DataFrame:
    """The counted transitions of some paths."""
    counted: Counter[tuple[str, str, str, str]] = Counter()
    worth: defaultdict[tuple[str, str, str, str], float] = defaultdict(float)
    for one in paths:
        end = CONVERSION if one.converts else NULL
        states = [NONE, START, *one.members, end]
        for triple in zip(states, states[1:], states[2:], strict=False):
            counted[one.bucket, *triple] += 1
            if triple[2] == CONVERSION:
                worth[one.bucket, *triple] += one.value
    return pd.DataFrame(
        [(conversion_type, dimension, *key, count, worth[key]) for key, count in counted.items()],
        columns=TRANSITION_COLUMNS,
    )


def coverage_of(
    paths: Sequence[Path],
    bits: dict[str, int],
    conversion_type: str = "lead",
    dimension: str = "lead_source",
) -> pd.DataFrame:
    """The counted member sets of some paths."""
    sums: defaultdict[tuple[str, frozenset[int]], list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for one in paths:
        entry = sums[one.bucket, frozenset(bits[member] for member in one.members)]
        entry[0] += 1
        entry[1] += one.converts
        entry[2] += one.worth
    rows = []
    for (bucket, on_path), (journeys, conversions, value) in sums.items():
        words = [0, 0, 0, 0]
        for bit in on_path:
            words[bit // 62] |= 1 << (bit % 62)
        rows.append((conversion_type, dimension, bucket, *words, journeys, conversions, value))
    return pd.DataFrame(rows, columns=COVERAGE_COLUMNS)


def members_frame(bits: dict[str, int], dimension: str = "lead_source") -> pd.DataFrame:
    """One row per member; members of one bit share it equally."""
    sharing = Counter(bits.values())
    return pd.DataFrame(
        [(dimension, key, bit, 1 / sharing[bit]) for key, bit in bits.items()],
        columns=["dimension", "member_key", "bit", "share"],
    )


def frames(
    paths: Sequence[Path], bits: dict[str, int] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Transitions, coverage and members of some paths; bits by name unless given."""
    if bits is None:
        keys = sorted({member for one in paths for member in one.members})
        bits = {key: bit for bit, key in enumerate(keys)}
    return transitions_of(paths), coverage_of(paths, bits), members_frame(bits)


@st.composite
def some_paths(draw: st.DrawFn, keys: str = "abcde") -> list[Path]:
    """A few people's paths over a few members, with repeats, self-loops and odd values."""
    return draw(
        st.lists(
            st.builds(
                Path,
                st.lists(st.sampled_from(keys), min_size=1, max_size=6).map(tuple),
                st.booleans(),
                st.sampled_from([0.0, 1.0, 2.5, 1000.0]),
                st.sampled_from(["0", "1", "7"]),
            ),
            min_size=1,
            max_size=12,
        )
    )


def attribute(
    paths: Sequence[Path], models: Sequence[str] = MODELS, resamples: int = 0
) -> pd.DataFrame:
    """Attribution of some paths, indexed by model and member."""
    result = channel_attribution(*frames(paths), models=models, resamples=resamples)
    return result.set_index(["attribution_model", "member_key"])
