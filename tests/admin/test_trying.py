"""Rules are tried on the comments that are there, before they are saved."""

from __future__ import annotations

import pytest

from tests.admin.desk import Member, add_member, write
from tests.support.database import recorded
from tests.support.html import text_of
from tests.support.service import World
from widget.site_verbs import get_site

ADDRESS = "/admin/sites/blog/spam"
DAY = 86_400


async def attempt(who: Member, **changes: str) -> None:
    """Press “Try it” with these changes."""
    await who.open(ADDRESS)
    await who.save("try", **changes)
    assert who.answer.status_code == 200, who.alert


def numbers(who: Member) -> dict[str, tuple[int, int]]:
    """By these rules, and by those that are saved."""
    rows = [[text_of(cell) for cell in row] for row in who.page.all(".//section[@id='trial']//tbody/tr")]
    return {label: (int(tried), int(now)) for label, tried, now in rows}


def caught(who: Member) -> list[str]:
    return [text_of(item) for item in who.page.all(".//section[@id='trial']/ol/li")]


async def test_words_are_tried_and_nothing_is_saved(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none")
    for text in ("A casino!", "Bread.", "Another casino."):
        await world.post(text)
    await attempt(bob, words_spam="casino")
    assert numbers(bob) == {"Held": (0, 0), "Spam": (2, 0), "Refused": (0, 0)}
    assert bob.told[0].startswith(
        "Of the last 3 comments, 2 would not have been published at once: a moderator had approved 0 of them, "
        "and readers see 2 more. Nothing is saved yet."
    )
    assert [text.partition(" UTC ")[2] for text in caught(bob)] == [
        f"{text} Spam: “casino” is on the list of words that are spam." for text in ("Another casino.", "A casino!")
    ]
    assert (await world.db.read(get_site, "blog")).words_spam == ""
    assert bob.page.text(".//textarea[@name='words_spam']") == "casino"
    await bob.save()
    assert (await world.db.read(get_site, "blog")).words_spam == "casino"


async def test_what_a_moderator_had_approved_stands_first(world: World, bob: Member) -> None:
    approved = await world.post("Approved casino.")
    await bob.open("/admin")
    await bob.do(f"approve blog.{approved['id']}.")
    await world.post("Held casino.")
    await attempt(bob, words_reject="casino")
    assert numbers(bob) == {"Held": (0, 2), "Spam": (0, 0), "Refused": (2, 0)}
    assert "a moderator had approved 1 of them, and readers see 0 more." in bob.told[0]
    assert ["approved by a moderator" in text for text in caught(bob)] == [True, False]


async def test_staff_and_trusted_people_are_not_caught(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none")
    await write(bob, "A moderator's casino.")
    await world.post("A guest's casino.")
    await attempt(bob, words_spam="casino")
    assert numbers(bob)["Spam"] == (1, 0)
    assert "2 comments (1 by staff and trusted people, which nothing holds), 1 would" in bob.told[0]


async def test_new_people_are_told_by_what_they_had_before_each_comment(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none")
    dora = await add_member(world, "Dora")
    for text in ("First.", "Second.", "Third."):
        await write(dora, text)
    await attempt(bob, hold="new", trust_after="2")
    assert numbers(bob)["Held"] == (2, 0)
    assert ["First." in text or "Second." in text for text in caught(bob)] == [True, True]


async def test_links_copies_and_blocked_domains_are_tried(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none", max_copies="10", max_links="9")
    await world.post("See https://a.example/ and https://b.example/")
    sam = {"name": "Sam", "email": "sam@pills.example"}
    await world.post("The very same words of twenty characters and more.")
    await world.post("The very same words of twenty characters and more!", guest=sam)
    await attempt(bob, max_links="1")
    assert [text.rpartition(" UTC ")[2].partition(" Held: ")[2] for text in caught(bob)] == [
        "it has 2 links, and the site lets 1 through unseen."
    ]
    await attempt(bob, max_copies="0")
    assert numbers(bob)["Held"] == (1, 0)
    await attempt(bob, blocked="pills.example")
    assert numbers(bob)["Spam"] == (1, 0)


async def test_spam_of_an_author_tells_against_what_came_after_it_for_a_month(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none")
    before = await world.post("Before.")
    spam = await world.post("Pills.")
    await bob.open("/admin")
    await bob.do(f"spam blog.{spam['id']}.")
    await world.post("After.", guest={"name": "Gwen", "email": "gwen@example.org"})
    await attempt(bob)
    assert numbers(bob)["Held"] == (1, 1)
    assert [("After." in text, "within a month" in text) for text in caught(bob)] == [(True, True)]
    assert before["id"] not in bob.answer.text


async def test_what_was_found_when_it_came_counts_still(world: World, bob: Member) -> None:
    await world.set_site("blog", hold="none")
    await bob.open("/embed/blog?own=1&url=https://blog.example/posts/bread")
    bob.cookies.clear()
    form = bob.page.one(".//form[@class='write']")
    await bob.press(form, "post", text="By a program.", subject="x", name="Gwen", email="gwen@example.org")
    olga = await add_member(world, "Olga", owner=True)
    await attempt(olga)
    assert numbers(olga)["Spam"] == (1, 1)
    assert "a field that people do not see was filled in" in caught(olga)[0]


async def test_mistakes_are_told_instead_of_tried(world: World, bob: Member) -> None:
    await bob.open(ADDRESS)
    await bob.do("try", words_spam="/(/", max_links="2")
    assert bob.answer.status_code == 422
    assert not bob.page.all(".//section[@id='trial']")


async def test_moderator_of_another_site_tries_nothing(charlie: Member, bob: Member) -> None:
    await charlie.open(ADDRESS)
    await charlie.do("try", words_spam="casino")
    assert charlie.answer.status_code == 404


async def test_number_of_statements_does_not_grow_with_the_comments(
    world: World, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    for number in (2, 8):
        for guest in range(number):
            await world.post(f"The casino again, {number}, {guest}.")
        await bob.open(ADDRESS)
        with recorded(world) as statements:
            await bob.do("try", words_spam="casino", seen="")
        counted.append(len(statements))
    assert counted[0] == counted[1]
    monkeypatch.setattr("widget.moderation.trying.TRIED", 4)
    await attempt(bob, words_spam="casino")
    assert numbers(bob)["Spam"][0] == 4
