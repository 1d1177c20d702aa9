"""What a test needs of the machine: skipped by name where it is missing, a failure with REQUIRE_ALL=1."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def require(condition: bool, what: str) -> None:
    """Skip unless `condition`, saying that `what` is missing."""
    if condition:
        return
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is missing, and REQUIRE_ALL=1")
    pytest.skip(f"{what} is missing")


def fixtures() -> Path:
    """The folder of outside files, named by TEST_FIXTURES. Skips without it, also with REQUIRE_ALL=1: it is not part
    of the project.
    """
    folder = os.environ.get("TEST_FIXTURES")
    if not folder:
        pytest.skip("TEST_FIXTURES is not set: the outside files are missing")
    path = Path(folder)
    require(path.is_dir(), f"the folder {folder} (TEST_FIXTURES)")
    return path
