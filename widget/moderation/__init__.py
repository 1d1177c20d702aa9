"""What moderators do. Every deed is one unit of work that also writes what was done to whom: so all can be undone.

deciding.py   comments: approved, pending, rejected, spam; many at once
judging.py    people: banned, trusted, their role, a note
merging.py    two pages become one, or a page moves; and they are split again
undoing.py    taking a deed back
queue.py      what waits, and finding comments
log.py        what was done
owners.py     the link that makes the first owner
"""
