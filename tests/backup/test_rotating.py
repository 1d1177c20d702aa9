"""Which backups go: never the newest, and none that a day or a week is kept by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from widget.backup.making import Kept, superseded

MONDAY = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
times = st.lists(st.integers(0, 200 * 24).map(lambda hours: MONDAY + timedelta(hours=hours)), max_size=60, unique=True)
kept = st.builds(Kept, st.integers(1, 9), st.integers(0, 9))


def left(found: list[datetime], kept: Kept) -> list[datetime]:
    gone = superseded(found, kept)
    return sorted(time for time in found if time not in gone)


@settings(max_examples=50)
@given(times, kept)
def test_newest_of_each_kept_day_and_week_stays_and_no_more(found: list[datetime], kept: Kept) -> None:
    staying = left(found, kept)
    days, weeks = ({time.date() for time in found}, {time.isocalendar()[:2] for time in found})
    by_day = {max(time for time in found if time.date() == day) for day in sorted(days)[-kept.daily :]}
    chosen_weeks = sorted(weeks)[-kept.weekly :] if kept.weekly else []
    by_week = {max(time for time in found if time.isocalendar()[:2] == week) for week in chosen_weeks}
    assert set(staying) == by_day | by_week
    assert staying[-1:] == sorted(found)[-1:]
    assert left(staying, kept) == staying


def test_half_a_year_of_two_backups_a_day_leaves_seven_days_and_four_weeks() -> None:
    there: list[datetime] = []
    for half_day in range(2 * 180):
        there = left([*there, MONDAY + timedelta(hours=12 * half_day)], Kept(7, 4))
    last = MONDAY + timedelta(hours=12 * (2 * 180 - 1))
    assert there[-7:] == [last - timedelta(days=days) for days in range(6, -1, -1)]
    assert [time.isoweekday() for time in there[:-7]] == [7, 7, 7][: len(there) - 7]
    assert len({time.isocalendar()[:2] for time in there}) == 4
