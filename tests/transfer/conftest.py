from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.importer import Importer
from tests.support.service import World


@pytest.fixture
def importer(world: World, tmp_path: Path) -> Importer:
    return Importer(world, tmp_path)
