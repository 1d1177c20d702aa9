"""Pages whose addresses changed: their comments are brought along, many at once, after a look at what will be.

moving.py      the verb, and its report
wishes.py      which address became which: from a pair, a CSV file, mappings
redirects.py   the same, as the site itself says it by permanent redirects
planning.py    what that means for the pages there are
carrying.py    doing it
"""
