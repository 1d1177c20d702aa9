"""What an import tells: of the file, and of what was written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from widget.counted import counted

STATES = ("approved", "pending", "rejected", "spam", "deleted")


@dataclass
class Report:
    """What was found in the file, and what was written.

    `comments` and `states` count every record of the file, those that are skipped for a reason too; `imported` those
    that were written now, `duplicates` those that were there already, `orphans` those whose parent is not in the file
    (they stand as roots).
    """

    format: str
    pages: int = 0
    comments: int = 0
    people: int = 0
    states: Counter[str] = field(default_factory=Counter)
    imported: int = 0
    max_depth: int = 0  # a lone root is 1
    duplicates: int = 0
    orphans: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    foreign: Counter[str] = field(default_factory=Counter)  # comments on pages of other origins, by origin
    advice: str = ""  # how the command brings those in
    notes: list[str] = field(default_factory=list)  # sentences on what else one should know

    @property
    def warnings(self) -> list[str]:
        return [self.advice, *self.notes] if self.advice else self.notes

    def as_json(self) -> dict[str, Any]:
        told = {name: value for name, value in vars(self).items() if name not in ("foreign", "advice", "notes")}
        states = {state: self.states[state] for state in STATES}
        return {**told, "states": states, "skipped": dict(self.skipped), "warnings": self.warnings}

    def as_lines(self, *, dry_run: bool) -> list[str]:
        """The same for a person."""
        states = ", ".join(f"{self.states[state]:,} {state}" for state in STATES if self.states[state])
        people = counted(self.people, "person", "people")
        written = "Nothing was written (dry run)" if dry_run else f"Imported now: {self.imported:,}"
        return [
            f"Found: {counted(self.comments, 'comment')} ({states or 'none'}) by {people} "
            f"on {counted(self.pages, 'page')}",
            f"Deepest reply: level {self.max_depth}; replies whose parent is missing, now roots: {self.orphans:,}",
            f"{written}; there already: {self.duplicates:,}",
            *(f"Skipped: {count:,} × {reason}" for reason, count in self.skipped.items()),
            *(f"Note: {warning}" for warning in self.warnings),
        ]
