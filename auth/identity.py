"""Who a provider says somebody is, read from its answer by the row's templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

MAX_SUBJECT_LENGTH = 255  # OpenID Connect Core, 2: "sub"
_PLACE = re.compile(r"\{([^{}]+)\}")
_WEB = re.compile(r"https?://[!-~]{1,2000}")


class Fields(NamedTuple):
    """Where an answer holds what. Each is a list of templates, the first that can be filled counts.

    "{data.name}" is the member `name` of the member `data`, "{data.0}" the first of a list `data`; a name that itself
    holds dots is found as it is (Slack). A template with an empty place is passed over.
    """

    subject: tuple[str, ...] = ("{sub}",)
    name: tuple[str, ...] = ("{name}", "{given_name} {family_name}", "{given_name}", "{preferred_username}")
    username: tuple[str, ...] = ("{preferred_username}",)
    email: tuple[str, ...] = ("{email}",)
    email_verified: str = "email_verified"  # one path
    avatar: tuple[str, ...] = ("{picture}",)
    profile: tuple[str, ...] = ("{profile}",)


class Identity(NamedTuple):
    """Issuer and subject say who; all else is as the provider or the person typed it. None: not told."""

    issuer: str
    subject: str
    name: str | None
    username: str | None
    email: str | None
    email_verified: bool | None  # the provider's word; only a provider's row says what that is worth
    avatar: str | None
    profile: str | None


def read_identity(issuer: str, fields: Fields, answer: Mapping[str, Any]) -> Identity | None:
    """The identity, or None where the answer does not say who it is."""
    subject = _fill(fields.subject, answer)
    if subject is None or len(subject) > MAX_SUBJECT_LENGTH or not subject.isprintable():
        return None
    return Identity(
        issuer=issuer,
        subject=subject,
        name=_fill(fields.name, answer),
        username=_fill(fields.username, answer),
        email=_fill(fields.email, answer),
        email_verified=_flag(fields.email_verified, answer),
        avatar=_web(_fill(fields.avatar, answer)),
        profile=_web(_fill(fields.profile, answer)),
    )


def _fill(templates: tuple[str, ...], answer: Mapping[str, Any]) -> str | None:
    return next((text for template in templates if (text := _fill_one(template, answer))), None)


def _fill_one(template: str, answer: Mapping[str, Any]) -> str:
    values = {place: _text(_find(answer, place)) for place in _PLACE.findall(template)}
    return _PLACE.sub(lambda match: values[match[1]], template) if all(values.values()) else ""


def _find(answer: Any, path: str) -> Any:
    if path in answer:
        return answer[path]
    for key in path.split("."):
        answer = _member(answer, key)
    return answer


def _member(value: Any, key: str) -> Any:
    if isinstance(value, list):
        return value[int(key)] if key.isdecimal() and int(key) < len(value) else None
    return value.get(key) if isinstance(value, Mapping) else None


def _text(value: Any) -> str:
    """Subjects are text however they look, so integers become text; what is neither counts as absent."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if value.bit_length() <= 128 else ""
    return value if isinstance(value, str) and value.strip() else ""


def _flag(path: str, answer: Mapping[str, Any]) -> bool | None:
    """Some providers write the flag as text; GitLab gives the date of the confirmation."""
    value = _find(answer, path)
    if isinstance(value, str):
        return value == "true" or re.match(r"\d{4}-\d\d-\d\dT", value) is not None
    return value if isinstance(value, bool) else None


def _web(address: str | None) -> str | None:
    return address if address is not None and _WEB.fullmatch(address) else None
