"""What a push asks for, read before git sees it, and how a refused ref is refused by git itself."""

from __future__ import annotations

import gzip
import shlex
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from devforge.local.git.changes import RefMove
from devforge.local.git.repositories import EMPTY_TREE, ZERO
from devforge.local.git.workflow_files import FOLDER, refusal
from devforge.local.hub import Actor, Hub
from devforge.local.store import Row

_MOST_COMMAND_BYTES = 1_000_000
# The same rule as `workflow_files.refused_workflow`, for objects that only git has yet.
_GUARD = f"""\
zero={ZERO}
[ "$3" = $zero ] && exit 0
default=$(git rev-parse -q --verify HEAD) || default={EMPTY_TREE}
base=$2
kinds=ADMT
# A new branch may leave workflows out: orphans such as gh-pages are pushed by jobs every day.
[ "$base" = $zero ] && base=$default && kinds=AMT
changed=$(git diff-tree -r --name-only --diff-filter=$kinds "$base" "$3" -- {FOLDER} | head -n 1)
[ -z "$changed" ] && exit 0
[ -z "$(git diff-tree -r --name-only "$default" "$3" -- {FOLDER} | head -n 1)" ] && exit 0
printf '%s\\n' "{refusal("$changed").replace("`", "'")}" >&2
exit 1
"""


def commands_of(body: IO[bytes], *, gzipped: bool) -> list[RefMove]:
    """Return the ref moves at the front of a push, and rewind it."""
    body.seek(0)
    stream: IO[bytes] = gzip.GzipFile(fileobj=body) if gzipped else body  # type: ignore[assignment]
    moves: list[RefMove] = []
    taken = 0
    while taken < _MOST_COMMAND_BYTES:
        head = stream.read(4)
        if len(head) < 4 or head == b"0000" or not _is_hex(head):
            break
        size = int(head, 16)
        line = stream.read(size - 4).partition(b"\0")[0].decode("utf-8", "replace").strip()
        taken += size
        before, _, rest = line.partition(" ")
        after, _, name = rest.partition(" ")
        if name:
            moves.append(RefMove(name, before, after))
    body.seek(0)
    return moves


def _is_hex(head: bytes) -> bool:
    return all(byte in b"0123456789abcdefABCDEF" for byte in head) and int(head, 16) > 4


def refused_refs(
    hub: Hub, repository: Row, moves: Sequence[RefMove], actor: Actor
) -> Mapping[str, str]:
    """Return the refs that a rule of the repository forbids to move, each with the reason."""
    denied: dict[str, str] = {}
    for move in moves:
        for rule in hub.push_rules:
            reason = rule(repository, move, actor)
            if reason is not None:
                denied.setdefault(move.name, reason)
    return denied


def forward_only_refs(
    hub: Hub, repository: Row, moves: Sequence[RefMove], actor: Actor
) -> Mapping[str, str]:
    """Return the refs that may only move forward, each with what to say where one does not.

    Which way a ref moves is known only once git has received the objects.
    """
    return {
        move.name: reason
        for move in moves
        for rule in hub.forward_rules
        if (reason := rule(repository, move, actor)) is not None
    }


@contextmanager
def hooks_refusing(
    denied: Mapping[str, str], forward_only: Mapping[str, str], *, keep_workflows: bool = False
) -> Iterator[Path | None]:
    """Give a hooks directory whose `update` hook refuses these refs; None where nothing is refused.

    With `keep_workflows` it also refuses whatever changes a workflow file.
    """
    if not denied and not forward_only and not keep_workflows:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="push-") as directory:
        cases = "".join(
            f"{shlex.quote(ref)}) {_refusing(reason)};;\n" for ref, reason in denied.items()
        )
        cases += "".join(
            f'{shlex.quote(ref)}) git merge-base --is-ancestor "$2" "$3" || {{ {_refusing(reason)}; }};;\n'
            for ref, reason in forward_only.items()
            if ref not in denied
        )
        hook = Path(directory) / "update"
        guard = _GUARD if keep_workflows else ""
        hook.write_text(f'#!/bin/sh\ncase "$1" in\n{cases}esac\n{guard}exit 0\n', encoding="utf-8")
        hook.chmod(0o700)
        yield Path(directory)


def _refusing(reason: str) -> str:
    return f"printf '%s\\n' {shlex.quote(reason)} >&2; exit 1"
