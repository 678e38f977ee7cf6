"""The extension others are measured against: what a small, ordinary one does when it starts.

It imports what most extensions import, compiles a few patterns, builds a table and registers
commands; it reads no file and starts nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from headings import Heading, headings

TASK = re.compile(r"^\s*[-*] \[(?P<done>[ xX])\] (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Task:
    """One line of a to-do list."""

    text: str
    done: bool


def tasks(text: str) -> list[Task]:
    """Return the tasks of a Markdown text, in its order."""
    return [Task(match["text"], match["done"] != " ") for match in TASK.finditer(text)]


def activate(context):
    """Register three commands."""

    def show_tasks(path):
        found = tasks(context.workspace.read(path))
        context.output.write(json.dumps([task.text for task in found if not task.done]))

    def show_headings(path):
        found: list[Heading] = headings(context.workspace.read(path))
        context.output.write("\n".join(f"{'  ' * h.level}{h.title}" for h in found))

    def show_files():
        names = [PurePosixPath(path).name for path in context.workspace.files()]
        context.output.write("\n".join(sorted(names)))

    context.commands.register("reference.tasks", show_tasks)
    context.commands.register("reference.headings", show_headings)
    context.commands.register("reference.files", show_files)
