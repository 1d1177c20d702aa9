from __future__ import annotations

import json
import re
import tomllib
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / "tests" / "tools"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
REQUIREMENTS = (ROOT / "requirements.txt").read_text()


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9-]", requirement)[0] for requirement in requirements}


def documented(section: str) -> set[str]:
    text = (ROOT / "docs" / "dependencies.md").read_text()
    return set(re.findall(r"^\| ([a-z][a-z0-9-]*) \|", text.partition(f"## {section}")[2].partition("\n## ")[0], re.M))


def test_every_dependency_stands_with_its_reason() -> None:
    project = PROJECT["project"]
    assert documented("Run time") == names(project["dependencies"])
    assert documented("Extras") == names([*chain(*project["optional-dependencies"].values())])
    assert documented("Development") == names(PROJECT["dependency-groups"]["dev"])
    assert documented("Programs") == {*json.loads((TOOLS / "package.json").read_text())["dependencies"], "isso"}


def test_every_dependency_is_pinned_by_hash() -> None:
    pinned = set(re.findall(r"^([a-z0-9-]+)==", REQUIREMENTS, re.M))
    everything = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    assert names(everything) <= pinned
    for entry in re.split(r"\n(?=[a-z])", REQUIREMENTS):
        assert "--hash=sha256:" in entry


def test_lock_files_name_no_address() -> None:
    assert "://" not in REQUIREMENTS + (TOOLS / "requirements.txt").read_text()
    packages = json.loads((TOOLS / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert all("integrity" in package for name, package in packages.items() if name)
