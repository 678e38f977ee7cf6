"""What a program in the sandbox sees and may use, as bubblewrap's argument list. Pure.

- Namespaces of its own for processes, network, users, IPC, host name and cgroups. The network
  holds nothing but a loopback of its own: not the host's, no DNS, no abstract sockets.
- Files: /usr and what `View.mounts` names, read-only; /work (a copy of `View.source`), /tmp and
  /dev/shm in memory with a size cap; nothing else of the host.
- An environment made from nothing, an unprivileged account, no capabilities, no set-uid programs,
  `seccomp`'s filter, and limits that the kernel holds for each process.

Started by root, the account is a number drawn for this run, so that two runs share no limit and
no owner; by anyone else, it is one account in a user namespace. Either way no way leads back.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from devforge.model.reviewing import Sandbox as Limits

WORK = "/work"
WRITABLE = ("/dev/shm", "/tmp", WORK)  # noqa: S108 - the sandbox's own
RESULT_FD = 3
MEBIBYTE = 1024 * 1024
STARTED = b"started\n"  # the first bytes of the result channel, once everything is in place

# Everything here is ours and constant. The result channel arrives as standard input, because its
# number is then known; the program finds it as descriptor 3 and nothing to read as input.
_BEGIN = f"""exec {RESULT_FD}>&0 </dev/null
[ ! -d /source ] || cp -R /source/. {WORK}/ || exit 125
[ ! -d /node_modules ] || [ -e {WORK}/node_modules ] || ln -s /node_modules {WORK}/node_modules
cd {WORK} && echo started >&{RESULT_FD} && exec "$@" """

_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 - the sandbox's own
    "TMPDIR": "/tmp",  # noqa: S108
    "USER": "sandbox",
    "LOGNAME": "sandbox",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "NO_COLOR": "1",
    # Tests of tools for git make repositories of their own.
    "GIT_AUTHOR_NAME": "sandbox",
    "GIT_AUTHOR_EMAIL": "sandbox@example.invalid",
    "GIT_COMMITTER_NAME": "sandbox",
    "GIT_COMMITTER_EMAIL": "sandbox@example.invalid",
}


@dataclass(frozen=True, slots=True)
class View:
    """What is shown to the program besides /usr: read-only, path inside → path on this machine.

    `source` is copied to /work before the program starts. `reserved_bytes` is what an interpreter
    sets aside as writable and never touches (V8 does): no memory, but the kernel counts it.
    """

    source: Path | None = None
    mounts: Mapping[str, Path] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    reserved_bytes: int = 0


def confined(
    command: Sequence[str], view: View, limits: Limits, *, seccomp_fd: int | None, as_root: bool
) -> list[str]:
    """Return the argument list that runs `command` in the sandbox."""
    return [
        "bwrap",
        *("--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"),
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"),
        "--unshare-cgroup-try",
        *_identity_options(as_root=as_root),
        *_files(view, limits),
        *_environment(view),
        *(() if seccomp_fd is None else ("--seccomp", str(seccomp_fd))),
        "--",
        *_drop_privileges(as_root=as_root),
        *_limited(limits, view.reserved_bytes),
        *("/bin/sh", "-c", _BEGIN, "sandbox"),
        *command,
    ]


def _identity_options(*, as_root: bool) -> list[str]:
    if not as_root:
        return ["--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"]
    return [part for cap in ("SETUID", "SETGID", "SETPCAP") for part in ("--cap-add", f"CAP_{cap}")]


def _drop_privileges(*, as_root: bool) -> list[str]:
    """Become an account nobody has. The range lies above every account and below every mapping."""
    if not as_root:
        return []
    account = 0x7000_0000 + secrets.randbelow(0x0FFF_0000)
    none = ("--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all")
    return ["setpriv", f"--reuid={account}", f"--regid={account}", *none, "--"]


def _files(view: View, limits: Limits) -> list[str]:
    half = str(limits.disk_bytes // 2)
    shared = str(min(64 * MEBIBYTE, limits.disk_bytes // 2))
    options = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        top = Path("/", name)
        if top.is_symlink():
            options += ["--symlink", str(top.readlink()), str(top)]
        elif top.is_dir():
            options += ["--ro-bind", str(top), str(top)]
    for inside in ("/etc/x", *view.mounts):
        options += _directories_above(inside)
    for name in ("/etc/ld.so.cache", "/etc/alternatives"):
        options += ["--ro-bind-try", name, name]
    for name in ("passwd", "hosts"):
        options += ["--ro-bind", str(Path(__file__).parent / "etc" / name), f"/etc/{name}"]
    options += ["--proc", "/proc", "--dev", "/dev"]
    for size, where in zip((shared, half, half), WRITABLE, strict=True):
        options += ["--perms", "1777", "--size", size, "--tmpfs", where]
    if view.source is not None:
        options += ["--ro-bind", str(view.source), "/source"]
    for inside, outside in view.mounts.items():
        options += ["--ro-bind", str(outside), inside]
    # Both are file systems in memory of bubblewrap's making, without a cap unless read-only.
    return [*options, "--remount-ro", "/dev", "--remount-ro", "/"]


def _directories_above(inside: str) -> list[str]:
    """The directories `inside` lies in, open to the program's account, which does not own them."""
    above = [str(parent) for parent in reversed(PurePosixPath(inside).parents)][1:]
    return [part for path in above for part in ("--perms", "0755", "--dir", path)]


def _environment(view: View) -> list[str]:
    pairs = {**_ENVIRONMENT, **view.environment}
    return [part for name, value in pairs.items() for part in ("--setenv", name, value)]


def _limited(limits: Limits, reserved_bytes: int) -> list[str]:
    """Limits for each process; what they use together is `running`'s to watch.

    Memory is private writable memory: address space, the older limit, is what Node reserves by
    the gigabyte and never uses.
    """
    return [
        "prlimit",
        f"--data={limits.memory_bytes + reserved_bytes}",
        f"--nproc={limits.processes}",
        f"--fsize={limits.disk_bytes}",
        f"--cpu={limits.seconds + 1}",
        *("--nofile=1024", "--core=0", "--memlock=0", "--msgqueue=0"),
        "--",
    ]
