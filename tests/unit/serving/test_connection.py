"""The connection to PostgreSQL: what is added to its address, and what errors say."""

from __future__ import annotations

from orchestration.serving.connection import said, with_defaults


def test_a_server_that_hangs_is_noticed_unless_the_company_says_otherwise() -> None:
    """Without these limits libpq waits for hours; both forms of an address take them."""
    uri = with_defaults("postgresql://a@b/c?sslmode=require&connect_timeout=99")
    assert uri.startswith("postgresql://a@b/c?sslmode=require&connect_timeout=99&")
    assert uri.count("connect_timeout") == 1
    assert "tcp_user_timeout=60000" in uri
    assert with_defaults("postgres://a@b/c").startswith("postgres://a@b/c?application_name=")
    words = with_defaults("host=b password='x y' application_name=ours")
    assert words.endswith(" host=b password='x y' application_name=ours")
    assert words.startswith("connect_timeout=10 ")


def test_errors_are_the_servers_first_sentence() -> None:
    """The driver repeats the statement, which is as long as the table; details repeat values."""
    assert (
        said(
            "INTEGRITY: [libpq] Failed to execute query 'insert': ERROR:  duplicate key value\n"
            "DETAIL:  Key (i)=(1) already exists.\n. SQLSTATE: 23505"
        )
        == "duplicate key value"
    )
    assert (
        said(
            "UNKNOWN: Failed: ERROR:  cannot drop table t because other objects depend on it\n"
            "DETAIL:  view v depends on table t\nHINT:  Use DROP ... CASCADE\n"
            "CONTEXT:  SQL statement\n\nQuery was: do. SQLSTATE: 2BP01"
        )
        == "cannot drop table t because other objects depend on it; view v depends on table t"
    )
    assert said("IO: [libpq] Failed to connect: timeout expired\n") == (
        "Failed to connect: timeout expired"
    )
