"""`devforge check --fix` and `--diff`: shows what can be mended, asks where it must, writes whole files."""

from __future__ import annotations

import datetime as dt
import difflib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from devforge.cli.schema import write_whole

if TYPE_CHECKING:
    from devforge.model.policy import Policy
    from devforge.model.verdict import Report
    from devforge.review.mending import Mend

_LICENCES = Path(__file__).parent / "skeletons" / "common"


def mends_for(path: Path, report: Report, policy: Policy) -> tuple[Mend, ...]:
    """Return what can be mended of the extension in `path`, of which `report` speaks."""
    from devforge.adapters.directory import read_directory  # noqa: PLC0415
    from devforge.review.mending import plan_mending  # noqa: PLC0415

    holder = report.extension.partition(".")[0]
    tree = read_directory(path, policy.limits)
    return plan_mending(tree, report, policy, licence=lambda name: _licence(name, holder))


def show(mends: Iterable[Mend]) -> str:
    """Return a diff as `patch` reads it; strangers' odd characters are escapes."""
    lines: list[str] = []
    for mend in mends:
        old = (mend.old or "").splitlines(keepends=True)
        there = f"a/{mend.path}" if mend.old is not None else "/dev/null"
        lines += difflib.unified_diff(
            old, mend.new.splitlines(keepends=True), there, f"b/{mend.path}"
        )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def apply(path: Path, mends: Iterable[Mend], *, yes: bool) -> int:
    """Write what may be written and say so on stderr; return how many files were.

    Where a person watches, they are shown what gives the extension more power and asked; elsewhere
    that is done with `yes` alone.
    """
    done = 0
    for mend in mends:
        words = ", ".join(mend.what)
        if mend.asks and not yes and not _agreed(mend):
            click.echo(f"left alone {mend.path}: {words}; say --yes to have it done", err=True)
            continue
        if _now(path / mend.path) != mend.old:
            click.echo(f"left alone {mend.path}: it changed meanwhile; run this again", err=True)
            continue
        write_whole(path / mend.path, mend.new)
        click.echo(f"mended {mend.path}: {words}", err=True)
        done += 1
    return done


def _agreed(mend: Mend) -> bool:
    if not (os.isatty(0) and os.isatty(2)):
        return False
    click.echo(show([mend]), err=True)
    sys.stderr.flush()
    return click.confirm("The extension asks its users for this power. Write it?", err=True)


def _now(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace") if not path.is_symlink() else "a link"
    except OSError:
        return None


def _licence(name: str, holder: str) -> str | None:
    """The text of a licence that `devforge new` has too, in its holder's name."""
    if name != "MIT" or not holder:
        return None
    text = (_LICENCES / "LICENSE").read_text(encoding="utf-8")
    year = str(dt.datetime.now(tz=dt.UTC).year)
    return text.replace("__YEAR__", year).replace("__DEVELOPER__", holder)
