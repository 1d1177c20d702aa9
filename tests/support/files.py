"""Files of the folder of outside files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def json_lines(path: Path) -> Iterator[Any]:
    """The values of a file of JSON lines; only a line feed ends a line, for the strings hold other line ends."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield json.loads(line)
