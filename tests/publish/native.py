"""An extension with a small library for each of three platforms, as its compiler would leave it."""

from __future__ import annotations

from published import manifest_of, tree_of

# The first bytes of a library: what tells an ELF, a PE and a Mach-O file, and for which processor.
LINUX_X64 = b"\x7fELF\x02\x01\x01" + b"\0" * 9 + b"\x03\0\x3e\0" + b"\0" * 44
WIN32_X64 = b"MZ" + b"\0" * 58 + b"\x40\0\0\0" + b"PE\0\0\x64\x86" + b"\0" * 20
DARWIN_ARM64 = b"\xcf\xfa\xed\xfe\x0c\0\0\x01" + b"\0" * 24
LIBRARIES = {
    "bin/linux-x64/fast.node": LINUX_X64,
    "bin/win32-x64/fast.node": WIN32_X64,
    "bin/darwin-arm64/fast.node": DARWIN_ARM64,
}
PLATFORMS = {
    "linux-x64": ["bin/linux-x64/"],
    "win32-x64": ["bin/win32-x64/**"],
    "darwin-arm64": ["bin/darwin-arm64/*.node"],
}
NAMES = ("win32-x64", "linux-x64", "darwin-arm64")  # in the order packages are made


def native_manifest(**changes):
    """The manifest of `acme.fast`."""
    values = {"permissions": ["native"], "platforms": PLATFORMS}
    return manifest_of("acme.fast", "1.0.0", **(values | changes))


def native_tree(manifest=None, files=LIBRARIES):
    """Its source, with all three libraries."""
    return tree_of(manifest or native_manifest(), files)
