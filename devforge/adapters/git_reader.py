"""Reads files of a repository through one git process, kept for as long as they are read.

A job looks at thousands of small notes; a process for each would take it minutes.
"""

from __future__ import annotations

import subprocess
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path

from devforge.errors import Refused, Unavailable


class GitReader:
    """Files of the repository at `repository` by name, such as `COMMIT:a/path`."""

    def __init__(self, repository: Path, environment: Mapping[str, str]) -> None:
        self._command = ["git", "-C", str(repository), "cat-file", "--batch-command"]
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()  # it answers one question at a time

    def read(self, name: str, *, limit_bytes: int) -> bytes | None:
        """Return the file `name`; None where there is none.

        Raises:
            Refused: it is larger than `limit_bytes`. Unavailable: git ended.
        """
        if "\n" in name:
            return None
        with self._lock:
            try:
                return self._read(name, limit_bytes)
            except (OSError, ValueError) as error:
                self._process = None
                raise Unavailable(f"git cat-file: {name}: no answer") from error

    def _read(self, name: str, limit_bytes: int) -> bytes | None:
        process = self._process = self._process or self._started()
        assert process.stdin is not None  # noqa: S101  for the type checker: both are pipes
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(f"info {name}\n".encode())
        process.stdin.flush()
        said = process.stdout.readline()
        if not said:
            raise OSError("it ended")
        words = said.split()
        if len(words) != 3 or words[1] != b"blob" or said.endswith(b" missing\n"):
            return None
        size = words[2]
        if int(size) > limit_bytes:
            raise Refused(f"{name} is {int(size)} bytes, at most {limit_bytes} are read")
        process.stdin.write(f"contents {name}\n".encode())
        process.stdin.flush()
        process.stdout.readline()
        content = process.stdout.read(int(size) + 1)
        if len(content) != int(size) + 1:
            raise OSError("it ended")
        return content[:-1]

    def _started(self) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise Unavailable("git is not installed; install git 2.38 or newer") from error
        weakref.finalize(self, _end, process)
        return process


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()
