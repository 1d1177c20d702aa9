"""What the templates of `/admin` are given.

rows.py        comments with their buttons, and those near one
people.py      a person
pages.py       pages, two that look like one, and a merge before it is done
numbers.py     numbers as plots
log.py         deeds, and what is said after one
sites.py       sites and their settings
trials.py      what rules would have done to comments
site_deeds.py  what was done to a site, in words
addresses.py   where the pages of `/admin` are
words.py       dates, numbers and tags in words
"""
