"""Refs read as the files they are: most questions are about refs, and starting git takes a hundred times as long.

Nothing packs the refs of our repositories; of one where something did, git is asked instead.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from devforge.local.git.refnames import is_ref_name

_ID = re.compile(r"[0-9a-f]{40}")
_DEEPEST = 5  # of one symbolic ref to another, as in git


class NotLoose(Exception):
    """The files alone do not tell: ask git."""


def read_ref(repository: Path, name: str) -> str | None:
    """Return the object that `name`, a full ref name or HEAD, points at; None where there is no such ref.

    Raises:
        NotLoose: only git can tell.
    """
    for _ in range(_DEEPEST):
        if name != "HEAD" and not is_ref_name(name):
            return None
        try:
            text = (repository / name).read_text(encoding="utf-8").strip()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            _refuse_packed(repository)
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise NotLoose from error
        if _ID.fullmatch(text):
            return text
        kind, _, name = text.partition("ref: ")
        if kind:
            break
    raise NotLoose


def read_refs(repository: Path, *prefixes: str) -> dict[str, str]:
    """Return full ref name → object for every ref below `prefixes`, or that one of them is, in order.

    Raises:
        NotLoose: only git can tell.
    """
    _refuse_packed(repository)
    names = {
        name
        for prefix in prefixes or ("refs",)
        for name in _names(repository, prefix.rstrip("/"))
        if is_ref_name(name)
    }
    found = ((name, read_ref(repository, name)) for name in sorted(names))
    return {name: commit for name, commit in found if commit is not None}


def _names(repository: Path, prefix: str) -> list[str]:
    start = repository / prefix
    if start.is_file():
        return [prefix]
    return [
        os.path.relpath(os.path.join(parent, name), repository)  # noqa: PTH118 - a hot loop
        for parent, _, names in os.walk(start)
        for name in names
    ]


def _refuse_packed(repository: Path) -> None:
    if (repository / "packed-refs").exists() or (repository / "reftable").exists():
        raise NotLoose
