"""`palaver import` as an owner runs it: what it prints, and what it says when something is wrong."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.support.exports import EXPORTS
from tests.support.palaver import Palaver, enter_empty_folder
from tests.support.wxr import export, item, told
from widget.commands import transfer
from widget.transfer.formats import FORMATS


@pytest.fixture
def blog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Palaver:
    enter_empty_folder(tmp_path, monkeypatch)
    palaver = Palaver(PALAVER_DATABASE_URL=database_url, PALAVER_SECRET_KEYS="k" * 32)
    palaver.done("site", "add", "blog", "--origin", "https://blog.example")
    return palaver


@pytest.fixture
def file(blog: Palaver) -> str:
    data = export(item(told(1), told(2, parent=1), told(3, type="pingback"), told(4, parent=9, approved="0")))
    Path("export.xml").write_bytes(data)
    return "export.xml"


def test_owner_looks_first_and_then_imports(blog: Palaver, file: str) -> None:
    found = [
        "Found: 4 comments (3 approved, 1 pending) by 1 person on 1 page",
        "Deepest reply: level 2; replies whose parent is missing, now roots: 1",
    ]
    skipped = "Skipped: 1 × pingback"
    dry = blog.done("import", file, "--site", "blog", "--dry-run").splitlines()
    assert dry == [*found, "Nothing was written (dry run); there already: 0", skipped]
    written = blog.done("import", file, "--site", "blog").splitlines()
    assert written == [*found, "Imported now: 3; there already: 0", skipped]
    assert "Imported now: 0; there already: 3" in blog.done("import", file, "--site", "blog", "--format", "wordpress")


def test_program_reads_the_report_as_json(blog: Palaver, file: str) -> None:
    report = blog.json("import", file, "--site", "blog")
    assert (report["format"], report["comments"], report["imported"], report["skipped"]) == (
        "wordpress",
        4,
        3,
        {"pingback": 1},
    )
    assert blog.json("import", file, "--site", "blog", "--dry-run")["imported"] == 0


def test_import_that_cannot_be_is_told(blog: Palaver, file: str) -> None:
    assert blog.fails("import", "none.xml", "--site", "blog") == "none.xml cannot be read: No such file or directory."
    assert blog.fails("import", file, "--site", "blgo") == "There is no site “blgo”; `palaver site list` shows all."
    Path("list.json").write_text("[]")
    said = blog.fails("import", "list.json", "--site", "blog")
    assert said == f"list.json is in no format that can be imported. There are: {', '.join(FORMATS)}."
    whole = Path(file).read_bytes()
    Path(file).write_bytes(whole[:-40])
    assert "the file is cut off" in blog.fails("import", file, "--site", "blog")
    assert "there are: disqus, wor" in blog.fails("import", file, "--site", "blog", "--format", "intensedebate", code=2)
    assert "Missing option '--site'." in blog.fails("import", file, code=2)


def test_pages_of_other_hosts_come_only_when_asked_for(blog: Palaver, file: str) -> None:
    blog.done("site", "set", "blog", "origins=https://new.example")
    report = blog.json("import", file, "--site", "blog")
    assert (report["imported"], report["skipped"]["page of another host"]) == (0, 3)
    assert "https://blog.example" in report["warnings"][0]
    assert blog.json("import", file, "--site", "blog", "--any-host")["imported"] == 3


def test_pages_that_moved_come_where_the_owner_says(blog: Palaver, file: str) -> None:
    blog.done("site", "set", "blog", "origins=https://new.example")
    mapped = ["--map", "https://blog.example=https://new.example", "--map", "/7=/bread"]
    report = blog.json("import", file, "--site", "blog", *mapped)
    assert (report["imported"], report["warnings"]) == (3, [])
    said = blog.fails("import", file, "--site", "blog", "--map", "blog.example=new.example", code=2)
    assert "“blog.example=new.example” is not OLD=NEW, each an address" in said


@pytest.mark.parametrize("name", ["disqus", "isso", "remark42"])
def test_any_format_is_known_by_its_content(blog: Palaver, name: str) -> None:
    source_format, data = EXPORTS[name]
    Path("export").write_bytes(data)
    report = blog.json("import", "export", "--site", "blog")
    assert (report["format"], report["warnings"]) == (source_format, [])
    assert report["imported"] > 2


def test_owner_at_a_terminal_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    tell = transfer.progress()
    assert tell is not None
    tell(500, None)
    tell(500, None)
    assert terminal.getvalue().endswith("\rReading: 1,000 comments")
    tell(600, 1_000)
    assert " 60%" in terminal.getvalue()
    tell(400, 1_000)
    assert "100%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\n")


def test_program_that_listens_sees_no_progress() -> None:
    assert transfer.progress() is None


def test_owner_exports_for_elsewhere_and_as_files(blog: Palaver, file: str) -> None:
    blog.done("import", file, "--site", "blog")
    assert blog.done("export", "--site", "blog").startswith('{"kind":"export"')
    blog.done("export", "--site", "blog", "--format", "wxr", "--out", "blog.xml")
    assert Path("blog.xml").read_text().count("<wp:comment>") == 3
    said = blog.done("export", "--site", "blog", "--format", "html", "--out", "files")
    assert said.strip() == "Pages: 1; files that changed: 4"
    assert "there are: jsonl, wxr, disqus, html." in blog.fails("export", "--site", "blog", "--format", "pdf", code=2)
    assert "html needs a folder" in blog.fails("export", "--site", "blog", "--format", "html", code=2)
    assert "There is no site" in blog.fails("export", "--site", "none", "--out", "none.jsonl")
    assert not Path("none.jsonl").exists()


def test_site_moves_to_another_palaver_by_its_export(blog: Palaver, file: str) -> None:
    blog.done("import", file, "--site", "blog")
    blog.done("export", "--site", "blog", "--out", "blog.jsonl")
    blog.done("site", "remove", "blog", "--yes")
    assert "Imported now: 3" in blog.done("import", "blog.jsonl", "--site", "blog")
    assert blog.done("export", "--site", "blog") == Path("blog.jsonl").read_text()
