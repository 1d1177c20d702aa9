"""Moderators in browsers without scripts."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from auth.sessions import PAGE_COOKIE, new_page_session
from tests.support.html import Html, Reader, fields_of, text_of
from tests.support.service import World
from widget.db import Tx
from widget.store import people, sessions
from widget.store.sites import Site


class Member(Reader):
    """Somebody signed in, who may look after sites; `person_id` is theirs."""

    def __init__(self, world: World, person_id: int, token: str) -> None:
        super().__init__(world.client, **{PAGE_COOKIE: token})
        self.world = world
        self.person_id = person_id

    def items(self) -> list[str]:
        """The texts of the comments that are shown."""
        return [text_of(body) for body in self.page.all(".//ul[@class='queue']//div[@class='body']")]

    def item(self, text: str) -> Element:
        found = [item for item in self.page.all(".//li[@class='item']") if text in text_of(item)]
        assert len(found) == 1, f"{len(found)} comments “{text}”"
        return found[0]

    async def press_at(self, text: str, label: str) -> Html:
        """The button of that label at the comment."""
        button = next(found for found in self.item(text).iter("button") if text_of(found) == label)
        return await self.do(button.get("value", ""))

    async def tick_and_press(self, verb: str, *texts: str, **fields: str) -> Html:
        """Tick these comments, or all, and press a button above them."""
        chosen = [self.item(text) for text in texts] if texts else self.page.all(".//li[@class='item']")
        boxes = [box.get("value", "") for item in chosen for box in item.iter("input")]
        return await self.do(verb, c=boxes, **fields)

    async def undo(self) -> Html:
        """By the button at the notice."""
        return await self.do(self.page.one(".//*[@role='status']//button").get("value", ""))

    async def do(self, what: str, **fields: Any) -> Html:
        """Send a form of the page that is open, by the button of that value."""
        return await self.send({**fields, "do": what}, Accept="text/html")

    async def save(self, button: str = "save", **changes: str) -> Html:
        """Send the form with that button as it stands, but for these changes."""
        [form] = [form for form in self.page.all(".//form") if form.find(f".//button[@value='{button}']") is not None]
        chosen = {
            select.get("name", ""): text_of(option)
            for select in form.iter("select")
            for option in select.findall("option[@selected]")
        }
        boxes = {
            box.get("name", ""): "off" if box.get("checked") is None else "on"
            for box in form.iter("input")
            if box.get("type") == "checkbox"
        }
        return await self.do(button, **{**fields_of(form), **chosen, **boxes, **changes})

    @property
    def told(self) -> list[str]:
        """What is said of the last deed."""
        return [text_of(line) for line in self.page.all(".//*[@role='status']//p")]

    @property
    def alert(self) -> str:
        return self.page.text(".//*[@role='alert']")


async def add_member(world: World, name: str, *moderates: Site, owner: bool = False, kind: str = "member") -> Member:
    def add(tx: Tx) -> tuple[int, str]:
        person_id = people.add_person(tx, kind, name, "", f"{name.lower()}@example.org")
        for site in moderates:
            people.set_standing(tx, site.id, person_id, role="moderator")
        people.set_owner(tx, person_id, owner=owner)
        token, row = new_page_session(person_id, "demo" if kind == "member" else "", tx.now)
        sessions.add_session(tx, row)
        return person_id, token

    return Member(world, *await world.db.write(add))


async def post_on_shop(world: World, text: str) -> str:
    """A guest's comment there; its id."""
    body = {"url": "https://shop.example/tea", "text": text, "guest": {"name": "Sam", "email": "sam@example.org"}}
    answer = await world.client.post("/api/v1/shop/comments", json=body)
    assert answer.status_code == 201, answer.text
    posted: str = answer.json()["id"]
    return posted


async def write(who: Member, text: str) -> None:
    """On the thread's own page."""
    who.world.clock.pass_seconds(0.001)
    await who.open("/thread/blog?url=https://blog.example/posts/bread")
    await who.press(who.page.one(".//form[@class='write']"), "post", text=text)
