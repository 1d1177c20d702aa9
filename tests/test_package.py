"""The wheel, installed into an environment of its own, is the whole service: templates, static files, migrations."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PATIENCE = 60  # seconds until the service must answer


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment with the wheel in it. Its dependencies are those of the tests, beside it on the path:
    a path that a .pth file adds has no .pth files of its own read, so the checkout is not there.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    uv = Path(sys.executable).with_name("uv")
    install = [str(uv), "pip", "install", "--quiet", "--offline", "--no-deps", "--python", str(folder), str(wheel)]
    subprocess.run(install, check=True)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def run(programs: Path, folder: Path, *command: str) -> str:
    done = subprocess.run(
        [str(programs / command[0]), *command[1:]],
        check=False,
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PALAVER_", "PYTHON"))}


def test_wheel_holds_what_the_service_needs_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"auth", "widget"}
    for needed in (
        "widget/static/embed.js",
        "widget/static/icons/openid.svg",
        "widget/templates/embed.html",
        "widget/templates/auth/done.html",
        "widget/migrations/versions/0001_the_first_tables.py",
        "widget/demo/wordpress-export.xml",
        "auth/providers/google.py",
        "widget/py.typed",
    ):
        assert needed in names


def test_installed_package_is_not_the_checkout(programs: Path, tmp_path: Path) -> None:
    printed = run(programs, tmp_path, "python", "-c", "import widget, auth; print(widget.__file__, auth.__file__)")
    assert str(ROOT) + "/" not in printed
    assert printed.count(str(programs.parent)) == 2


def test_installed_palaver_serves_a_site(programs: Path, tmp_path: Path) -> None:
    tag = run(programs, tmp_path, "palaver", "site", "add", "blog", "--origin", "https://blog.example")
    assert tag.startswith('<script async src="http://localhost:8000/embed.js" data-site="blog"></script>')
    with serving(programs, tmp_path) as home:
        assert b"Palaver" in read(f"{home}/embed.js")
        frame = read(f"{home}/embed/blog?url=https://blog.example/")
        assert b"Nobody has said anything yet." in frame
        assert b"Comments" in read(f"{home}/thread/blog?url=https://blog.example/")


def read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        content: bytes = answer.read()
        return content


@contextlib.contextmanager
def serving(programs: Path, folder: Path) -> Iterator[str]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [str(programs / "palaver"), "serve", "--port", str(port)]
    log = folder / "log"
    with log.open("w") as errors, subprocess.Popen(command, cwd=folder, env=environment(), stderr=errors) as process:
        try:
            _wait(f"http://localhost:{port}/readyz", process, log)
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
    assert process.returncode == 0, log.read_text()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError):
            read(url)
            return
        time.sleep(0.05)  # between questions; the condition is the answer
    raise AssertionError(f"{url} does not answer")
