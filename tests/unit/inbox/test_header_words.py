"""The usual names of columns are data: of columns that exist, and never of two."""

from __future__ import annotations

from collections import Counter

from orchestration.connectors.field import Type
from orchestration.connectors.inbox import INBOX
from orchestration.inbox.proposing import _names, _plain


def test_names_are_of_columns_and_of_one_each() -> None:
    """A name that two columns of a stream have would be given to the first, without a word."""
    for name, columns in _names().items():
        fields = {field.name: field for field in INBOX.stream(name).fields}
        assert {*columns} <= {*fields}, name
        # The cells tell a column of answers from one of names.
        plain = Counter(
            (word, fields[column].type is Type.BOOLEAN)
            for column, words in columns.items()
            for word in {*map(_plain, words)}
        )
        assert [word for word, count in plain.items() if count > 1] == [], name
