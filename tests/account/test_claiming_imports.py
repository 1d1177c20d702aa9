"""Taking over what an import brought of one's account in another system: by the same way to sign in, and a click."""

from __future__ import annotations

from hashlib import sha1

import pytest

from tests.support.accounts import Person
from tests.support.html import text_of
from tests.support.rows import columns_of
from tests.support.service import PAGE, World
from widget.transfer.importing import Source, import_records
from widget.transfer.records import ImportedComment, ImportedPage, Record

GUESTS = ".//section[@aria-labelledby='guest']"
TIME = 1_577_934_245_000


async def bring(world: World, account: str, source_format: str = "remark42") -> None:
    """A comment by that account of the old system."""
    comment = ImportedComment("1", "p", None, "Old Ann", None, None, TIME, "approved", "<p>x</p>", "html", account)
    records: list[Record] = [ImportedPage("p", PAGE, "Bread"), comment]
    await import_records(world.db, "blog", Source(source_format, lambda: iter(records)))


def remark42(provider: str, value: str) -> str:
    return f"{provider}_{sha1(value.encode()).hexdigest()}"


async def author(world: World) -> str:
    (comment,) = (await world.thread(url=PAGE))["comments"]
    name: str = comment["author"]["name"]
    return name


@pytest.mark.parametrize("account", [remark42("forge", "ann"), remark42("email", "ann@example.org")])
async def test_person_claims_what_they_wrote_at_remark42_in_the_same_way(
    person: Person, world: World, account: str
) -> None:
    await bring(world, account)
    page = await person.sign_in("ann")
    assert [text_of(item) for item in page.all(f"{GUESTS}//li")] == ["Bread blog, 1 comment This is mine"]
    assert await author(world) == "Old Ann", "nothing moves without a click"
    await person.choose("This is mine")
    assert await author(world) == "Ann"
    before = await columns_of(world, world.blog, "id", "person_id")
    await bring(world, account)
    assert await columns_of(world, world.blog, "id", "person_id") == before


@pytest.mark.parametrize(
    ("account", "source_format"),
    [
        (remark42("mill", "ann"), "remark42"),
        (remark42("forge", "bob"), "remark42"),
        (remark42("forge", "ann"), "disqus"),
        ("forge_ann", "remark42"),
    ],
)
async def test_account_of_somebody_else_is_not_offered(
    person: Person, world: World, account: str, source_format: str
) -> None:
    await bring(world, account, source_format)
    page = await person.sign_in("ann")
    assert not page.all(GUESTS)


async def test_address_that_is_not_proved_claims_no_account(person: Person, world: World) -> None:
    await bring(world, remark42("email", "ann@example.org"))
    page = await person.sign_in("ann", email_verified=False)
    assert not page.all(GUESTS)
    page = await person.sign_in("ann", "mill")
    assert not page.all(GUESTS)
