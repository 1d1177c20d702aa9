"""`palaver doctor URL`: what of the comments on a page will not work, and why.

examine.py   asks for the page and for our own answers, and runs the checks
page.py      what a page says of itself: tags, canonical link, policies
csp.py       whether a Content-Security-Policy lets something in
checks.py    the checks of the page, each a function
service.py   the checks of this service: reachable, framed, providers, clock
"""
