"""Keeps a file's slice as what changed in it since an earlier slice of the same file.

Belongs here: how such a slice is written, and putting its records together again. Does not belong
here: which slices are kept so (``landing``), or loading them (``loading/changed_slices.py``).

Such a slice holds its new records as they are, and for every run of records that the earlier slice
has, too, one line: where the run begins there, how long it is, and by how much its lines moved in
the file. Nothing says that a record is gone: nothing refers to it.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import orjson

from orchestration.connectors.landed import LINE

KEPT = "_kept"
"""In a slice of changes: ``[first, count, lines]``, records of the earlier slice."""

_KEPT_LINE = b'{"' + KEPT.encode() + b'":['
_LINE = f',"{LINE}":'.encode()
_BACK = 16
"""How often records may be kept from before the last ones: each costs reading from the start."""


@dataclass(frozen=True, slots=True)
class Run:
    """Records of one slice's own, in the order of their file.

    Attributes:
        slice_id: The slice that holds them.
        first: The first one's position among its own records, from 0.
        count: How many.
        lines: By how much their lines moved since.
    """

    slice_id: str
    first: int
    count: int
    lines: int = 0


def is_kept(line: bytes) -> bool:
    """Whether a line of a slice keeps records of an earlier slice."""
    return line.startswith(_KEPT_LINE)


def runs(own: Iterable[bytes], slice_id: str, earlier: list[Run]) -> list[Run]:
    """The runs that a slice of changes consists of.

    Args:
        own: Its lines.
        slice_id: The slice.
        earlier: The runs of the slice that it builds on.
    """
    found: list[Run] = []
    position = begun = 0
    for line in own:
        if not is_kept(line):
            position += 1
            continue
        if position > begun:
            found.append(Run(slice_id, begun, position - begun))
            begun = position
        found += _part(earlier, *orjson.loads(line)[KEPT])
    if position > begun:
        found.append(Run(slice_id, begun, position - begun))
    return found


def _part(earlier: list[Run], first: int, count: int, lines: int) -> Iterator[Run]:
    for run in earlier:
        if count <= 0:
            return
        if first < run.count:
            taken = min(count, run.count - first)
            yield Run(run.slice_id, run.first + first, taken, run.lines + lines)
            first, count = 0, count - taken
        else:
            first -= run.count


def whole(parts: Iterable[Run], own_of: Callable[[str], Iterator[bytes]]) -> Iterator[bytes]:
    """The lines of all records, as their file would land as a whole.

    Args:
        parts: Their runs.
        own_of: The lines of a slice's own records, from its id.
    """
    reading: dict[str, tuple[int, Iterator[bytes]]] = {}
    for run in parts:
        at, lines = reading.get(run.slice_id, (0, iter(())))
        if run.slice_id not in reading or run.first < at:
            at, lines = 0, own_of(run.slice_id)
        for _ in range(run.first - at):
            next(lines)
        for _ in range(run.count):
            line = next(lines)
            yield _moved(line, run.lines) if run.lines else line
        reading[run.slice_id] = run.first + run.count, lines


def _moved(line: bytes, lines: int) -> bytes:
    # A record that was rewritten since may go on behind its line: why it names nobody.
    before, mark, rest = line.rpartition(_LINE)
    number, end, behind = rest.partition(b"," if b"," in rest else b"}")
    return b"%b%b%d%b%b" % (before, mark, int(number) + lines, end, behind)


class Changes:
    """Writes a file's records as what changed since an earlier slice.

    Args:
        earlier: The lines of that slice as a whole.
    """

    def __init__(self, earlier: Iterator[bytes]) -> None:
        self._earlier = earlier
        self._same = 0
        self._places: dict[bytes, int | deque[int]] | None = None
        """Where a record was; a queue costs 600 bytes and is for records that were there twice."""
        self._numbers = array("q")
        self._back = _BACK
        self._next = 0
        self._run: list[int] = []
        self._out: list[bytes] = []

    def write(self, lines: list[bytes]) -> bytes:
        """What is to be stored for the next lines; some of it may come with later ones."""
        for line in lines:
            if self._places is None:
                before = next(self._earlier, None)
                if before == line:
                    self._same += 1
                    continue
                self._look_ahead(before)
            self._find(line)
        return self._taken()

    def end(self) -> bytes:
        """What is left to be stored."""
        if self._places is None:
            self._keep(0, self._same, 0)
        self._end_run()
        return self._taken()

    def _look_ahead(self, first: bytes | None) -> None:
        """The first difference: from here on, lines are looked up wherever they were."""
        self._keep(0, self._same, 0)
        places: dict[bytes, int | deque[int]] = {}
        self._places = places
        rest = [] if first is None else [first]
        for position, line in enumerate(chain(rest, self._earlier), start=self._same):
            key, number = _key(line)
            self._numbers.append(number)
            found = places.setdefault(key, position)
            if isinstance(found, deque):
                found.append(position)
            elif found != position:
                places[key] = deque((found, position))

    def _find(self, line: bytes) -> None:
        key, number = _key(line)
        position = self._take(self._places or {}, key)
        if position is None:
            self._end_run()
            self._out.append(line)
        else:
            self._keep(position, 1, number - self._numbers[position - self._same])

    def _take(self, places: dict[bytes, int | deque[int]], key: bytes) -> int | None:
        """The first place of a record that is not taken yet, if it may be kept from there."""
        found = places.get(key)
        if found is None:
            return None
        position = found[0] if isinstance(found, deque) else found
        if position < self._next:
            if not self._back:
                return None
            self._back -= 1
        if isinstance(found, deque) and len(found) > 1:
            found.popleft()
        else:
            del places[key]
        return position

    def _keep(self, first: int, count: int, lines: int) -> None:
        if not count:
            return
        if self._run and first == self._next and lines == self._run[2]:
            self._run[1] += count
        else:
            self._end_run()
            self._run = [first, count, lines]
        self._next = first + count

    def _end_run(self) -> None:
        if self._run:
            self._out.append(orjson.dumps({KEPT: self._run}, option=orjson.OPT_APPEND_NEWLINE))
            self._run = []

    def _taken(self) -> bytes:
        stored = b"".join(self._out)
        self._out.clear()
        return stored


def _key(line: bytes) -> tuple[bytes, int]:
    """A record without the line of its file, and that line, if the record ends in it."""
    at = line.rfind(_LINE)
    number = line[at + len(_LINE) : -2]
    if at < 0 or not number.isdigit():
        at, number = len(line), b"0"
    return hashlib.blake2b(line[:at], digest_size=16).digest(), int(number)
