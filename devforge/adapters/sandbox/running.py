"""Starts bubblewrap, reads what comes out, and ends what takes too much.

Time, memory and output of all processes of a run together are watched here, from outside; what
the kernel can hold for each process is in `confinement`.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from devforge.adapters.sandbox.confinement import STARTED, WRITABLE, View, confined
from devforge.adapters.sandbox.ending import Ending, Outcome, plain
from devforge.adapters.sandbox.seccomp import seccomp_program
from devforge.adapters.sandbox.watching import Tree
from devforge.errors import Unavailable
from devforge.model.observed import Missing
from devforge.model.reviewing import Sandbox as Limits

_POLL_SECONDS = 0.02
_GRACE_SECONDS = 2.0
_CHUNK_BYTES = 65_536
_RESULT_BYTES = 8 * 1024 * 1024
# What is printed beyond the policy's bytes is dropped; this many times as much ends the run.
_FLOOD = 64
# An empty file takes a kilobyte of the kernel's memory, which no size counts; so many fit the disk.
_FILE_BYTES = 1024
_PROBE = Limits(memory_bytes=2**28, processes=64, seconds=20, disk_bytes=2**24, output_bytes=65_536)
_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")


def available() -> Missing | None:
    """Return None where the sandbox works on this machine, else why not and what to do."""
    if not sys.platform.startswith("linux"):
        return Missing(reason=f"the sandbox needs Linux, and this is {sys.platform}")
    for program in ("bwrap", "prlimit", "choom", *(("setpriv",) if os.geteuid() == 0 else ())):
        if shutil.which(program) is None:
            package = "bubblewrap" if program == "bwrap" else "util-linux"
            return Missing(reason=f"{program} is not installed: install the {package} package")
    try:
        run(["true"], View(), _PROBE)
    except Unavailable as error:
        return Missing(reason=str(error))
    return None


def run(command: Sequence[str], view: View, limits: Limits) -> Outcome:
    """Run `command` in a sandbox of its own and return how it ended; nothing of it lives on.

    Standard output and error come back together in `Outcome.output`, what is written to
    descriptor `RESULT_FD` in `Outcome.result`.

    Raises:
        Unavailable: the sandbox did not start; the command was not run.
    """
    with _filter() as seccomp_fd, _pipe() as (result_in, result_out), _pipe() as (said, says):
        arguments = confined(
            command, view, limits, seccomp_fd=seccomp_fd, as_root=os.geteuid() == 0
        )
        started = time.monotonic()
        try:
            process = subprocess.Popen(
                # Should memory run out on the whole machine, what runs here goes first.
                ["choom", "-n", "1000", "--", *arguments],
                stdin=result_out,
                stdout=says,
                stderr=says,
                # bubblewrap's own environment can be read from inside, so it has none to speak of.
                env={"PATH": os.environ.get("PATH", os.defpath)},
                pass_fds=() if seccomp_fd is None else (seccomp_fd,),
                start_new_session=True,
            )
        except OSError as error:
            raise Unavailable(f"the sandbox could not be started: {error}") from error
        result_out.close()
        says.close()
        run = _Run(process, limits, Tree(process.pid), deadline=started + limits.seconds)
        try:
            run.read(said, result_in)
        finally:
            run.reap()
    return _outcome(run, time.monotonic() - started)


@dataclass(slots=True)
class _Run:
    process: subprocess.Popen[bytes]
    limits: Limits
    tree: Tree
    deadline: float
    ended: Ending | None = None
    output: bytearray = field(default_factory=bytearray)
    printed: int = 0
    result: bytearray = field(default_factory=bytearray)

    def read(self, said: BinaryIO, result_in: BinaryIO) -> None:
        """Take in both channels until both are closed or a limit is crossed."""
        next_look = 0.0
        with selectors.DefaultSelector() as selector:
            selector.register(said, selectors.EVENT_READ, self._printed)
            selector.register(result_in, selectors.EVENT_READ, self._resulted)
            while selector.get_map() and self.ended is None:
                for key, _ in selector.select(_POLL_SECONDS):
                    data = os.read(key.fd, _CHUNK_BYTES)
                    key.data(data)
                    if not data:
                        selector.unregister(key.fd)
                if time.monotonic() >= next_look:
                    self._look()
                    next_look = time.monotonic() + _POLL_SECONDS

    def reap(self) -> None:
        """End what still runs, and return when the last of it is gone."""
        if self.ended is not None:
            self.process.kill()  # its first process dies with it, and with that all others
        self.process.wait()
        self.tree.outlive(seconds=_GRACE_SECONDS)

    def _printed(self, data: bytes) -> None:
        self.printed += len(data)
        self.output += data
        del self.output[: -self.limits.output_bytes]
        if self.printed > self.limits.output_bytes * _FLOOD:
            self.ended = "output flood"

    def _resulted(self, data: bytes) -> None:
        self.result += data
        if len(self.result) > _RESULT_BYTES:
            self.ended = "output flood"

    def _look(self) -> None:
        if self.tree.measure() > self.limits.memory_bytes:
            self.ended = "memory"
        elif time.monotonic() > self.deadline:
            self.ended = "timed out"
        elif (
            self.result.startswith(STARTED)
            and self.tree.files(WRITABLE) > self.limits.disk_bytes // _FILE_BYTES
        ):
            self.ended = "file flood"


def _outcome(run: _Run, seconds: float) -> Outcome:
    output = plain(run.output.decode("utf-8", "replace"))
    if not run.result.startswith(STARTED) and run.ended is None:
        raise Unavailable(f"the sandbox did not start: {_explained(output)}")
    status = run.process.returncode
    # The shell convention, by which bubblewrap reports that a signal ended the program.
    signalled = status < 0 or 128 < status <= 128 + signal.SIGRTMAX
    ending: Ending = run.ended or ("killed" if signalled else "exited")
    if ending == "killed" and status == 128 + signal.SIGXCPU:
        ending = "timed out"
    return Outcome(
        ending=ending,
        status=None if run.ended else status,
        output=output,
        result=bytes(run.result[len(STARTED) :]),
        seconds=seconds,
        cpu_seconds=run.tree.cpu_seconds,
        peak_memory_bytes=run.tree.peak_bytes,
    )


def _explained(output: str) -> str:
    said = " ".join(output.split())[-300:] or "it said nothing"
    with contextlib.suppress(OSError):
        if os.geteuid() != 0 and _APPARMOR.read_text().strip() == "1":
            return (
                f"{said}. AppArmor on this machine keeps ordinary users from making namespaces: "
                "allow bwrap with a profile, or run "
                "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
            )
    return said


@contextlib.contextmanager
def _filter() -> Iterator[int | None]:
    """The seccomp program as an open file, read from its start; None on an unknown machine."""
    if (program := seccomp_program()) is None:
        yield None
        return
    with tempfile.TemporaryFile() as file:
        file.write(program)
        file.flush()
        file.seek(0)
        yield file.fileno()


@contextlib.contextmanager
def _pipe() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """A pipe's two ends, closed at the end. Files and not numbers, because a number that was
    closed early may by then be somebody else's: another thread opens files too."""
    reading, writing = os.pipe()
    with (
        os.fdopen(reading, "rb", buffering=0) as one,
        os.fdopen(writing, "wb", buffering=0) as other,
    ):
        yield one, other
