"""Reads zip archives that strangers made, and nothing an archive may not contain gets through.

Source: attack table A13 and A14: traversal, links, devices, duplicates, case and Unicode
collisions, names Windows keeps, bombs by size, count or ratio, overlapping entries, and local
headers that disagree with the central directory. What hides before, between or after the entries is
refused too: who reads from the front, or by another of two names, would see another archive.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from devforge.adapters.members import ArchiveMember
from devforge.errors import BadInput
from devforge.model.filenames import colliding, folded, is_device

_LOCAL = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_ENTRY_MARK, _LARGE_MARK = b"PK\x01\x02", b"PK\x06\x07"
_HAS_DESCRIPTOR, _DESCRIPTOR_BYTES = 0x8, 24
_SECOND_NAME = 0x7075  # of an extra field


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Past these an archive is refused before more of it is read."""

    files: int = 10_000
    file_bytes: int = 100 * 1024 * 1024
    total_bytes: int = 500 * 1024 * 1024
    ratio: int = 200  # unpacked bytes per packed byte, over the whole archive
    name_bytes: int = 240


def read_zip(
    content: bytes, *, name: str, limits: ArchiveLimits | None = None
) -> list[ArchiveMember]:
    """Return every file of the zip `content`, in the archive's order.

    Raises:
        BadInput: naming the archive, the entry and what about it is not allowed.
    """
    limits = limits or ArchiveLimits()
    _refuse_bad_end(content, name, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            _refuse_bad_shape(infos, len(content), name, limits)
            _refuse_disagreeing_headers(infos, content, name)
            return list(_members(archive, infos, name, limits))
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError) as error:
        raise BadInput(f"{name}: not a readable zip archive ({error})") from error
    except (RuntimeError, UnicodeError, ValueError) as error:
        raise BadInput(f"{name}: {error}") from error


def portable_name_problem(path: str, *, name_bytes: int = 240) -> str | None:
    """Say why `path` cannot be a file on every platform we ship to, or None if it can."""
    if not path or path.startswith("/") or (len(path) > 1 and path[1] == ":"):
        return "is absolute"
    if "\\" in path or any(ord(c) < 32 or ord(c) == 127 for c in path):
        return "has a backslash or a control character"
    if len(path.encode("utf-8", "surrogateescape")) > name_bytes:
        return f"is longer than {name_bytes} bytes"
    for part in path.split("/"):
        if part in ("", ".", ".."):
            return "has an empty, . or .. part"
        if is_device(part) or part != part.rstrip(". ") or set(part) & set('<>:"|?*'):
            return "cannot exist on Windows"
    return None


def _refuse_bad_end(content: bytes, name: str, limits: ArchiveLimits) -> None:
    """An archive ends right after its directory; looked at first, since each entry there takes memory."""
    at = len(content) - _END.size
    if at < 0 or not content.startswith(b"PK\x05\x06", at):
        raise BadInput(f"{name}: not a readable zip archive (it does not end as one)")
    _, _, _, _, _, length, start, _ = _END.unpack_from(content, at)
    is_large = content.startswith(_LARGE_MARK, at - 20) if at >= 20 else False
    if start + length != at or is_large:
        raise BadInput(f"{name}: its directory is not where its end says")
    if (count := content.count(_ENTRY_MARK, start, at)) > limits.files:
        raise BadInput(f"{name}: {count} entries, at most {limits.files} are allowed")


def _refuse_bad_shape(
    infos: list[zipfile.ZipInfo], packed: int, name: str, limits: ArchiveLimits
) -> None:
    total = sum(info.file_size for info in infos)
    if total > limits.total_bytes or total > limits.ratio * max(packed, 4096):
        raise BadInput(f"{name}: unpacks to {total} bytes, too much for {packed} bytes packed")
    seen: dict[str, str] = {}
    files: set[str] = set()
    for info in infos:
        _refuse_bad_entry(info, name, limits)
        key = folded(info.filename.rstrip("/"))
        if key in seen:
            raise BadInput(
                f"{name}: {info.filename!r} and {seen[key]!r} are one name on some disks"
            )
        seen[key] = info.filename
        if not info.is_dir():
            files.add(key)
    for key, spelled in seen.items():
        parents = key.split("/")[:-1]
        if any("/".join(parents[: n + 1]) in files for n in range(len(parents))):
            raise BadInput(f"{name}: {spelled!r} lies below an entry that is a file")
    for one, other in colliding(seen.values()):
        raise BadInput(f"{name}: {other!r} and {one!r} are one name on some disks")


def _refuse_bad_entry(info: zipfile.ZipInfo, name: str, limits: ArchiveLimits) -> None:
    where = f"{name}: entry {info.orig_filename!r}"
    if info.orig_filename != info.filename:
        raise BadInput(f"{where} has a NUL or a foreign separator in its name")
    problem = portable_name_problem(info.filename.removesuffix("/"), name_bytes=limits.name_bytes)
    if problem:
        raise BadInput(f"{where} {problem}")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadInput(f"{where} is a link or a device; only files and directories are allowed")
    if info.flag_bits & 0x1:
        raise BadInput(f"{where} is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadInput(f"{where} uses a compression other than deflate")
    if info.file_size > limits.file_bytes:
        raise BadInput(f"{where} unpacks to {info.file_size} bytes, over {limits.file_bytes}")


def _refuse_disagreeing_headers(infos: list[zipfile.ZipInfo], content: bytes, name: str) -> None:
    """Two readers must see the same archive: local headers say what the directory says."""
    end = most = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset < end:
            raise BadInput(f"{name}: entry {info.filename!r} overlaps the one before it")
        if info.header_offset > most:
            raise BadInput(f"{name}: something hides before entry {info.filename!r}")
        header = _LOCAL.unpack_from(content, info.header_offset)
        signature, flags, method, name_length, extra_length = (
            header[0],
            header[2],
            header[3],
            header[9],
            header[10],
        )
        start = info.header_offset + _LOCAL.size
        local_name = content[start : start + name_length]
        spelled = info.filename.encode("utf-8" if flags & 0x800 else "cp437")
        if signature != b"PK\x03\x04" or method != info.compress_type or local_name != spelled:
            raise BadInput(f"{name}: entry {info.filename!r} has two different headers")
        body = start + name_length + extra_length
        if _SECOND_NAME in {*_extra_ids(info.extra), *_extra_ids(content[body - extra_length : body])}:  # fmt: skip
            raise BadInput(f"{name}: entry {info.filename!r} has a second name")
        end = body + info.compress_size
        most = end + (_DESCRIPTOR_BYTES if flags & _HAS_DESCRIPTOR else 0)
    if not end <= _END.unpack_from(content, len(content) - _END.size)[6] <= most:
        raise BadInput(f"{name}: something hides after its last entry")


def _extra_ids(extra: bytes) -> Iterator[int]:
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        yield kind
        extra = extra[4 + length :]


def _members(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], name: str, limits: ArchiveLimits
) -> Iterator[ArchiveMember]:
    for info in infos:
        if info.is_dir():
            continue
        with archive.open(info) as stream:
            content = stream.read(limits.file_bytes + 1)
        if len(content) != info.file_size:
            raise BadInput(f"{name}: entry {info.filename!r} is not as long as it claims")
        yield ArchiveMember(info.filename, bool((info.external_attr >> 16) & 0o111), content)
