"""For which machine a compiled file is, told by its first bytes, and what the profile says of it."""

from __future__ import annotations

import pytest
from example_trees import submission_of
from hypothesis import given
from hypothesis import strategies as st
from joined_trees import observed_together

from checks.manifest.native import runs_on
from checks.profile import profile_of

MAGICS = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"")


def elf(machine):
    return b"\x7fELF\x02\x01\x01" + b"\0" * 9 + b"\x03\0" + machine.to_bytes(2, "little")


def pe(machine):
    return b"MZ" + b"\0" * 58 + b"\x40\0\0\0PE\0\0" + machine.to_bytes(2, "little")


def mach(machine):
    return b"\xcf\xfa\xed\xfe" + machine.to_bytes(4, "little")


def fat(*machines):
    head = b"\xca\xfe\xba\xbe" + len(machines).to_bytes(4, "big")
    return head + b"".join(m.to_bytes(4, "big") + b"\0" * 16 for m in machines)


@pytest.mark.parametrize(
    ("content", "platforms"),
    [
        (elf(0x3E), ("linux-x64", "alpine-x64")),
        (elf(0xB7), ("linux-arm64", "alpine-arm64")),
        (elf(0x28), ("linux-armhf",)),
        (elf(0xF3), ()),
        (pe(0x8664), ("win32-x64",)),
        (pe(0xAA64), ("win32-arm64",)),
        (pe(0x14C), ()),
        (mach(0x0100000C), ("darwin-arm64",)),
        (mach(0x01000007), ("darwin-x64",)),
        (fat(0x01000007, 0x0100000C), ("darwin-x64", "darwin-arm64")),
        (b"\xca\xfe\xba\xbe\0\0\0\x34" + b"\0" * 60, ()),  # a Java class
        (b"MZ", ()),
        (b"print('hello')\n", ()),
    ],
)
def test_a_library_says_where_it_runs(content, platforms):
    assert runs_on(content) == platforms


@given(magic=st.sampled_from(MAGICS), rest=st.binary(max_size=200))
def test_no_bytes_are_too_odd(magic, rest):
    assert set(runs_on(magic + rest)) <= {
        "linux-x64", "alpine-x64", "linux-arm64", "alpine-arm64", "linux-armhf",
        "win32-x64", "win32-arm64", "darwin-x64", "darwin-arm64",
    }  # fmt: skip


def test_the_profile_says_for_which_platform_a_compiled_file_ships():
    manifest = {"permissions": ["native"], "platforms": {"linux-x64": ["bin/"], "any": []}}
    files = {"bin/a.so": {"base64": "f0VMRgIBAQAAAAAAAAAAAA=="}, "b.so": {"base64": "f0VMRgIBAQAAAAAAAAAAAA=="}}  # fmt: skip
    [one] = observed_together([submission_of({"manifest": manifest, "files": files})])

    assert profile_of(one).binaries == ("b.so", "bin/a.so (only linux-x64)")
