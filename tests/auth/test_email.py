"""Signing in by e-mail: an address, a code, and who somebody is from then on."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from auth.tokens import new_token
from tests.auth.mailed import ANN, alert, another, ask, ask_for_code, hidden, press, sign_in, type_code
from tests.auth.world import ARTICLE, BLOG, HOME, Browser, Clock, location, query_of
from tests.support.mail import Mailbox
from widget.db import Database, Tx
from widget.models import email_codes, identities, people, standings
from widget.store.people import add_person, set_person


def get_identity(tx: Tx, subject: str) -> dict[str, Any]:
    return dict(tx.conn.execute(sa.select(identities).where(identities.c.subject == subject)).one()._mapping)


def copy_code(tx: Tx, source: str, target: str) -> None:
    kept = sa.select(email_codes.c.code_hash).where(email_codes.c.attempt_id == source).scalar_subquery()
    tx.conn.execute(sa.update(email_codes).where(email_codes.c.attempt_id == target).values(code_hash=kept))


def add_moderator(tx: Tx, name: str) -> None:
    person = add_person(tx, "member", name, "", "")
    tx.conn.execute(sa.insert(standings).values(site_id=BLOG.id, person_id=person, role="moderator"))


async def test_a_new_reader_signs_in_by_a_code_and_tells_a_name(browser: Browser, mailbox: Mailbox) -> None:
    assert await browser.who() is None  # this answer sets the probe
    window = await ask_for_code(browser, secret := new_token())
    mail = await mailbox.next()
    page = await browser.go(f"/auth/email/code?w={window}")
    assert "It is on its way to <bdi>ann@example.org</bdi>" in page.text
    assert await browser.ask(secret) == {"status": "waiting"}
    asked = await type_code(browser, window, mail.code)
    assert (asked.status_code, alert(asked)) == (200, "")
    assert "What is your name?" in asked.text
    assert await browser.ask(secret) == {"status": "waiting"}
    done = await browser.go(location(await browser.submit("/auth/email/check", **hidden(asked), name=" Ann  Reed ")))
    assert "You are signed in on <bdi>blog.example</bdi> as <bdi>Ann Reed</bdi>" in done.text
    assert f'href="{ARTICLE}"' in done.text
    assert await browser.ask(secret) == {"status": "done"}
    me = await browser.me()
    assert (me["name"], me["provider"]) == ("Ann Reed", "email")


async def test_the_mail_says_where_it_is_for_and_what_to_do(browser: Browser, mailbox: Mailbox, clock: Clock) -> None:
    window = await ask_for_code(browser, new_token())
    mail = await mailbox.next()
    assert mail.recipient == ANN
    assert mail.subject == f"Your code for blog.example: {mail.code}"
    assert len(mail.code) == len("1234 5678")
    for body in (mail.text, mail.part("html")):
        assert mail.code in body
        assert f"{HOME}/auth/email/link?t=" in body
        assert "within 10 minutes" in body
    assert ANN not in mail.text
    for minutes, left in ((8.5, "2 minutes"), (1, "1 minute")):
        clock.forward(minutes=minutes)
        await ask(browser, window)
        assert f"within {left}." in (await mailbox.next()).text


async def test_a_known_reader_is_not_asked_for_a_name_and_is_the_same_person(
    browser: Browser, other_browser: Browser, mailbox: Mailbox
) -> None:
    await sign_in(browser, mailbox)
    window = await ask_for_code(other_browser, secret := new_token(), "Ann@Example.ORG")
    mail = await mailbox.next()
    assert mail.recipient == "Ann@example.org"
    assert location(await type_code(other_browser, window, mail.code)) == f"/auth/done?w={window}"
    await other_browser.ask(secret)
    assert await other_browser.me() == await browser.me()


async def test_a_reader_keeps_the_name_they_have_whatever_they_tell_later(
    browser: Browser, mailbox: Mailbox, db: Database
) -> None:
    await sign_in(browser, mailbox)
    await sign_in(browser, mailbox, name="Another", choose="1")
    person = (await browser.me())["person"]
    assert await browser.who() == "Ann Reed"
    await db.write(lambda tx: set_person(tx, person, name="Annie"))
    await sign_in(browser, mailbox, choose="1")
    assert await browser.who() == "Annie"


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e"])
async def test_a_name_that_shows_nothing_is_asked_for_again(browser: Browser, mailbox: Mailbox, name: str) -> None:
    window = await ask_for_code(browser, new_token())
    code = (await mailbox.next()).code
    for _ in range(6):  # the code is right, so no try is used up
        page = await type_code(browser, window, code, name=name)
        assert (page.status_code, alert(page)) == (422, "Please tell a name that can be shown.")
    assert location(await type_code(browser, window, code, name="Ann")) == f"/auth/done?w={window}"


@pytest.mark.parametrize("name", ["Olga Fern", "OLGA-FERN", "0lga Fern"])
async def test_a_new_reader_takes_no_name_that_passes_for_staffs(
    browser: Browser, mailbox: Mailbox, db: Database, name: str
) -> None:
    await db.write(add_moderator, "Olga Fern")
    window = await ask_for_code(browser, new_token())
    code = (await mailbox.next()).code
    page = await type_code(browser, window, code, name=name)
    assert page.status_code == 422
    assert alert(page).startswith("That is, or looks like, the name of somebody who looks after comments here.")
    assert f'name="name" value="{name}"' in page.text
    answer = await browser.submit("/auth/email/check", **hidden(page), name="Olga the other")
    assert location(answer) == f"/auth/done?w={window}"


@pytest.mark.parametrize("between", [" ", "-", " - ", "\u2013", "\u00a0", ""])
async def test_a_code_is_typed_with_whatever_between(browser: Browser, mailbox: Mailbox, between: str) -> None:
    window = await ask_for_code(browser, new_token())
    code = (await mailbox.next()).code.replace(" ", between)
    assert location(await type_code(browser, window, f" {code}\t", name="Ann")) == f"/auth/done?w={window}"


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "1234567a", "１２３４５６７８", "+1234567", "1" * 8000])
async def test_what_is_no_code_is_told_and_uses_up_no_try(browser: Browser, mailbox: Mailbox, typed: str) -> None:
    window = await ask_for_code(browser, new_token())
    for _ in range(6):
        page = await type_code(browser, window, typed)
        assert (page.status_code, alert(page)) == (422, "The code has 8 digits. It is in the subject of the mail.")
    answer = await type_code(browser, window, (await mailbox.next()).code, name="Ann")
    assert location(answer) == f"/auth/done?w={window}"


async def test_a_reader_who_mistypes_is_told_how_often_more(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, new_token())
    code = (await mailbox.next()).code
    for left in ("4 more tries", "3 more tries", "2 more tries", "one more try"):
        page = await type_code(browser, window, another(code))
        assert (page.status_code, alert(page)) == (422, f"That is not the code. You have {left}.")
        assert 'aria-invalid="true" aria-describedby="error"' in page.text
    assert location(await type_code(browser, window, code, name="Ann")) == f"/auth/done?w={window}"


async def test_the_link_in_the_same_browser_shows_a_button_that_signs_in(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, secret := new_token())
    mail = await mailbox.next()
    page = await browser.go(mail.link, site="cross-site")
    assert "<bdi>ann@example.org</bdi>" in page.text
    assert await browser.ask(secret) == {"status": "waiting"}
    named = await press(browser, page)
    assert "What is your name?" in named.text
    done = await browser.submit("/auth/email/check", **hidden(named), name="Ann")
    assert location(done) == f"/auth/done?w={window}"
    assert (await browser.ask(secret))["status"] == "done"
    assert location(await browser.go(mail.link, site="cross-site")) == f"/auth/done?w={window}"
    assert location(await press(browser, page)) == f"/auth/done?w={window}"


async def test_a_new_code_takes_the_place_of_the_old_one(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, new_token())
    first = await mailbox.next()
    page = await browser.go(f"/auth/email/code?w={window}")
    again = page.text.partition("Sign in</button>")[2]
    assert f'name="email" value="{ANN}"' in again
    await ask(browser, window)
    second = await mailbox.next()
    assert "That is not the code" in alert(await type_code(browser, window, first.code, name="Ann"))
    assert location(await browser.go(first.link)) == "/auth/refused?why=used"
    assert location(await type_code(browser, window, second.code, name="Ann")) == f"/auth/done?w={window}"


async def test_a_reader_takes_another_address(browser: Browser, mailbox: Mailbox, db: Database) -> None:
    window = await ask_for_code(browser, new_token(), "an@example.org")
    first = await mailbox.next()
    page = await browser.go(f"/auth/email/code?w={window}")
    assert f'href="/auth/window?w={window}&amp;choose=1"' in page.text
    assert 'value=""' in (await browser.go(f"/auth/window?w={window}&choose=1")).text
    await ask(browser, window)
    second = await mailbox.next()
    assert (first.recipient, second.recipient) == ("an@example.org", ANN)
    await type_code(browser, window, second.code, name="Ann")
    assert (await db.read(get_identity, ANN))["email"] == ANN


async def test_two_windows_at_once_have_a_code_each(browser: Browser, mailbox: Mailbox) -> None:
    secrets = new_token(), new_token()
    windows = [await ask_for_code(browser, secret) for secret in secrets]
    codes = [(await mailbox.next()).code for _ in windows]
    assert "not the code" in alert(await type_code(browser, windows[0], codes[1], name="Ann"))
    for secret, window, code in zip(secrets, windows, codes, strict=True):
        assert location(await type_code(browser, window, code, name="Ann")) == f"/auth/done?w={window}"
        assert (await browser.ask(secret))["status"] == "done"


async def test_what_is_kept_for_one_window_is_nothing_in_another(
    browser: Browser, mailbox: Mailbox, db: Database
) -> None:
    windows = [await ask_for_code(browser, new_token(), email) for email in (ANN, "eve@example.org")]
    codes = [(await mailbox.next()).code for _ in windows]
    await db.write(copy_code, *reversed(windows))
    assert "not the code" in alert(await type_code(browser, windows[0], codes[1], name="Eve"))


async def test_our_own_code_proves_the_address(browser: Browser, mailbox: Mailbox, db: Database) -> None:
    await sign_in(browser, mailbox, "Ann@Example.org")
    kept = await db.read(get_identity, "ann@example.org")
    assert (kept["issuer"], kept["provider"], kept["name"]) == ("mailto:", "email", "Ann Reed")
    assert (kept["email"], kept["email_verified"]) == ("Ann@example.org", True)


async def test_a_providers_account_with_the_same_address_is_somebody_else(
    browser: Browser, other_browser: Browser, mailbox: Mailbox, db: Database
) -> None:
    await browser.sign_in("mara")
    emails = await db.read(lambda tx: tx.conn.execute(sa.select(people.c.email)).scalars().all())
    await sign_in(other_browser, mailbox, emails[0], "Mara by mail")
    assert await other_browser.who() == "Mara by mail"
    assert (await other_browser.me())["person"] != (await browser.me())["person"]
    assert await browser.who() == "Mara Lindqvist"


async def test_a_returning_reader_continues_by_one_click(browser: Browser, mailbox: Mailbox) -> None:
    await sign_in(browser, mailbox)
    page = await browser.go(location(await browser.open_window(new_token(), "email", site="shop")))
    assert "Continue as <bdi>Ann Reed</bdi>" in page.text
    assert "You are signed in here with e-mail." in page.text


async def test_a_reader_without_scripts_ends_on_the_thread_page(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, None)
    answer = await type_code(browser, window, (await mailbox.next()).code, name="Ann")
    assert location(answer).startswith("/thread/blog?")
    assert (await browser.go("/me")).json()["name"] == "Ann"


async def test_somebody_signs_in_for_the_account_page(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, None, **{"for": "account"})
    mail = await mailbox.next()
    assert mail.subject == f"Your code for comments.example: {mail.code}"
    assert location(await type_code(browser, window, mail.code, name="Ann")) == f"/account?w={window}"


async def test_somebody_signed_in_links_an_address_and_is_asked_for_no_name(
    browser: Browser, other_browser: Browser, mailbox: Mailbox
) -> None:
    await browser.sign_in("mara")
    window = await ask_for_code(browser, None, **{"for": "link"})
    answer = await type_code(browser, window, (await mailbox.next()).code)
    assert location(answer) == f"/account?w={window}"
    await sign_in(other_browser, mailbox)
    assert await other_browser.who() == "Mara Lindqvist"
    assert (await other_browser.me())["person"] == (await browser.me())["person"]


async def test_an_open_window_leads_back_to_where_it_is(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, new_token())
    fresh = query_of(HOME + location(await browser.open_window(new_token(), "email")))["w"]
    assert location(await browser.go(f"/auth/email/code?w={fresh}")) == f"/auth/window?w={fresh}"
    await type_code(browser, window, (await mailbox.next()).code, name="Ann")
    assert location(await browser.go(f"/auth/email/code?w={window}")) == f"/auth/done?w={window}"
