"""Sites on the management page: who sees and changes which, what is told of mistakes, and how it is undone."""

from __future__ import annotations

import pytest

from tests.admin.desk import Member
from tests.support.html import text_of
from tests.support.service import BLOG, HOME, PAGE, World
from widget.site_verbs import get_site
from widget.store.sites import Site


async def site_of(world: World, name: str = "blog") -> Site:
    found: Site = await world.db.read(get_site, name)
    return found


def mistakes(who: Member) -> list[str]:
    return [text_of(line) for line in who.page.all(".//div[@class]//p[@class='bad']")]


async def test_owner_sees_all_sites_and_a_moderator_theirs(bob: Member, olga: Member) -> None:
    await olga.open("/admin/sites")
    assert [text_of(link) for link in olga.page.all(".//ul[@class='log']//a")] == ["blog", "shop"]
    await bob.open("/admin/sites")
    assert [text_of(link) for link in bob.page.all(".//ul[@class='log']//a")] == ["blog"]
    for address in ("/admin/sites/shop", "/admin/sites/shop/spam", "/admin/sites/shop/preview", "/admin/sites/none"):
        await bob.open(address)
        assert bob.answer.status_code == 404, address


async def test_owner_adds_a_site_and_finds_its_tag(world: World, olga: Member) -> None:
    await olga.open("/admin/sites")
    await olga.do("add", name="manual", origins="https://docs.example\nhttps://old-docs.example/")
    assert olga.address == f"{HOME}/admin/sites/manual"
    assert 'data-site="manual"' in olga.page.text(".//textarea[@id='tag']")
    assert (await site_of(world, "manual")).origins == ("https://docs.example", "https://old-docs.example")


@pytest.mark.parametrize(
    ("name", "origins", "sentence"),
    [
        ("blog", BLOG, "There is a site “blog” already."),
        ("My Site", BLOG, "A site's name has 1 to 40 characters of a to z, 0 to 9 and “-”."),
        ("new", HOME, f"{HOME} is the comment service itself; no site may list it."),
    ],
)
async def test_site_that_cannot_be_is_told_and_what_was_typed_stays(
    olga: Member, name: str, origins: str, sentence: str
) -> None:
    await olga.open("/admin/sites")
    await olga.do("add", name=name, origins=origins)
    assert olga.alert == sentence
    assert olga.page.one(".//input[@name='name']").get("value") == name
    assert olga.page.text(".//textarea[@name='origins']") == origins


async def test_first_owner_of_no_site_can_add_one(world: World, olga: Member) -> None:
    for name in ("blog", "shop"):
        await olga.open(f"/admin/sites/{name}")
        await olga.do("remove", typed=name)
    assert olga.page.text(".//p[@class='empty']") == "There is no site yet."
    await olga.do("add", name="blog", origins=BLOG)
    assert olga.answer.status_code == 200
    assert (await site_of(world)).origins == (BLOG,)


async def test_owner_changes_settings_and_readers_see_it_at_once(world: World, olga: Member) -> None:
    address = f"/embed/blog?url={PAGE}"
    await world.client.get(address)
    await olga.open("/admin/sites/blog/looks")
    await olga.save(theme="dark", badge_owner="Boss")
    assert olga.told == ["Settings changed: Theme “auto” → “dark”, Badge of owners “Owner” → “Boss”."]
    assert 'data-theme="dark"' in (await world.client.get(address)).text


async def test_every_flag_can_be_turned_off_and_on(world: World, olga: Member) -> None:
    await olga.open("/admin/sites/blog/writing")
    await olga.save(guests="off")
    assert not (await site_of(world)).guests
    await olga.save(guests="on")
    assert (await site_of(world)).guests


async def test_every_mistake_is_told_at_its_field_and_nothing_is_saved(world: World, bob: Member) -> None:
    before = await site_of(world)
    await bob.open("/admin/sites/blog/spam")
    await bob.save(max_links="many", words_spam="casino\n/(/", blocked="pills.example")
    assert bob.answer.status_code == 422
    assert bob.alert == "Nothing is saved yet: see what is said below."
    said, spam = mistakes(bob)
    assert said == "It takes a whole number from 0 to 100, not “many”."
    assert spam.startswith("It takes words or /patterns/, a line each. Line 2 (/(/)")
    assert bob.page.one(".//input[@name='max_links']").get("value") == "many"
    assert bob.page.text(".//textarea[@name='words_spam']") == "casino /(/"
    assert bob.page.text(".//textarea[@name='blocked']") == "pills.example"
    assert await site_of(world) == before


async def test_moderator_changes_what_is_spam_and_nothing_else(world: World, bob: Member) -> None:
    await bob.open("/admin/sites/blog/spam")
    await bob.save(words_spam="casino\r\ncheap pills")
    assert bob.told == ["Settings changed: Words of spam nothing → 2 lines."]
    assert (await site_of(world)).words_spam == "casino\ncheap pills"
    await bob.open("/admin/sites/blog/looks")
    assert not bob.page.all(".//button[@value='save']")
    seen = bob.page.one(".//input[@name='seen']").get("value")
    await bob.do("save", theme="dark", seen=seen)
    assert (bob.answer.status_code, bob.alert) == (403, "Only owners may do that.")
    await bob.open("/admin/sites/blog")
    for do, fields in {
        "origins": {"origins": BLOG, "seen": ""},
        "rename": {"name": "bobs"},
        "key": {},
        "new_key": {},
        "remove": {"typed": "blog"},
    }.items():
        await bob.do(do, **fields)
        assert bob.answer.status_code == 403, do
    await bob.open("/admin/sites")
    await bob.do("add", name="bobs", origins=BLOG)
    assert bob.answer.status_code == 403


async def test_change_is_undone_and_the_undo_too(world: World, olga: Member) -> None:
    await olga.open("/admin/sites/blog")
    await olga.save("origins", origins=f"{BLOG}\nhttps://new.example")
    assert (await site_of(world)).origins == (BLOG, "https://new.example")
    await olga.undo()
    assert (await site_of(world)).origins == (BLOG,)
    assert olga.told == [f"Undone: Settings changed: Origins “{BLOG}” → “{BLOG}, https://new.example”."]
    await olga.undo()
    assert (await site_of(world)).origins == (BLOG, "https://new.example")


async def test_moderator_undoes_no_change_of_an_owner(world: World, bob: Member, olga: Member) -> None:
    await olga.open("/admin/sites/blog/looks")
    await olga.save(theme="dark")
    await bob.open("/admin/log")
    await bob.do(bob.page.one(".//ul[@class='log']//button").get("value", ""))
    assert bob.answer.status_code == 403
    assert (await site_of(world)).theme == "dark"


async def test_what_another_changed_meanwhile_is_not_overwritten(world: World, bob: Member, olga: Member) -> None:
    await bob.open("/admin/sites/blog/spam")
    await olga.open("/admin/sites/blog/spam")
    await olga.save(max_links="7")
    await bob.save(words_spam="casino")
    assert bob.answer.status_code == 409
    assert bob.alert.startswith("Somebody changed these settings meanwhile.")
    assert bob.page.text(".//textarea[@name='words_spam']") == "casino"
    assert (await site_of(world)).max_links == 7
    await bob.save()
    assert (await site_of(world)).words_spam == "casino"


async def test_session_that_ended_keeps_what_was_typed(world: World, bob: Member) -> None:
    await bob.open("/admin/sites/blog/spam")
    bob.cookies.clear()
    await bob.save(words_spam="casino\npills")
    assert bob.answer.status_code == 403
    assert bob.page.one(".//input[@name='words_spam']").get("value") == "casino\npills"


async def test_form_of_another_origin_changes_nothing(world: World, olga: Member) -> None:
    await olga.open("/admin/sites/blog/looks")
    await olga.send({"do": "save", "theme": "dark"}, Origin=BLOG)
    assert olga.answer.status_code == 403
    assert (await site_of(world)).theme == "auto"


async def test_staff_see_who_wears_a_badge_and_how_people_signed_in(world: World, bob: Member, olga: Member) -> None:
    await olga.open("/admin/sites/blog")
    assert [text_of(cell) for cell in olga.page.one(".//tbody/tr")] == ["Guests", "0", "–", "yes"]
    await world.post("By a guest.")
    await olga.open("/admin/sites/blog")
    people = [text_of(row) for row in olga.page.all(".//ul[@class='people']/li")]
    assert people == ["Bob Moderator", "Olga Owner"]
    rows = [[text_of(cell) for cell in row] for row in olga.page.all(".//tbody/tr")]
    assert rows == [["Guests", "1", "15 January 2027, 08:00 UTC", "yes"]]


async def test_page_of_an_unknown_group_is_not_found(olga: Member) -> None:
    await olga.open("/admin/sites/blog/nonsense")
    assert olga.answer.status_code == 404
