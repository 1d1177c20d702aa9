"""What a guest tells of themselves, checked against what the site asks for: pure."""

from __future__ import annotations

from typing import NamedTuple

from widget.errors import Invalid
from widget.names import clean_email, clean_name, clean_url
from widget.store.people import Person
from widget.store.sites import Site

ANONYMOUS = "Guest"


class Guest(NamedTuple):
    name: str
    email: str
    website: str


def check_guest(site: Site, guest: Guest | None, person: Person | None) -> Guest:
    """The fields as they will be kept; a guest who returns and says nothing stays who they were.

    Raises `Invalid` with a sentence for each field that is missing or bad.
    """
    if guest is None and person is not None:
        return Guest(person.name, person.email, person.url)
    given = guest or Guest("", "", "")
    mistakes: dict[str, str] = {}
    name = clean_name(given.name)
    email = clean_email(given.email) or ""
    if person is not None and not given.email.strip():
        email = person.email  # never shown, so a guest who returns need not repeat it
    website = clean_url(given.website) or ""
    if site.guest_name == "required" and not name:
        mistakes["name"] = "Please tell your name."
    if given.email.strip() and not email:
        mistakes["email"] = "That is not an e-mail address."
    elif site.guest_email == "required" and not email:
        mistakes["email"] = "Please tell your e-mail address; it is never made public."
    if given.website.strip() and not website:
        mistakes["website"] = "A website begins with https:// or http://."
    elif site.guest_website == "required" and not website:
        mistakes["website"] = "Please tell your website."
    if mistakes:
        raise Invalid(" ".join(mistakes.values()), code="bad_guest", fields=mistakes)
    return Guest(
        name if site.guest_name != "hidden" and name else ANONYMOUS,
        email if site.guest_email != "hidden" else "",
        website if site.guest_website != "hidden" else "",
    )


def author_of(person: Person | None) -> Guest:
    """What a person is known by, in the words of a guest."""
    return Guest(person.name, person.email, person.url) if person else Guest("", "", "")
