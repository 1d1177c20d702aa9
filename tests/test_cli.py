"""The command `palaver`: what it prints, what it exits with, and what it says when something is wrong."""

from __future__ import annotations

import io
import json
import re
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.support import wxr
from tests.support.palaver import Palaver, enter_empty_folder
from widget.cli import main
from widget.commands.base import counting
from widget.sites import SETTINGS

SECRET = "k" * 32
TAG = (
    '<script async src="http://localhost:8000/embed.js" data-site="blog"></script>\n'
    "<noscript>Please turn JavaScript on to read and write comments here.</noscript>\n"
)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Palaver:
    """With the database that is made where nothing is set: `palaver.db` in the folder."""
    enter_empty_folder(tmp_path, monkeypatch)
    return Palaver()


@pytest.fixture
def palaver(bare: Palaver, database_url: str) -> Palaver:
    return Palaver(PALAVER_DATABASE_URL=database_url, PALAVER_SECRET_KEYS=SECRET)


@pytest.fixture
def blog(palaver: Palaver) -> Palaver:
    palaver.done("site", "add", "blog", "--origin", "https://blog.example")
    return palaver


# Sites


def test_owner_adds_a_site_and_gets_its_tag(palaver: Palaver) -> None:
    assert palaver.done("site", "add", "blog", "--origin", "https://Blog.example/") == TAG


def test_tag_leads_to_the_public_url(palaver: Palaver) -> None:
    palaver.environment["PALAVER_PUBLIC_URL"] = "https://comments.example"
    added = palaver.json("site", "add", "blog", "--origin", "https://blog.example", "--origin", "http://b.example:81")
    assert added["tag"] == TAG.strip().replace("http://localhost:8000", "https://comments.example")
    assert (added["name"], added["origins"]) == ("blog", ["https://blog.example", "http://b.example:81"])


@pytest.mark.parametrize(
    ("name", "origin", "sentence"),
    [
        ("Blog", "https://blog.example", "A site's name has 1 to 40 characters of a to z, 0 to 9 and “-”."),
        ("blog", "blog.example", "“blog.example” does not start with https:// or http://. An origin looks like"),
        ("blog", "https://*.example", "“https://*.example” holds a wildcard"),
        ("blog", "https://blog.example/posts", "is more than an origin"),
        ("blog", "http://localhost:8000", "http://localhost:8000 is the comment service itself; no site may list it."),
    ],
)
def test_site_that_cannot_be_is_refused(palaver: Palaver, name: str, origin: str, sentence: str) -> None:
    assert sentence in palaver.fails("site", "add", name, "--origin", origin)
    assert palaver.json("site", "list") == []


def test_name_that_is_taken_is_refused(blog: Palaver) -> None:
    said = blog.fails("site", "add", "blog", "--origin", "https://other.example")
    assert said == "There is a site “blog” already."


def test_owner_lists_sites_with_their_settings(blog: Palaver) -> None:
    blog.done("site", "add", "a", "--origin", "https://a.example", "--origin", "https://b.example")
    lines = blog.done("site", "list").splitlines()
    settings = [f"    {setting.name}={setting.default}" for setting in SETTINGS]
    assert lines == ["a  https://a.example https://b.example", *settings, "blog  https://blog.example", *settings]
    assert [site["name"] for site in blog.json("site", "list")] == ["a", "blog"]


def test_owner_changes_settings_of_a_site(blog: Palaver) -> None:
    printed = blog.done(
        "site", "set", "blog", "hold=all", "edit_window=60", "origins=https://a.example, https://b.example"
    )
    assert printed == "blog: hold=all, edit_window=60, origins=https://a.example, https://b.example\n"
    (site,) = blog.json("site", "list")
    assert site["origins"] == ["https://a.example", "https://b.example"]
    assert (site["settings"]["hold"], site["settings"]["edit_window"]) == ("all", "60")


def test_every_wrong_setting_is_named_with_the_nearest_and_none_is_changed(blog: Palaver) -> None:
    said = blog.fails("site", "set", "blog", "hodl=all", "sort=worst", "edit_window=-1", "theme=dark", "zzz=1")
    assert "There is no site setting “hodl”; did you mean hold?" in said
    assert "“sort” takes one of old, new, best, not “worst”." in said
    assert "“edit_window” takes a whole number from 0 to 604800, not “-1”." in said
    assert "There is no site setting “zzz”; there are: guests, " in said
    assert blog.json("site", "list")[0]["settings"]["theme"] == "auto"


def test_provider_that_is_not_set_up_is_refused(blog: Palaver) -> None:
    said = blog.fails("site", "set", "blog", "providers=github")
    assert said == "“github” is no provider that is set up here; there are: none yet."


def test_what_is_no_setting_at_all_is_a_wrong_argument(blog: Palaver) -> None:
    assert "“hold” is not KEY=VALUE." in blog.fails("site", "set", "blog", "hold", code=2)
    assert "Missing argument 'KEY=VALUE…'." in blog.fails("site", "set", "blog", code=2)


def test_owner_renames_a_site_and_the_old_name_leads_to_it(blog: Palaver) -> None:
    assert blog.done("site", "rename", "blog", "diary") == "blog is diary now.\n"
    blog.done("site", "set", "blog", "sort=new")
    [site] = blog.json("site", "list")
    assert (site["name"], site["settings"]["sort"]) == ("diary", "new")
    assert "1 to 40 characters" in blog.fails("site", "rename", "blog", "My Diary")


def test_owner_exports_a_site_to_a_file_and_to_a_pipe(blog: Palaver) -> None:
    blog.done("export", "--site", "blog", "--out", "blog.jsonl")
    for lines in (Path("blog.jsonl").read_text(), blog.done("export", "--site", "blog")):
        assert [json.loads(line)["kind"] for line in lines.splitlines()] == ["export", "site", "end"]
    assert blog.fails("export", "--site", "blgo") == "There is no site “blgo”; `palaver site list` shows all."


def test_owner_removes_a_site_after_a_question(blog: Palaver) -> None:
    kept = blog("site", "remove", "blog", answer="n\n")
    assert kept.exit_code == 1
    assert "Remove the site “blog” with all its comments? This cannot be undone" in kept.stdout
    assert len(blog.json("site", "list")) == 1
    assert blog("site", "remove", "blog", answer="y\n").stdout.endswith("blog is removed.\n")
    assert blog.json("site", "list") == []


def test_site_that_is_not_there_is_named(blog: Palaver) -> None:
    sentence = "There is no site “blgo”; `palaver site list` shows all."
    assert blog.fails("site", "remove", "blgo", "--yes") == sentence
    assert blog.fails("site", "set", "blgo", "hold=all") == sentence


# The database


def test_migrating_makes_what_is_needed_and_is_harmless_again(bare: Palaver) -> None:
    for _ in range(2):
        assert bare.done("migrate") == "The database is up to date.\n"
    assert sorted(path.name for path in Path().iterdir() if not path.name.startswith("palaver.db-")) == [
        "palaver.db",
        "palaver.key",
    ]
    assert Path("palaver.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:////nowhere/palaver.db", "unable to open database file"),
        ("sqlite:///rubbish.db", "file is not a database"),
        ("postgresql://palaver:hidden@127.0.0.1:1/palaver", "[Errno 111] Connect call failed ('127.0.0.1', 1)"),
    ],
)
def test_database_that_cannot_be_used_is_told_in_one_sentence(bare: Palaver, url: str, reason: str) -> None:
    Path("rubbish.db").write_text("Dear diary, " * 100)
    bare.environment = {"PALAVER_DATABASE_URL": url, "PALAVER_SECRET_KEYS": SECRET}
    for arguments in (["migrate"], ["site", "list"], ["import", "export.xml", "--site", "blog"]):
        assert bare.fails(*arguments) == f"The database cannot be used: {reason}."


def test_database_of_a_newer_version_is_left_alone(bare: Palaver) -> None:
    bare.done("migrate")
    with sqlite3.connect("palaver.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert bare.fails("migrate") == "The database belongs to a newer version of Palaver than this one."


def test_owner_looks_at_moves_before_they_are_made(blog: Palaver) -> None:
    Path("export.xml").write_bytes(wxr.export(wxr.item(wxr.told(1), wxr.told(2, parent=1))))
    blog.done("import", "export.xml", "--site", "blog")
    (page,) = blog.json("pages", "list", "blog")
    assert (page["comments"], page["part_of"]) == (2, None)
    new = "https://new.example/x"
    dry = blog.json("pages", "move", "blog", page["url"], new, "--add-origins", "--dry-run")
    assert (dry["moved"], dry["origins"]) == (0, ["https://new.example"])
    assert dry["moves"] == [{"page": page["id"], "from": page["url"], "to": new, "comments": 2, "into": None}]
    assert blog.json("site", "list")[0]["origins"] == ["https://blog.example"]
    said = blog.done("pages", "move", "blog", page["url"], new, "--add-origins")
    assert said.splitlines() == [f"{page['url']} → {new} (2 comments)", "Moved: 1 page"]
    assert blog.done("pages", "split", "blog", page["id"]) == f"{page['url']} has 2 comments of its own again.\n"
    assert blog.done("pages", "merge", "blog", new, page["url"]) == f"{page['url']} has 2 comments now.\n"


def test_owner_at_a_terminal_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert counting("Asked: {} pages") is None
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    tell = counting("Asked: {} pages")
    assert tell is not None
    tell(500)
    tell(700)
    assert terminal.getvalue() == "Asked: 500 pages\rAsked: 1,200 pages\r"


def test_moves_that_cannot_be_are_told(blog: Palaver) -> None:
    assert "one of OLD NEW, --csv, --map and --redirects" in blog.fails("pages", "move", "blog", code=2)
    assert "one of OLD NEW" in blog.fails("pages", "move", "blog", "/a", code=2)
    assert "“/a” is not OLD=NEW" in blog.fails("pages", "move", "blog", "--map", "/a", code=2)
    assert blog.fails("pages", "move", "blgo", "/a", "/b").startswith("There is no site “blgo”")
    Path("moves.csv").write_text("/a,/b\n/b,/a\n")
    circle = blog("pages", "move", "blog", "--csv", "moves.csv")
    assert circle.exit_code == 1
    assert "Conflict: https://blog.example/a leads in a circle" in circle.stdout
    assert circle.stdout.endswith("Nothing was moved, for the conflicts; 0 to move\n")


def test_owner_makes_a_backup_and_tries_it(blog: Palaver) -> None:
    made = blog.json("backup", "--folder", "backups")
    assert (made["counts"]["sites"], made["removed"]) == (1, 0)
    assert Path(made["file"]).parent == Path("backups")
    said = blog.done("restore", "--check", "backups")
    assert said.startswith(f"{made['file']} can be restored: of {made['created_at']}, 1 site, 0 pages")
    assert "not empty" in blog.fails("restore", made["file"])
    blog.done("site", "remove", "blog", "--yes")
    assert blog.json("restore", "backups")["counts"] == made["counts"]
    assert [site["name"] for site in blog.json("site", "list")] == ["blog"]


def test_backup_that_cannot_be_is_told(bare: Palaver) -> None:
    assert "Say where to" in bare.fails("backup", code=2)
    assert bare.fails("backup", "--folder", "backups") == "There is no database to back up yet."
    said = bare.fails("backup", "--folder", "none/backups")
    assert said == "The backup in none/backups cannot be written: No such file or directory."
    assert bare.fails("restore", "backups") == "There is no backup in backups."
    assert "Say either --check or --replace." in bare.fails("restore", "backups", "--check", "--replace", code=2)
    bare.environment = {"PALAVER_BACKUP_EVERY": "24"}
    assert "backup_every needs a backup_folder." in bare.fails("backup")


# Settings and help


def test_every_mistake_of_the_configuration_is_told_at_once(bare: Palaver) -> None:
    Path("palaver.toml").write_text('prot = 80\nlimits = "maybe"\npublic_url = "http://comments.example"\n')
    bare.environment = {"PALAVER_LOG_LEVEL": "loud", "PALAVER_SECRET_KEYS": "short"}
    lines = bare.fails("serve", "--port", "99999").splitlines()
    assert lines[0] == "The configuration cannot be used:"
    assert all(line.startswith("  - ") and line.endswith((".", "?")) for line in lines[1:])
    said = "\n".join(lines)
    for mistake in ("“prot”; did you mean port?", "limits takes on or off", "LOG_LEVEL takes one of", "--port takes"):
        assert mistake in said
    assert "SECRET_KEYS takes random keys" in said
    assert "public_url takes https, or an address on loopback." in said
    assert "short" not in said


def test_configuration_file_that_cannot_be_read_is_told(bare: Palaver) -> None:
    said = bare.fails("--config", "none.toml", "serve")
    assert said.endswith("  - none.toml: the file cannot be read: No such file or directory.")
    Path("broken.toml").write_text("public_url = https://comments.example")
    assert "broken.toml: the file is not TOML (at line 1, column 14)." in bare.fails(
        "--config", "broken.toml", "migrate"
    )


def test_production_takes_no_plain_http_off_loopback(bare: Palaver) -> None:
    bare.environment = {"PALAVER_PUBLIC_URL": "http://comments.example"}
    assert "PALAVER_PUBLIC_URL takes https, or an address on loopback." in bare.fails("serve")
    bare.done("migrate")


def test_unknown_variable_is_a_warning_only(bare: Palaver) -> None:
    bare.environment = {"PALAVER_PUBLIC_ULR": "x"}
    result = bare("migrate")
    assert result.exit_code == 0
    assert result.stderr.startswith("Warning: PALAVER_PUBLIC_ULR is no setting and was ignored; did you mean PALAVER_")


def test_folder_of_the_demo_that_cannot_be_made_is_told(bare: Palaver) -> None:
    Path("file").touch()
    assert "--folder: file/demo cannot be made: Not a directory." in bare.fails("demo", "--folder", "file/demo")


def test_port_of_the_demo_that_is_taken_is_told_before_its_addresses(bare: Palaver) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = bare.fails("demo", "--port", str(port))
    assert f"--port: {port} cannot be had: Address already in use." in told
    assert "comment service" not in told


def test_link_for_an_owner_is_printed_alone(palaver: Palaver) -> None:
    links = [palaver.done("admin", "link") for _ in range(2)]
    assert all(re.fullmatch(r"http://localhost:8000/admin/link\?t=[\w-]{43}\n", link) for link in links)
    assert links[0] != links[1]


def test_staff_are_named_before_they_come(blog: Palaver) -> None:
    github = {"PALAVER_PROVIDER_GITHUB_ID": "id", "PALAVER_PROVIDER_GITHUB_SECRET": "secret"}
    blog = Palaver(**blog.environment, **github)
    said = blog.done("admin", "appoint", "github:583231", "--site", "blog")
    assert said == "Whoever signs in as github:583231 will be moderator on blog.\n"
    blog.done("admin", "appoint", "github:Olga@Example.org", "--owner")
    assert blog.done("admin", "appointments").splitlines() == [
        "github:583231  moderator  blog",
        "github:olga@example.org  owner  every site",
    ]
    assert blog.json("admin", "appointments")[1] == {
        "provider": "github", "account": "olga@example.org", "role": "owner", "site": None,
    }  # fmt: skip
    blog.done("admin", "dismiss", "github:Olga@example.org")
    assert "Nothing waits for github:583231 there" in blog.fails("admin", "dismiss", "github:583231")
    assert "Say either --site or --owner." in blog.fails("admin", "appoint", "github:1", code=2)
    assert "“gitlab” is no provider that is set up here; there are: github." in blog.fails(
        "admin", "appoint", "gitlab:1", "--owner"
    )


def test_description_of_the_interface_is_printed_as_json(bare: Palaver) -> None:
    bare.environment = {"PALAVER_PUBLIC_URL": "https://comments.example"}
    document = json.loads(bare.done("openapi"))
    assert document["servers"] == [{"url": "https://comments.example"}]
    assert "/api/v1/{site}/thread" in document["paths"]


def commands(command: click.Command, *names: str) -> Iterator[tuple[str, ...]]:
    yield names
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from commands(child, *names, name)


@pytest.mark.parametrize("names", list(commands(main)), ids=" ".join)
def test_every_command_explains_itself(bare: Palaver, names: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        said = bare.done(*names, option)
        assert said.startswith(f"Usage: {' '.join(('palaver', *names))} ")
        assert len(said.splitlines()) > 3
    assert list(Path().iterdir()) == [], "help needs no database"


def test_version_is_told(bare: Palaver) -> None:
    assert bare.done("--version").startswith("palaver, version ")


@pytest.mark.parametrize(
    ("arguments", "nearest"), [(["sreve"], "serve"), (["site", "lits"], "list"), (["migrate", "--hepl"], "--help")]
)
def test_misspelt_word_is_answered_with_the_nearest(bare: Palaver, arguments: list[str], nearest: str) -> None:
    assert f"Did you mean '{nearest}'?" in bare.fails(*arguments, code=2)
