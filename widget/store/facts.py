"""SQL of what has to be known of a comment before it is kept: one statement, which costs a fraction of one for each."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from widget import ids
from widget.db import Tx
from widget.models import comments, has_status, people, spam_tokens
from widget.store.people import NAMESAKES, looks
from widget.store.spam import ALL, Seen

MONTH, DAY, MINUTE = 30 * 86_400_000, 86_400_000, 60_000  # ms
MOST_COPIES = 10

c = comments.c


class New(NamedTuple):
    """A comment that is not there yet: its place and its words, and of a guest who writes it what they are called."""

    page_id: int
    parent_id: int | None
    text: str
    name: str = ""
    email: str = ""


class Facts(NamedTuple):
    approved: int  # comments of the author
    by_person: bool  # was there spam of the author within a month, as a check or a moderator said?
    by_address: bool  # or from the address?
    copies: int
    total: Seen  # comments that the classifier learned
    taken: bool  # a new one's guest has a name that can be taken for one of `people.NAMESAKES`
    double: int | None  # the id of the same comment as a new one, by the same author, written within a minute


# Built once: building a statement anew costs more than running it.
_site: sa.BindParameter[int] = sa.bindparam("site")
_person: sa.BindParameter[int | None] = sa.bindparam("person", type_=sa.BigInteger)
# What is spam by a shadow ban alone says nothing of its author once that is lifted.
decided_spam = sa.or_(
    c.learned == "spam", ~c.verdicts.startswith('[["spam","shadow",'), c.verdicts.contains('],["spam",')
)
_bad = sa.select(sa.literal(1)).where(
    c.site_id == _site, c.id >= sa.bindparam("month"), has_status("spam"), decided_spam
)


def _counted(where: Sequence[sa.ColumnElement[bool]], most: sa.BindParameter[int]) -> sa.ScalarSelect[int]:
    found = sa.select(c.id).where(c.site_id == _site, *where).limit(most).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


def _learned(name: str) -> sa.ColumnElement[int]:
    one = sa.select(spam_tokens.c[name]).where(spam_tokens.c.site_id == _site, spam_tokens.c.token == ALL)
    return sa.func.coalesce(one.scalar_subquery(), 0)


def _double(*, reply: bool, newcomer: bool) -> sa.ScalarSelect[int]:
    """Found by its author, so that it does not matter how much others write meanwhile. A guest without a session is
    looked for among those of that name and address who came within the minute.

    A reply and a root are asked about by their own words: SQLite plans `parent_id IS ?` anew each time. The sum keeps
    it from the index of pages, in which it would go through all that others wrote.
    """
    first = sa.bindparam("minute", type_=sa.BigInteger)
    newcomers = sa.select(people.c.id).where(
        people.c.email == sa.bindparam("email"),
        people.c.name == sa.bindparam("name"),
        people.c.id >= first,
        people.c.kind == "guest",
    )
    same = sa.select(c.id).where(
        c.person_id.in_(newcomers) if newcomer else c.person_id == _person,
        c.site_id == _site,
        c.id >= first,
        c.page_id + sa.literal_column("0") == sa.bindparam("page"),
        c.parent_id == sa.bindparam("parent") if reply else c.parent_id.is_(None),
        c.text == sa.bindparam("text"),
    )
    return same.limit(1).scalar_subquery()


@functools.cache
def _facts(addresses: int) -> sa.Select[*tuple[Any, ...]]:
    """For so many hashes: a list of any length would be written into the statement anew each time."""
    hashes: list[sa.BindParameter[str]] = [sa.bindparam(f"address_{number}") for number in range(addresses)]
    return sa.select(
        _counted((c.person_id == _person, has_status("approved")), sa.bindparam("enough")),
        _bad.where(c.person_id == _person).exists(),
        _bad.where(c.address_hash.in_(hashes)).exists(),
        _counted(
            (
                c.text_hash == sa.bindparam("words", type_=sa.BigInteger),
                c.id >= sa.bindparam("day"),
                c.person_id.is_distinct_from(_person),
                sa.not_(has_status("deleted")),
            ),
            sa.bindparam("most"),
        ),
        _learned("spam"),
        _learned("ham"),
    )


@functools.cache
def _facts_of_new(addresses: int, *, named: bool, reply: bool, newcomer: bool) -> sa.Select[*tuple[Any, ...]]:
    taken = NAMESAKES.exists() if named else sa.false()
    return _facts(addresses).add_columns(taken, _double(reply=reply, newcomer=newcomer))


def get_facts(
    tx: Tx,
    site_id: int,
    person_id: int | None,
    addresses: Sequence[str],
    text_hash: int | None,
    enough: int,
    new: New | None = None,
) -> Facts:
    """Of a comment that is about to be written. `addresses` are the hashes of one; approved ones count to `enough`."""
    values = {
        "site": site_id,
        "person": person_id,
        **{f"address_{number}": address for number, address in enumerate(addresses)},
        "words": text_hash,
        "enough": enough,
        "most": MOST_COPIES,
        "month": ids.first_id(tx.now - MONTH),
        "day": ids.first_id(tx.now - DAY),
    }
    if new is None:
        query = _facts(len(addresses))
    else:
        reply, newcomer = new.parent_id is not None, person_id is None
        query = _facts_of_new(len(addresses), named=bool(new.name), reply=reply, newcomer=newcomer)
        values |= {"minute": ids.first_id(tx.now - MINUTE), **looks(new.name)}
        values |= {"page": new.page_id, "parent": new.parent_id, "text": new.text, "name": new.name, "email": new.email}
    approved, by_person, by_address, copies, spam, ham, *of_new = tx.conn.execute(query, values).one()
    taken, double = of_new or (False, None)
    return Facts(approved, bool(by_person), bool(by_address), copies, Seen(spam, ham), bool(taken), double)
