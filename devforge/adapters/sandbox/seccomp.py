"""The system calls no extension needs and many an escape did, as a filter for the kernel. Pure.

The namespaces already hold; this narrows what is left of the kernel behind them, and closes doors
no namespace covers: machine sockets (AF_VSOCK), memory that no limit counts (memfd, System V), the
keyring, and new user namespaces, which hand out fresh capabilities.

Source: linux/seccomp.h, linux/filter.h, linux/audit.h; numbers from the kernel's syscall tables.
"""

from __future__ import annotations

import errno
import platform
import struct

_KILL, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NR, _ARCH, _ARG0 = 0, 4, 16  # offsets into struct seccomp_data; both machines are little-endian
_NEW_NAMESPACES = 0x7E020080  # CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET}
_X32_BIT = 0x40000000
_FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK

# name: (x86_64, aarch64). `absent` answers that the kernel lacks the call, so libraries fall back.
_ABSENT = {
    "clone3": (435, 435),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
}
_FORBIDDEN = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "syslog": (103, 116),
}
# machine: (audit number, column of the tables, clone, socket)
_MACHINES = {"x86_64": (0xC000003E, 0, 56, 41), "aarch64": (0xC00000B7, 1, 220, 198)}


def seccomp_program(machine: str | None = None) -> bytes | None:
    """Return the filter for this machine as bubblewrap takes it; None for one not in the tables."""
    if (known := _MACHINES.get(machine or platform.machine())) is None:
        return None
    audit, column, clone, socket = known
    code = [
        _op(_LOAD, _ARCH), _op(_EQUAL, audit, 1, 0), _op(_RETURN, _KILL),
        _op(_LOAD, _NR), _op(_AT_LEAST, _X32_BIT, 0, 1), _op(_RETURN, _KILL),
    ]  # fmt: skip
    for table, number in ((_ABSENT, errno.ENOSYS), (_FORBIDDEN, errno.EPERM)):
        for numbers in table.values():
            code += [_op(_EQUAL, numbers[column], 0, 1), _op(_RETURN, _ERRNO | number)]
    code += [
        _op(_EQUAL, clone, 0, 4), _op(_LOAD, _ARG0), _op(_ANY_BIT, _NEW_NAMESPACES, 0, 1),
        _op(_RETURN, _ERRNO | errno.EPERM), _op(_RETURN, _ALLOW),
        _op(_EQUAL, socket, 1, 0), _op(_RETURN, _ALLOW), _op(_LOAD, _ARG0),
    ]  # fmt: skip
    for family in _FAMILIES:
        code += [_op(_EQUAL, family, 0, 1), _op(_RETURN, _ALLOW)]
    return b"".join([*code, _op(_RETURN, _ERRNO | errno.EAFNOSUPPORT)])


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)
