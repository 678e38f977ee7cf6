"""Runs a package client with a clock, a cap on disk and an environment without secrets."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devforge.errors import BadInput, Unavailable
from devforge.model.unresolvable import ALL

SECONDS = 300
_KEPT_BYTES = 256 * 1024
_POLL_SECONDS = 0.1
# What a client needs to find its index and to trust it; nothing else of ours is handed on.
_PASSED = {
    "PATH", "HOME", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "SYSTEMROOT",
}  # fmt: skip


class Unresolvable(BadInput):
    """The index answered, and has not what was asked for. `reasons`: dependency → what it said."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in reasons.items()))
        self.reasons = dict(reasons)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a client ended and the last of what it said."""

    status: int
    said: str


def run_client(
    command: Sequence[str], *, into: Path, disk_bytes: int, prefix: str, settings: Mapping[str, str]
) -> Answer:
    """Run a package client that writes below `into`, and return how it ended.

    `prefix` names the client's own variables (`PIP_`, `npm_config_`), which are passed on.

    Raises:
        Unresolvable: what it fetched is larger than `disk_bytes`.
        Unavailable: it could not be started, or took longer than five minutes.
    """
    temporary = into / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                command,
                cwd=into,
                env={**_environment(prefix), "TMPDIR": str(temporary), **settings},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise Unavailable(f"{command[0]} could not be started: {error.strerror}") from error
        try:
            _wait(process, into, disk_bytes)
        finally:
            _end(process)
        said.seek(max(0, said.tell() - _KEPT_BYTES))
        return Answer(process.returncode, said.read().decode("utf-8", "replace"))


def _wait(process: subprocess.Popen[bytes], into: Path, disk_bytes: int) -> None:
    deadline = time.monotonic() + SECONDS
    while process.poll() is None:
        if (size := _size(into)) > disk_bytes:
            raise Unresolvable({ALL: f"take {size:,} bytes, {disk_bytes:,} allowed"})
        if time.monotonic() > deadline:
            raise Unavailable(f"fetching dependencies took longer than {SECONDS} seconds")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _size(directory: Path) -> int:
    total = 0
    for here, _, names in os.walk(directory, onerror=None):
        for name in names:
            with contextlib.suppress(OSError):  # moved or deleted while we look
                total += (Path(here) / name).lstat().st_size
    return total


def _environment(prefix: str) -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _PASSED or name.upper().startswith(prefix.upper())
    }
