"""The real gateway whose clock can be set while it runs: JOBSEEKER_TEST_CLOCK names a file with the seconds it is off by.

jobseeker.clock is the only place that asks what time it is, so this is what a machine whose clock is set does to it; the
monotonic clock goes on undisturbed, as on such a machine.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from app import gateway_main
from jobseeker import clock

OFFSET = Path(os.environ["JOBSEEKER_TEST_CLOCK"])


def now(_: clock.SystemClock) -> datetime:
    """The machine's time, off by what the file says."""
    return datetime.now(timezone.utc) + timedelta(seconds=float(OFFSET.read_text("utf-8")))


if __name__ == "__main__":
    setattr(clock.SystemClock, "now", now)  # noqa: B010
    sys.exit(gateway_main.main())
