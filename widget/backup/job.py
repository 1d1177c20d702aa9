"""`python -m widget.backup.job`: one scheduled backup, with the `Plan` as JSON on standard input.

It holds a password, so it is on no command line.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime

import msgspec

from widget.backup.making import Plan, back_up_if_due
from widget.errors import PalaverError
from widget.logs import configure

logger = logging.getLogger("palaver.backup")


def main() -> None:
    configure("info")
    os.nice(10)
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    try:
        made = back_up_if_due(plan, datetime.now(UTC))
    except PalaverError as error:
        logger.error("no backup was made: %s", error.message)  # noqa: TRY400 - it is told, and no mistake of ours
        sys.exit(1)
    if made is not None:
        logger.info("%s was made, %d older ones removed", made.file, made.removed)


if __name__ == "__main__":
    main()
