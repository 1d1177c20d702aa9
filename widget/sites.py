"""A site and its settings: what each is called, allows, and means. The columns are in `models.sites`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from widget.errors import Invalid, NotFound
from widget.page_key import is_site_url, normalise_origin
from widget.setting_kinds import ADDRESS, BADGE, BLOCKED, ON_OFF, PROVIDERS, WORDS, Kind, number, one_of
from widget.spam.words import BadList
from widget.store.sites import Site

NAME = re.compile(r"[a-z0-9-]{1,40}")
SORTS = ("old", "new", "best")
THEMES = ("auto", "light", "dark")
LANGUAGES = ("en",)


GROUPS = {  # of settings, as they stand on the pages of `/admin/sites`
    "writing": "Writing",
    "spam": "Spam and words",
    "looks": "Looks",
    "privacy": "Privacy",
    "pages": "Pages",
    "accounts": "Own accounts",
}


class Setting(NamedTuple):
    name: str
    group: str  # of `GROUPS`
    label: str
    default: str
    help: str
    kind: Kind


FIELD = one_of("required", "optional", "hidden")

SETTINGS = (
    Setting("guests", "writing", "Guests", "on", "May people comment without signing in?", ON_OFF),
    Setting(
        "providers",
        "writing",
        "Providers",
        "",
        "With which providers people sign in to comment; empty: any that is set up.",
        PROVIDERS,
    ),
    Setting(
        "guest_name", "writing", "Guests: name", "required", "A guest's name: required, optional or hidden.", FIELD
    ),
    Setting("guest_email", "writing", "Guests: e-mail", "required", "A guest's e-mail address (never public).", FIELD),
    Setting(
        "guest_website", "writing", "Guests: website", "optional", "A guest's website, linked from the name.", FIELD
    ),
    Setting(
        "hold",
        "spam",
        "Hold",
        "none",
        "Whose comments wait for a moderator: nobody’s, new people’s, or all.",
        one_of("none", "new", "all"),
    ),
    Setting(
        "trust_after",
        "spam",
        "New until",
        "1",
        "Approved comments after which somebody is new no more, where new people are held.",
        number(1, 10),
    ),
    Setting("max_links", "spam", "Links", "2", "Links in a comment that is not held for them.", number(0, 100)),
    Setting(
        "max_copies",
        "spam",
        "Copies",
        "0",
        "Others who may write the same within a day; 10: any number.",
        number(0, 10),
    ),
    Setting(
        "min_seconds",
        "spam",
        "Seconds at the form",
        "2",
        "Seconds from opening a form to sending it; what is faster is held.",
        number(0, 60),
    ),
    Setting("words_hold", "spam", "Words to hold", "", "Words or /patterns/ that hold a comment, a line each.", WORDS),
    Setting("words_spam", "spam", "Words of spam", "", "Words or /patterns/ that make it spam, a line each.", WORDS),
    Setting(
        "words_reject",
        "spam",
        "Words to refuse",
        "",
        "Words or /patterns/ with which it is refused, a line each.",
        WORDS,
    ),
    Setting(
        "blocked",
        "spam",
        "Blocked",
        "",
        "Networks, e-mail addresses or domains, a line each: from them, and with links to them, everything is spam.",
        BLOCKED,
    ),
    Setting(
        "proof_of_work",
        "spam",
        "Proof of work",
        "off",
        "From whom a short calculation is asked: nobody, where the checks are unsure, or all who are new.",
        one_of("off", "unsure", "all"),
    ),
    Setting(
        "reports_to_hide",
        "spam",
        "Reports",
        "3",
        "Reports of readers that hold a comment; 0: none do.",
        number(0, 100),
    ),
    Setting(
        "address_days",
        "privacy",
        "Addresses",
        "30",
        "Days for which it is kept what address a comment came from.",
        number(0, 3_650),
    ),
    Setting("sort", "looks", "Order", "old", "The order readers see first: old, new or best.", one_of(*SORTS)),
    Setting(
        "votes",
        "writing",
        "Votes",
        "up",
        "up: readers like comments; both: they may dislike them, too.",
        one_of("up", "both"),
    ),
    Setting(
        "theme",
        "looks",
        "Theme",
        "auto",
        "auto (as the page or the reader's system), light or dark.",
        one_of(*THEMES),
    ),
    Setting(
        "lang", "looks", "Language", "en", "The language where neither tag nor page names one.", one_of(*LANGUAGES)
    ),
    Setting(
        "visible_depth",
        "looks",
        "Nesting",
        "5",
        "Levels of nesting that are shown; deeper replies say whom they answer.",
        number(0, 12),
    ),
    Setting("live", "looks", "Live", "on", "Do threads that are open show by themselves what others write?", ON_OFF),
    Setting(
        "badge_author",
        "looks",
        "Badge of authors",
        "Author",
        "Beside the names of the site's authors; empty: none.",
        BADGE,
    ),
    Setting(
        "badge_moderator",
        "looks",
        "Badge of moderators",
        "Moderator",
        "Beside the names of its moderators; empty: none.",
        BADGE,
    ),
    Setting(
        "badge_owner",
        "looks",
        "Badge of owners",
        "Owner",
        "Beside the names of the service's owners; empty: none.",
        BADGE,
    ),
    Setting(
        "close_after",
        "writing",
        "Closing",
        "0",
        "Days after the first comment when a page closes; 0: never.",
        number(0, 36_500),
    ),
    Setting(
        "edit_window",
        "writing",
        "Editing",
        "900",
        "Seconds in which authors may edit and delete their comment.",
        number(0, 604_800),
    ),
    Setting(
        "privacy_url",
        "privacy",
        "Privacy notice",
        "",
        "Your own page on how data is processed; empty: ours.",
        ADDRESS,
    ),
    Setting("keep_query", "pages", "Query strings", "on", "Does the query string tell pages apart?", ON_OFF),
    Setting("hash_routes", "pages", "Fragments", "off", "Do fragments like #/route tell pages apart?", ON_OFF),
    Setting("sso", "accounts", "Own accounts", "off", "May readers comment with the site's own accounts?", ON_OFF),
    Setting(
        "sso_url",
        "accounts",
        "Log-in page",
        "",
        "The site's own log-in page, offered to those who are not logged in there.",
        ADDRESS,
    ),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def parse_settings(pairs: Mapping[str, str], offered: Collection[str] = ()) -> dict[str, Any]:
    """Column values for `{setting: text}`; `offered` are the names of the providers that are set up.

    Raises `Invalid` that names every mistake at once; its `fields` stand beside what was typed, and name no setting.
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
            values[name] = setting.kind.parse(text)
        except ValueError as error:
            why = f". {error.__cause__}" if isinstance(error.__cause__, BadList) else f", not “{text}”."
            mistakes[name] = f"It takes {error}{why}"
    for provider in values.get("providers", "").split():
        if provider not in offered:
            there = ", ".join(offered) or "none yet"
            mistakes["providers"] = f"“{provider}” is no provider that is set up here; there are: {there}."
    if mistakes:
        told = [said.replace("It takes", f"“{name}” takes", 1) for name, said in mistakes.items()]
        raise Invalid(" ".join(told), code="bad_setting", fields=mistakes)
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


def badges_of(site: Site) -> dict[str, str]:
    """What the site calls each role; "" where it has no badge."""
    return {"author": site.badge_author, "moderator": site.badge_moderator, "owner": site.badge_owner}
