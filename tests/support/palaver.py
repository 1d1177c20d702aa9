"""The command `palaver` in this process."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from widget.cli import main


class Palaver:
    """The command in an empty folder, with no setting but those that are given."""

    def __init__(self, **environment: str) -> None:
        self.environment = environment

    def __call__(self, *arguments: str, answer: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=answer, env=self.environment, prog_name="palaver")

    def done(self, *arguments: str) -> str:
        """What a command prints that succeeds, and says nothing else."""
        result = self(*arguments)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        return result.stdout

    def json(self, *arguments: str) -> Any:
        (line,) = self.done(*arguments, "--json").splitlines()
        return json.loads(line)

    def fails(self, *arguments: str, code: int = 1) -> str:
        """What a command says that fails: in sentences, without a traceback and without results."""
        result = self(*arguments)
        assert result.exit_code == code, result.output
        assert isinstance(result.exception, SystemExit), result.exception
        assert result.stdout == ""
        return result.stderr.strip()


def enter_empty_folder(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the command finds no setting, in the environment neither."""
    folder = parent / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("PALAVER_")]:
        monkeypatch.delenv(name)
