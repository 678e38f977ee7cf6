"""Launchers that lack one defence, so that a test can see its attack succeed without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from devforge.adapters.sandbox import View, running
from devforge.adapters.sandbox.confinement import confined
from devforge.model.reviewing import Sandbox as Limits

Edit = Callable[[list[str]], list[str]]


def edited(monkeypatch: pytest.MonkeyPatch, edit: Edit) -> None:
    """Start bubblewrap with an argument list that `edit` has changed."""

    def launch(
        command: Sequence[str], view: View, limits: Limits, *, seccomp_fd: int | None, as_root: bool
    ) -> list[str]:
        return edit(confined(command, view, limits, seccomp_fd=seccomp_fd, as_root=as_root))

    monkeypatch.setattr(running, "confined", launch)


def without(monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
    """Leave out what begins with one of `options`, each a word by itself."""
    edited(
        monkeypatch,
        lambda arguments: [word for word in arguments if not word.startswith(options)],
    )


def without_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the seccomp filter, and what of bubblewrap's forbids the same."""
    monkeypatch.setattr(running, "seccomp_program", lambda: None)
    without(monkeypatch, "--disable-userns")


def without_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the caps of the file systems in memory."""

    def edit(arguments: list[str]) -> list[str]:
        kept, words = [], iter(arguments)
        for word in words:
            if word == "--size":
                next(words)
            else:
                kept.append(word)
        return kept

    edited(monkeypatch, edit)
