"""The units of systemd hold nothing that it does not know."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.test_nginx import DEPLOY
from tests.support.require import require


@pytest.mark.parametrize(
    ("unit", "started"),
    [
        ("palaver.service", "palaver.service"),
        ("palaver@.service", "palaver@8001.service"),
        ("palaver-backup.service", "palaver-backup.service"),
        ("palaver-backup.timer", "palaver-backup.timer"),
    ],
)
def test_unit_is_understood(tmp_path: Path, unit: str, started: str) -> None:
    require(shutil.which("systemd-analyze") is not None, "systemd-analyze")
    text = (DEPLOY / unit).read_text().replace("/opt/palaver/bin/palaver", "/bin/true")
    (tmp_path / started).write_text(text)
    if unit.endswith(".timer"):  # what it starts must be there
        (tmp_path / started).with_suffix(".service").write_text("[Service]\nExecStart=/bin/true\n")
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / started], check=False, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stderr) == (0, "")
