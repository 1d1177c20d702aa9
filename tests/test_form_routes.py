"""Who may do what by the forms of the service's own pages: every route that changes something, asked by the whole cast.

The forms of a thread and the JSON interface are in `test_policy.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest
from starlette.routing import Route

from tests.admin.desk import Member, add_member
from tests.moderation.acting import Moderator, row_of
from tests.support.accounts import Providers, running_providers
from tests.support.html import Reader
from tests.support.service import BLOG, GUEST, HOME, PAGE, Clock, World, open_world
from widget import ids
from widget.core import Actor
from widget.moderation import owners
from widget.moderation.configuring import fingerprint
from widget.sites import GROUPS, SETTINGS
from widget.store import people

OURS = {"Origin": HOME, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
FOREIGN = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
_numbers = itertools.count()


class Cast(NamedTuple):
    """Browsers with first-party sessions."""

    alice: Reader  # writes
    bob: Reader  # moderates blog
    charlie: Reader  # moderates shop
    eve: Reader  # is banned from blog
    dora: Reader  # another reader
    guest: Reader
    nobody: Reader
    olga: Member  # owns the service


class Form(NamedTuple):
    """A route and what is sent to it; names in braces are those of `Subjects`."""

    path: str  # as it stands in the table of routes
    fields: Mapping[str, str]
    place: Mapping[str, str] = MappingProxyType({})  # what the path's own names are, other than of the blog

    @property
    def uses_up(self) -> bool:
        """Whether what it is about is not there for the next person."""
        return any(
            name in text for text in self.fields.values() for name in ("{deed}", "{link}", "{other}", "{number}")
        )


def _do(path: str, *deeds: str, place: Mapping[str, str] = MappingProxyType({}), **fields: str) -> dict[str, Form]:
    return {f"{path} {deed.partition(' ')[0]}": Form(path, {"do": deed, **fields}, place) for deed in deeds}


def _settings(group: str) -> Form:
    """One setting of the group, as it is for a new site."""
    setting = next(setting for setting in SETTINGS if setting.group == group)
    return Form(GROUP, {"do": "save", setting.name: setting.default, "seen": "{seen}"}, {"group": group})


COMMENT, PERSON, AT_PAGE = "/admin/comments/{site}/{id}", "/admin/people/{site}/{id}", "/admin/pages/{site}/{id}"
SITE, GROUP = "/admin/sites/{site}", "/admin/sites/{site}/{group}"
IMPORTS, AT_IMPORT = "/admin/sites/{site}/imports", "/admin/sites/{site}/imports/{id}"
FORMS: dict[str, Form] = {
    **_do("/admin", "approve blog.{comment}.", "undo blog.{deed}"),
    **_do(COMMENT, "hold blog.{comment}.", place={"id": "{comment}"}),
    **_do(PERSON, "ban", place={"id": "{person}"}, until="7", reason="Pills."),
    **_do(PERSON, "unban", "shadow", "trust", "untrust", "note", "reject_all", place={"id": "{person}"}),
    **_do(PERSON, "role", place={"id": "{member}"}, role="moderator"),
    **_do("/admin/pages/alike", "differ blog.{page}.{other}"),
    **_do(AT_PAGE, "lock", "unlock", "merge {other}", f"move {BLOG}/moved-{{number}}", place={"id": "{page}"}),
    **_do(AT_PAGE, "close", place={"id": "{page}"}, when="days", days="7"),
    **_do(AT_PAGE, "title", place={"id": "{page}"}, title="Bread"),
    **_do("/admin/sites", "add", name="new-{number}", origins="https://new-{number}.example"),
    **_do(SITE, "key", "new_key"),
    **_do(SITE, "origins", origins=BLOG, seen="{seen}"),
    **_do(SITE, "rename", name="blog"),
    **_do(SITE, "remove", typed="not its name"),
    **{f"{GROUP} {group}": _settings(group) for group in GROUPS},
    IMPORTS: Form(IMPORTS, {"do": "send"}),
    AT_IMPORT: Form(AT_IMPORT, {"do": "stop"}, {"id": "{page}"}),
    **_do("/admin/log", "undo blog.{deed}"),
    "/admin/doctor": Form("/admin/doctor", {"url": "https://elsewhere.example/"}),
    "/admin/link": Form("/admin/link", {"t": "{link}", "name": "Nadia {number}"}),
    "/report/{site}/{id}": Form("/report/{site}/{id}", {"reason": "spam", "note": "{number}"}, {"id": "{comment}"}),
    "/account": Form("/account", {"action": "end_others"}),
    "/account/erase": Form("/account/erase", {"sure": "no"}),
    "/auth/{provider}/start": Form("/auth/{provider}/start", {"site": "blog", "url": PAGE}),
    "/auth/{provider}/callback": Form("/auth/{provider}/callback", {"code": "x", "state": "nothing"}),
    **{f"/auth/{name}": Form(f"/auth/{name}", {"site": "blog"}) for name in ("window", "redeem", "cancel", "logout")},
    "/auth/sso": Form("/auth/sso", {"site": "blog", "token": "nothing"}),
    "/auth/mastodon/server": Form("/auth/mastodon/server", {"server": "social.example"}),
}


def _rows(row: tuple[int, ...], *names: str) -> dict[str, tuple[int, ...]]:
    return dict.fromkeys(names, row)


def _of(path: str) -> list[str]:
    return [name for name, form in FORMS.items() if form.path == path]


# Charlie is told of no site that he does not look after; 200 is a page that shows what there is to see once.
#                  alice bob charlie eve dora guest nobody olga
ROWS = {
    **_rows((403, 303, 403, 403, 403, 403, 403, 303), *_of("/admin"), *_of("/admin/log"), *_of("/admin/pages/alike")),
    **_rows((403, 303, 404, 403, 403, 403, 403, 303), *_of(COMMENT), *_of(PERSON), *_of(AT_PAGE)),
    **_rows((403, 303, 404, 403, 403, 403, 403, 303), *_of(GROUP)),
    **_rows((403, 403, 404, 403, 403, 403, 403, 303), f"{PERSON} role", f"{SITE} origins", f"{SITE} rename"),
    **_rows((403, 403, 404, 403, 403, 403, 403, 303), *(f"{GROUP} {group}" for group in GROUPS if group != "spam")),
    **_rows((403, 403, 404, 403, 403, 403, 403, 200), f"{SITE} key", f"{SITE} new_key"),
    **_rows((403, 403, 404, 403, 403, 403, 403, 422), f"{SITE} remove"),  # the name that was typed is another
    **_rows((403, 403, 404, 403, 403, 403, 403, 415), IMPORTS),  # a form that can bring no file
    **_rows((403, 403, 404, 403, 403, 403, 403, 404), AT_IMPORT),  # there is none
    **_rows((403, 403, 403, 403, 403, 403, 403, 303), "/admin/sites add"),
    **_rows((403, 422, 422, 403, 403, 403, 403, 422), "/admin/doctor"),  # the page is of nobody's site
    **_rows((303, 303, 303, 303, 303, 303, 303, 303), "/admin/link"),  # whoever has the address
    **_rows((303, 303, 303, 403, 303, 303, 303, 303), "/report/{site}/{id}"),
    **_rows((303, 303, 303, 303, 303, 403, 403, 303), "/account"),
    **_rows((422, 422, 422, 422, 422, 403, 403, 422), "/account/erase"),  # nobody said that they are sure
    # Signing in: who asks does not matter, but what they bring.
    **_rows((303,) * 8, "/auth/{provider}/start", "/auth/{provider}/callback", "/auth/window", "/auth/mastodon/server"),
    **_rows((400,) * 8, "/auth/redeem", "/auth/cancel"),
    **_rows((403,) * 8, "/auth/sso"),
    **_rows((200,) * 8, "/auth/logout"),
}


@pytest.fixture(scope="module")
async def providers() -> AsyncIterator[Providers]:
    async with running_providers() as running:
        yield running


@pytest.fixture
async def world(database_url: str, clock: Clock, providers: Providers, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(database_url, clock, extend=providers.extend, import_folder=str(tmp_path)) as opened:
        yield opened


@pytest.fixture
async def cast(world: World) -> Cast:
    alice, dora, eve = [await add_member(world, name) for name in ("Alice", "Dora", "Eve")]
    until = world.clock() + 10**12
    await world.db.write(people.set_standing, world.blog.id, eve.person_id, banned_until=until)
    return Cast(
        alice,
        await add_member(world, "Bob", world.blog),
        await add_member(world, "Charlie", world.shop),
        eve,
        dora,
        await add_member(world, "Gwen", kind="guest"),
        Reader(world.client),
        await add_member(world, "Olga", owner=True),
    )


class Subjects(NamedTuple):
    """What forms are about, as they name it; nobody needs it afterwards."""

    comment: str
    person: str
    member: str
    page: str
    other: str
    deed: str
    link: str
    number: str


async def subjects(world: World, olga: Moderator) -> Subjects:
    number = next(_numbers)
    word = str(number).translate(str.maketrans("0123456789", "abcdefghij"))  # texts of other numbers are copies
    one, other = [
        await world.post(f"{word} {name}.", url=f"{BLOG}/{name}-{number}", guest={**GUEST, "name": f"Sam {number}"})
        for name in ("one", "other")
    ]
    row, near = await row_of(world, one), await row_of(world, other)
    held = await olga.decide("hold", other)
    return Subjects(
        comment=one["id"],
        person=ids.encode(row.person_id or 0),
        member=ids.encode(await _known_member(world, number)),
        page=ids.encode(row.page_id),
        other=ids.encode(near.page_id),
        deed=held.batch or "",
        link=(await owners.make_link(world.db, HOME)).partition("t=")[2],
        number=str(number),
    )


async def _known_member(world: World, number: int) -> int:
    """Somebody who signed in, and of whom the site knows something."""
    member = await add_member(world, f"Mel {number}")
    await world.db.write(people.set_standing, world.blog.id, member.person_id, note="Kind.")
    return member.person_id


async def send(world: World, who: Reader, form: Form, about: Subjects, headers: Mapping[str, str] = OURS) -> int:
    """The status of the answer, with no redirection followed."""
    shown = [name for name in form.fields if hasattr(world.blog, name)]
    given = {**about._asdict(), "seen": fingerprint(world.blog, shown)}
    names = {"site": "blog", "provider": "forge", **{name: each.format(**given) for name, each in form.place.items()}}
    fields = {name: value.format(**given) for name, value in form.fields.items()}
    cookie = "; ".join(f"{name}={value}" for name, value in who.cookies.items())
    sent = {**headers, "Cookie": cookie} if cookie else dict(headers)
    answer = await world.client.post(form.path.format(**names), data=fields, headers=sent)
    return answer.status_code


def test_table_has_every_form_of_our_own_pages(world: World) -> None:
    routes = [route for route in world.app.starlette.routes if isinstance(route, Route)]
    changing = {route.path for route in routes if (route.methods or set()) - {"GET", "HEAD"}}
    own = {path for path in changing if not path.startswith(("/api/", "/embed/", "/thread/"))}
    assert own == {form.path for form in FORMS.values()}
    assert ROWS.keys() == FORMS.keys()


async def test_everybody_may_do_what_the_table_says(world: World, cast: Cast) -> None:
    olga = Moderator(world, Actor(cast.olga.person_id, "demo", ""))
    asked = {}
    for name, form in FORMS.items():
        about = [await subjects(world, olga)] * len(cast)
        if form.uses_up:
            about = [await subjects(world, olga) for _ in cast]
        asked[name] = tuple([await send(world, who, form, each) for who, each in zip(cast, about, strict=True)])
    assert asked == ROWS


async def test_form_of_another_origin_changes_nothing(world: World, cast: Cast) -> None:
    about = await subjects(world, Moderator(world, Actor(cast.olga.person_id, "demo", "")))
    asked = {name: await send(world, cast.olga, form, about, FOREIGN) for name, form in FORMS.items()}
    # A window opens wherever its form stands, and says there that it is refused; a provider answers by such a form.
    elsewhere = {"/auth/{provider}/start": 303, "/auth/{provider}/callback": 303}
    assert asked == {name: elsewhere.get(name, 403) for name in FORMS}
