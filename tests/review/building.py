"""Makes Git repositories commit by commit, with any path and any mode, without a work tree."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

# What stands at a path: its bytes as a plain file, (mode, content), or None to delete it.
Content = bytes | str | tuple[str, bytes | str] | None


def git(path: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(
        ["git", "-C", str(path), *arguments],
        input=stdin,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout.decode().strip()


def commit(
    path: Path, ref: str, files: Mapping[str | bytes, Content], *, parent: str | None = None,
    message: str = "change",
) -> str:  # fmt: skip
    """Put a commit of `files` on top of `parent` and name it `ref`; return its id."""
    if not (path / "HEAD").exists() and not (path / ".git").exists():
        path.mkdir(parents=True, exist_ok=True)
        git(path, "init", "-q", "--bare", "--template=", ".")
    stream = [
        f"commit {ref}\nmark :1\nauthor A <a@example.invalid> 1700000000 +0000\n"
        "committer A <a@example.invalid> 1700000000 +0000\n".encode(),
        _data(message),
        f"from {parent}\n".encode() if parent else b"",
    ]
    for name, content in files.items():
        stream.append(_line(name, content))
    stream.append(b"\nget-mark :1\ndone\n")
    return git(path, "fast-import", "--quiet", "--force", "--done", stdin=b"".join(stream))


def _line(name: str | bytes, content: Content) -> bytes:
    quoted = _quoted(name)
    if content is None:
        return b"D %s\n" % quoted
    mode, body = content if isinstance(content, tuple) else ("100644", content)
    if mode == "160000":
        return b"M 160000 %s %s\n" % (body.encode() if isinstance(body, str) else body, quoted)
    return b"M %s inline %s\n" % (mode.encode(), quoted) + _data(body)


def _quoted(name: str | bytes) -> bytes:
    raw = name if isinstance(name, bytes) else name.encode()
    special = {ord('"'): b'\\"', ord("\\"): b"\\\\", ord("\n"): b"\\n"}
    return b'"' + b"".join(special.get(byte, bytes([byte])) for byte in raw) + b'"'


def _data(body: bytes | str) -> bytes:
    raw = body if isinstance(body, bytes) else body.encode()
    return b"data %d\n%s\n" % (len(raw), raw)
