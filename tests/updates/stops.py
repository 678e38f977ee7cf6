"""Stops a process, or makes its disk fail, at the nth thing it does to a file. For tests alone.

The client does not know it is here: what Python offers for changing files is wrapped, in a child.
"""

from __future__ import annotations

import builtins
import contextlib
import errno
import io
import os
import signal
from collections.abc import Callable

CALLS = ("open", "mkdir", "rename", "replace", "link", "unlink", "rmdir", "fsync", "write")


def count(work: Callable[[], object]) -> int:
    """Return how many things `work` does to files, in a child that does them all."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        counter = _wrap(stop_at=0, act=lambda *_: None)
        work()
        os.write(writing, str(counter[0]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return int(said)


def kill_at(step: int, work: Callable[[], object], *, torn: bool = False) -> bool:
    """Run `work` in a child killed before its nth act; return whether it was. `torn`: in the middle of it."""
    child = os.fork()
    if child == 0:
        _wrap(stop_at=step, act=_kill_torn if torn else _kill)
        try:
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def tell_at(step: int, work: Callable[[], int], number: int, *, late: bool) -> int:
    """Run `work` in a child that is told to end before its nth act, or after it (`late`); return how it ended."""
    child = os.fork()
    if child == 0:
        signal.signal(number, signal.SIG_DFL)
        _wrap(stop_at=step, act=lambda *_: os.kill(os.getpid(), number), late=late)
        code = 255
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def fail_at(step: int, work: Callable[[], str], *, code: int = errno.ENOSPC) -> str:
    """Run `work` in a child whose disk fails at its nth act and ever after; return what it says."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)

        def fail(*_: object) -> None:
            raise OSError(code, os.strerror(code))

        _wrap(stop_at=step, act=fail, for_good=True)
        said = "none"
        try:
            said = work()
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        finally:
            _REAL["write"](writing, said.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


_REAL = {name: getattr(os, name) for name in CALLS}


def _wrap(
    *, stop_at: int, act: Callable[..., object], for_good: bool = False, late: bool = False
) -> list[int]:
    """Wrap the calls; opening for writing and closing a file that was written count, too."""
    counter = [0]

    def met(*arguments: object) -> None:
        counter[0] += 1
        if stop_at and (counter[0] >= stop_at if for_good else counter[0] == stop_at):
            act(*arguments)

    def wrapped(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            counts = real is not _REAL["open"] or _writes(arguments[1])
            if counts and not late:
                met(*arguments)
            done = real(*arguments, **named)
            if counts and late:
                met(*arguments)
            return done

        return call

    for name, real in _REAL.items():
        setattr(os, name, wrapped(real))
    real_open, real_fdopen = builtins.open, os.fdopen

    def opened(file: object, mode: str = "r", *rest: object, **named: object) -> object:
        if set(mode) & set("wax+"):
            met(file)
        return real_open(file, mode, *rest, **named)  # type: ignore[call-overload]

    builtins.open = io.open = opened  # type: ignore[assignment]
    os.fdopen = real_fdopen
    return counter


def _writes(flags: object) -> bool:
    return bool(int(flags) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))  # type: ignore[call-overload]


def _kill(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_torn(*arguments: object) -> None:
    """Leave only half of what was written so far to the file that is being made safe, then stop."""
    if isinstance(arguments[0], int):
        with_half = os.fstat(arguments[0]).st_size // 2
        with contextlib.suppress(OSError):
            os.ftruncate(arguments[0], with_half)
    _kill()
