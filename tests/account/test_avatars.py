"""Pictures of people: where they come from, how they are served, and when they go."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from starlette.responses import RedirectResponse, Response

from tests.support.accounts import PICTURES, Person, Providers
from tests.support.html import Html
from tests.support.images import bomb, picture
from tests.support.service import PAGE, Clock, World, open_world
from widget import models
from widget.db import Tx

NewPerson = Callable[[], Person]
ANN = f"{PICTURES}/ann.png"
USE = "Use my picture from Forge"


@pytest.fixture(autouse=True)
def host(providers: Providers) -> None:
    providers.pictures["/ann.png"] = Response(picture(), media_type="image/png")


async def shown(world: World) -> str | None:
    """The address of the picture beside the one comment of the page, as everybody gets it."""
    document = await world.client.get("/embed/blog", params={"url": PAGE})
    found = Html(document.text).all(".//article/header/img")
    return found[0].get("src") if found else None


async def kept(world: World) -> list[str]:
    def read(tx: Tx) -> list[str]:
        return list(tx.conn.execute(sa.select(models.avatars.c.hash)).scalars())

    found: list[str] = await world.db.read(read)
    return found


async def settled(world: World) -> None:
    """What is fetched after an answer has come, or has not."""
    await world.app.service.pictures.settled()


async def test_picture_comes_by_itself_after_the_first_sign_in(
    person: Person, world: World, providers: Providers
) -> None:
    await person.sign_in("ann", picture=ANN)
    await person.comment()
    await settled(world)
    address = await shown(world)
    assert address is not None
    assert re.fullmatch(r"/avatar/[0-9a-f]{32}\.webp", address)
    assert providers.asked == ["/ann.png"]
    assert (await world.thread())["comments"][0]["author"]["avatar"] == address
    await person.sign_in("ann", picture=ANN)
    await settled(world)
    assert providers.asked == ["/ann.png"], "fetched once"


async def test_picture_is_served_by_us_for_ever_and_to_our_own_pages(person: Person, world: World) -> None:
    await person.sign_in("ann", picture=ANN)
    await settled(world)
    await person.comment()
    answer = await world.client.get(await shown(world) or "")
    image = Image.open(BytesIO(answer.content))
    assert (image.format, image.size) == ("WEBP", (144, 144))
    expected = {
        "content-type": "image/webp",
        "cache-control": "public, max-age=31536000, immutable",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
    }
    assert {name: answer.headers[name] for name in expected} == expected


@pytest.mark.parametrize("name", ["0" * 32, "..%2f..%2fetc", "x", "0" * 31 + "G"])
async def test_picture_that_is_none_is_not_found(world: World, name: str) -> None:
    answer = await world.client.get(f"/avatar/{name}.webp")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


async def test_person_has_it_drawn_and_fetches_it_again(person: Person, world: World, providers: Providers) -> None:
    await person.sign_in("ann", picture=ANN)
    await settled(world)
    await person.comment()
    first = await shown(world)
    await person.account()
    await person.choose("Draw my picture from my name")
    assert person.notice == "Your picture is changed."
    assert (await shown(world), await kept(world)) == (None, [])
    providers.pictures["/ann.png"] = Response(picture(colour="green"), media_type="image/png")
    await person.choose(USE)
    assert person.notice == "Your picture is changed."
    second = await shown(world)
    assert second not in (None, first)
    assert [f"/avatar/{each}.webp" for each in await kept(world)] == [second]
    await person.choose(USE)
    assert await shown(world) == second


async def test_two_people_with_the_same_picture_do_not_share_it(
    person: Person, new_person: NewPerson, world: World
) -> None:
    other = new_person()
    await other.sign_in("bea", picture=ANN)
    await person.sign_in("ann", picture=ANN)
    await settled(world)
    assert len(await kept(world)) == 2
    await other.account()
    await other.choose("Draw my picture from my name")
    assert len(await kept(world)) == 1
    await person.comment()
    assert await shown(world) is not None


async def test_picture_goes_with_the_account_it_is_joined_from(
    person: Person, new_person: NewPerson, world: World
) -> None:
    other = new_person()
    await other.sign_in("bea", "mill", picture=ANN)
    await settled(world)
    await person.sign_in("ann", picture=ANN)
    await settled(world)
    await person.link("bea", "mill")
    await person.choose("Join them")
    assert len(await kept(world)) == 1


HOSTILE: dict[str, Response] = {
    "svg": Response(b"<svg xmlns='http://www.w3.org/2000/svg'/>", media_type="image/svg+xml"),
    "html": Response(b"<script>alert(1)</script>", media_type="image/png"),
    "bomb": Response(bomb(), media_type="image/png"),
    "truncated": Response(picture()[:80], media_type="image/png"),
    "too many bytes": Response(picture() + b"\0" * 2 * 1024 * 1024, media_type="image/png"),
    "missing": Response(status_code=404),
    "compressed": Response(picture(), headers={"Content-Encoding": "gzip"}),
    "inside": RedirectResponse("http://127.0.0.1/inside.png"),
    "metadata": RedirectResponse("http://169.254.169.254/latest/meta-data"),
    "file": RedirectResponse("file:///etc/passwd"),
    "endless": RedirectResponse(ANN),
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_host_gives_no_picture(person: Person, world: World, providers: Providers, kind: str) -> None:
    providers.pictures["/ann.png"] = HOSTILE[kind]
    await person.sign_in("ann", picture=ANN)
    await settled(world)
    await person.account()
    await person.choose(USE)
    assert person.answer.status_code == 422
    assert person.alert in {
        "That is not a picture that can be used here.",
        "That picture is too large.",
        "That picture could not be fetched. Please try again later.",
    }
    assert await kept(world) == []
    assert "/inside.png" not in providers.asked


async def test_address_inside_our_network_is_never_asked(person: Person, world: World, providers: Providers) -> None:
    for address in (
        f"{providers.origin}/ann.png",
        "http://localhost:8000/account",
        "http://[::1]/ann.png",
        "http://169.254.169.254/latest/meta-data",
        "http://ann@example.org/ann.png",
    ):
        await person.sign_in("ann", picture=address)
        await settled(world)
        await person.choose(USE)
        assert person.alert == "That picture could not be fetched. Please try again later."
    assert (providers.asked, await kept(world)) == ([], [])


async def test_address_that_is_none_is_not_offered(person: Person) -> None:
    for address in ("javascript:alert(1)", "data:image/png;base64,AAAA", "ftp://pictures.example/ann.png", ""):
        page = await person.sign_in("ann", picture=address)
        assert USE not in page.text(".//body")


async def test_failed_fetch_is_logged_without_its_address(
    person: Person, world: World, providers: Providers, caplog: pytest.LogCaptureFixture
) -> None:
    providers.pictures.clear()
    with caplog.at_level("INFO", logger="palaver"):
        await person.sign_in("ann", picture=ANN)
        await settled(world)
    told = [record.getMessage() for record in caplog.records if record.name == "palaver.avatars"]
    assert told == ["no picture of somebody new: picture_unreachable"]
    assert "ann.png" not in caplog.text


async def test_person_fetches_only_so_many_a_minute(database_url: str, clock: Clock, providers: Providers) -> None:
    instead: Any = {"pictures.example": providers.place}
    async with open_world(database_url, clock, extend=providers.extend, instead=instead, limits=True) as world:
        person = Person(world)
        await person.sign_in("ann", picture=ANN)
        await settled(world)
        for _ in range(5):
            await person.choose(USE)
        assert person.answer.status_code == 200
        await person.choose(USE)
        assert (person.answer.status_code, person.answer.headers["retry-after"]) == (429, "60")
        assert person.alert.startswith("You are fetching pictures faster than we can take.")


async def test_switch_off_fetches_nothing_and_offers_nothing(
    database_url: str, clock: Clock, providers: Providers
) -> None:
    instead = {"pictures.example": providers.place}
    async with open_world(database_url, clock, extend=providers.extend, instead=instead, avatars=False) as world:
        person = Person(world)
        page = await person.sign_in("ann", picture=ANN)
        await settled(world)
        assert USE not in page.text(".//body")
        assert providers.asked == []
