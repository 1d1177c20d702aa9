.PHONY: setup run test bench matrix screenshots tools requirements

setup: .venv/.ready

.venv/.ready: requirements.txt pyproject.toml scripts/setup
	@scripts/setup

# The service with a small blog, for looking around
run: setup
	@.venv/bin/palaver demo

# Format, lint, types, tests
test: setup
	@scripts/test

# How fast: every figure beside its target
bench: setup
	@.venv/bin/python -m bench

# Sign-in in every browser, whatever it blocks (installs them, on Debian)
matrix: setup
	@scripts/matrix

# Pictures of every state, in build/screenshots/
screenshots: setup
	@.venv/bin/pytest -q tests/e2e/screenshots.py

# Programs of Node and Python that some tests drive; without them these tests are skipped
tools:
	@scripts/tools

# Pin again after a change of the dependencies
requirements: setup
	@scripts/requirements
