"""Archives inside the package: names in them that lead out of where they are unpacked. Pure."""

from __future__ import annotations

import io
import re
import stat
import tarfile
import zipfile
from collections.abc import Iterator

from checks.places import milder
from checks.security.rules import ARCHIVE
from devforge.model.observed import SourceFile
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_ARCHIVE = re.compile(r".*\.(?:zip|whl|egg|jar|vsix|tar|tgz|tar\.(?:gz|bz2|xz))", re.IGNORECASE)
_LEAVES = re.compile(r"(?:^|[\\/])\.\.(?:[\\/]|$)|^[\\/]|^[A-Za-z]:")
_MOST_NAMES = 20_000
_MOST_BYTES = 64 << 20  # of a packed tar, whose names lie between its files


def check(submission: Submission) -> Iterator[Finding]:
    """Yield each archive that would write outside its directory."""
    for path, file in submission.tree.files.items():
        zipped = file.content[:4] in (b"PK\x03\x04", b"PK\x05\x06")
        if file.mode in ("file", "executable") and (zipped or _ARCHIVE.fullmatch(path)):
            name = next((name for name in _names(file) if _LEAVES.search(name)), None)
            if name is not None:
                yield ARCHIVE.finding(
                    at=path,
                    problem=f"this archive holds the name `{name[:200]}`, which leads out of where it is unpacked",
                    remedy="pack it anew with names below one directory, or ship the files as they are",
                    severity=milder("block", path, submission),
                )


def _names(file: SourceFile) -> Iterator[str]:
    """The names in an archive, and where its links lead; nothing of one that cannot be read."""
    try:
        if zipfile.is_zipfile(io.BytesIO(file.content)):
            yield from _zipped(file.content)
        else:
            yield from _tarred(file.content)
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        OSError,
        ValueError,
        EOFError,
        NotImplementedError,
    ):
        return


def _zipped(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for item in archive.infolist()[:_MOST_NAMES]:
            yield item.filename
            if stat.S_ISLNK(item.external_attr >> 16) and item.file_size < 4096:
                yield archive.read(item).decode("utf-8", "replace")


def _tarred(content: bytes) -> Iterator[str]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:*") as archive:
        for number, member in enumerate(archive):
            yield member.name
            if member.issym() or member.islnk():
                yield member.linkname
            if number >= _MOST_NAMES or member.offset_data + member.size > _MOST_BYTES:
                return  # to go on means to unpack what lies between
