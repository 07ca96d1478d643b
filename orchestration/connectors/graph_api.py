"""What Meta's products share: the version of the Graph API, paging, throttles and error codes.

Facts of the vendor that the declarations rest on:

- An error is a 400, sometimes a 200 or a 500, with ``error.code`` in its body: also an expired
  token (190), a missing permission (10, 200 to 299) and too many calls (17, 80000 ...). No header
  ``Retry-After`` comes with these; ``X-Business-Use-Case-Usage`` says how many minutes to wait.
- A version of the Marketing API lives for about a year. A request in one that has ended is answered
  in the next one or refused (2635), so keys may come that are not known.
- The last page has cursors, but no ``paging.next``.
"""

from __future__ import annotations

from orchestration.connectors.answer import ErrorCode, Means, Throttle
from orchestration.connectors.stream import Pager, Paging

VERSION = "v26.0"
BASE_URL = "https://graph.facebook.com"
ERROR_PATH = "error"

THROTTLES = (
    Throttle(
        "error.code",
        (
            "4", "17", "32", "341", "613", "80000", "80001", "80002", "80003", "80004", "80005",
        ),
        wait_seconds=60,
        wait_header="X-Business-Use-Case-Usage",
        wait_path="*.*.estimated_time_to_regain_access",
        wait_unit=60,
    ),
    Throttle("error.code", ("1", "2"), is_outage=True),
)  # fmt: skip

ERROR_CODES = (
    ErrorCode("error.code", ("102", "190"), Means.NO_TOKEN),
    ErrorCode(
        "error.code", ("3", "10", *(str(code) for code in range(200, 300))), Means.NO_PERMISSION
    ),
    # An object that does not exist and one that may not be read are refused alike.
    ErrorCode("error.error_subcode", ("33",), Means.NO_PERMISSION),
    ErrorCode("error.code", ("12", "2635"), Means.VERSION_ENDED),
    ErrorCode("error.error_subcode", ("1504018", "2490547"), Means.TOO_MUCH),
)


def pages(size: int) -> Pager:
    """Pages that name the address of the next one."""
    return Pager(Paging.NEXT_URL, size, limit_param="limit", cursor_path="paging.next")
