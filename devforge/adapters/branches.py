"""Branches of the registry's own repository that a job proposes changes on. Speaks git and nothing else."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Mapping

from devforge.adapters.git import Objects
from devforge.adapters.git_objects import full_id
from devforge.errors import BadInput

_AUTHOR = "Dev Forge Registry <registry@devforge.invalid>"


def make_commit(objects: Objects, base: str, files: Mapping[str, str], message: str) -> str:
    """Make a commit of `files` on top of the commit `base`, here alone, and return its id."""
    scratch = "refs/devforge/proposed"
    stream = [
        f"commit {scratch}\ncommitter {_AUTHOR} {int(time.time())} +0000\n".encode(),
        _data(message), f"from {full_id(base)}\n".encode(),
    ]  # fmt: skip
    for path in sorted(files):
        stream += [f"M 100644 inline {path}\n".encode(), _data(files[path])]
    with tempfile.TemporaryFile() as file:
        file.write(b"".join([*stream, b"done\n"]))
        file.seek(0)
        objects.program.run("fast-import", "--quiet", "--done", "--force", stdin=file)
    return objects.resolve(scratch, "commit")


def push_branch(objects: Objects, commit: str, branch: str) -> None:
    """Make `branch` of the registry hold `commit`, whatever it held before."""
    objects.program.run(
        "push", "--quiet", "--force", "--end-of-options", objects.url("origin"),
        f"{full_id(commit)}:refs/heads/{branch}",
    )  # fmt: skip


def delete_branch(objects: Objects, branch: str) -> None:
    """Remove `branch` of the registry, which must be there."""
    objects.program.run(
        "push", "--quiet", "--end-of-options", objects.url("origin"), f":refs/heads/{branch}"
    )


def default_branch(objects: Objects) -> tuple[str, str]:
    """Return the name of the registry's default branch and the commit at its end, as they are now.

    Raises:
        Unavailable: the server gave no answer.
        BadInput: nothing was ever pushed there.
    """
    said = objects.program.run(
        "ls-remote", "--quiet", "--symref", "--end-of-options", objects.url("origin"), "HEAD",
        seconds=60,
    ).text  # fmt: skip
    name = re.search(r"^ref: refs/heads/(\S+)\tHEAD$", said, re.MULTILINE)
    tip = re.search(r"^([0-9a-f]{40})\tHEAD$", said, re.MULTILINE)
    if name is None or tip is None:
        raise BadInput("the registry has no default branch yet: push it")
    return name[1], tip[1]


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%s\n" % (len(content), content)
