"""One line on a terminal that says how far a download has come, redrawn in its place."""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from devforge.cli.options import is_terminal

if TYPE_CHECKING:
    from devforge.updates.apply import Progress

_SMALL_BYTES = 1_000_000  # is there before anybody reads a percentage
_SECONDS = 0.1  # between two drawings


class Meter:
    """Hears of progress and draws it; in a pipe it says nothing. As a context it ends the line it began."""

    def __init__(self) -> None:
        self._is_shown = is_terminal()
        self._open = False
        self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        self._end()

    def __call__(self, at: Progress) -> None:
        if not self._is_shown:
            return
        if at.done_bytes == 0:
            self._end()
            self._draw(f"downloading {at.id} {at.version}")
        elif at.total_bytes >= _SMALL_BYTES and self._is_due(
            is_last=at.done_bytes >= at.total_bytes
        ):
            percent = 100 * at.done_bytes // at.total_bytes
            self._draw(
                f"downloading {at.id} {at.version}  {percent:3} % of {at.total_bytes / 1e6:.1f} MB"
            )

    def _is_due(self, *, is_last: bool) -> bool:
        now = time.monotonic()
        if not is_last and now - self._drawn < _SECONDS:
            return False
        self._drawn = now
        return True

    def _draw(self, text: str) -> None:
        try:  # a line that wraps cannot be redrawn
            columns = os.get_terminal_size(2).columns or 80
        except OSError:
            columns = 80
        click.echo(("\r" if self._open else "") + text[: columns - 1], err=True, nl=False)
        self._open = True

    def _end(self) -> None:
        if self._open:
            click.echo(err=True)
        self._open = False
