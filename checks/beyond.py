"""What a start or a test wanted that no sandbox has: another program's modules, a display. Pure.

What fails for such a reason says nothing about the extension, so a person looks instead of the
author being sent back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from checks.places import place_of
from devforge.model.observed import Missing
from devforge.model.submission import Submission


@dataclass(frozen=True, slots=True)
class _Host:
    """A program that brings modules which exist only inside it."""

    name: str
    own: frozenset[str]  # importing one of these means: made for this host
    brought: frozenset[str] = frozenset()  # these too, once it is known to be made for the host


def _host(name: str, own: str, brought: str = "") -> _Host:
    return _Host(name, frozenset(own.split()), frozenset(brought.split()))


_HOSTS = (
    _host("VS Code", "vscode"),
    _host("Obsidian", "obsidian", "electron moment"),
    _host("Atom", "atom"),
    _host("Electron", "electron"),
    _host("coc.nvim", "coc.nvim"),
    _host("Sublime Text", "sublime sublime_plugin", "package_control"),
    _host("Spyder", "spyder", "qtpy qtawesome PyQt5 PyQt6 PySide2 PySide6 spyder_kernels qdarkstyle"),
    _host("QGIS", "qgis", "PyQt5 PyQt6 osgeo processing"),
    _host("Anki", "aqt anki", "PyQt5 PyQt6"),
    _host(
        "NVDA",
        "addonHandler globalPluginHandler appModuleHandler globalVars scriptHandler",
        "wx gui api ui config core speech braille logHandler controlTypes textInfos inputCore "
        "globalCommands tones treeInterceptorHandler eventHandler NVDAObjects",
    ),
    _host("Blender", "bpy bmesh mathutils"),
    _host("GIMP", "gimpfu gimp"),
    _host("Inkscape", "inkex"),
    _host("FreeCAD", "FreeCAD FreeCADGui"),
    _host("Maya", "maya pymel"),
    _host("Houdini", "hou"),
    _host("IDA", "idaapi idc idautils"),
    _host("Ghidra", "ghidra"),
    _host("Kodi", "xbmc xbmcgui xbmcaddon xbmcplugin"),
    _host("Calibre", "calibre"),
    _host("LibreOffice", "uno unohelper"),
    _host("Vim", "vim"),
    _host("GDB", "gdb"),
    _host("LLDB", "lldb"),
    _host("CudaText", "cudatext"),
    _host("Dev Forge", "devforge"),
)  # fmt: skip
_MODULE = re.compile(
    r"No module named '(?P<python>[\w.]+)'"
    r"|Cannot find (?:package|module) '(?:/node_modules/)?(?P<node>@[\w.-]+/[\w.-]+|[\w][\w.-]*)"
)
_DISPLAY = re.compile(
    r"(?:could not connect to|cannot open|no) display|\$DISPLAY|Missing X server|qt\.qpa\."
    r"|lib(?:GL|EGL|X11|xcb|xkbcommon)[\w.-]*\.so"
)
_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object file")
_NETWORK = re.compile(
    r"Network is unreachable|Temporary failure in name resolution|Name or service not known"
    r"|ENETUNREACH|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|Failed to establish a new connection"
    r"|Max retries exceeded|ERR_INTERNET_DISCONNECTED"
)
_REPOSITORY = re.compile(r"fatal: not a git repository")
_PROGRAM = re.compile(
    r"FileNotFoundError: \[Errno 2\] No such file or directory: '([\w-]+)'|\bspawn ([\w-]+) ENOENT"
)
_RUNNER = "which this review cannot run"
_CODE = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")


def missing_module(text: str) -> str | None:
    """Return the package that an import in a printed error did not find."""
    match = _MODULE.search(text)
    if match is None:
        return None
    return match["node"] or match["python"].partition(".")[0]


def beyond_sandbox(text: str, submission: Submission) -> str | None:
    """Return what the error in `text` wanted that the sandbox does not have; None: look elsewhere."""
    if module := missing_module(text):
        if host := _host_of(module, submission):
            return f"`{module}` exists only inside {host}"
        if size := _too_large(submission):
            return f"its dependencies {size}, so that none is installed"
    if _DISPLAY.search(text):
        return "it wants a display"
    if library := _LIBRARY.search(text):
        return f"it wants the system's library {library[1]}"
    return "its test runner is not there" if _RUNNER in text else None


def wants_surroundings(text: str) -> str | None:
    """As above, for tests only: what starts for users must do without a network or other programs."""
    if _NETWORK.search(text):
        return "it wants a network"
    if _REPOSITORY.search(text):
        return "it wants to lie in a git repository"
    if program := _PROGRAM.search(text):
        return f"it starts `{program[1] or program[2]}`, a program that is not there"
    return None


def _host_of(module: str, submission: Submission) -> str | None:
    for host in _HOSTS:
        if module in host.own:
            return host.name
    return next((h.name for h in _HOSTS if module in h.brought and _is_for(h, submission)), None)


def _is_for(host: _Host, submission: Submission) -> bool:
    names = "|".join(map(re.escape, sorted(host.own)))
    imports = re.compile(
        rf"^\s*(?:import|from)\s+(?:{names})\b|(?:require\(|\bfrom\s*)['\"](?:{names})['\"]",
        re.MULTILINE,
    )
    return any(
        imports.search(file.text)
        for path, file in submission.tree.files.items()
        if path.endswith(_CODE) and file.mode != "symlink" and place_of(path) != "vendored"
    )


def _too_large(submission: Submission) -> str | None:
    """What the fetching said, where all dependencies together were too large for the sandbox."""
    gone = submission.unresolvable
    return None if isinstance(gone, Missing) else gone.get("all dependencies")
