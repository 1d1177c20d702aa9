"""The folder of the files that owners give to `/admin`, until what is in them is imported."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from pathlib import Path

from widget import ids
from widget.errors import Unavailable
from widget.store.imports import Import

MAX_FILE = 4 << 30  # bytes, as it is sent


def folder_of(chosen: str, database_url: str) -> Path:
    """As the setting `import_folder` says; else beside the SQLite file, or among the temporary files of the machine."""
    if chosen:
        return Path(chosen)
    path = database_url.removeprefix("sqlite:///")
    return (
        Path(tempfile.gettempdir(), f"palaver-imports-{_of(database_url)}")
        if path == database_url
        else Path(f"{path}-imports")
    )


def _of(database_url: str) -> str:
    """Installations on one machine have a folder each."""
    return hashlib.sha256(database_url.encode()).hexdigest()[:12]


class Files:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, site_id: int, import_id: int) -> Path:
        return self._folder / f"{ids.encode(site_id)}-{ids.encode(import_id)}"

    def path_of(self, found: Import) -> Path:
        return self.path(found.site_id, found.id)

    def make_folder(self) -> None:
        """For us alone: comments and e-mail addresses of people lie there. Raises `Unavailable`."""
        try:
            self._folder.mkdir(0o700, parents=True, exist_ok=True)
            about = self._folder.stat()
        except OSError as error:
            raise _unusable(f"cannot be made: {error.strerror}") from error
        if about.st_uid != os.geteuid() or about.st_mode & 0o077:
            raise _unusable("is not for the service alone")

    def list_older(self, seconds: float) -> list[Path]:
        """Files that nobody has written to for so long, by the machine's own clock."""
        found = self._folder.iterdir() if self._folder.is_dir() else ()
        return [path for path in found if path.is_file() and path.stat().st_mtime < time.time() - seconds]

    def remove(self, found: Import) -> None:
        self.path_of(found).unlink(missing_ok=True)


def _unusable(why: str) -> Unavailable:
    return Unavailable(f"No file can be taken: the folder for them {why}.", code="no_folder")
