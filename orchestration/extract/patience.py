"""How long an extraction waits and how often it retries."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """The limits of one request; all times in seconds.

    Attributes:
        attempts: How often a request is sent before giving up.
        first_wait: The wait after the first failure; it doubles with each further one.
        longest_wait: The longest wait between two attempts. If a vendor's ``Retry-After`` asks for
            more, the request fails until the next run.
        connect: How long connecting may take.
        read: How long the vendor may be silent; it prepares a large report before it starts.
        sleep: How to wait; tests replace it.
    """

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    connect: float = 10.0
    read: float = 180.0
    sleep: Callable[[float], None] = time.sleep

    def wait(self, attempt: int) -> float:
        """The wait after that many attempts when the vendor states none.

        It is randomly up to a quarter longer, so that requests that failed together do not retry
        together.
        """
        spread = 1 + random.random() / 4
        return min(self.first_wait * 2.0 ** (attempt - 1) * spread, self.longest_wait)
