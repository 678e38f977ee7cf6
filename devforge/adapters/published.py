"""What package registries published under a name and version: the hashes of its files, never run.

Speaks to the registries through their ordinary clients alone (`npm pack`, `pip download` of wheels),
with no scripts and no builds. Archives are read in memory under caps; nothing is unpacked.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from devforge.adapters.dependencies.fetching import Answer, run_client
from devforge.adapters.dependencies.node_modules import npm_settings
from devforge.adapters.node import npm_command
from devforge.errors import BadInput, Unavailable

_PACKED_BYTES = 64 << 20
_FILE_BYTES = 20 << 20
_TOTAL_BYTES = 400 << 20
_FILES = 20_000
_NPM_NAME = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*", re.ASCII)
_PYPI_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", re.ASCII)
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+!_-]*", re.ASCII)
_NOT_PUBLISHED = re.compile(r"npm error code (?:E404|ETARGET)")
_NO_WHEEL = re.compile(r"from versions: (?P<versions>[^)]*)\)")


def fetch_published(
    ecosystem: Literal["PyPI", "npm"], name: str, version: str, into: Path
) -> frozenset[str] | None:
    """Return the SHA-256 of every file of a published package, each with CRLF as LF.

    None where the registry itself says that there is no such version.

    Raises:
        Unavailable: it could not be had, or only as something that would have to be built.
        BadInput: what came is no archive of its kind, or too large.
    """
    pattern = _NPM_NAME if ecosystem == "npm" else _PYPI_NAME
    if not pattern.fullmatch(name) or not _VERSION.fullmatch(version):
        return None
    into.mkdir(parents=True, exist_ok=True)
    answer = _pack(name, version, into) if ecosystem == "npm" else _download(name, version, into)
    if answer.status != 0:
        if _is_unknown(ecosystem, answer.said, version):
            return None
        raise Unavailable(f"{name} {version} could not be fetched: {_last(answer.said)}")
    archives = sorted([*into.glob("*.tgz"), *into.glob("*.whl")])
    if len(archives) != 1:
        raise Unavailable(f"{name} {version} could not be fetched: no archive came")
    return frozenset(_hashes(archives[0]))


def content_hash(content: bytes) -> str:
    """Return what two copies of a file share, even where one has Windows' line ends."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _pack(name: str, version: str, into: Path) -> Answer:
    (into / "npmrc").write_text("", encoding="utf-8")
    return run_client(
        [*npm_command(), "pack", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", f"{name}@{version}"],
        into=into,
        disk_bytes=_PACKED_BYTES * 2,
        prefix="npm_config_",
        settings=npm_settings(into),
    )  # fmt: skip


def _download(name: str, version: str, into: Path) -> Answer:
    if importlib.util.find_spec("pip") is None:
        raise Unavailable("pip is not installed beside this program")
    return run_client(
        [
            sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input",
            "--disable-pip-version-check", "--progress-bar=off", "--retries=1", "--no-color",
            "--ignore-requires-python", "--dest", str(into), f"{name}=={version}",
        ],
        into=into, disk_bytes=_PACKED_BYTES * 2, prefix="PIP_", settings={"PIP_USER": "0"},
    )  # fmt: skip


def _is_unknown(ecosystem: str, said: str, version: str) -> bool:
    """Whether the index says that there is no such version. One without a wheel is another matter."""
    if ecosystem == "npm":
        return bool(_NOT_PUBLISHED.search(said)) and "/-/" not in said
    listed = _NO_WHEEL.search(said)
    known = [v.strip() for v in listed["versions"].split(",")] if listed else []
    return bool(listed) and known != ["none"] and version not in known


def _hashes(archive: Path) -> Iterator[str]:
    if archive.stat().st_size > _PACKED_BYTES:
        raise BadInput(f"{archive.name} has more than {_PACKED_BYTES >> 20} MB")
    try:
        total = 0
        for number, content in enumerate(_contents(archive)):
            total += len(content)
            if number >= _FILES or len(content) > _FILE_BYTES or total > _TOTAL_BYTES:
                raise BadInput(f"{archive.name} unpacks to more than can be compared")
            yield content_hash(content)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise BadInput(f"{archive.name} is not a readable archive ({error})") from error
    except (NotImplementedError, RuntimeError, ValueError) as error:
        raise BadInput(f"{archive.name} is not a readable archive ({error})") from error


def _contents(archive: Path) -> Iterator[bytes]:
    """Yield each regular file of a tarball or wheel, at most a byte more than is allowed."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for info in wheel.infolist():
                if not info.is_dir():
                    with wheel.open(info) as stream:
                        yield stream.read(_FILE_BYTES + 1)
        return
    with tarfile.open(archive, mode="r|gz") as tarball:
        for member in tarball:
            if member.isfile() and (file := tarball.extractfile(member)) is not None:
                yield file.read(_FILE_BYTES + 1)


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if "rror" in line] or ["no word"]
    return lines[-1][:200]
