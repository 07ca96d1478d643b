"""The whole demo company in PostgreSQL: equal to the published file, with its keys."""

from __future__ import annotations

import pytest

from orchestration.serving.postgres import serve
from tests.kit.demo import Demo
from tests.kit.faults.served import VARIABLE, served_by
from tests.kit.postgres_server import postgres_server
from tests.kit.served_rows import differences


def test_the_server_has_every_row_and_key_of_the_file(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two answers to one question would end the trust in both, and a type that is not known fails.

    A test of uniqueness whose name says no column of its table would leave out a key in silence.
    """
    with postgres_server() as server:
        monkeypatch.setenv(VARIABLE, server.address())
        serve(served_by(demo.settings))
        assert differences(demo.settings, server.address("tributary_reader"))[0] == {}
        lacking = server.rows(
            "select relname::text from pg_class where relkind = 'r' and relnamespace in "
            "('core'::regnamespace, 'marts'::regnamespace) and not exists "
            "(select from pg_constraint where conrelid = pg_class.oid) order by 1"
        )
        described = server.rows(
            "select count(*) from pg_class where relkind in ('r', 'v') and relnamespace in "
            "('core'::regnamespace, 'marts'::regnamespace, 'meta'::regnamespace) "
            "and obj_description(oid) is null"
        )
    assert lacking == [("bridge_campaign_aliases",)], "whose key may be null"
    assert described == [(0,)]
