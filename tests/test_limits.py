from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.redis import RedisServer
from widget import limits
from widget.errors import TooMany
from widget.limits import RULES, CountsInMemory, Limits, client_address
from widget.sharing import Shared

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]
NOW = 1_800_000_000_000


@pytest.fixture(params=["memory", "redis"])
async def rules(request: pytest.FixtureRequest) -> AsyncIterator[Limits]:
    if request.param == "memory":
        yield Limits(enabled=True)
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    shared = Shared(server.url)
    yield Limits(enabled=True, counts=shared)
    await shared.close()


async def allowed(rules: Limits, rule: str, key: str, now: int) -> bool:
    try:
        await rules.check(rule, key, now)
    except TooMany:
        return False
    return True


@pytest.mark.parametrize("rule", RULES)
async def test_guest_who_acts_too_often_is_told_when_to_come_back(rules: Limits, rule: str) -> None:
    for _ in range(RULES[rule].burst):
        await rules.check(rule, "192.0.2.1", NOW)
    with pytest.raises(TooMany) as caught:
        await rules.check(rule, "192.0.2.1", NOW)
    wait = caught.value.retry_after
    assert wait is not None
    assert wait * 1_000 >= RULES[rule].every
    assert caught.value.message.endswith(" second." if wait == 1 else f" {wait} seconds.")
    await rules.check(rule, "192.0.2.1", NOW + wait * 1_000)


async def test_address_is_counted_apart_from_others_and_for_each_rule(rules: Limits) -> None:
    while await allowed(rules, "post", "192.0.2.2", NOW):
        pass
    assert await allowed(rules, "post", "192.0.2.3", NOW)
    assert await allowed(rules, "like", "192.0.2.2", NOW)


async def test_refused_act_does_not_prolong_the_wait(rules: Limits) -> None:
    while await allowed(rules, "post", "192.0.2.4", NOW):
        pass
    for step in range(0, RULES["post"].every, 1_000):
        assert not await allowed(rules, "post", "192.0.2.4", NOW + step)
    assert await allowed(rules, "post", "192.0.2.4", NOW + RULES["post"].every)


async def test_clock_that_is_set_back_locks_nobody_out(rules: Limits) -> None:
    while await allowed(rules, "post", "192.0.2.5", NOW):
        pass
    assert await allowed(rules, "post", "192.0.2.5", NOW - 3_600_000)


async def test_limits_that_are_off_refuse_nothing() -> None:
    rules = Limits(enabled=False)
    for _ in range(1_000):
        assert await allowed(rules, "post", "192.0.2.1", NOW)


async def test_flood_of_addresses_takes_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ENTRIES", 100)
    counts = CountsInMemory()
    for number in range(1_000):
        await counts.count("post", f"address {number}", NOW)
    assert len(counts._full_again) == 100


@given(gaps=st.lists(st.integers(0, 40_000), max_size=60))
async def test_no_more_than_the_burst_and_the_rate_pass_in_any_time(gaps: list[int]) -> None:
    burst, every, _ = RULES["post"]
    rules, now, passed = Limits(enabled=True), NOW, []
    for gap in gaps:
        now += gap
        if await allowed(rules, "post", "192.0.2.1", now):
            passed.append(now)
    for first, start in enumerate(passed):
        for last, end in enumerate(passed[first:], start=1):
            assert last <= burst + (end - start) / every


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "expected"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),  # nobody said that this peer is a proxy
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # what is left of it is a claim
        ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.2.3.4", "198.51.100.7"),
        ("10.0.0.1", "10.9.9.9, 10.2.3.4", "10.9.9.9"),  # a client inside
        ("10.0.0.1", "198.51.100.7:51234", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, rubbish", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9,", "10.0.0.1"),
        ("fd00::1", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", None, "2001:db8:1:2::/64"),
        ("fe80::1%eth0", None, "fe80::/64"),
        ("::ffff:192.0.2.1", None, "192.0.2.1"),
        ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("", "198.51.100.7", ""),
        ("testclient", "198.51.100.7", "testclient"),
    ],
)
def test_client_cannot_choose_the_address_it_is_counted_under(
    peer: str, forwarded_for: str | None, expected: str
) -> None:
    assert client_address(peer, forwarded_for, PROXIES) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_header_gives_an_address(peer: str, forwarded_for: str) -> None:
    client_address(peer, forwarded_for, PROXIES)
    assert client_address("192.0.2.1", forwarded_for, PROXIES) == "192.0.2.1"
