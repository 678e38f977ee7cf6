"""The name packages have for the machine this runs on. Source: docs/decisions/platforms.md."""

from __future__ import annotations

import platform
import sys

_MACHINES = {"amd64": "x64", "x86_64": "x64", "aarch64": "arm64", "armv7l": "armhf", "armv6l": "armhf"}  # fmt: skip


def this_platform() -> str:
    """Return `linux-x64`, `darwin-arm64`, `win32-x64` and the like; `alpine-…` where musl is the libc."""
    is_windows = sys.platform in ("win32", "cygwin")
    system = "win32" if is_windows else sys.platform.rstrip("0123456789")
    if system == "linux" and _is_alpine():
        system = "alpine"
    machine = platform.machine().lower() or "unknown"
    return f"{system}-{_MACHINES.get(machine, machine)}"


def _is_alpine() -> bool:
    try:
        said = platform.freedesktop_os_release()
    except OSError:
        return False
    return "alpine" in {said.get("ID"), *said.get("ID_LIKE", "").split()}
