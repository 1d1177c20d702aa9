"""Each step of an attempt is one conditional UPDATE: whoever comes too late, or for another, changes nothing.

The handlers look first and would not ask; here two of them have looked at the same time.
"""

from __future__ import annotations

import pytest

from auth.sessions import new_frame_session, new_page_session
from auth.store import Attempt, Member
from auth.tokens import hash_token, new_token, new_window_id
from tests.auth.world import BLOG, SHOP, Clock
from widget.db import Database
from widget.store.attempts import KEPT_MS
from widget.store.auth import Store

MARA = Member("https://idp.example", "mara", "idp", "Mara", "mara@example.org", email_verified=True, avatar="")


class Steps:
    """One attempt, and each step that may be tried on it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.now = store, clock()
        self.secret = hash_token(new_token())
        self.state = hash_token(new_token())
        self.attempt = Attempt(new_window_id(), b"w", self.secret, "comment", BLOG.id, "", "", "idp", self.now)
        self.page = hash_token("")

    async def start(self) -> bool:
        return await self.store.add_attempt(self.attempt)

    async def leave(self, since: int = 0) -> bool:
        return await self.store.set_attempt_state(self.attempt.id, since, self.state, "n", "v")

    async def finish(self, since: int = 0) -> bool:
        _, session = new_page_session(0, "idp", self.now)
        self.page = session.token_hash
        return await self.store.finish_attempt(self.attempt.id, since, self.now, MARA, session, None)

    async def resume(self, since: int = 0) -> bool:
        return await self.store.continue_attempt(self.attempt.id, since, self.now, self.page)

    async def redeem(self, since: int = 0, site_id: int = BLOG.id) -> bool:
        _, session = new_frame_session(0, site_id, "", self.now)
        return await self.store.redeem_attempt(self.secret, since, self.now, session, [])

    async def link(self, member: Member = MARA) -> bool:
        return await self.store.link_attempt(self.attempt.id, 0, self.now, member, self.page)

    async def cancel(self) -> bool:
        return await self.store.close_attempt(self.attempt.id, "cancelled", "cancelled")

    async def fail(self) -> bool:
        return await self.store.close_attempt(self.attempt.id, "failed", "denied")

    async def status(self) -> str:
        attempt = await self.store.get_attempt(self.attempt.id)
        assert attempt is not None
        return attempt.status


@pytest.fixture
def steps(db: Database, clock: Clock) -> Steps:
    return Steps(Store(db), clock)


MAY_FOLLOW = {
    "started": {"leave", "finish", "cancel", "fail"},
    "finished": {"redeem", "cancel"},
    "redeemed": set(),
    "cancelled": set(),
    "failed": set(),
}
WAY = {
    "started": ["start"],
    "finished": ["start", "finish"],
    "redeemed": ["start", "finish", "redeem"],
    "cancelled": ["start", "cancel"],
    "failed": ["start", "fail"],
}


@pytest.mark.parametrize("step", ["start", "leave", "finish", "redeem", "cancel", "fail", "resume"])
@pytest.mark.parametrize("status", WAY)
async def test_only_the_step_that_may_follow_does_something(steps: Steps, status: str, step: str) -> None:
    for taken in WAY[status]:
        assert await getattr(steps, taken)()
    assert await steps.status() == status
    assert await getattr(steps, step)() == (step in MAY_FOLLOW[status])
    if step not in MAY_FOLLOW[status]:
        assert await steps.status() == status


async def test_a_step_that_comes_too_late_does_nothing(steps: Steps) -> None:
    await steps.start()
    assert not await steps.leave(since=steps.now)
    assert not await steps.finish(since=steps.now)
    assert await steps.finish(since=steps.now - 1)
    assert not await steps.redeem(since=steps.now)
    assert await steps.redeem(since=steps.now - 1)


async def test_a_finish_that_comes_too_late_makes_nobody(steps: Steps) -> None:
    await steps.start()
    await steps.cancel()
    assert not await steps.finish()
    assert await steps.store.get_session(steps.page, steps.now, 0) is None


async def test_a_redemption_for_another_site_does_nothing(steps: Steps) -> None:
    await steps.start()
    await steps.finish()
    assert not await steps.redeem(site_id=SHOP.id)
    assert await steps.redeem()


async def test_a_frames_session_continues_nothing(steps: Steps, clock: Clock) -> None:
    await steps.start()
    await steps.finish()
    parent = await steps.store.get_session(steps.page, steps.now, 0)
    assert parent is not None
    _, framed = new_frame_session(0, BLOG.id, "", steps.now)
    await steps.store.redeem_attempt(steps.secret, 0, steps.now, framed, [])
    again = Steps(steps.store, clock)
    await again.start()
    again.page = framed.token_hash
    assert not await again.resume()
    assert not await again.link()
    again.page = parent.token_hash
    assert await again.resume()


async def test_a_state_is_taken_once(steps: Steps) -> None:
    await steps.start()
    await steps.leave()
    taken = await steps.store.take_attempt_state(steps.state)
    assert taken is not None
    assert (taken.nonce, taken.verifier) == ("n", "v")
    assert await steps.store.take_attempt_state(steps.state) is None
    left = await steps.store.get_attempt(steps.attempt.id)
    assert left is not None
    assert (left.state_hash, left.nonce, left.verifier) == (None, "", "")


async def test_old_attempts_and_sessions_are_dropped_in_time(steps: Steps, clock: Clock) -> None:
    await steps.start()
    await steps.finish()
    clock.ms += KEPT_MS + 1
    await Steps(steps.store, clock).start()
    assert await steps.store.get_attempt(steps.attempt.id) is None
    assert await steps.store.get_session(steps.page, clock(), 0) is not None
    clock.forward(minutes=180 * 24 * 60)
    await Steps(steps.store, clock).start()
    assert await steps.store.get_session(steps.page, 0, 0) is None


async def test_an_answer_is_kept_once_and_read_with_its_state(steps: Steps) -> None:
    await steps.start()
    await steps.leave()
    assert not await steps.store.set_attempt_answer(hash_token("another"), 0, "{}")
    assert not await steps.store.set_attempt_answer(steps.state, steps.now, "{}")
    assert await steps.store.set_attempt_answer(steps.state, 0, "the first")
    assert not await steps.store.set_attempt_answer(steps.state, 0, "the second")
    taken = await steps.store.take_attempt_state(steps.state)
    assert taken is not None
    assert taken.answer == "the first"
    assert not await steps.store.set_attempt_answer(steps.state, 0, "after it was used")


async def test_an_identity_is_linked_to_nobody_but_its_first_owner(steps: Steps, clock: Clock) -> None:
    await steps.start()
    await steps.finish()
    mara = await steps.store.get_session(steps.page, steps.now, 0)
    assert mara is not None
    other = MARA._replace(issuer="https://other.example", subject="m")
    for member in (other, MARA):
        again = Steps(steps.store, clock)
        again.page = steps.page
        await again.start()
        assert await again.link(member)
        linked = await steps.store.get_attempt(again.attempt.id)
        assert linked is not None
        assert (linked.status, linked.person_id) == ("finished", mara.person_id)
        assert not await again.link(member), "one step, once"


async def test_a_session_that_was_not_seen_for_long_is_none(steps: Steps) -> None:
    await steps.start()
    await steps.finish()
    assert await steps.store.get_session(steps.page, steps.now, steps.now) is not None
    assert await steps.store.get_session(steps.page, steps.now, steps.now + 1) is None
    await steps.store.touch_session(steps.page, steps.now + 1)
    assert await steps.store.get_session(steps.page, steps.now, steps.now + 1) is not None
