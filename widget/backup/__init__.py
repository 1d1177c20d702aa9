"""Backups: the whole database in one file, made while the service runs, and brought back.

archive.py     the file: a ZIP archive of the database and a manifest
kinds.py       SQLite or PostgreSQL
making.py      making one, and which of the older ones go
restoring.py   trying one, and bringing it back
scheduling.py  when the service makes them by itself; job.py is the process that does it
"""
