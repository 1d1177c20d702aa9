"""What must not work with an e-mailed code, whoever tries: another browser, another window, guessing, mail scanners."""

from __future__ import annotations

import asyncio
import re

import httpx2
import pytest
from starlette.types import Message, Receive, Scope, Send

from auth.tokens import new_token
from tests.auth.conftest import Limit
from tests.auth.mailed import ANN, alert, another, ask, ask_for_code, open_email_window, press, sign_in, type_code
from tests.auth.world import HOME, Browser, Clock, Service, location, query_of
from tests.support.mail import Mailbox

FOREIGN = [
    {},
    {"Origin": "null"},
    {"Origin": "https://blog.example"},
    {"Origin": HOME + ".example"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Origin": HOME, "Sec-Fetch-Site": "cross-site"},
    {"Origin": HOME, "Sec-Fetch-Site": "same-site"},
]
LONGEST = f"ann@{'.'.join(['a' * 49] * 4 + ['b' * 50])}"  # 254 characters
NO_ADDRESSES = [
    *("", "ann", "ann@", "@example.org", "ann@example", "ann@[192.0.2.1]", "ann@b@example.org", "a b@example.org"),
    *("ann@example.org, eve@example.net", "ann@example.org;eve@example.net", "<ann@example.org>", '"a b"@example.org'),
    *("ann@example.org\r\nBcc: eve@example.net", "ann\n@example.org", "ann\0@example.org", "änn@example.org"),
    *("Ann <ann@example.org>", f"{'a' * 65}@example.org", f"ann@{'a' * 64}.example", "ann@example..org"),
    *(f"b{LONGEST}", "<script>alert(1)</script>@example.org", "a" * 7000),
]


async def test_five_wrong_codes_end_it(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, secret := new_token())
    code = (await mailbox.next()).code
    for _ in range(4):
        await type_code(browser, window, another(code))
    assert location(await type_code(browser, window, another(code))) == f"/auth/done?w={window}"
    sentence = "Five wrong codes were typed, so this sign-in is over. Please go back to the page and start again."
    assert sentence in (await browser.go(f"/auth/done?w={window}")).text
    assert await browser.ask(secret) == {"status": "cancelled", "message": sentence}
    assert "set-cookie" not in (await type_code(browser, window, code, name="Ann")).headers
    assert await browser.ask(secret) == {"status": "cancelled", "message": sentence}


async def test_wrong_codes_count_on_when_a_new_one_is_sent(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, new_token())
    first = (await mailbox.next()).code
    for _ in range(3):
        await type_code(browser, window, another(first))
    await ask(browser, window)
    second = (await mailbox.next()).code
    assert "one more try" in alert(await type_code(browser, window, another(second)))
    assert location(await type_code(browser, window, another(second))) == f"/auth/done?w={window}"


async def test_tries_at_the_same_time_are_no_more_than_five(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, new_token())
    code = (await mailbox.next()).code
    wrong = [f"{(int(code.replace(' ', '')) + n) % 10**8:08}" for n in range(1, 20)]
    answers = await asyncio.gather(*(type_code(browser, window, one) for one in wrong))
    assert sum("That is not the code" in alert(answer) for answer in answers) == 4
    assert "set-cookie" not in (await type_code(browser, window, code, name="Ann")).headers


@pytest.mark.parametrize("minutes", [10, 60 * 24])
async def test_a_code_is_good_for_ten_minutes(browser: Browser, mailbox: Mailbox, clock: Clock, minutes: float) -> None:
    window = await ask_for_code(browser, secret := new_token())
    mail = await mailbox.next()
    clock.forward(minutes=minutes)
    assert location(await browser.go(mail.link)) == "/auth/refused?why=expired"
    answer = await type_code(browser, window, mail.code, name="Ann")
    assert "longer than ten minutes" in (await browser.go(location(answer))).text
    assert (await browser.ask(secret))["status"] == "cancelled"


async def test_a_code_is_used_once(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, new_token())
    code = (await mailbox.next()).code
    answers = await asyncio.gather(*(type_code(browser, window, code, name="Ann") for _ in range(6)))
    assert {location(answer) for answer in answers} == {f"/auth/done?w={window}"}
    assert sum("set-cookie" in answer.headers for answer in answers) == 1


async def test_a_code_is_nothing_without_the_windows_cookie(
    browser: Browser, other_browser: Browser, mailbox: Mailbox
) -> None:
    window = await ask_for_code(browser, new_token())
    code = (await mailbox.next()).code
    theirs = await ask_for_code(other_browser, new_token(), "eve@example.org")
    await mailbox.next()
    for answer in (
        await type_code(other_browser, window, code, name="Eve"),
        await ask(other_browser, window, "eve@example.org"),
        await other_browser.go(f"/auth/email/code?w={window}"),
    ):
        assert location(answer) == "/auth/refused?why=wrong_window"
    assert "not the code" in alert(await type_code(other_browser, theirs, code, name="Eve"))
    assert mailbox.empty


async def test_the_link_in_another_browser_shows_the_code_and_signs_nobody_in(
    browser: Browser, other_browser: Browser, mailbox: Mailbox
) -> None:
    window = await ask_for_code(browser, secret := new_token())
    mail = await mailbox.next()
    page = await other_browser.go(mail.link, site="none")
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert "<form" not in page.text
    assert ANN not in page.text
    (shown,) = re.findall(r'<p class="code">([0-9 ]+)</p>', page.text)
    assert shown == mail.code
    assert await browser.ask(secret) == {"status": "waiting"}
    assert (await other_browser.go("/me")).json()["name"] is None
    assert location(await type_code(browser, window, shown, name="Ann")) == f"/auth/done?w={window}"
    assert location(await other_browser.go(mail.link)) == "/auth/refused?why=used"


async def test_a_scanner_that_follows_the_link_changes_nothing(
    browser: Browser, other_browser: Browser, mailbox: Mailbox
) -> None:
    window = await ask_for_code(browser, secret := new_token())
    mail = await mailbox.next()
    before = (await browser.go(mail.link)).text
    for scanner in (other_browser, browser):  # the browser itself may load it ahead, too
        for method in ("GET", "HEAD", "GET"):
            assert (await scanner.window.request(method, mail.link)).status_code == 200
        assert (await scanner.window.post(mail.link)).status_code == 405
    assert (await browser.go(mail.link)).text == before
    assert await browser.ask(secret) == {"status": "waiting"}
    assert location(await type_code(browser, window, mail.code, name="Ann")) == f"/auth/done?w={window}"


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 42 + "B", "é" * 43])
async def test_a_link_that_was_never_sent_says_nothing(browser: Browser, token: str) -> None:
    answer = await browser.window.get("/auth/email/link", params={"t": token})
    assert location(answer) == "/auth/refused?why=used"


@pytest.mark.parametrize("path", ["/auth/email/code", "/auth/email/check"])
async def test_a_form_that_is_not_ours_does_nothing(browser: Browser, mailbox: Mailbox, path: str) -> None:
    window = await ask_for_code(browser, secret := new_token())
    code = (await mailbox.next()).code
    form = {"w": window, "code": code, "name": "Ann", "email": "eve@example.org"}
    for headers in FOREIGN:
        answer = await browser.window.post(path, data=form, headers=headers)
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False), headers
    assert mailbox.empty
    assert await browser.ask(secret) == {"status": "waiting"}


async def test_the_window_of_a_provider_takes_no_code(browser: Browser, mailbox: Mailbox) -> None:
    await browser.to_provider(secret := new_token(), "demo")
    cookie = next(name for name in browser.window.cookies if "window" in name)
    window = cookie.rpartition("-")[2]
    assert location(await ask(browser, window)) == "/auth/refused?why=wrong_window"
    assert mailbox.empty
    assert await browser.ask(secret) == {"status": "waiting"}


async def test_a_code_signs_nobody_in_after_cancel(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, secret := new_token())
    mail = await mailbox.next()
    page = await browser.go(mail.link)
    await browser.ask(secret, path="/auth/cancel")
    for answer in (await type_code(browser, window, mail.code, name="Ann"), await press(browser, page)):
        assert "set-cookie" not in answer.headers
        assert "cancelled on the page" in (await browser.go(location(answer))).text


async def test_answers_do_not_say_whether_an_address_is_known(
    service: Service, browser: Browser, mailbox: Mailbox
) -> None:
    """Until the code proves it, a stranger who asks with an address sees the same before and after it signed in."""

    async def see() -> list[tuple[object, ...]]:
        stranger = Browser(service)
        window = await open_email_window(stranger, new_token())
        answers = [
            await ask(stranger, window),
            await stranger.go(f"/auth/email/code?w={window}"),
            await type_code(stranger, window, another((await mailbox.next()).code)),
            await ask(stranger, window, f"{ANN}x y"),
        ]
        return [(answer.status_code, answer.text.replace(window, "W"), _headers(answer, window)) for answer in answers]

    unknown = await see()
    await sign_in(browser, mailbox)
    assert await see() == unknown


def _headers(answer: httpx2.Response, window: str) -> dict[str, str]:
    return {name: value.replace(window, "W") for name, value in answer.headers.items()}


async def test_the_answer_is_given_before_the_mail_goes_out(service: Service, mailbox: Mailbox) -> None:
    """How long the mail server takes with an address tells nothing either."""
    empty_at: list[bool] = []

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.body":
                empty_at.append(mailbox.empty)
            await send(message)

        await service(scope, receive, told)

    browser = Browser(watched)
    window = await open_email_window(browser, new_token())
    empty_at.clear()
    await ask(browser, window)
    assert empty_at == [True]
    await mailbox.next()


async def test_too_many_sign_ins_from_a_network_are_told(browser: Browser, mailbox: Mailbox, limit: Limit) -> None:
    window = await open_email_window(browser, new_token())
    limit.reached = True
    page = await ask(browser, window)
    assert (page.status_code, alert(page)) == (429, "Too many: sign-in.")
    assert f'value="{ANN}"' in page.text
    assert mailbox.empty


async def test_too_many_mails_to_an_address_are_told_and_others_get_theirs(
    browser: Browser, mailbox: Mailbox, limit: Limit
) -> None:
    await ask_for_code(browser, new_token(), "Ann@Example.org")
    await mailbox.next()
    (key,) = limit.mails
    assert "ann" not in key.lower()
    limit.reached_mails.add(key)
    window = await open_email_window(browser, new_token())
    page = await ask(browser, window, ANN)
    assert (page.status_code, alert(page)) == (429, "Too many: mail.")
    assert mailbox.empty
    await ask(browser, window, "bob@example.org")
    assert (await mailbox.next()).recipient == "bob@example.org"


async def test_an_attempt_sends_three_mails(browser: Browser, mailbox: Mailbox) -> None:
    window = await ask_for_code(browser, new_token())
    for email in (ANN, "bob@example.org"):
        assert location(await ask(browser, window, email)).startswith("/auth/email/code")
    page = await ask(browser, window)
    assert page.status_code == 429
    assert alert(page).startswith("We have sent as many codes as we do for one sign-in.")
    assert "<bdi>bob@example.org</bdi>" in page.text
    mails = [await mailbox.next() for _ in range(3)]
    assert mailbox.empty
    assert location(await type_code(browser, window, mails[2].code, name="Bob")) == f"/auth/done?w={window}"


async def test_a_mail_that_was_not_taken_is_told_until_one_is(browser: Browser, mailbox: Mailbox) -> None:
    mailbox.refusal = "451 Later"
    window = await ask_for_code(browser, new_token())
    page = await browser.go(f"/auth/email/code?w={window}")
    assert "The mail to <bdi>ann@example.org</bdi> could not be sent." in alert(page)
    mailbox.refusal = ""
    await ask(browser, window)
    assert alert(await browser.go(f"/auth/email/code?w={window}")) == ""
    assert location(await type_code(browser, window, (await mailbox.next()).code, name="A")) == f"/auth/done?w={window}"


async def test_a_mail_server_that_is_down_stops_nothing_else(browser: Browser, mailbox: Mailbox) -> None:
    await mailbox.stop()
    window = await ask_for_code(browser, new_token())
    assert "could not be sent" in alert(await browser.go(f"/auth/email/code?w={window}"))
    await browser.sign_in("mara")
    assert await browser.who() == "Mara Lindqvist"


async def test_what_is_no_address_gets_no_mail(browser: Browser, mailbox: Mailbox) -> None:
    window = await open_email_window(browser, new_token())
    for address in NO_ADDRESSES:
        page = await ask(browser, window, address)
        assert (page.status_code, alert(page)) == (422, "That is no complete e-mail address."), address
        assert "<script>" not in page.text
    assert mailbox.empty


@pytest.mark.parametrize(
    ("address", "recipient"),
    [("ann@MÜLLER.example", "ann@xn--mller-kva.example"), (LONGEST, LONGEST), (f" {ANN}\n", ANN)],
)
async def test_an_address_of_any_script_and_length_gets_its_mail(
    browser: Browser, mailbox: Mailbox, address: str, recipient: str
) -> None:
    window = await ask_for_code(browser, new_token(), address)
    mail = await mailbox.next()
    assert mail.recipient == recipient
    assert location(await type_code(browser, window, mail.code, name="Ann")) == f"/auth/done?w={window}"


async def test_the_links_address_is_our_own_whatever_host_was_asked(browser: Browser, mailbox: Mailbox) -> None:
    window = await open_email_window(browser, new_token())
    headers = {"Origin": HOME, "Sec-Fetch-Site": "same-origin", "Host": "evil.example"}
    await browser.window.post("/auth/email/code", data={"w": window, "email": ANN}, headers=headers)
    mail = await mailbox.next()
    assert f"{HOME}/auth/email/link?t=" in mail.text
    assert "evil" not in mail.message.as_string()


async def test_a_window_that_does_not_exist_takes_nothing(browser: Browser, mailbox: Mailbox) -> None:
    for window in ("", "0" * 16, query_of("?w=%00")["w"]):
        assert location(await ask(browser, window)) == "/auth/refused?why=wrong_window"
    assert mailbox.empty
