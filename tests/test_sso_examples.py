"""The examples of docs/sso.md, run as they stand there, make tokens that are taken."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from auth.sso import read_token
from tests.support.require import require

DOCUMENT = Path(__file__).parent.parent / "docs" / "sso.md"
KEY = "the-key-of-the-site_43-characters-of-base64"
ARGUMENTS = f'("{KEY}", "blog", "17", "Ida Þorn", "ida@example.org")'
# Program, file name, what stands around the example, and what prints its token.
RUNS = {
    "python": ("python3", "token.py", "{}", f"print(palaver_token{ARGUMENTS})"),
    "php": ("php", "token.php", "<?php\n{}", f"echo palaver_token{ARGUMENTS};"),
    "js": ("node", "token.mjs", "{}", f"console.log(palaverToken{ARGUMENTS});"),
    "ruby": ("ruby", "token.rb", "{}", f"puts palaver_token{ARGUMENTS}"),
}


@pytest.mark.parametrize("language", RUNS)
def test_example_makes_a_token_that_is_taken(language: str, tmp_path: Path) -> None:
    program, name, around, call = RUNS[language]
    require(shutil.which(program) is not None, program)
    [example] = re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    assert len([line for line in example.splitlines() if line.strip()]) <= 11
    (tmp_path / name).write_text(around.format("{}").replace("{}", example) + call + "\n")
    printed = subprocess.run([program, tmp_path / name], capture_output=True, check=True, text=True).stdout.strip()
    token = read_token(printed, (KEY.encode(),), site_names=("blog",), issuer="site:1", now=int(time.time()))
    assert (token.identity.subject, token.identity.name) == ("17", "Ida Þorn")
    assert token.identity.email == "ida@example.org"
