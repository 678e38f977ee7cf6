"""For which platform a program was compiled, by its first bytes. Pure.

Source: the ELF specification, e_machine; Microsoft's PE format; Apple's <mach-o/loader.h>, <mach-o/fat.h>.
"""

from __future__ import annotations

from devforge.model.platforms import Name

_ELF: dict[int, tuple[Name, ...]] = {
    0x3E: ("linux-x64", "alpine-x64"),
    0xB7: ("linux-arm64", "alpine-arm64"),
    0x28: ("linux-armhf",),
}
_PE: dict[int, Name] = {0x8664: "win32-x64", 0xAA64: "win32-arm64"}
_MACH: dict[int, Name] = {0x01000007: "darwin-x64", 0x0100000C: "darwin-arm64"}
_MOST_OF_A_FAT_FILE = 8  # a Java class begins alike, and has a version of 45 or more there


def runs_on(content: bytes) -> tuple[Name, ...]:
    """Return the platforms a program may run on; none for what is no program, or for other machines."""
    if content.startswith(b"\x7fELF"):
        return _ELF.get(int.from_bytes(content[18:20], "little"), ())
    if content.startswith(b"MZ"):
        at = int.from_bytes(content[60:64], "little")
        machine = int.from_bytes(content[at + 4 : at + 6], "little")
        return (_PE[machine],) if content[at : at + 4] == b"PE\0\0" and machine in _PE else ()
    if content.startswith(b"\xcf\xfa\xed\xfe"):
        return _known([int.from_bytes(content[4:8], "little")])
    count = int.from_bytes(content[4:8], "big")
    if content.startswith(b"\xca\xfe\xba\xbe") and 0 < count <= _MOST_OF_A_FAT_FILE:
        starts = range(8, 8 + 20 * count, 20)
        return _known([int.from_bytes(content[at : at + 4], "big") for at in starts])
    return ()


def _known(machines: list[int]) -> tuple[Name, ...]:
    return tuple(name for machine, name in _MACH.items() if machine in machines)
