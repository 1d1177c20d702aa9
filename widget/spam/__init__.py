"""Is a comment welcome? An ordered list of checks, each with a verdict and a reason that a person can read.

submission.py   what the checks know of a comment
verdicts.py     what a check says, and how several become one
checks.py       the checks, in their order
words.py        word lists and patterns
addresses.py    lists of networks, e-mail addresses and domains
bayes.py        the classifier that learns from the site's own decisions
akismet.py      the client of Akismet

All but the last are pure; `screening.py` gathers what they need, `learning.py` teaches the classifier.
"""
