"""A large registry as one Git commit, made with `git fast-import`: the same bytes every time."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from hashlib import sha1
from pathlib import Path

POLICY = Path(__file__).parents[2] / "registry/policy.yaml"


def records(extensions: int, versions: int) -> Iterator[tuple[str, str]]:
    """Yield path and text of every record of a registry with that many extensions."""
    yield "registry/policy.yaml", POLICY.read_text(encoding="utf-8")
    for number in range(extensions):
        developer, name = f"dev{number // 4}", f"ext-{number}"
        if number % 4 == 0:
            member = f"{{login: {developer}, id: {number + 1}}}"
            text = f"name: Developer {number}\nmembers: [{member}]\ncountry: DE\n"
            yield f"registry/developers/{developer}.yaml", text
        below = f"registry/extensions/{developer}/{name}"
        yield (
            f"{below}/extension.yaml",
            (
                f"owners: [{developer}]\nrepository:\n  url: https://github.com/{developer}/{name}\n"
                f"  id: {number + 1}\nprice: null\nchannels: [npm]\n"
            ),
        )
        for minor in range(versions):
            yield f"{below}/versions/1.{minor}.0.yaml", _version(name, minor)


def make_repository(directory: Path, extensions: int, versions: int) -> None:
    """Write a bare repository whose branch main holds those records."""
    _git(directory.parent, "init", "-q", "--bare", "-b", "main", str(directory))
    write_files(directory, "main", records(extensions, versions))


def change_one(directory: Path, number: int) -> None:
    """Commit a new version of one extension to main."""
    path = f"registry/extensions/dev{number // 4}/ext-{number}/versions/2.0.0.yaml"
    write_files(directory, "main", [(path, _version(f"ext-{number}", 99))], is_first=False)


def write_files(
    directory: Path, branch: str, files: Iterable[tuple[str, str]], *, is_first: bool = True
) -> None:
    """Commit path and text of each of `files` to a branch: its first commit, or one on top."""
    who, message = "Bench <bench@example.org> 1700000000 +0000", "a registry"
    head = f"commit refs/heads/{branch}\ncommitter {who}\ndata {len(message)}\n{message}\n"
    # Piece by piece: a process that is started from here counts what we hold as its own memory.
    command = ["git", "fast-import", "--quiet"]
    with subprocess.Popen(command, cwd=directory, stdin=subprocess.PIPE) as git:
        assert git.stdin is not None
        git.stdin.write((head if is_first else f"{head}from refs/heads/{branch}^0\n").encode())
        for path, text in files:
            content = text.encode()
            git.stdin.write(f"M 100644 inline {path}\ndata {len(content)}\n".encode())
            git.stdin.write(content + b"\n")
    if git.returncode:
        raise RuntimeError(f"git fast-import: exit {git.returncode}")


def _version(name: str, minor: int) -> str:
    commit = sha1(f"{name} {minor}".encode(), usedforsecurity=False).hexdigest()
    rollout = "rollout: {stages: [1, 10, 50, 100], hours: 24}\n" if minor % 2 else ""
    return f"commit: {commit}\nsubdirectory: .\n{rollout}"


def _git(directory: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=directory, check=True, timeout=300)
