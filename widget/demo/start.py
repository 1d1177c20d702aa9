"""`palaver demo`: a blog with comments at one address, the service at another, in one process on one port."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Sequence
from pathlib import Path

import click
import jinja2
from starlette.routing import BaseRoute, Mount

from auth import Provider
from widget import site_verbs
from widget.app import Application, create_app
from widget.db import open_database, unix_ms
from widget.demo.blog import POSTS, ByHost, blog
from widget.demo.likes import add_likes
from widget.demo.provider import PATH, demo_provider
from widget.logs import configure
from widget.mapping import parse_mapping
from widget.migrate import migrate
from widget.moderation import owners
from widget.moving.moving import MoveOptions, by_mappings, move
from widget.server import run
from widget.settings import ConfigurationError, Settings, ensure_key_file, load
from widget.store.sites import get_site
from widget.transfer.formats import import_file

EXPORT = Path(__file__).with_name("wordpress-export.xml")
WRITTEN_FOR = b"http://127.0.0.1:8000"  # the blog's address in the export
SITE = "demo"


def start(port: int, folder: Path) -> None:
    """Prepare `folder` (made if need be) and serve until stopped. Listens on loopback alone."""
    blog_origin, home = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError([f"--folder: {folder} cannot be made: {error.strerror}."]) from error
    _check_free(port)
    settings = demo_settings(port, folder)
    migrate(settings.database_url)
    owner_link = asyncio.run(fill(settings, folder, blog_origin))
    configure("warning")
    logging.getLogger("palaver").warning("Demo mode: anybody on this machine can sign in as one of three people.")
    click.echo(f"A blog with comments:  {blog_origin}/posts/{POSTS[0].name}/")
    click.echo(f"The comment service:   {home}/")
    click.echo(f"Look after comments:   {owner_link}")
    click.echo(f"Its data is in {folder}/; delete the folder to begin anew. Ctrl+C stops.")
    app = demo_app(settings)
    run(settings, ByHost(blog(blog_origin, home), app), app.service.live)


def _check_free(port: int) -> None:
    """Before anything is said of addresses that another program answers."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigurationError([f"--port: {port} cannot be had: {error.strerror}."]) from error


def demo_settings(port: int, folder: Path) -> Settings:
    """Nothing from a file, and of the environment only rate limits and mail: the demo is the same everywhere."""
    options = {
        "database_url": f"sqlite:///{(folder / 'palaver.db').resolve()}",
        "public_url": f"http://localhost:{port}",
        "port": str(port),
        "host": "127.0.0.1",
        "limits": os.environ.get("PALAVER_LIMITS", "on"),
        "mail_url": os.environ.get("PALAVER_MAIL_URL", ""),
        "mail_from": os.environ.get("PALAVER_MAIL_FROM", ""),
    }
    return ensure_key_file(load(None, {}, production=False, providers={}, options=options))


def demo_app(settings: Settings) -> Application:
    """The service with the demo's provider, which exists nowhere else."""

    def extend(templates: jinja2.Environment) -> tuple[Sequence[Provider], Sequence[BaseRoute]]:
        application, provider = demo_provider(settings.public_url, templates, unix_ms)
        return [provider], [Mount(PATH, application)]

    return create_app(settings, extend=extend)


async def fill(settings: Settings, folder: Path, blog_origin: str) -> str:
    """The site, and the comments of the blog's export: the same again changes nothing. Gives a link for an owner."""
    db = open_database(settings.database_url)
    try:
        site = await db.read(get_site, SITE)
        if site is None:
            await site_verbs.add(db, SITE, [blog_origin], settings.public_url)
        elif site.origins[:1] != (blog_origin,):  # another port than last time: the comments come along
            others = [origin for origin in site.origins if origin != blog_origin]
            await site_verbs.change(db, SITE, {"origins": ",".join([blog_origin, *others])}, settings.public_url)
            mappings = [parse_mapping(f"{origin}={blog_origin}") for origin in others[:1]]
            await move(db, SITE, by_mappings(mappings), settings.public_url, MoveOptions())
        export = folder / "export.xml"
        export.write_bytes(EXPORT.read_bytes().replace(WRITTEN_FOR, blog_origin.encode()))
        report = await import_file(db, SITE, export)
        if report.imported:
            await db.write(add_likes, SITE)
        return await owners.make_link(db, settings.public_url)
    finally:
        await db.close()
