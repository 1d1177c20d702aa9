"""What handlers work with: everything the process made at start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auth import Auth
from widget.avatars import Pictures
from widget.backup.scheduling import Scheduled
from widget.cache import DocumentCache
from widget.core import Core
from widget.doctor.examine import Doctor
from widget.html import Html
from widget.live import Live
from widget.site_directory import SiteDirectory
from widget.transfer.working import Importer
from widget.views import ProviderView


@dataclass(frozen=True, slots=True)
class Service:
    origin: str  # the public URL
    core: Core
    sites: SiteDirectory
    auth: Auth
    html: Html
    providers: Sequence[ProviderView]  # those with keys
    cache: DocumentCache
    pictures: Pictures
    doctor: Doctor
    importer: Importer
    backups: Scheduled | None  # None: the service makes none by itself
    live: Live
