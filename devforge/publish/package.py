"""Packs an extension's source into the zip that users install: same tree, same bytes. Pure.

Source: docs/decisions/reproducible-packages.md.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from pathspec import GitIgnoreSpec

from devforge.adapters.archive import portable_name_problem, read_zip
from devforge.errors import BadInput
from devforge.model.addresses import package_name
from devforge.model.filenames import colliding
from devforge.model.ignoring import IGNORE_FILE, ignored
from devforge.model.manifest import FILE, Manifest
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.reading import read_record

_NEVER_PACKED = GitIgnoreSpec.from_lines([".git*", ".github/", "node_modules/", IGNORE_FILE])
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time a zip can write
_LEVEL = 9
_UNIX = 3
_VERSION_NEEDED = 20  # zip 2.0: deflate, and nothing newer
_MANIFEST_BYTES = 256 * 1024


def pack(tree: SourceTree, manifest: Manifest, platform: str | None = None) -> bytes:
    """Return the package of `tree`: equal trees give equal bytes, on every machine with one zlib.

    `.git*`, `.github/`, `node_modules/` and what `.devforgeignore` lists (as `.gitignore` would)
    stay out. Entries are sorted by path; time, owner and extra fields are fixed. `tree` is what
    `platform` gets (`devforge.model.platforms.cut`).

    Raises:
        BadInput: a symbolic link, a submodule, a name some platform cannot hold, or a
            `.devforgeignore` that leaves out the manifest or the entry point.
    """
    files = list(packed_files(tree))
    _refuse_unpackable(files, manifest, platform)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in files:
            archive.writestr(_entry(file), file.content, zipfile.ZIP_DEFLATED, _LEVEL)
    content = buffer.getvalue()
    # Nothing is published that a client would refuse to unpack.
    read_zip(content, name=package_name(manifest.id, manifest.version, platform))
    return content


def packed_files(tree: SourceTree) -> Iterator[SourceFile]:
    """Yield the files of `tree` that its package holds, in the package's order."""
    left_out = ignored(tree)
    for path in sorted(tree.files):
        # Asked apart, so that no `!` line of theirs brings back what is never packed.
        if not (_NEVER_PACKED.match_file(path) or left_out.match_file(path)):
            yield tree.files[path]


def packed_tree(tree: SourceTree) -> SourceTree:
    """Return what a client finds when it unpacks the package of `tree`."""
    return SourceTree({file.path: file for file in packed_files(tree)})


def read_package(content: bytes, *, name: str = "package") -> tuple[Manifest, SourceTree]:
    """Return the manifest and the files of a package that anyone may have made.

    Raises:
        BadInput: not a zip we would install, no manifest in it, or a manifest that is wrong.
    """
    members = read_zip(content, name=name)
    files = {
        member.path: SourceFile(
            member.path, "executable" if member.is_executable else "file", member.content
        )
        for member in sorted(members, key=lambda member: member.path)
    }
    manifest = files.get(FILE)
    if manifest is None:
        raise BadInput(f"{name}: holds no {FILE}; pack the extension with devforge pack")
    read = read_record(
        manifest.content, Manifest, file=f"{name}: {FILE}", limit_bytes=_MANIFEST_BYTES
    )
    return read, SourceTree(files)


def _entry(file: SourceFile) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(file.path, _EPOCH)
    mode = 0o755 if file.mode == "executable" else 0o644
    info.external_attr = (0o100000 | mode) << 16
    info.create_system = _UNIX
    info.create_version = info.extract_version = _VERSION_NEEDED
    return info


def _refuse_unpackable(files: list[SourceFile], manifest: Manifest, platform: str | None) -> None:
    for file in files:
        if file.mode in ("symlink", "submodule"):
            raise BadInput(
                f"{file.path}: is a {file.mode}, which cannot be packed; "
                f"put the files themselves there or list it in {IGNORE_FILE}"
            )
        if problem := _name_problem(file.path):
            raise BadInput(f"{file.path!r}: the name {problem}; rename the file")
    for one, other in colliding(file.path for file in files):
        raise BadInput(f"{other!r} and {one!r} are one name on some disks; rename one")
    packed = {file.path for file in files}
    for path, what in ((FILE, "the manifest"), (manifest.entry, "the entry point")):
        if path not in packed and not any(name.startswith(f"{path}/") for name in packed):
            raise BadInput(
                f"{path}: {what} is not among the packed files{f' for {platform}' if platform else ''}; "
                f"add it to the source, or take it out of {IGNORE_FILE}"
                f"{' or of another platform' if manifest.platforms else ''}"
            )


def _name_problem(path: str) -> str | None:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return "is not UTF-8"
    return portable_name_problem(path)
