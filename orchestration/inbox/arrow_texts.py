"""Arrow texts from and to NumPy and Python, without the import of pandas.

Belongs here: building and taking apart arrays of texts. ``pyarrow.array`` and ``pyarrow.scalar``
import pandas (0.5 CPU s), which reading a file does not need. Does not belong here: what the texts
mean (``bulk``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa


def texts(values: Sequence[bytes]) -> pa.StringArray:
    """UTF-8 texts as an array."""
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum(np.fromiter(map(len, values), np.int32, len(values)), out=offsets[1:])
    return _array(offsets, b"".join(values))


def equally_long(signs: np.ndarray[Any, Any]) -> pa.StringArray:
    """ASCII texts of one length as an array, from a matrix of their signs."""
    count, length = signs.shape
    return _array(np.arange(count + 1, dtype=np.int32) * np.int32(length), signs.tobytes())


def text(value: str) -> pa.StringScalar:
    """One text."""
    return texts([value.encode()])[0]


def numbers(values: np.ndarray[Any, Any]) -> pa.StringArray:
    """64-bit numbers as texts."""
    import pyarrow as pa

    buffers = [None, pa.py_buffer(values)]
    return pa.Int64Array.from_buffers(pa.int64(), len(values), buffers).cast(pa.string())


def indexes(distinct: pa.DictionaryArray) -> np.ndarray[Any, Any]:
    """For each value, which of the distinct ones it is."""
    found = distinct.indices
    return np.frombuffer(found.buffers()[1], np.int32, len(found), 4 * found.offset)


def booleans(values: np.ndarray[Any, Any]) -> pa.BooleanArray:
    """Truth values as an array."""
    import pyarrow as pa

    bits = np.packbits(values, bitorder="little")
    return pa.BooleanArray.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])


def offsets(array: pa.StringArray) -> np.ndarray[Any, Any]:
    """Where each text begins in ``content``, and where the last one ends."""
    return np.frombuffer(array.buffers()[1], np.int32, len(array) + 1, 4 * array.offset)


def content(array: pa.StringArray) -> memoryview:
    """The texts of an array, one behind the other, from the first one's beginning."""
    data = array.buffers()[2]
    return memoryview(data) if data is not None else memoryview(b"")


def _array(ends: np.ndarray[Any, Any], data: bytes) -> pa.StringArray:
    import pyarrow as pa

    return pa.StringArray.from_buffers(len(ends) - 1, pa.py_buffer(ends), pa.py_buffer(data))
