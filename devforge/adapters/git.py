"""Trees, blobs and reachability, read from Git objects. Nothing is ever checked out.

Pull requests and extensions are strangers' content: they are compared as trees, path by path,
mode by mode, object by object, and never as the text of a diff.
"""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

from devforge.adapters.git_listing import TreeEntry, read_change, read_entries, refuse_beyond
from devforge.adapters.git_program import GitProgram
from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.change import TreeChange
from devforge.model.names import RepositoryUrl
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.policy import Limits

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_FETCH_SECONDS = 300
_FETCH_BYTES = 1 << 30
_TAGS = 200  # looked at one by one, where all at once is impossible
Origin = Literal["origin"]


class Objects:
    """The object store of one repository on this disk; made bare if the directory is empty.

    Args:
        path: a bare repository, a working one, or an empty or missing directory.
        server_url: what stands for `https://github.com`; http only where this says so.
        origin: `owner/name` of the registry itself, which the word "origin" then means.
        token: sent to `origin` alone, in a header, never in a URL.
    """

    def __init__(
        self, path: Path, server_url: str, *, origin: str | None = None, token: str | None = None
    ) -> None:
        scheme = urlsplit(server_url).scheme
        if scheme not in ("https", "http"):
            raise BadInput(
                f"the server's URL must start with https:// or http://, not {server_url!r}"
            )
        self.server_url = server_url.rstrip("/")
        self._protocol, self._origin = scheme, origin
        settings = _authorization(self.url("origin"), token) if origin and token else {}
        path.mkdir(parents=True, exist_ok=True)
        self.program = GitProgram(path, protocol=scheme, settings=settings)
        if self.program.run("rev-parse", "--git-dir", codes=(0, 128)).code:
            self.program.run("init", "--quiet", "--bare", "--template=", "--", ".")
        self._path = path

    def __enter__(self) -> Objects:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End git's helper process. The objects stay on the disk."""
        self.program.close()

    def url(self, repository: RepositoryUrl | Origin) -> str:
        """Return the address git fetches `repository` from, on the server we were started with."""
        if repository == "origin":
            if self._origin is None:
                raise BadInput("no origin is known: pass origin=owner/name")
            return f"{self.server_url}/{self._origin}.git"
        return f"{self.server_url}/{repository.full_name}.git"

    def fetch(
        self, repository: RepositoryUrl | Origin, *refs: str, depth: int | None = None,
        limit_bytes: int = _FETCH_BYTES,
    ) -> None:  # fmt: skip
        """Bring `refs` (refspecs or commit ids) here; with depth 1 a commit without its history.

        Raises:
            BadInput: the repository or a ref does not exist, is damaged or is too large.
            Unavailable: the server did not answer.
        """
        shallow = () if depth is None else (f"--depth={depth}",)
        self.program.run(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
            "--no-auto-maintenance", "--force", *shallow, "--end-of-options",
            self.url(repository), *map(_refspec, refs),
            seconds=_FETCH_SECONDS, disk_bytes=limit_bytes, watch=self._path,
        )  # fmt: skip

    def remote_refs(self, repository: RepositoryUrl | Origin, *patterns: str) -> dict[str, str]:
        """Return ref name → commit as the server tells it now; tags are followed to their commit."""
        said = self.program.run(
            "ls-remote", "--quiet", "--end-of-options", self.url(repository), *patterns, seconds=60
        )
        refs: dict[str, str] = {}
        for line in said.text.splitlines():
            commit, _, name = line.partition("\t")
            refs[name.removesuffix("^{}")] = commit  # a peeled tag comes after the tag itself
        return refs

    def reachable(self, repository: RepositoryUrl, commit: str) -> bool:
        """Whether a branch or tag of `repository` itself leads to `commit`.

        Being there is not enough: a server hands out any object of a repository's forks, and
        orphans that no branch ever held.

        Source: attack A9 of the threat model.
        """
        heads = self.remote_refs(repository, "refs/heads/*", "refs/tags/*")
        if commit in heads.values():
            return True
        if not heads:
            return False
        with tempfile.TemporaryDirectory(prefix="devforge-history-") as scratch:
            history = Objects(Path(scratch), self.server_url)
            if history.leads_to(repository, commit, "refs/heads/*"):
                return True
            tags = [name for name in heads if name.startswith("refs/tags/")]
            try:
                return bool(tags) and history.leads_to(repository, commit, "refs/tags/*")
            except Refused:
                # A tag may name a file or a directory, and one that does spoils them all.
                return any(history.leads_to(repository, commit, tag) for tag in tags[-_TAGS:])

    def leads_to(self, repository: RepositoryUrl, commit: str, refs: str) -> bool:
        """Fetch the history, without any file, of `refs`, and tell whether it holds `commit`.

        A single ref that is no history leads nowhere. What is fetched is left in this store.
        """
        try:
            self.program.run(
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=tree:0",
                "--no-auto-maintenance", "--no-recurse-submodules", "--end-of-options",
                self.url(repository), f"+{refs}:{refs}",
                seconds=_FETCH_SECONDS, disk_bytes=_FETCH_BYTES, watch=self._path,
            )  # fmt: skip
        except Refused:
            if "*" in refs:
                raise
            return False
        if not self.has(commit):
            return False
        return bool(
            self.program.run("for-each-ref", "--count=1", "--contains", _hex(commit)).output
        )

    def has(self, name: str) -> bool:
        """Whether the object `name` is on this disk, without asking any server."""
        return self.program.run("cat-file", "-e", _hex(name), codes=(0, 1, 128)).code == 0

    def resolve(self, treeish: str, kind: Literal["commit", "tree"] = "tree") -> str:
        """Return the object id that `treeish` leads to. Raises BadInput if it leads nowhere."""
        said = self.program.run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{treeish}^{{{kind}}}",
            codes=(0, 1, 128),
        )  # fmt: skip
        if said.code:
            raise BadInput(f"{treeish} is no {kind} of this repository")
        return said.text

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor, or None where the histories never met."""
        said = self.program.run(
            "merge-base", "--end-of-options", _hex(one), _hex(other), codes=(0, 1)
        )
        return said.text.split("\n")[0] or None

    def merge_trees(self, base: str, head: str) -> str | None:
        """Return the tree that merging commit `head` into `base` gives; None if they conflict."""
        said = self.program.run(
            "merge-tree", "--write-tree", "--no-messages", "-z", "--end-of-options",
            _hex(base), _hex(head), codes=(0, 1),
        )  # fmt: skip
        return said.output.split(b"\0")[0].decode("ascii").strip() if said.code == 0 else None

    def changes(self, old: str, new: str) -> tuple[TreeChange, ...]:
        """Return every path that differs between two trees, in Git's order."""
        said = self.program.run(
            "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-commit-id",
            "--no-ext-diff", "--no-textconv", "--ignore-submodules=none",
            "--end-of-options", self.resolve(old), self.resolve(new),
        )  # fmt: skip
        fields = said.output.split(b"\0")[:-1]
        return tuple(read_change(*fields[i : i + 2]) for i in range(0, len(fields), 2))

    def entries(self, treeish: str, below: str = "") -> tuple[TreeEntry, ...]:
        """Return every file at or below the directory `below`, with paths from the tree's root."""
        scope = ("--", below) if below else ()
        said = self.program.run(
            "ls-tree", "-r", "-z", "-l", "--full-tree", self.resolve(treeish), *scope
        )
        return tuple(read_entries(said.output))

    def names(self, treeish: str, below: str) -> tuple[str, ...]:
        """Return every path at or below `below`. Reads trees only, so it is quick in a large one."""
        said = self.program.run(
            "ls-tree", "-r", "-z", "--name-only", "--full-tree", self.resolve(treeish), "--", below
        )
        return tuple(p.decode("utf-8", "surrogateescape") for p in said.output.split(b"\0")[:-1])

    def entry(self, treeish: str, path: str) -> TreeEntry | None:
        """Return what stands at exactly `path`; a directory has mode 040000."""
        tree = self.resolve(treeish)
        said = self.program.run("ls-tree", "-z", "-l", "--full-tree", tree, "--", path.rstrip("/"))
        return next(iter(read_entries(said.output)), None)

    def read(self, treeish: str, path: str, *, limit_bytes: int = 1 << 20) -> bytes | None:
        """Return the file at `path`, or None if nothing stands there.

        Raises:
            BadInput: it is not a plain file, or is larger than `limit_bytes`.
        """
        entry = self.entry(treeish, path)
        return None if entry is None else self.content(entry, limit_bytes=limit_bytes)

    def content(self, entry: TreeEntry, *, limit_bytes: int = 1 << 20) -> bytes:
        """Return what stands at an entry of a tree.

        Raises:
            BadInput: it is not a plain file, or is larger than `limit_bytes`.
        """
        path = entry.path
        if entry.kind not in ("file", "executable"):
            raise BadInput(f"{path} is not a plain file (mode {entry.mode}): put a file there")
        if entry.size > limit_bytes:
            raise BadInput(f"{path} has {entry.size:,} bytes; at most {limit_bytes:,} are allowed")
        return self.blob(entry.blob)

    def blob(self, name: str) -> bytes:
        """Return the bytes of one blob. Its size is the caller's to have looked at before."""
        try:
            _, kind, _, data = self.program.git.get_object_data(_hex(name))
        except (ValueError, OSError) as error:
            self.program.close()
            raise Unavailable(f"git cat-file: object {name} is not here") from error
        if kind not in ("blob", b"blob"):
            raise BadInput(f"{name} is a {kind}, not a file")
        return data

    def tree(self, commit: str, subdirectory: str = ".", *, limits: Limits) -> SourceTree:
        """Return the extension in `subdirectory` at `commit`, every entry as what it is.

        A symlink's content is its target, a submodule's the commit it points at; a Git LFS
        pointer stays the pointer that Git holds.

        Raises:
            BadInput: the directory does not exist, or the tree is larger than `limits` allow.
        """
        root = self.resolve(_hex(commit))
        if subdirectory != ".":
            entry = self.entry(root, subdirectory)
            if entry is None or entry.mode != "040000":
                raise BadInput(f"there is no directory {subdirectory!r} at commit {commit[:12]}")
            root = entry.blob
        entries = self.entries(root)
        refuse_beyond(entries, limits)
        files = {entry.path: self._source_file(entry) for entry in entries}
        return SourceTree(files=files)

    def _source_file(self, entry: TreeEntry) -> SourceFile:
        kind = entry.kind
        if kind is None:
            raise BadInput(
                f"{entry.path} has the file mode {entry.mode}, which is not one of Git's"
            )
        content = entry.blob.encode("ascii") if kind == "submodule" else self.blob(entry.blob)
        return SourceFile(entry.path, kind, content)


def _authorization(url: str, token: str) -> dict[str, str]:
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode("ascii")
    return {f"http.{url}.extraHeader": f"Authorization: Basic {basic}"}


def _hex(name: str) -> str:
    if len(name) != 40 or not set(name) <= set("0123456789abcdef"):
        raise BadInput(f"{name[:60]!r} is not a full object id of 40 hexadecimal digits")
    return name


def _refspec(ref: str) -> str:
    plain = ref.removeprefix("+")
    if not plain or plain.startswith("-") or any(c.isspace() or c in "?[\\^~\x7f" for c in plain):
        raise BadInput(f"{ref[:60]!r} is not a ref")
    return ref
