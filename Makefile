.PHONY: setup run test bench tools requirements

setup: .venv/.ready

.venv/.ready: requirements.txt pyproject.toml scripts/setup
	@scripts/setup

# The service with a small blog, for looking around
run: setup
	@.venv/bin/palaver demo

# Format, lint, types, tests
test: setup
	@scripts/test

bench: setup
	@.venv/bin/python -m bench

# Node programs that some tests drive; without them these tests are skipped
tools:
	@scripts/tools

# Pin again after a change of the dependencies
requirements: setup
	@scripts/requirements
