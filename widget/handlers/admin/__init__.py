"""The management page: first-party forms and links. Whoever is not signed in is asked to; the verbs say who may what.

desk.py      what every page of it shares: who asks, what the form says, what was just done
inbox.py     what waits, and finding comments
comment.py   one comment in its place
person.py    one person, and what can be done about them
pages.py     the pages of a site, and those that look like one
page.py      one page, and a merge before it is done
imports.py   files from other systems
numbers.py   how much was written
doctor.py    what of the comments on a page will not work
log.py       what was done
deeds.py     what the buttons at comments and deeds do, on every one of these pages
"""
