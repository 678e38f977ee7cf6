"""How a job's script begins and ends: the arguments that all have, and what becomes of an error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from devforge.errors import DevForgeError


def parser_of(job: str, doc: str | None) -> argparse.ArgumentParser:
    """Return a parser for the script of `job`, which says the first line of `doc` of it."""
    parser = argparse.ArgumentParser(prog=job, description=(doc or "").splitlines()[0])
    parser.add_argument("--checkout", type=Path, default=Path(), help="the registry's clone")
    return parser


def carry_out(job: str, work: Callable[[ExitStack], int]) -> int:
    """Return the exit code of `work`; an error of ours is one line and 1."""
    try:
        with ExitStack() as stack:
            return work(stack)
    except DevForgeError as error:
        print(f"{job}: {error}", file=sys.stderr)
        return 1
