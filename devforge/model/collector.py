"""Spares what is built in one go from being looked through for cycles again and again."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Do not look for cycles meanwhile: records and syntax trees have none, and looking is half the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def collector_seldom() -> None:
    """Look for cycles once where it would be seventy times: what a program imports stays."""
    gc.set_threshold(50_000)


# What is left when a program ends goes back to the system as it is: to look through all that was read for
# cycles once more took a tenth of a review.
atexit.register(gc.freeze)
