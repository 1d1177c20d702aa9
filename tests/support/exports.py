"""The same small discussion as each system exports it: a page, a comment with a reply, one held and one deleted."""

from __future__ import annotations

import gzip
import json
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from widget import ids

PAGE = "https://blog.example/bread/"
TIMES = ("2020-01-02T03:04:05Z", "2020-01-02T03:05:05Z", "2020-01-02T03:06:05Z", "2020-01-02T03:07:05Z")
MILLISECONDS = tuple(1_577_934_245_000 + 60_000 * number for number in range(4))
HTML = "<p>Good <strong>bread</strong>.</p>"
MARKDOWN = "Good **bread**."
ADA = ("Ada", "ada@example.org", "https://ada.example/")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def disqus() -> bytes:
    def post(number: int, body: str, more: str = "", *, deleted: bool = False) -> str:
        name, email, _ = ADA if number == 1 else ("Bert", "", "")
        return (
            f'<post dsq:id="{number}"><id/><message><![CDATA[{body}]]></message>'
            f"<createdAt>{TIMES[number - 1]}</createdAt>"
            f"<isDeleted>{str(deleted).lower()}</isDeleted><isSpam>{str(number == 3).lower()}</isSpam>"
            f"<author><name>{name}</name><email>{email}</email><isAnonymous>false</isAnonymous>"
            f"<username>{name.lower()}</username></author><ipAddress>203.0.113.7</ipAddress>"
            f'<thread dsq:id="7"/>{more}</post>\n'
        )

    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<disqus xmlns="http://disqus.com" '
        'xmlns:dsq="http://disqus.com/disqus-internals">\n<category dsq:id="1"><title>General</title></category>\n'
        f'<thread dsq:id="7"><id/><link>{PAGE}</link><title>Bread</title><message/><isClosed>true</isClosed>'
        "<author><name>Owner</name></author><isDeleted>false</isDeleted></thread>\n"
        + post(1, HTML)
        + post(2, "<p>I agree.</p>", '<parent dsq:id="1"/>')
        + post(3, "<p>Cheap bread!</p>")
        + post(4, "<p>Forget it.</p>", deleted=True)
        + "</disqus>\n"
    ).encode()


def _sqlite(script: str, rows: dict[str, list[tuple[Any, ...]]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "database"
        connection = sqlite3.connect(path)
        connection.executescript(script)
        for table, values in rows.items():
            connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values[0]))})", values)
        connection.commit()
        connection.close()
        return path.read_bytes()


def isso() -> bytes:
    schema = """
        CREATE TABLE preferences (key VARCHAR PRIMARY KEY, value VARCHAR);
        CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
        CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER,
            created FLOAT NOT NULL, modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR NOT NULL,
            author VARCHAR, email VARCHAR, website VARCHAR, likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0,
            voters BLOB NOT NULL, notification INTEGER DEFAULT 0);
    """
    first, second, third, fourth = (time / 1000 for time in MILLISECONDS)
    cut = "203.0.113.0"
    comments = [
        (7, 1, None, first, first + 30, 1, cut, MARKDOWN, *ADA, 3, 1, b"", 0),
        (7, 2, 1, second, None, 1, cut, "I agree.", "Bert &amp; Co", None, None, 0, 0, b"", 0),
        (7, 3, None, third, None, 2, cut, "Is it?", None, None, None, 0, 0, b"", 0),
        (7, 4, None, fourth, None, 4, cut, "", None, "gone@example.org", None, 0, 0, b"", 0),
    ]
    threads = [(7, "/bread/", "Bread")]
    return _sqlite(schema, {"preferences": [("session-key", "SECRET")], "threads": threads, "comments": comments})


def isso_generic() -> bytes:
    def comment(number: int, text: str, **more: Any) -> dict[str, Any]:
        created = TIMES[number - 1].replace("T", " ").removesuffix("Z")
        return {"id": number, "created": created, "text": text, "remote_addr": "0.0.0.0", **more}

    name, email, website = ADA
    comments = [
        comment(1, MARKDOWN, author=name, email=email, website=website),
        comment(2, "I agree.", author="Bert", email="", parent=1),
    ]
    return _json([{"comments": comments, "id": "/bread/", "title": "Bre%61d"}])


def remark42() -> bytes:
    def comment(number: int, text: str, **more: Any) -> dict[str, Any]:
        name = "Ada" if number == 1 else "Bert"
        user = {"name": name, "id": f"github_{name.lower()}", "picture": "", "ip": "a0", "admin": False}
        locator = {"site": "blog", "url": PAGE}
        return {
            "id": f"c{number}", "pid": "", "text": text, "orig": "<script>", "user": user, "locator": locator,
            "score": 0, "vote": 0, "time": TIMES[number - 1], "title": "Bread", **more,
        }  # fmt: skip

    lines = [
        {"version": 1, "users": [], "posts": [{"url": PAGE, "read_only": True}]},
        comment(
            1, HTML, score=1, votes={"x": True, "y": True, "z": False}, pin=True, edit={"time": "2020-01-02T03:04:35Z"}
        ),
        comment(2, "<p>I agree.</p>", pid="c1"),
        comment(4, "", delete=True),
    ]
    return gzip.compress("\n".join(json.dumps(line) for line in lines).encode())


def commento_1() -> bytes:
    def comment(number: int, markdown: str, commenter: str, **more: Any) -> dict[str, Any]:
        return {
            "commentHex": f"c{number}", "domain": "blog.example", "url": "bread/", "commenterHex": commenter,
            "markdown": markdown, "html": "", "parentHex": "root", "score": 0, "state": "approved",
            "creationDate": TIMES[number - 1], "direction": 0, "deleted": False, **more,
        }  # fmt: skip

    name, email, link = ADA
    comments = [  # as the database has them: a reply before what it answers
        comment(2, "I agree.", "b0", parentHex="c1"),
        comment(1, MARKDOWN, "a0", score=2),
        comment(3, "Is it?", "anonymous", state="unapproved"),
        comment(4, "[deleted]", "anonymous"),
    ]
    commenters = [
        {
            "commenterHex": "a0",
            "email": email,
            "name": name,
            "link": link,
            "photo": "undefined",
            "provider": "commento",
        },
        {"commenterHex": "b0", "email": "undefined", "name": "Bert", "link": "undefined", "provider": "commento"},
    ]
    return _json({"version": 1, "comments": comments, "commenters": commenters})


def commento_3() -> bytes:
    def comment(number: int, html: str, commenter: str, **more: Any) -> dict[str, Any]:
        return {
            "id": f"c{number}", "pageId": "p7", "markdown": "", "html": html, "score": 0, "isApproved": True,
            "isPending": False, "isDeleted": False, "isSticky": False, "createdTime": TIMES[number - 1],
            "editedTime": "0001-01-01T00:00:00.000Z", "userCreated": commenter, **more,
        }  # fmt: skip

    name, email, link = ADA
    nobody = "00000000-0000-0000-0000-000000000000"
    comments = [
        comment(1, HTML, "a0", score=2, isSticky=True, editedTime="2020-01-02T03:04:35Z"),
        comment(2, "<p>I agree.</p>", nobody, parentId="c1", authorName="Bert"),
        comment(3, "<p>Is it?</p>", nobody, isApproved=False, isPending=True),
        comment(4, "", nobody, isDeleted=True),
    ]
    pages = [{"id": "p7", "domainId": "d", "path": "/bread/", "title": "Bread", "isReadonly": True}]
    commenters = [{"id": "a0", "email": email, "name": name, "websiteUrl": link}]
    return gzip.compress(_json({"version": 3, "pages": pages, "comments": comments, "commenters": commenters}))


def artalk() -> bytes:
    def comment(number: int, content: str, **more: str) -> dict[str, str]:
        return {
            "id": str(number), "rid": "0", "content": content, "ua": "", "ip": "203.0.113.7", "is_collapsed": "false",
            "is_pending": "false", "is_pinned": "false", "vote_up": "0", "vote_down": "0", "nick": "Bert", "email": "",
            "created_at": TIMES[number - 1].replace("T03", " 11").replace("Z", " +0800"), "link": "",
            "page_key": PAGE, "page_title": "Bread", "page_admin_only": "false", "site_name": "Blog", **more,
        }  # fmt: skip

    name, email, link = ADA
    first = comment(1, MARKDOWN, nick=name, email=email, link=link, vote_up="3", vote_down="1", is_pinned="true")
    return _json([first, comment(2, "I agree.", rid="1"), comment(3, "Is it?", is_pending="true")])


def waline() -> bytes:
    def comment(number: int, text: str, **more: Any) -> dict[str, Any]:
        time = TIMES[number - 1].replace("T", " ").removesuffix("Z")
        return {
            "objectId": number, "pid": None, "rid": None, "nick": "Bert", "mail": "", "link": None, "comment": text,
            "url": "/bread/", "status": "approved", "insertedAt": time, "createdAt": time, "updatedAt": time,
            "like": None, "sticky": None, "ip": "203.0.113.7", "user_id": None, **more,
        }  # fmt: skip

    name, mail, link = ADA
    comments = [
        comment(1, MARKDOWN, nick=name, mail=mail, link=link, like=2, sticky=1),
        comment(2, "I agree.", pid=1, rid=1),
        comment(3, "Is it?", status="waiting"),
    ]
    users = [{"email": "owner@example.org", "password": "$2a$SECRET", "2fa": "SECRET", "github": "SECRET"}]
    data = {"Users": users, "Comment": comments, "Counter": []}
    return _json({"type": "waline", "version": 1, "time": 0, "tables": [*data], "data": data})


def leancloud() -> bytes:
    """One object on each line, as Valine's comments come."""

    def comment(number: int, text: str, **more: Any) -> bytes:
        inserted = {"__type": "Date", "iso": TIMES[number - 1]}
        values = {"nick": "Bert", "ip": "203.0.113.7", "mail": "", "objectId": f"c{number}", "insertedAt": inserted}
        return json.dumps({**values, "comment": text, "link": "", "url": "/bread/", **more}).encode()

    name, mail, link = ADA
    reply = '<p><a class="at" href="#c1">@Ada</a> , I agree.</p>'
    head = b'#filetype:JSON-streaming {"type":"Class","class":"Comment"}'
    return b"\n".join([head, comment(1, HTML, nick=name, mail=mail, link=link), comment(2, reply, pid="c1", rid="c1")])


def twikoo() -> bytes:
    def comment(number: int, text: str, **more: Any) -> dict[str, Any]:
        values = {"nick": "Bert", "mail": "", "mailMd5": "", "link": "", "ip": "203.0.113.7", "master": False}
        return {"_id": f"c{number}", **values, "url": "/bread/", "comment": text, "created": 0, "isSpam": False, **more}

    name, mail, link = ADA
    first, second, third, _ = MILLISECONDS
    votes = {"ups": ["x", "y"], "downs": '["z"]'}
    return _json(
        [
            comment(1, HTML, nick=name, mail=mail, link=link, created={"$numberLong": str(first)}, **votes),
            comment(2, "<p>I agree.</p>", pid="c1", rid="c1", created=second),
            comment(3, "<p>Cheap!</p>", created=third, isSpam=True),
        ]
    )


def cusdis() -> bytes:
    schema = """
        CREATE TABLE projects (id TEXT NOT NULL PRIMARY KEY, title TEXT, token TEXT, fetch_latest_comments_at DATETIME);
        CREATE TABLE pages (id TEXT NOT NULL PRIMARY KEY, slug TEXT NOT NULL, url TEXT, title TEXT, projectId TEXT);
        CREATE TABLE comments (id TEXT NOT NULL PRIMARY KEY, pageId TEXT NOT NULL, created_at DATETIME,
            updated_at DATETIME, deletedAt DATETIME, moderatorId TEXT, by_email TEXT, by_nickname TEXT NOT NULL,
            content TEXT NOT NULL, approved BOOLEAN NOT NULL DEFAULT false, parentId TEXT);
    """
    first, second, third, fourth = MILLISECONDS
    name, email, _ = ADA
    comments = [
        ("c1", "p7", first, first, None, None, email, name, MARKDOWN, 1, None),
        ("c2", "p7", second, second, None, None, None, "Bert", "I agree.", 1, "c1"),
        ("c3", "p7", third, third, None, None, None, "Bert", "Is it?", 0, None),
        ("c4", "p7", fourth, fourth, fourth, None, None, "Bert", "Forget it.", 1, None),
    ]
    pages = [("p7", "bread", PAGE, "Bread", "j1")]
    return _sqlite(schema, {"projects": [("j1", "Blog", "SECRET", None)], "pages": pages, "comments": comments})


def palaver() -> bytes:
    """Of another site, as its ids say."""
    here = ids.encode(ids.first_id(MILLISECONDS[0]))
    made = [ids.encode(ids.first_id(time) + 7) for time in MILLISECONDS]

    def comment(number: int, html: str, **more: Any) -> dict[str, Any]:
        name, email, url = ADA if number == 1 else ("Bert", "", "")
        author = {"id": ids.encode(number), "kind": "guest", "name": name, "url": url, "email": email}
        return {
            "kind": "comment", "id": made[number - 1], "page_id": here, "merged_from": None, "parent_id": None,
            "author": author, "provider": "", "status": "approved", "text": "", "html": html, "likes": 0, "score": 0,
            "address": "203.0.113.7", "created_at": TIMES[number - 1], "edited_at": None, "pinned_at": None,
            "verdicts": [], "learned": "", "reports": [], "open_reports": 0, **more,
        }  # fmt: skip

    page = {"id": here, "key": "url:blog.example/bread", "url": PAGE, "title": "Bread", "created_at": TIMES[0]}
    state: dict[str, Any] = {"locked": True, "closes_at": None, "merged_into": None, "differs_from": []}
    site = {"id": here, "name": "old", "origins": ["https://old.example"], "settings": {}, "former_names": []}
    edited = "2020-01-02T03:04:35.000Z"
    cora = {"id": ids.encode(3), "kind": "member", "name": "Cora", "url": "", "email": "cora@example.org"}
    way = {"provider": "github", "issuer": "https://github.com", "subject": "42", "linked_at": TIMES[0]}
    nothing = {"ban_reason": "", "shadowed": False, "trusted": False, "note": ""}
    on = {"at": edited, "verb": "approve", "target": "comment", "target_id": made[1], "reason": "", "undoes": None}
    deed = {**on, "before": {"status": "pending"}, "after": {"status": "approved"}}
    kinds = ("page", "member", "standing", "comment", "like", "action")
    lines = [
        {"kind": "export", "form": "palaver-site", "version": 1},
        {"kind": "site", **site},
        {"kind": "page", **page, **state},
        {"kind": "member", "person": cora, "chose_name": True, "identities": [way]},
        {"kind": "standing", "person": cora, "role": "moderator", "banned_until": None, **nothing},
        comment(1, HTML, likes=3, score=2, edited_at=edited, pinned_at=TIMES[0]),
        comment(2, "<p>I agree.</p>", parent_id=made[0]),
        comment(3, "<p>Is it?</p>", status="pending"),
        comment(4, "", status="deleted", author=None),
        {"kind": "like", "comment_id": made[0], "person": cora, "disliked": False, "created_at": edited},
        {"kind": "action", "id": made[3], "batch_id": made[3], "by": cora, **deed},
        {"kind": "end", **{kind: 4 if kind == "comment" else 1 for kind in kinds}},
    ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


EXPORTS = {
    "disqus": ("disqus", disqus()),
    "isso": ("isso", isso()),
    "isso-generic": ("isso-generic", isso_generic()),
    "remark42": ("remark42", remark42()),
    "commento": ("commento", commento_1()),
    "comentario": ("commento", commento_3()),
    "artalk": ("artalk", artalk()),
    "waline": ("waline", waline()),
    "leancloud": ("waline", leancloud()),
    "twikoo": ("waline", twikoo()),
    "cusdis": ("cusdis", cusdis()),
    "palaver": ("palaver", palaver()),
}
