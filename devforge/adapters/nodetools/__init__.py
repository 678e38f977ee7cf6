"""The Node programs of the review: pinned by a lock, installed once into a cache directory."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import platformdirs

from devforge.adapters.node import npm_command
from devforge.adapters.program import ToolFailed, run_program

_HERE = Path(__file__).parent
_SECONDS = 180


def installed(*, npm: tuple[str, ...] | None = None) -> Path:
    """Return the directory whose node_modules holds the programs, installing them if need be.

    The directory is named by the lock's hash, so another lock never meets old programs, and is
    put in place by one rename, so two runs at once do no harm.

    Raises:
        ToolFailed: npm is absent or could not install; the text says why.
    """
    lock = (_HERE / "package-lock.json").read_bytes()
    home = _cache() / f"nodetools-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not (home / "node_modules").is_dir():
        _install(home, npm or npm_command())
    return home


def _install(home: Path, npm: tuple[str, ...]) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix="nodetools-", dir=home.parent))
    try:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(_HERE / name, staging / name)
        run_program(
            [
                *npm,
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
                "--logs-max=0",
            ],
            tool="npm",
            directory=staging,
            seconds=_SECONDS,
            environment=_settings_of_npm(),
        )
        if not (home / "node_modules").is_dir():
            shutil.rmtree(home, ignore_errors=True)
            staging.rename(home)
    except OSError as error:
        if not (home / "node_modules").is_dir():
            raise ToolFailed(f"npm: {home}: {error.strerror}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _settings_of_npm() -> dict[str, str]:
    """What npm needs of this machine: whose settings it reads and the operator's own proxies."""
    wanted = ("http_proxy", "https_proxy", "no_proxy", "node_extra_ca_certs", "ssl_cert_file")
    kept = {k: v for k, v in os.environ.items() if k.lower() in wanted or _is_npm_setting(k)}
    return {**kept, "HOME": str(Path.home())}


def _is_npm_setting(name: str) -> bool:
    return name.lower().startswith("npm_config_")


def _cache() -> Path:
    """Beside the Python packages of this environment where it is ours to write, else the user's.

    A tool belongs to the environment it was pinned with, so that each checkout and each job that
    runs in the same environment finds it installed.
    """
    environment = Path(sys.prefix)
    is_virtual = sys.prefix != sys.base_prefix
    if is_virtual and os.access(environment, os.W_OK):
        return environment / "share" / "devforge"
    return platformdirs.user_cache_path("devforge-registry")
