"""Codes in the body of a refusal that say more than its status."""

from __future__ import annotations

import pytest

from orchestration.connectors.answer import ErrorCode, Means
from orchestration.extract.failures import ExtractionFailed
from tests.kit.extract.acme import Acme, a_stream
from tests.kit.extract.vendor import Answer

CODES = (
    ErrorCode("error.code", ("190",), Means.NO_TOKEN),
    ErrorCode("error.code", ("10", "200"), Means.NO_PERMISSION),
    ErrorCode("error.code", ("2635",), Means.VERSION_ENDED),
    ErrorCode("error.error_subcode", ("1504018",), Means.TOO_MUCH),
)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("error", "kind", "remedy"),
    [
        ({"code": 190}, "unauthorized", "Renew the credentials"),
        ({"code": 200}, "forbidden", "Give the credentials access"),
        ({"code": 2635}, "version_ended", "Install a newer Tributary"),
        ({"code": 100, "error_subcode": 1504018}, "too_much", "more than the vendor gives"),
        ({"code": 100}, "rejected", "Read the vendor's message"),
    ],
)
def test_a_code_decides_what_to_do(
    acme: Acme, status: int, error: dict[str, int], kind: str, remedy: str
) -> None:
    """Meta answers 400 for an expired token: "an option is not accepted" helped nobody."""
    acme.connector = {"error_codes": CODES, "error_path": "error"}
    acme.vendor.handler = lambda asked: Answer({"error": error}, status)
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(a_stream())
    (failure,) = caught.value.failures
    assert (failure.kind, remedy in failure.message) == (kind, True)
    assert len(acme.vendor.asked) == 1


def test_a_body_that_is_no_json_leaves_the_status(acme: Acme) -> None:
    """A proxy's 403 stays a 403."""
    acme.connector = {"error_codes": CODES}
    acme.vendor.handler = lambda asked: Answer(b"Forbidden", 403)
    with pytest.raises(ExtractionFailed) as caught:
        acme.extract(a_stream())
    assert caught.value.failures[0].kind == "forbidden"
