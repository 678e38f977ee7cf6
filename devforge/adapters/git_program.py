"""The git program, started with nothing of this machine's or a stranger's settings, and bounded.

Speaks to git through GitPython with argument lists only. Hooks, configuration files, credential
helpers and every protocol but the server's own are off; each run has a time-out, a cap on what
it prints and, where it downloads, a cap on what it may put on the disk.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import git

from devforge.errors import BadInput, DevForgeError, Refused, Unavailable

OUTPUT_BYTES = 256 << 20
_STDERR_BYTES = 64 << 10
# Mistakes of old tools that years of good repositories still carry; none can hurt a reader.
_OLD_SINS = (
    "badTimezone", "missingSpaceBeforeDate", "missingTaggerEntry", "zeroPaddedFilemode",
    "badTagName", "missingEmail", "missingNameBeforeEmail", "missingSpaceBeforeEmail",
)  # fmt: skip
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "core.fsmonitor": "false",
    "core.askPass": "",
    "credential.helper": "",
    "fetch.fsckObjects": "true",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "protocol.ext.allow": "never",
    "submodule.recurse": "false",
    **{f"fetch.fsck.{sin}": "ignore" for sin in _OLD_SINS},
}
_UNAVAILABLE = re.compile(
    r"could not resolve host|timed out|failed to connect|couldn.t connect|connection (?:refused|reset)"
    r"|early eof|unexpected disconnect|the remote end hung up|rpc failed|returned error: (?:429|5\d\d)"
    r"|empty reply|operation too slow|gnutls|ssl",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"not our ref|unadvertised object|couldn.t find remote ref|repository .*not found"
    r"|could not read username|authentication failed|returned error: 40[134]|does not appear to be a git repository",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one run of git said."""

    code: int
    output: bytes

    @property
    def text(self) -> str:
        """The output as text without the last newline; odd bytes survive as surrogates."""
        return self.output.decode("utf-8", "surrogateescape").rstrip("\n")


class GitProgram:
    """Runs git in one directory. It decides nothing: a code that was not asked for is an error."""

    def __init__(
        self, directory: Path, *, protocol: str = "https", settings: Mapping[str, str] = {}
    ) -> None:
        self.git = git.Git(str(directory))
        self.git.update_environment(**_environment(directory, protocol, settings))

    def run(
        self,
        *arguments: str,
        codes: tuple[int, ...] = (0,),
        seconds: float = 120,
        disk_bytes: int | None = None,
        watch: Path | None = None,
        stdin: BinaryIO | None = None,
        extra: Mapping[str, str] = {},
    ) -> Answer:
        """Run `git <arguments>` and return what it printed.

        Raises:
            Unavailable: no answer in time, or the network's fault.
            BadInput: what was asked for is not there, or its objects are damaged.
            Refused: more output or disk than allowed, or any other failure.
        """
        what = f"git {arguments[0]}"
        try:
            wrapper = self.git.execute(
                ["git", *arguments],
                istream=stdin,
                as_process=True,
                env=extra,
                start_new_session=True,
            )
        except git.GitCommandNotFound as error:
            raise Unavailable("git is not installed: install it and run this again") from error
        process: subprocess.Popen[bytes] = wrapper.proc  # type: ignore[assignment]
        out, err = _Capped(process.stdout, OUTPUT_BYTES), _Capped(process.stderr, _STDERR_BYTES)
        try:
            _wait(process, what, seconds, out, disk_bytes, watch)
        finally:
            _end(process)
            out.join()
            err.join()
            wrapper.proc = None
        if process.returncode not in codes:
            raise _translated(what, process.returncode, err.bytes.decode("utf-8", "replace"))
        return Answer(process.returncode, out.bytes)

    def close(self) -> None:
        """End the process that reads objects, if one is running."""
        self.git.clear_cache()


class _Capped(threading.Thread):
    """Reads a pipe to its end, keeping at most `limit` bytes of it."""

    def __init__(self, pipe: IO[bytes] | None, limit: int) -> None:
        super().__init__(daemon=True)
        self._pipe, self._limit = pipe, limit
        self._chunks: list[bytes] = []
        self._size = 0
        self.start()

    def run(self) -> None:
        if self._pipe is None:
            return
        with suppress(ValueError, OSError), self._pipe:
            while chunk := self._pipe.read1(65536):  # type: ignore[attr-defined]
                self._size += len(chunk)
                if self._size <= self._limit:
                    self._chunks.append(chunk)

    @property
    def overflowed(self) -> bool:
        return self._size > self._limit

    @property
    def bytes(self) -> bytes:
        return b"".join(self._chunks)


def _wait(
    process: subprocess.Popen[bytes],
    what: str,
    seconds: float,
    out: _Capped,
    disk_bytes: int | None,
    watch: Path | None,
) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            process.wait(timeout=0.25)
        except subprocess.TimeoutExpired:
            pass
        else:
            out.join(timeout=5)
        if out.overflowed:
            raise Refused(f"{what} printed more than {OUTPUT_BYTES >> 20} MB")
        if disk_bytes is not None and watch is not None and _size(watch) > disk_bytes:
            raise BadInput(
                f"{what} brought more than {disk_bytes >> 20} MB: make the repository smaller, or "
                "publish from one that holds only the extension"
            )
        if process.returncode is not None:
            return
        if time.monotonic() > end:
            raise Unavailable(f"{what} gave no answer within {seconds:.0f} seconds")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _size(directory: Path) -> int:
    total = 0
    for parent, _, names in os.walk(directory):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118  a hot loop
    return total


def _translated(what: str, code: int, said: str) -> DevForgeError:
    line = next((s for s in reversed(said.splitlines()) if s.startswith(("fatal", "error"))), said)
    text = f"{what}: exit {code}: {line.strip()[:300]}"
    if _ABSENT.search(said):
        return BadInput(text)
    if "fsck" in said or "bad object" in said:
        return BadInput(f"{text} (the repository's objects are damaged)")
    if _UNAVAILABLE.search(said):
        return Unavailable(text)
    return Refused(text)


def _environment(directory: Path, protocol: str, settings: Mapping[str, str]) -> dict[str, str]:
    wanted = {**_SETTINGS, "safe.directory": "*", **settings}
    numbered: dict[str, str] = {"GIT_CONFIG_COUNT": str(len(wanted))}
    for number, (key, value) in enumerate(wanted.items()):
        numbered[f"GIT_CONFIG_KEY_{number}"] = key
        numbered[f"GIT_CONFIG_VALUE_{number}"] = value
    return {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GIT_ALLOW_PROTOCOL": protocol,
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TRACE": "0",
        "GIT_CEILING_DIRECTORIES": str(directory.resolve().parent),
        **numbered,
    }
