"""Puts the counter into the editor's command palette."""

from __future__ import annotations

from typing import Any

from word_count.counting import count, render

TEXT_SUFFIXES = (".md", ".rst", ".txt")


def activate(context: Any) -> None:
    """Register the two commands."""

    def count_file(path: str) -> None:
        context.output.write(render([(path, count(context.workspace.read(path)))]))

    def count_workspace() -> None:
        texts = [path for path in context.workspace.files() if path.endswith(TEXT_SUFFIXES)]
        context.output.write(render((path, count(context.workspace.read(path))) for path in texts))

    context.commands.register("word-count.file", count_file)
    context.commands.register("word-count.workspace", count_workspace)
