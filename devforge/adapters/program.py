"""Runs a program that reads strangers' files: bounded in time and output, told nothing secret.

Decides nothing: what went wrong is said in words that name the tool.
"""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from pydantic import TypeAdapter, ValidationError

from devforge.errors import Unavailable

OUTPUT_BYTES = 64 << 20
_ERROR_BYTES = 64 << 10
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT")
T = TypeVar("T")
if sys.platform == "linux":
    import resource

    _OVER_TIME = (-signal.SIGXCPU, 128 + signal.SIGXCPU)
else:
    _OVER_TIME = ()


class ToolFailed(Unavailable):
    """A tool gave no usable answer; the text names the tool and what happened."""


class ToolTooSlow(ToolFailed):
    """A tool was stopped because its time was over."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one run printed, and the code it ended with."""

    code: int
    output: bytes
    said: str = ""  # the last line of its standard error, for messages


def find_program(name: str) -> str:
    """Return where `name` is: beside this Python first, so versions are the pinned ones.

    Raises:
        ToolFailed: it is not installed.
    """
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name, path=beside) or shutil.which(name)
    if found is None:
        raise ToolFailed(f"{name} is not installed: install devforge-registry[check]")
    return found


def run_program(
    arguments: Sequence[str],
    *,
    tool: str,
    directory: Path,
    seconds: float,
    processor_seconds: float | None = None,
    output_bytes: int = OUTPUT_BYTES,
    codes: Collection[int] = (0,),
    environment: Mapping[str, str] | None = None,
) -> Answer:
    """Run a program in `directory` and return what it printed; its children end with it.

    Args:
        processor_seconds: how long it may compute, where the system counts that: a machine that is
            busy with other things takes none of it.

    Raises:
        ToolTooSlow: it did not end within `seconds`, or computed for longer than it may.
        ToolFailed: it could not be started, printed more than `output_bytes`, or ended with a
            code that is not among `codes`.
    """
    inherited = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        process = subprocess.Popen(
            list(arguments),
            cwd=directory,
            env={**inherited, "HOME": str(directory), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolFailed(f"{tool} could not be started: {error.strerror}") from error
    if processor_seconds is not None:
        _limit_computing(process, processor_seconds)
    out = _Reader(process, process.stdout, output_bytes)
    err = _Reader(process, process.stderr, _ERROR_BYTES, ends=False)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise ToolTooSlow(f"{tool} gave no answer within {seconds:.0f} seconds") from error
    finally:
        _end(process)
        out.join()
        err.join()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()
    if out.overflowed:
        raise ToolFailed(f"{tool} printed more than {output_bytes >> 20} MB and was stopped")
    if processor_seconds is not None and process.returncode in _OVER_TIME:
        raise ToolTooSlow(
            f"{tool} gave no answer after computing for {processor_seconds:.0f} seconds"
        )
    if process.returncode not in codes:
        said = _last_line(err.content)
        raise ToolFailed(f"{tool} {_ending(process.returncode)}{said and f': {said}'}")
    return Answer(process.returncode, out.content, _last_line(err.content))


def read_answer(tool: str, answer: Answer, kind: type[T]) -> T:
    """Return a tool's JSON as a `kind`. Raises ToolFailed if it is anything else."""
    try:
        return TypeAdapter(kind).validate_json(answer.output)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "its first character"
        said = f"; it said: {answer.said}" if answer.said else ""
        raise ToolFailed(f"{tool} printed no answer we can read, at {where}{said}") from error


class _Reader(threading.Thread):
    """Reads a pipe to its end, keeping at most `limit` bytes and ending the program past them."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        pipe: IO[bytes] | None,
        limit: int,
        *,
        ends: bool = True,
    ) -> None:
        super().__init__(daemon=True)
        self._program, self._pipe, self._limit, self._ends = process, pipe, limit, ends
        self._chunks: list[bytes] = []
        self._size = 0
        self.start()

    def run(self) -> None:
        with suppress(ValueError, OSError):
            while self._pipe and (chunk := os.read(self._pipe.fileno(), 65536)):
                self._size += len(chunk)
                if self._size <= self._limit:
                    self._chunks.append(chunk)
                elif self._ends:
                    _end(self._program)
                    return

    @property
    def overflowed(self) -> bool:
        return self._size > self._limit

    @property
    def content(self) -> bytes:
        return b"".join(self._chunks)


def _limit_computing(process: subprocess.Popen[bytes], seconds: float) -> None:
    if sys.platform == "linux":
        limit = max(1, math.ceil(seconds))
        with suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (limit, limit + 1))


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _ending(code: int) -> str:
    if code < 0:
        return f"was ended by signal {-code}"
    return f"ended with exit code {code}"


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    printable = "".join(character for character in last if character.isprintable())
    return printable[:300]
