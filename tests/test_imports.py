"""Imports go downwards only, and what belongs to one place stays there (docs/architecture.md)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

import auth

ROOT = Path(__file__).parent.parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("widget", "auth")
    for path in (ROOT / package).rglob("*.py")
}
# From the top; a folder stands for all that is in it.
LAYERS = {
    "commands": "cli commands",
    "demo": "demo",
    "application": "app server",
    "routes": "routes",
    "handlers": "handlers",
    "answers": "account_page admin_views api assets backup cache doctor encodings fast_path html labels latest live "
    "logs news openapi operations preview render service sharing site_directory tools transfer view_tree views",
    "verbs": "account asking avatars comments core erasing exporting joining learning likes moderation moving "
    "page_verbs pages pending people_verbs posting proving reporting retention screening site_verbs threads written",
    "pure": "blocks counted cursors documents faces former_accounts guests limits links mapping names page_key "
    "page_likeness pictures policy setting_kinds site_keys sites spam text tree",
    "store": "store",
    "models": "migrate migrations models",
    "base": "background batch db errors events ids key_file looks mail mail_settings public_http resources settings "
    "settings_providers settings_sources settings_table sqlite url_parts",
}
HEIGHTS = {name: -depth for depth, names in enumerate(LAYERS.values()) for name in names.split()}
WITH_SQL = r"widget\.(db|migrate|migrations|models|sqlite|store)(\..+)?"
WITH_REQUESTS = r"auth(\..+)?|widget\.handlers\..+|widget\.demo\.(blog|provider)"  # the demo's own handlers
MAX_LINES = 300
MAX_HANDLER = 30


def imported(path: Path) -> Iterator[str]:
    """Everything that a module imports, also late and for its types: `package.module.name`, or a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, node.lineno
            assert not node.level, f"{path} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(name: str) -> str | None:
    """Which module of ours holds what was imported."""
    return next((known for known in (name, name.rpartition(".")[0]) if known in MODULES), None)


def modules_of(path: Path) -> set[str]:
    return {module for name in imported(path) if (module := module_of(name))}


def height(module: str) -> int:
    """Rises from layer to layer; a module that stands in none has to be given its place in the table."""
    name = module.split(".")[1]
    assert name in HEIGHTS, f"{module} is in no layer"
    return HEIGHTS[name]


def importers(pattern: str) -> set[str]:
    """The modules that import something whose name begins with `pattern`."""
    return {name for name, path in MODULES.items() if any(re.match(pattern, found) for found in imported(path))}


def test_no_module_imports_upwards() -> None:
    service = {name: path for name, path in MODULES.items() if name.startswith("widget.")}
    upwards = [
        f"{name} imports {other}"
        for name, path in service.items()
        for other in modules_of(path)
        if other.startswith("widget.") and height(other) > height(name)
    ]
    assert upwards == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    order = TopologicalSorter({name: modules_of(path) - {name} for name, path in MODULES.items()})
    assert len(list(order.static_order())) == len(MODULES)


def test_auth_never_imports_the_widget() -> None:
    assert {name for name in importers(r"widget\b") if name.startswith("auth")} == set()


def test_widget_takes_only_the_public_names_of_auth() -> None:
    public = {f"auth.{name}" for name in auth.__all__}
    taken = {name for module, path in MODULES.items() if module.startswith("widget") for name in imported(path)}
    assert {name for name in taken if re.match(r"auth\b", name)} <= public


def test_sql_stands_in_the_store_alone() -> None:
    assert [
        name for name in importers(r"(sqlalchemy|sqlite3|asyncpg|alembic)\b") if not re.fullmatch(WITH_SQL, name)
    ] == []
    speaking = {name for name, path in MODULES.items() if "exec_driver_sql" in path.read_text()}
    assert [name for name in speaking if not re.fullmatch(WITH_SQL, name)] == []


def test_requests_are_seen_by_handlers_alone() -> None:
    found = importers(r"starlette\.requests\b")
    assert [name for name in found if not re.fullmatch(WITH_REQUESTS, name)] == []


@pytest.mark.parametrize("package", ["widget", "auth"])
def test_every_module_is_short(package: str) -> None:
    lengths = {name: len(path.read_text().splitlines()) for name, path in MODULES.items() if name.startswith(package)}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_every_handler_is_short() -> None:
    handlers = [path for name, path in MODULES.items() if name.startswith("widget.handlers.")]
    nodes = chain.from_iterable(ast.walk(ast.parse(path.read_text())) for path in handlers)
    lengths = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > MAX_HANDLER} == {}


@pytest.mark.parametrize("package", ["widget", "auth"])
def test_index_names_only_files_that_are_there(package: str) -> None:
    index = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text())) or ""
    named = re.findall(r"(?:\.\./)?[\w/]+(?:\.(?:py|css|js)|/)(?!\w)", index)
    assert len(named) > 10
    assert [path for path in named if not (ROOT / package / path).exists()] == []
