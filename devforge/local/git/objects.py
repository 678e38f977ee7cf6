"""Commits, trees and blobs, read and written as values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from devforge.local.hub import Actor, Hub
from devforge.local.store import Row

_PERSON = re.compile(r"(?P<name>.*?) ?<(?P<email>[^>]*)> (?P<seconds>-?\d+) (?P<zone>[+-]\d{4})\Z")
_UNWELCOME = str.maketrans("", "", "<>\n\0")


def email_of(account: Row) -> str:
    """Return the address that commits made on the server carry."""
    return account["email"] or f"{account['id']}+{account['login']}@users.noreply.github.com"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who made a commit or tag, and when."""

    name: str
    email: str
    when: datetime

    @classmethod
    def of(cls, hub: Hub, actor: Actor) -> Signature:
        """Return the signature of somebody who acts now."""
        account = actor.account
        now = hub.clock.now().replace(microsecond=0)
        return cls(account["name"] or account["login"], email_of(account), now)

    @classmethod
    def read(cls, line: str) -> Signature:
        """Return what a commit's author or committer line says; the epoch where it says nothing."""
        found = _PERSON.match(line)
        if found is None:
            return cls(line, "", datetime.fromtimestamp(0, UTC))
        sign = -1 if found["zone"][0] == "-" else 1
        offset = timedelta(hours=int(found["zone"][1:3]), minutes=int(found["zone"][3:5])) * sign
        when = datetime.fromtimestamp(int(found["seconds"]), timezone(offset))
        return cls(found["name"], found["email"], when)

    @property
    def line(self) -> str:
        """Return the form that Git stores."""
        zone = self.when.strftime("%z") or "+0000"
        name = self.name.translate(_UNWELCOME) or "unknown"
        email = self.email.translate(_UNWELCOME)
        return f"{name} <{email}> {int(self.when.timestamp())} {zone}"

    @property
    def stamp(self) -> str:
        """Return when, as the REST API writes it."""
        return self.when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def iso(self) -> str:
        """Return when, as event payloads write it."""
        return self.when.isoformat()


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as Git stores it."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One line of a tree. `size` is None for anything but a blob."""

    mode: str
    kind: str
    sha: str
    size: int | None
    path: str


def read_commits(hub: Hub, repository_id: int, shas: Sequence[str]) -> list[Commit]:
    """Return commits in the order asked for, in one run of git; what is no commit is left out."""
    if not shas:
        return []
    stdin = "".join(f"{sha}\n" for sha in shas).encode()
    out = hub.git.run(repository_id, "cat-file", "--batch", stdin=stdin)
    return [commit for kind, sha, body in _objects(out) if kind == "commit" for commit in [_commit(sha, body)]]  # fmt: skip


def _objects(out: bytes) -> Iterator[tuple[str, str, bytes]]:
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        head = out[at:end].decode().split(" ")
        at = end + 1
        if len(head) == 3:
            size = int(head[2])
            yield head[1], head[0], out[at : at + size]
            at += size + 1


def read_commit(hub: Hub, repository_id: int, sha: str) -> Commit:
    """Return one commit. Raises KeyError where there is none."""
    found = read_commits(hub, repository_id, [sha])
    if not found:
        raise KeyError(f"repository {repository_id} has no commit {sha}")
    return found[0]


def _commit(sha: str, body: bytes) -> Commit:
    head, _, message = body.decode("utf-8", "replace").partition("\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.split("\n"):
        name, _, value = line.partition(" ")
        fields.setdefault(name, []).append(value)
    return Commit(
        sha,
        fields["tree"][0],
        tuple(fields.get("parent", ())),
        Signature.read(fields["author"][0]),
        Signature.read(fields["committer"][0]),
        message,
    )


def write_commit(
    hub: Hub,
    repository_id: int,
    tree: str,
    parents: Sequence[str],
    message: str,
    author: Signature,
    committer: Signature,
) -> str:
    """Store a commit and return its id."""
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    lines += [f"author {author.line}", f"committer {committer.line}", "", message]
    return write_object(hub, repository_id, "commit", "\n".join(lines).encode("utf-8", "replace"))


def write_object(hub: Hub, repository_id: int, kind: str, content: bytes) -> str:
    """Store an object and return its id. Raises GitFailed where git finds it malformed."""
    out = hub.git.run(repository_id, "hash-object", "-w", "-t", kind, "--stdin", stdin=content)
    return out.decode().strip()


def read_object(hub: Hub, repository_id: int, sha: str) -> tuple[str, bytes] | None:
    """Return an object's kind and content, or None."""
    out = hub.git.run(repository_id, "cat-file", "--batch", stdin=f"{sha}\n".encode())
    return next(((kind, body) for kind, _, body in _objects(out)), None)


def read_tree(
    hub: Hub, repository_id: int, tree: str, path: str | None = None, *, recursive: bool = False
) -> list[TreeEntry]:
    """Return a tree's entries with their paths from it; with `path`, that entry alone."""
    arguments = ["ls-tree", "-z", "--long", "--full-tree"]
    arguments += ["-r", "-t"] if recursive else []
    # `:(literal)` has no meaning to ls-tree: its paths are literal already.
    arguments += [tree] + ([] if path is None else ["--", path])
    out = hub.git.run(repository_id, *arguments, allowed=(0, 128)).decode(
        "utf-8", "surrogateescape"
    )
    return [_entry(line) for line in out.split("\0") if line]


def _entry(line: str) -> TreeEntry:
    meta, _, path = line.partition("\t")
    mode, kind, sha, size = meta.split()
    return TreeEntry(mode, kind, sha, int(size) if size.isdigit() else None, path)


def write_files(
    hub: Hub, repository_id: int, base: str | None, files: Mapping[str, bytes | None]
) -> str:
    """Return the tree `base` with these files put in its place; None removes one."""
    entries: dict[str, tuple[str, str] | None] = {}
    modes = {} if base is None else {e.path: e.mode for path in files for e in read_tree(hub, repository_id, base, path)}  # fmt: skip
    for path, content in files.items():
        if content is None:
            entries[path] = None
        else:
            sha = write_object(hub, repository_id, "blob", content)
            mode = modes.get(path, "100644")
            entries[path] = (mode if mode.startswith("100") else "100644", sha)
    return write_tree(hub, repository_id, base, entries)


def write_tree(
    hub: Hub, repository_id: int, base: str | None, entries: Mapping[str, tuple[str, str] | None]
) -> str:
    """Return the tree `base` with (mode, object) put at each path; None removes what is there.

    Raises GitFailed for a path that Git does not store: absolute, with `..` or `.git` in it.
    """
    index = hub.git.path(repository_id) / f"index.{id(entries)}.{hub.clock.now().timestamp()}"
    variables = {"GIT_INDEX_FILE": str(index)}
    lines = ""
    for path, entry in entries.items():
        mode, sha = entry or ("0", "0" * 40)
        lines += f"{mode} {sha}\t{path}\0"
    try:
        run = hub.git.run
        if base is not None:
            run(repository_id, "read-tree", base, variables=variables)
        stdin = lines.encode("utf-8", "surrogateescape")
        run(repository_id, "update-index", "-z", "--index-info", stdin=stdin, variables=variables)
        out = run(repository_id, "write-tree", variables=variables)
    finally:
        index.unlink(missing_ok=True)
    return out.decode().strip()
