"""Run one program of a step in a process group of its own, line by line, to its end or ours."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

Ending = Literal["exited", "timed out", "cancelled"]

_MAX_LINE_BYTES = 1_000_000
_POLL_SECONDS = 0.02
_DRAIN_SECONDS = 1.0
_GRACE = ((signal.SIGINT, 1.5), (signal.SIGTERM, 1.0), (signal.SIGKILL, 5.0))
"""Source: GitHub's documentation, "Workflow cancellation reference"; its 7.5 s and 2.5 s shortened."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended; `code` is its exit code, negative for a signal."""

    how: Ending
    code: int


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    each_line: Callable[[str], None],
    deadline: float,
    cancelled: threading.Event,
) -> Ended:
    """Run `command` until it exits, `deadline` (monotonic) passes or `cancelled` is set.

    Raises:
        OSError: the program cannot be started.
    """
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None  # noqa: S101 - asked for above
    reader = threading.Thread(target=_read, args=(process.stdout, each_line), daemon=True)
    reader.start()
    how: Ending = "exited"
    wait = 0.002
    while process.poll() is None:
        if cancelled.is_set() or time.monotonic() > deadline:
            how = "cancelled" if cancelled.is_set() else "timed out"
            _end(process)
            break
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=wait)
        wait = min(wait * 2, _POLL_SECONDS)
    reader.join(_DRAIN_SECONDS)  # a program left in the background may hold the pipe open
    return Ended(how, process.returncode)


def kill_tracked(tracking: str) -> int:
    """Kill every process whose environment carries RUNNER_TRACKING_ID=`tracking`; return how many."""
    marker = f"RUNNER_TRACKING_ID={tracking}".encode()
    killed = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if marker in (entry / "environ").read_bytes().split(b"\0"):
                os.kill(int(entry.name), signal.SIGKILL)
                killed += 1
        except OSError:
            continue  # it ended meanwhile, or is not ours to see
    return killed


def _end(process: subprocess.Popen[bytes]) -> None:
    for sent, seconds in _GRACE:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sent)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
            break
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _read(stream: IO[bytes], each_line: Callable[[str], None]) -> None:
    with contextlib.suppress(ValueError, OSError), stream:
        while line := stream.readline(_MAX_LINE_BYTES):
            each_line(line.decode("utf-8", "replace").rstrip("\r\n"))
