"""A large registry as one Git commit, made with `git fast-import`: the same bytes every time."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
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
    stream = bytearray(_commit("a registry"))
    for path, text in records(extensions, versions):
        stream += _file(path, text)
    _git(directory, "fast-import", "--quiet", content=bytes(stream))


def change_one(directory: Path, number: int) -> None:
    """Commit a new version of one extension to main."""
    path = f"registry/extensions/dev{number // 4}/ext-{number}/versions/2.0.0.yaml"
    head = b"from refs/heads/main^0\n"
    stream = _commit("one more version") + head + _file(path, _version(f"ext-{number}", 99))
    _git(directory, "fast-import", "--quiet", content=stream)


def _version(name: str, minor: int) -> str:
    commit = sha1(f"{name} {minor}".encode(), usedforsecurity=False).hexdigest()
    rollout = "rollout: {stages: [1, 10, 50, 100], hours: 24}\n" if minor % 2 else ""
    return f"commit: {commit}\nsubdirectory: .\n{rollout}"


def _commit(message: str) -> bytes:
    who = "Bench <bench@example.org> 1700000000 +0000"
    return f"commit refs/heads/main\ncommitter {who}\ndata {len(message)}\n{message}\n".encode()


def _file(path: str, text: str) -> bytes:
    content = text.encode()
    return f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"


def _git(directory: Path, *arguments: str, content: bytes = b"") -> None:
    subprocess.run(["git", *arguments], cwd=directory, input=content, check=True, timeout=300)
