"""A site and its settings: what each is called, allows, and means. The columns are in `models.sites`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from widget.errors import Invalid, NotFound
from widget.page_key import is_site_url, normalise_origin
from widget.spam import addresses, words
from widget.spam.words import BadList

NAME = re.compile(r"[a-z0-9-]{1,40}")
SORTS = ("old", "new", "best")
THEMES = ("auto", "light", "dark")
LANGUAGES = ("en",)
HOLDS = ("none", "new", "all")
FIELD_CHOICES = ("required", "optional", "hidden")


class Setting(NamedTuple):
    name: str
    default: str
    help: str
    parse: Callable[[str], Any]


def _choice(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return value

    return parse


def _flag(value: str) -> bool:
    if value not in ("on", "off"):
        raise ValueError("on or off")
    return value == "on"


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(value)

    return parse


def _list(takes: str, check: Callable[[str], Sequence[str]]) -> Callable[[str], str]:
    def parse(value: str) -> str:
        try:
            return "\n".join(check(value))
        except BadList as error:
            raise ValueError(takes) from error

    return parse


_words = _list("words or /patterns/, a line each", words.check_list)
_blocked = _list("networks, e-mail addresses or domains, a line each", addresses.check_list)


def _providers(value: str) -> str:
    names = value.replace(",", " ").split()
    if not all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name) for name in names):
        raise ValueError("names of providers")
    return " ".join(dict.fromkeys(names))


def _address(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s\"<>\\]{1,1900}", value):
        raise ValueError("an http or https address, or nothing")
    return value


SETTINGS = (
    Setting("guests", "on", "May people comment without signing in?", _flag),
    Setting("providers", "", "With which providers people sign in to comment; empty: any that is set up.", _providers),
    Setting("guest_name", "required", "A guest's name: required, optional or hidden.", _choice(*FIELD_CHOICES)),
    Setting("guest_email", "required", "A guest's e-mail address (never public).", _choice(*FIELD_CHOICES)),
    Setting("guest_website", "optional", "A guest's website, linked from the name.", _choice(*FIELD_CHOICES)),
    Setting("hold", "none", "Whose comments wait for a moderator: nobody’s, new people’s, or all.", _choice(*HOLDS)),
    Setting(
        "trust_after", "1", "With `hold=new`: approved comments after which somebody is new no more.", _number(1, 10)
    ),
    Setting("max_links", "2", "Links in a comment that is not held for them.", _number(0, 100)),
    Setting("max_copies", "0", "Others who may write the same within a day; 10: any number.", _number(0, 10)),
    Setting("min_seconds", "2", "Seconds from opening a form to sending it; what is faster is held.", _number(0, 60)),
    Setting("words_hold", "", "Words that hold a comment.", _words),
    Setting("words_spam", "", "Words that make it spam.", _words),
    Setting("words_reject", "", "Words with which it is refused.", _words),
    Setting("blocked", "", "From whom, and with links to whom, everything is spam.", _blocked),
    Setting("reports_to_hide", "3", "Reports of readers that hold a comment; 0: none do.", _number(0, 100)),
    Setting("address_days", "30", "Days for which it is kept what address a comment came from.", _number(0, 3_650)),
    Setting("sort", "old", "The order readers see first: old, new or best.", _choice(*SORTS)),
    Setting("theme", "auto", "auto (as the page or the reader's system), light or dark.", _choice(*THEMES)),
    Setting("lang", "en", "The language where neither tag nor page names one.", _choice(*LANGUAGES)),
    Setting(
        "visible_depth", "5", "Levels of nesting that are shown; deeper replies say whom they answer.", _number(0, 12)
    ),
    Setting("close_after", "0", "Days after the first comment when a page closes; 0: never.", _number(0, 36_500)),
    Setting("edit_window", "900", "Seconds in which authors may edit and delete their comment.", _number(0, 604_800)),
    Setting("privacy_url", "", "Your own page on how data is processed; empty: ours.", _address),
    Setting("keep_query", "on", "Does the query string tell pages apart?", _flag),
    Setting("hash_routes", "off", "Do fragments like #/route tell pages apart?", _flag),
    Setting("sso", "off", "May readers comment with the site's own accounts?", _flag),
    Setting("sso_url", "", "The site's own log-in page, offered to those who are not logged in there.", _address),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def parse_settings(pairs: Mapping[str, str], offered: Collection[str] = ()) -> dict[str, Any]:
    """Column values for `{setting: text}`; `offered` are the names of the providers that are set up.

    Raises `Invalid` that names every mistake at once.
    """
    values: dict[str, Any] = {}
    mistakes: dict[str, str] = {}
    for name, text in pairs.items():
        setting = _BY_NAME.get(name)
        if setting is None:
            nearest = difflib.get_close_matches(name, _BY_NAME, 1)
            hint = f"; did you mean {nearest[0]}?" if nearest else f"; there are: {', '.join(_BY_NAME)}."
            mistakes[name] = f"There is no site setting “{name}”{hint}"
            continue
        try:
            values[name] = setting.parse(text)
        except ValueError as error:
            why = f". {error.__cause__}" if isinstance(error.__cause__, BadList) else f", not “{text}”."
            mistakes[name] = f"“{name}” takes {error}{why}"
    for provider in values.get("providers", "").split():
        if provider not in offered:
            there = ", ".join(offered) or "none yet"
            mistakes["providers"] = f"“{provider}” is no provider that is set up here; there are: {there}."
    if mistakes:
        raise Invalid(" ".join(mistakes.values()), code="bad_setting", fields=mistakes)
    return values


def check_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise Invalid("A site's name has 1 to 40 characters of a to z, 0 to 9 and “-”.", code="bad_site_name")
    return name


def check_origins(origins: Sequence[str], own_origin: str | None) -> tuple[str, ...]:
    """Normalised, in order, each once. Our own origin is refused: its pages would frame the widget first-party."""
    normal = tuple(dict.fromkeys(normalise_origin(origin) for origin in origins))
    if own_origin is not None and is_site_url(own_origin, normal):
        raise Invalid(f"{own_origin} is the comment service itself; no site may list it.", code="own_origin")
    return normal


def unknown_site() -> NotFound:
    return NotFound("There is no such site here. Check the “data-site” of the tag.", code="unknown_site")
