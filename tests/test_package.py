"""The built package: it holds what it must, and works where there is no checkout."""

from __future__ import annotations

import email
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

import httpx2
import pytest

from tests.support.commands import ROOT, environment, run, serving
from tests.support.html import Html

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PLACES = {"widget": "widget", "auth": "auth", "static": "widget/static", "templates": "widget/templates"}
BLOG = "https://blog.example"
PAGE = f"{BLOG}/posts/bread"


class Package(NamedTuple):
    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """Both, the wheel made from the source distribution alone."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, env=environment())
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Package(wheel, sdist)


@pytest.fixture(scope="module")
def installed(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment of its own. What the package needs comes from ours, without our checkout."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    uv, python = str(Path(sys.executable).with_name("uv")), str(folder / "bin" / "python")
    install = [uv, "pip", "install", "--offline", "--no-deps", "--quiet", "--python", python, str(package.wheel)]
    subprocess.run(install, check=True, env=environment())
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "needed.pth").write_text(sysconfig.get_path("purelib"))  # a folder so named has its own .pth files unread
    return folder / "bin"


def files_of(folder: str) -> set[str]:
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT / folder).as_posix() for path in found}


def test_wheel_holds_every_file_of_the_service_and_nothing_else(package: Package) -> None:
    with zipfile.ZipFile(package.wheel) as wheel:
        names = set(wheel.namelist())
    expected = {f"{place}/{file}" for folder, place in PLACES.items() for file in files_of(folder)}
    info = f"palaver-{PROJECT['version']}.dist-info"
    assert {name for name in names if not name.startswith(info)} == expected
    assert {"widget/py.typed", "auth/py.typed", "widget/static/embed.js", "widget/templates/embed.html"} <= names
    assert {f"{info}/licenses/LICENSE", f"{info}/entry_points.txt"} <= names


def test_wheel_says_what_the_project_says(package: Package) -> None:
    with zipfile.ZipFile(package.wheel) as wheel:
        about = email.message_from_string(wheel.read(f"palaver-{PROJECT['version']}.dist-info/METADATA").decode())
    assert (about["Name"], about["Version"]) == (PROJECT["name"], PROJECT["version"])
    assert about["License-Expression"] == PROJECT["license"]
    assert about["Requires-Python"] == PROJECT["requires-python"]
    needed = [line for line in about.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert len(needed) == len(PROJECT["dependencies"])
    assert str(about.get_payload()).strip() == (ROOT / "README.md").read_text().strip()


def test_source_distribution_holds_what_the_wheel_is_made_from(package: Package) -> None:
    with tarfile.open(package.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    expected = {f"{folder}/{file}" for folder in PLACES for file in files_of(folder)}
    assert expected | {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "PKG-INFO"} <= names


def test_installed_package_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    script = "import auth, widget, sys; print(auth.__file__, widget.__file__, *sys.path, sep='\\n')"
    ended = run(tmp_path, "-c", script, program=[str(installed / "python")], PYTHONPATH="")
    packages, path = ended.stdout.splitlines()[:2], ended.stdout.splitlines()[2:]
    assert all(Path(file).is_relative_to(installed.parent) for file in packages), ended.stdout + ended.stderr
    assert str(ROOT) not in path


def test_installed_command_makes_a_site_and_serves_it(installed: Path, tmp_path: Path) -> None:
    palaver = [str(installed / "palaver")]
    told = run(tmp_path, "--version", program=palaver, PYTHONPATH="")
    assert told.stdout == f"palaver, version {PROJECT['version']}\n"
    added = run(tmp_path, "site", "add", "blog", "--origin", BLOG, program=palaver, PYTHONPATH="")
    assert 'data-site="blog"' in added.stdout, added.stderr
    assert run(tmp_path, "migrate", program=palaver, PYTHONPATH="").stdout == "The database is up to date.\n"
    with (
        serving(tmp_path, program=palaver, PYTHONPATH="") as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        frame = client.get("/embed/blog", params={"url": PAGE})
        assert frame.status_code == 200
        page = Html(frame.text)
        files = [link.get("href", "") for link in page.all(".//link[@rel='stylesheet']")]
        files += [script.get("src", "") for script in page.all(".//script[@src]")] + ["/embed.js"]
        assert len(files) > 2
        assert {client.get(file).status_code for file in files} == {200}
        body = {"url": PAGE, "text": "Hello.", "guest": {"name": "Gwen", "email": "gwen@example.org"}}
        assert client.post("/api/v1/blog/comments", json=body).status_code == 201
        assert "Hello." in client.get("/thread/blog", params={"url": PAGE}).text
        pages = {path: client.get(path).status_code for path in ("/", "/privacy", "/auth/refused", "/embed/none")}
        assert pages == {"/": 200, "/privacy": 200, "/auth/refused": 403, "/embed/none": 404}


def test_installed_demo_has_its_blog_and_comments(installed: Path, tmp_path: Path) -> None:
    program = [str(installed / "palaver")]
    with serving(tmp_path, "demo", program=program, PYTHONPATH="") as served, httpx2.Client() as client:
        blog = served.url.replace("localhost", "127.0.0.1")
        home = Html(client.get(blog).text)
        posts = [link.get("href", "") for link in home.all(".//a") if "/posts/" in link.get("href", "")]
        assert len(posts) > 1
        shown = [client.get(f"{served.url}/embed/demo", params={"url": urljoin(blog, post)}) for post in posts]
        assert sum(len(Html(answer.text).comments()) for answer in shown) > 10
