"""`palaver.key`: the secret keys of an installation on SQLite, one on a line, readable by its owner alone."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from pathlib import Path

NAME = "palaver.key"
MIN_LENGTH = 32  # characters of one key


def parse_keys(text: str) -> tuple[str, ...]:
    """Keys between blanks or commas. Raises `ValueError` with what is expected."""
    keys = tuple(word for word in re.split(r"[\s,]+", text) if word)
    if any(len(key) < MIN_LENGTH for key in keys):
        raise ValueError(f"random keys of at least {MIN_LENGTH} characters each")
    return keys


def key_file(database_url: str) -> Path | None:
    """The file beside the SQLite file; None for PostgreSQL, whose processes share no folder."""
    path = database_url.removeprefix("sqlite:///")
    return None if path == database_url else Path(path).with_name(NAME)


def write_key_file(path: Path) -> None:
    """Make a file with one new key unless there is one. Raises `OSError`.

    The file appears whole or not at all, and the first of several processes wins: a hard link never overwrites.
    """
    if path.exists():
        return
    handle, name = tempfile.mkstemp(prefix=f".{NAME}-", dir=path.parent)  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(temporary)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def read_key_file(path: Path) -> tuple[str, ...]:
    """At least one key. Raises `OSError`, or `ValueError` with what is expected."""
    keys = parse_keys(path.read_text(encoding="utf-8", errors="replace"))
    if not keys:
        raise ValueError(f"at least one random key of {MIN_LENGTH} characters")
    return keys


def is_readable_by_others(path: Path) -> bool:
    return path.stat().st_mode & 0o077 != 0
