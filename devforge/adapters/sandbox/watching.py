"""Watches a tree of processes on this machine: who belongs to it and how much memory it holds."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True)
class _Stat:
    parent: int
    is_over: bool  # a zombie: nobody has asked how it ended
    cpu_seconds: float


class Tree:
    """The processes below one, itself included. Others of this machine are looked at but once."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._members = {root}
        self._strangers: set[int] = set()
        self._cpu: dict[int, float] = {}
        self.peak_bytes = 0

    @property
    def cpu_seconds(self) -> float:
        """What all of them had used when last looked at; the last moments of each are not seen."""
        return sum(self._cpu.values())

    def measure(self) -> int:
        """Return the bytes all of them hold by themselves now, shared memory included."""
        alive = {int(entry) for entry in os.listdir(_PROC) if entry.isdigit()}  # noqa: PTH208 - hot
        self._members &= alive
        self._strangers &= alive
        unknown = {pid: _stat(pid).parent for pid in alive - self._members - self._strangers}
        # A child's number may be below its parent's, so go on until nobody joins.
        while joining := {pid for pid, parent in unknown.items() if parent in self._members}:
            self._members |= joining
            unknown = {pid: parent for pid, parent in unknown.items() if pid not in joining}
        self._strangers |= unknown.keys()
        for pid in self._members:
            self._cpu[pid] = max(self._cpu.get(pid, 0.0), _stat(pid).cpu_seconds)
        now = sum(_held_bytes(pid) for pid in self._members)
        self.peak_bytes = max(self.peak_bytes, now)
        return now

    def files(self, places: Iterable[str]) -> int:
        """Return how many files lie in the file systems at `places`, as these processes see them.

        Only once they have a root of their own: before, it is this machine's.
        """
        own = (_PROC / "self/ns/mnt").readlink()
        for pid in sorted(self._members):
            with contextlib.suppress(OSError):
                if (_PROC / f"{pid}/ns/mnt").readlink() != own:
                    found = [os.statvfs(f"{_PROC}/{pid}/root{place}") for place in places]
                    return sum(each.f_files - each.f_ffree for each in found)
        return 0

    def end_children(self) -> None:
        """End at once all but the first of them."""
        self.measure()
        for pid in self._members - {self._root}:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def outlive(self, *, seconds: float) -> None:
        """Return when all of them are gone, or after `seconds`."""
        deadline = time.monotonic() + seconds
        while any(not _stat(pid).is_over for pid in self._members) and time.monotonic() < deadline:
            time.sleep(0.002)


def _stat(pid: int) -> _Stat:
    try:
        line = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        fields = line.rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        return _Stat(int(fields[1]), fields[0] in "ZX", ticks / _TICKS)
    except (OSError, IndexError, ValueError):
        return _Stat(parent=0, is_over=True, cpu_seconds=0.0)  # gone already


def _held_bytes(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    held = 0
    for line in lines.splitlines():
        if line.startswith(("RssAnon:", "RssShmem:", "VmSwap:")):
            held += int(line.split()[1]) * 1024
    return held
