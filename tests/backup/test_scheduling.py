"""Backups that the service makes by itself: one process of several, none too often, and a failure is told."""

from __future__ import annotations

import asyncio
import fcntl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.service import Clock, open_world
from widget.backup import scheduling
from widget.backup.making import Kept, Plan, back_up_if_due, list_backups
from widget.backup.scheduling import Scheduled
from widget.db import unix_ms
from widget.errors import Unavailable

HOUR = 3_600


@pytest.fixture
def plan(sqlite_url: str, folder: Path) -> Plan:
    return Plan(sqlite_url, str(folder), 24, Kept(2, 0))


def at(hours: int) -> datetime:
    return datetime(2026, 5, 17, tzinfo=UTC) + timedelta(hours=hours)


def test_backup_is_made_when_the_newest_is_old_enough_and_old_ones_go(plan: Plan, folder: Path) -> None:
    made = [hours for hours in range(0, 73, 12) if back_up_if_due(plan, at(hours))]
    assert made == [0, 24, 48, 72]
    assert sorted(list_backups(folder)) == [at(48), at(72)]


def test_what_is_not_a_backup_stays(plan: Plan, folder: Path) -> None:
    folder.mkdir()
    names = {"palaver.zip", "palaver-2026-01-01.zip", "notes.txt", "palaver-2026-01-01T000000Z.zip.part"}
    for name in names:
        (folder / name).touch()
    (folder / ".palaver-backup-left").touch()  # by a process that was killed
    for hours in (0, 24, 48, 72):
        back_up_if_due(plan, at(hours))
    found = {path.name for path in folder.iterdir()}
    assert names < found
    assert found - names == {
        ".palaver-backup.lock", "palaver-2026-05-19T000000Z.zip", "palaver-2026-05-20T000000Z.zip",
    }  # fmt: skip


def test_another_process_that_is_at_it_is_left_to_it(plan: Plan, folder: Path) -> None:
    folder.mkdir()
    with (folder / ".palaver-backup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert back_up_if_due(plan, at(0)) is None
    assert back_up_if_due(plan, at(0)) is not None


def test_backup_that_fails_leaves_the_good_ones(plan: Plan, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for hours in (0, 24):
        back_up_if_due(plan, at(hours))

    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("shutil.copyfileobj", full)
        with pytest.raises(Unavailable, match="cannot be written: No space left on device"):
            back_up_if_due(plan, at(48))
    assert {path.name for path in folder.iterdir()} == {
        ".palaver-backup.lock", "palaver-2026-05-17T000000Z.zip", "palaver-2026-05-18T000000Z.zip",
    }  # fmt: skip


async def test_service_has_one_made_by_a_process_of_its_own(sqlite_url: str, folder: Path) -> None:
    plan = Plan(sqlite_url, str(folder), 1, Kept(1, 0))
    several = [Scheduled(plan, unix_ms) for _ in range(2)]
    await asyncio.gather(*(scheduled.look() for scheduled in several))
    assert [file.stat().st_mode & 0o777 for file in list_backups(folder).values()] == [0o600]
    assert not any(scheduled.overdue for scheduled in several)


async def test_service_says_when_backups_stop(
    sqlite_url: str, folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async with open_world(sqlite_url, clock, backup_folder=str(folder / "not" / "mounted"), backup_every=24) as world:
        backups = world.app.service.backups
        assert backups is not None
        assert (await world.client.get("/readyz")).text == "ok\n"
        await backups.look()
        answer = await world.client.get("/readyz")
        assert (answer.status_code, answer.text) == (200, "ok\na backup is overdue\n")
    assert "no backup was made: The backup in" in capfd.readouterr().err


async def test_service_that_stops_does_not_wait_for_a_backup(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "pid"
    told.touch()
    monkeypatch.setattr(scheduling, "JOB", ("/bin/sh", "-c", f"echo $$ > {told}; exec sleep 600"))
    making = asyncio.create_task(Scheduled(plan, unix_ms).keep_making(first=0))
    while not (pid := told.read_text()).endswith("\n"):
        await asyncio.sleep(0.01)
    making.cancel()
    await asyncio.wait({making}, timeout=60)
    assert not Path("/proc", pid.strip()).exists()
