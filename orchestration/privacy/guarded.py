"""The errors of a step, in the words that may leave the process.

Belongs here: what becomes of an exception before Dagster, the log and the webhook get it. Does not
belong here: which parts of a text are cells, secrets or people (``messages.py``, ``redaction.py``).
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from orchestration.configuration.settings import Settings
from orchestration.foundation.errors import TributaryError
from orchestration.foundation.time_limit import time_limit
from orchestration.privacy.messages import without_values
from orchestration.privacy.redaction import knowing_all_secrets


class Unexpected(TributaryError):
    """An error that Tributary has no words of its own for."""


@contextmanager
def guarded(settings: Settings) -> Iterator[None]:
    """Let errors leave a step only without secrets, people and cells, and end it when it hangs.

    The errors behind an error are cut off, because Dagster stores their messages too; the frames
    stay.

    Args:
        settings: Name the secrets, and how long a step may take.

    Raises:
        TributaryError: As it was raised inside, cleaned.
        Unexpected: Any other error, without the cells that it repeats.
    """
    try:
        with time_limit(settings.step_minutes):
            yield
    except TributaryError as error:
        clean = knowing_all_secrets(settings).clean
        error.what, error.where, error.remedy = map(clean, (error.what, error.where, error.remedy))
        error.args = (error.what,)
        error.__cause__ = error.__context__ = None
        raise
    except Exception as error:
        clean = knowing_all_secrets(settings).clean
        raise unexpected(error, clean(without_values(error))) from None


def unexpected(error: Exception, said: str) -> Unexpected:
    """The error to show for one that has no words of ours.

    Args:
        error: Any other error.
        said: Its message, as far as it may be shown.
    """
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each[0] != __file__]
    ours = [frame for frame in frames if "orchestration" in frame.filename] or frames
    where = f"{ours[-1].filename}, line {ours[-1].lineno}" if ours else ""
    shown = Unexpected(
        f"{type(error).__name__}: {said}".removesuffix(": "),
        where,
        "If the message does not say what to do, report it with the line that it names.",
    )
    return shown.with_traceback(error.__traceback__)
