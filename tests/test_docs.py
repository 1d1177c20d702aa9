"""The documents say all that there is, and lead nowhere that is not there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import click
import msgspec
import pytest

from auth import PROVIDER_KEYS, PROVIDER_NAMES, known_provider
from widget import exporting
from widget.cli import main
from widget.operations import OPERATIONS
from widget.settings import SETTINGS as PROCESS_SETTINGS
from widget.sites import SETTINGS as SITE_SETTINGS
from widget.sites import Setting
from widget.transfer.formats import FORMATS
from widget.transfer.report import Report

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def rows(page: str) -> set[tuple[str, ...]]:
    """The rows of all tables of a document, as tuples of cells."""
    lines = (DOCS / page).read_text().splitlines()
    return {tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in lines if line.startswith("|")}


def takes(setting: Setting) -> str:
    """What a setting takes, in the words with which it refuses all else."""
    with pytest.raises(ValueError, match=r".") as refused:
        setting.kind.parse("\0")
    return str(refused.value)


def test_every_site_setting_is_documented_as_it_is() -> None:
    documented = {row for row in rows("sites.md") if len(row) == 4}
    expected = {
        (f"`{setting.name}`", f"`{setting.default}`" if setting.default else "–", takes(setting), setting.help)
        for setting in SITE_SETTINGS
    }
    assert expected <= documented
    assert {name for name, *_ in documented if name.startswith("`")} == {name for name, *_ in expected}


def test_every_process_setting_is_documented() -> None:
    documented = {row[:2] for row in rows("settings.md")}
    expected = {(f"`{setting.name}`", f"`{setting.env}`" if setting.env else "–") for setting in PROCESS_SETTINGS}
    assert expected <= documented


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    for part, child in command.commands.items():
        yield from commands(child, f"{name} {part}")


def test_every_command_is_documented_with_its_options() -> None:
    first_cells = [row[0] for row in rows("operate.md")]
    for name, command in commands(main, "palaver"):
        found = [cell for cell in first_cells if re.match(rf"`{name}[ `]", cell)]
        assert len(found) == 1, name
        options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        assert set(re.findall(r"`(--[a-z-]+)`", found[0])) == options, name


def test_every_json_operation_is_documented() -> None:
    documented = {row for row in rows("api.md") if "/api/v1" in row[0]}
    assert documented == {(f"`{op.method} /api/v1{op.path}`", op.summary) for op in OPERATIONS}


def test_every_provider_is_documented_with_its_callback_and_scopes() -> None:
    documented = rows("providers/index.md")
    for name in PROVIDER_NAMES:
        row = known_provider(name, {})
        scopes = f"`{' '.join(row.scopes)}`"
        email, verified = ("yes" if told else "no" for told in (row.fields.email, row.verifies_email))
        assert (f"[{row.label}]({name}.md)", f"`{_callback(name)}`", scopes, email, verified) in documented


def _callback(name: str) -> str:
    """Mastodon has one for each server."""
    row = known_provider(name, {})
    return replace(row, server="SERVER").callback if row.way == "mastodon" else row.callback


@pytest.mark.parametrize("name", PROVIDER_NAMES)
def test_every_provider_has_a_page_with_its_callback_settings_and_scopes(name: str) -> None:
    page = (DOCS / "providers" / f"{name}.md").read_text()
    row = known_provider(name, {})
    assert page.startswith(f"# {row.label}\n")
    assert f"`PUBLIC_URL{_callback(name)}`" in page
    assert f"`{' '.join(row.scopes)}`: " in page
    [block] = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert tomllib.loads(block)["providers"][name].keys() == PROVIDER_KEYS[name].keys()


def test_every_field_of_the_import_report_is_documented() -> None:
    table = list(rows("import.md"))
    assert {f"`{field}`" for field in Report("wordpress").as_json()} <= {row[0] for row in table}
    named = [name for row in table if len(row) == 3 for name in re.findall("`--format ([a-z0-9-]+)`", row[1])]
    assert sorted(named) == sorted(FORMATS)


def test_every_member_of_the_export_of_an_account_is_documented() -> None:
    documented = {
        row[0].strip("`"): set(re.findall("`([a-z_]+)`", row[1])) for row in rows("account.md") if len(row) == 2
    }
    shapes: dict[str, Any] = {"comments": exporting.CommentOut, "likes": exporting.LikeOut}
    for field in msgspec.structs.fields(exporting.Head):
        shapes[field.name] = next(iter(get_args(field.type)), field.type)
    for name, shape in shapes.items():
        assert documented[name] == {field.name for field in msgspec.structs.fields(shape)}, name


def test_readme_and_index_lead_to_every_document() -> None:
    for folder in (DOCS, DOCS / "providers"):
        index = (folder / "index.md").read_text()
        pages = {page.name for page in folder.glob("*.md")} - {"index.md"}
        assert {page for page in pages if f"({page})" not in index} == set()
    assert "(providers/index.md)" in (DOCS / "index.md").read_text()
    assert "(docs/index.md)" in (ROOT / "README.md").read_text()


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_documents_name_only_files_that_are_there(page: Path) -> None:
    """A path in backticks that begins with one of our folders."""
    named = re.findall(r"`((?:widget|auth|templates|static|tests|scripts|bench|docs)/[\w./-]*)`", page.read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []
