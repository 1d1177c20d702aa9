"""What moderators do. Every deed is one unit of work that also writes what was done to whom: so all can be undone.

deciding.py   comments: approved, pending, rejected, spam; many at once
judging.py    people: banned, trusted, their role, a note
pinning.py    a root stands before all others of its page
merging.py    two pages become one, or a page moves; and they are split again
sweeping.py   all comments of a person
undoing.py    taking a deed back
queue.py      what waits, finding comments, one in its place, one person
page_list.py  pages: the list, one, what a merge would make, and which look like one
numbers.py    how much was written, held and decided
examining.py  having a page looked at
log.py        what was done
owners.py     the link that makes the first owner
"""
