"""What the templates of `/admin` are given.

rows.py        comments with their buttons, and those near one
people.py      a person
log.py         deeds, and what is said after one
addresses.py   where the pages of `/admin` are
words.py       dates, numbers and tags in words
"""
