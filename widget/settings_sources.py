"""Where settings come from: the TOML file, the environment, the command line. Here they all become text under one flat
name, such as `port` or `providers.google.id`, together with the words that tell the owner where it was written.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from widget.settings_table import SETTINGS

DEFAULT_FILE = Path("palaver.toml")
FILE_VARIABLE = "PALAVER_CONFIG"
OIDC_FIELDS = ("issuer", "id", "secret", "label")
OIDC_NAME = r"[a-z0-9][a-z0-9-]{0,39}"
KeyNames = Mapping[str, Mapping[str, bool]]  # {provider: {key: whether it is needed}}

_OIDC_SETTING = re.compile(rf"oidc\.{OIDC_NAME}\.({'|'.join(OIDC_FIELDS)})")
_OIDC_VARIABLE = re.compile(r"PALAVER_OIDC_([A-Z0-9_]+)_([A-Z]+)")


class Given(NamedTuple):
    text: str
    where: str


class Sources(NamedTuple):
    """`given` is {flat name: Given}; problems stop the start, warnings go to the log."""

    given: dict[str, Given]
    problems: list[str]
    warnings: list[str]


def read_sources(
    path: Path | None, environ: Mapping[str, str], options: Mapping[str, str], providers: KeyNames
) -> Sources:
    """All that is set. The command line wins over the environment, that over the file, that over the default."""
    problems: list[str] = []
    warnings: list[str] = []
    given = {setting.name: Given(setting.default, setting.name) for setting in SETTINGS}
    given |= _from_file(path, environ, providers, problems)
    given |= _from_environment(environ, providers, warnings)
    given |= {name: Given(text, f"--{name.replace('_', '-')}") for name, text in options.items()}
    return Sources(given, problems, warnings)


def _from_file(
    path: Path | None, environ: Mapping[str, str], providers: KeyNames, problems: list[str]
) -> dict[str, Given]:
    named = path or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
    file = named or DEFAULT_FILE
    if named is None and not file.exists():
        return {}
    given = {}
    names = [setting.name for setting in SETTINGS] + _key_settings(providers)
    for name, value in _flatten(_read_toml(file, problems)):
        if name not in names and not _OIDC_SETTING.fullmatch(name):
            problems.append(f"{file}: there is no setting “{name}”{_nearest(name, names)}")
        elif (text := _as_text(value)) is None:
            problems.append(f"{file}: {name} takes a text, a number, true or false, or a list of texts.")
        else:
            given[name] = Given(text, f"{file}: {name}")
    return given


def _read_toml(file: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{file}: the file cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        problems.append(f"{file}: the file is not UTF-8 text.")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        # Only the place: the message may quote what stands there.
        place = re.search(r"\(at .*\)$", str(error))
        problems.append(f"{file}: the file is not TOML {place[0] if place else ''}".rstrip() + ".")
    return {}


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict) and prefix.count(".") < 2:
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    return None


def _from_environment(environ: Mapping[str, str], providers: KeyNames, warnings: list[str]) -> dict[str, Given]:
    known = {setting.env: setting.name for setting in SETTINGS if setting.env} | {
        f"PALAVER_PROVIDER_{_upper(name.removeprefix('providers.'))}": name for name in _key_settings(providers)
    }
    given = {}
    for variable, text in sorted(environ.items()):
        if not variable.startswith("PALAVER_") or variable == FILE_VARIABLE:
            continue
        name = known.get(variable) or _oidc_setting(variable)
        if name is None:  # orchestrators set variables of their own beside a service of this name
            warnings.append(f"{variable} is no setting and was ignored{_nearest(variable, known)}")
        elif text:  # an empty variable is one that is not set
            given[name] = Given(text, variable)
    return given


def _key_settings(providers: KeyNames) -> list[str]:
    return [f"providers.{name}.{key}" for name, keys in providers.items() for key in keys]


def _oidc_setting(variable: str) -> str | None:
    """`PALAVER_OIDC_MY_HOUSE_ID` → `oidc.my-house.id`."""
    match = _OIDC_VARIABLE.fullmatch(variable)
    name = f"oidc.{match[1].lower().replace('_', '-')}.{match[2].lower()}" if match else ""
    return name if _OIDC_SETTING.fullmatch(name) else None


def _upper(name: str) -> str:
    return name.upper().replace("-", "_").replace(".", "_")


def _nearest(name: str, names: Collection[str]) -> str:
    near = difflib.get_close_matches(name, names, 1)
    return f"; did you mean {near[0]}?" if near else "."
