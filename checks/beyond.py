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
from devforge.model.unresolvable import ALL, FOR_TESTS, SOURCE_ONLY


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
    _host("Sublime Text", "sublime sublime_plugin unittesting SublimeLinter LSP", "package_control"),
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
    _host("Krita", "krita"),
    _host("Nuke", "nuke nukescripts"),
    _host("Cinema 4D", "c4d"),
    _host("3ds Max", "pymxs"),
    _host("Unreal Engine", "unreal"),
    _host("Substance Painter", "substance_painter"),
    _host("ArcGIS", "arcpy"),
    _host("Fusion 360", "adsk"),
    _host("Rhino", "Rhino rhinoscriptsyntax scriptcontext"),
    _host("OBS Studio", "obspython"),
    _host("Cura", "UM cura"),
    _host("Binary Ninja", "binaryninja"),
    _host("Picard", "picard"),
    _host("Ulauncher", "ulauncher"),
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
_BY_NAME = {"Sublime Text", "QGIS", "Anki", "Calibre"}  # extensions are packages under their names
_MODULE = re.compile(
    r"No module named '(?P<python>[\w.]+)'"
    r"|Cannot find (?:package|module) '(?:(?:/work)?/?node_modules/)?(?P<node>@[\w.-]+/[\w.-]+|[\w][\w.-]*)"
    r"|ENOENT: [^']*'(?:/work)?/node_modules/(?P<read>@[\w.-]+/[\w.-]+|[\w][\w.-]*)"
)
_DISPLAY = re.compile(
    r"(?:could not connect to|cannot open|no) display|\$DISPLAY|Missing X server|qt\.qpa\."
    r"|lib(?:GL|EGL|X11|xcb|xkbcommon)[\w.-]*\.so"
)
_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[.\d]*): cannot open shared object file")
# Node's packages that are compiled when they are installed say so where they are not.
_NATIVE = re.compile(
    r"No native build was found for|Could not locate the bindings file"
    r"|Cannot find module '[^'\n]{0,200}\.node'|Cannot find module '(?:\.{1,2}|/work)/build/(?:Release|Debug)/"
)
_COMPILED = (".c", ".cc", ".cpp", ".cxx", ".pyx", ".pxd", ".rs")
_NETWORK = re.compile(
    r"Network is unreachable|Temporary failure in name resolution|Name or service not known"
    r"|ENETUNREACH|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|Failed to establish a new connection"
    r"|Max retries exceeded|ERR_INTERNET_DISCONNECTED"
)
_SERVICE = re.compile(r"ConnectionRefusedError|ECONNREFUSED|[Cc]onnection refused")
_REPOSITORY = re.compile(r"fatal: not a git repository|InvalidGitRepositoryError")
_PROGRAM = re.compile(
    r"FileNotFoundError: \[Errno 2\] No such file or directory: '([\w-]+)'|\bspawn ([\w-]+) ENOENT"
)
_UNBUILT = re.compile(
    r"ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX|Unknown file extension \"\.\w+\""
    r"|Cannot find module '(?:/work|\.{1,2})/(?:[\w.-]+/){0,9}?(?:dist|out|build|lib|esm|cjs)/"
    # TypeScript that a compiler makes into CommonJS, and whose imports of types it leaves out.
    r"|\.[cm]?tsx?: [^\n]{0,80}?(?:The requested module '\.{1,2}/[^'\n]{0,200}' does not provide an export"
    r"|__(?:dir|file)name is not defined in ES module scope)"
)
_FULL = re.compile(r"No space left on device|database or disk is full|ENOSPC|Disk quota exceeded")
_MEMORY = re.compile(
    r"^MemoryError\b|\| MemoryError\b|: MemoryError\b|Cannot allocate memory|JavaScript heap out of memory|\bENOMEM\b",
    re.MULTILINE,
)
_CANCELLED = re.compile(r"test did not finish before its parent and was cancelled")
_BROWSER = {
    "webdriverio", "@wdio", "playwright", "@playwright/test", "puppeteer", "selenium",
    "selenium-webdriver", "cypress",
}  # fmt: skip
_WANTS = (
    (_NETWORK, "it wants a network"),
    (_SERVICE, "it wants a service that runs elsewhere"),
    (_REPOSITORY, "it wants to lie in a git repository"),
    (_FULL, "it wants more disk space than the sandbox has"),
    (_MEMORY, "it wants more memory than the sandbox has"),
    (_UNBUILT, "it wants to be built first"),
    (_CANCELLED, "it was still waiting when its file ended"),
)
RELATIVE = "attempted relative import with no known parent package"
_RUNNER = "which this review cannot run"
_CODE = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")


def missing_module(text: str) -> str | None:
    """Return the package that an import in a printed error did not find."""
    match = _MODULE.search(text)
    if match is None:
        return None
    return match["node"] or match["read"] or match["python"].partition(".")[0]


def beyond_sandbox(text: str, submission: Submission) -> str | None:
    """Return what the error in `text` wanted that the sandbox does not have; None: look elsewhere."""
    module = missing_module(text)
    if module and (why := _inside_a_host(module, submission)):
        return why
    if part := _not_compiled(text, submission):
        return part
    if RELATIVE in text and (host := next((h for h in _HOSTS if _is_for(h, submission)), None)):
        return f"{host.name} loads its files as parts of a package"
    if _DISPLAY.search(text):
        return "it wants a display"
    if library := _LIBRARY.search(text):
        return f"it wants the system's library {library[1]}"
    return "its test runner is not there" if _RUNNER in text else None


def _inside_a_host(module: str, submission: Submission) -> str | None:
    """Why the package `module` cannot be here: a host's, or one of too many."""
    if host := next((host.name for host in _HOSTS if module in host.own), None):
        return f"`{module}` exists only inside {host}"
    if size := _too_large(submission):
        return f"the extension's dependencies {size}, so that none is installed"
    if host := next(
        (h.name for h in _HOSTS if module in h.brought and _is_for(h, submission)), None
    ):
        return f"`{module}` comes with {host}"
    if why := _lacking(module, submission, SOURCE_ONLY):
        return why
    if host := _calls_itself(module, submission):
        return f"`{module}` is what {host} calls the extension itself"
    return None


def wants_surroundings(text: str, submission: Submission) -> str | None:
    """As above, for tests only: what starts for users must do without a network or other programs."""
    module = missing_module(text)
    if module and (why := _lacking(module, submission, FOR_TESTS)):
        return why
    if module in _BROWSER:
        return "it drives a browser"
    if why := next((why for pattern, why in _WANTS if pattern.search(text)), None):
        return why
    if program := _PROGRAM.search(text):
        return f"it starts `{program[1] or program[2]}`, a program that is not there"
    return None


def _not_compiled(text: str, submission: Submission) -> str | None:
    """What is compiled when it is installed, for nothing is compiled here."""
    if _NATIVE.search(text):
        return "a native part is compiled when it is installed, and nothing is compiled here"
    found = _MODULE.search(text)
    package, dot, _ = (found["python"] or "").partition(".") if found else ("", "", "")
    if not dot:
        return None
    paths = submission.tree.files
    is_own = {f"{package}/__init__.py", f"src/{package}/__init__.py"} & set(paths)
    if is_own and any(p.endswith(_COMPILED) and place_of(p) == "source" for p in paths):
        return (
            f"`{found['python']}` has to be compiled, and nothing is compiled here"
            if found
            else None
        )
    return None


def _is_for(host: _Host, submission: Submission) -> bool:
    names = "|".join(map(re.escape, sorted(host.own)))
    imports = re.compile(
        rf"^[ \t]*(?:import|from)[ \t]+(?:{names})\b|(?:require\(|\bfrom\s*)['\"](?:{names})['\"]",
        re.MULTILINE,
    )
    return any(
        imports.search(file.text)
        for path, file in submission.tree.files.items()
        if path.endswith(_CODE) and file.mode != "symlink" and place_of(path) != "vendored"
    )


def _calls_itself(module: str, submission: Submission) -> str | None:
    """The program whose directory of extensions makes the extension's own name a package, if it is one."""
    name = submission.manifest.id.name if submission.manifest else ""
    if re.sub(r"[^a-z0-9]", "", module.lower()) != name.replace("-", ""):
        return None
    return next((h.name for h in _HOSTS if h.name in _BY_NAME and _is_for(h, submission)), None)


def _lacking(module: str, submission: Submission, kind: str) -> str | None:
    """What was said of a dependency of this name that is not here, if it is of this kind."""
    gone = submission.unresolvable
    for name, reason in ({} if isinstance(gone, Missing) else gone).items():
        if re.sub(r"[-_.]+", "_", name.lower()) == module.lower() and reason.startswith(kind):
            return f"`{module}` is not installed: {reason.removeprefix(f'{FOR_TESTS}: ')}"
    return None


def _too_large(submission: Submission) -> str | None:
    """What the fetching said, where all dependencies together were too large for the sandbox."""
    gone = submission.unresolvable
    return None if isinstance(gone, Missing) else gone.get(ALL)
