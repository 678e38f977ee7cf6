"""What is run: code that was downloaded or unwrapped, commands of others, stored objects. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from checks.security import rules
from checks.security.commands import COMMANDS
from checks.security.flows import marks as m
from checks.security.flows.arrivals import Arrival, arrives, first_of, is_sender, marked
from checks.security.flows.texts import UNKNOWN
from checks.security.flows.values import Call, Value
from devforge.model.reviewing import Severity

_SHELLS = re.compile(
    r"os\.(?:system|popen)|subprocess\.get\w*output|asyncio\.create_subprocess_shell"
)
_HARMLESS = re.compile(
    r"^(?:git|python|{}|cmake|make|pkg-config|node|npm|llvm-config|uname|sw_vers|which)\b|^\{\}"
)
_TELLING = {
    "exec",
    "eval",
    "compile",
    "__import__",
    "subprocess",
    "socket",
    "builtins",
    "os.system",
    "system",
    "popen",
}
_INTERPRETED = {"-c", "-e", "/c", "-Command", "--eval"}
_UNSAFE_YAML = {"yaml.Loader", "yaml.UnsafeLoader", "yaml.FullLoader", "yaml.CLoader"}


def _run(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    if not m.RUNNERS.intersection(call.names):
        return
    marks = first_of(call).marks
    if found := marked(marks, "download"):
        yield arrives(call, rules.DOWNLOAD, "block", "what was downloaded is run as code", found[0])
    elif found := marked(marks, "decoded"):
        asked = marked(marks, "told")  # hidden from nobody who reads the package
        severity: Severity = "person" if asked else "block"
        yield arrives(call, rules.HIDDEN, severity, "a decoded text is run as code", found[0])
    elif found := marked(marks, "asked"):
        yield arrives(
            call, rules.SHELL_FOR_OTHERS, "person", "what a request says is run as code", found[0]
        )
    elif found := marked(marks, "own-data"):
        yield arrives(call, rules.HIDDEN, "person", f"{found[0].what} is run as code", found[0])
    yield from _hidden_name(call)


def _hidden_name(call: Call) -> Iterator[Arrival]:
    """exec or eval called by a name that does not say so."""
    node = call.node.func
    plain = isinstance(node, ast.Name) and node.id in ("exec", "eval")
    if (
        {"builtins.exec", "builtins.eval"}.intersection(call.names)
        and not plain
        and not call.method
    ):
        yield arrives(call, rules.HIDDEN, "person", "exec or eval is called by another name")


def _started(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    names = [name for name in call.names if m.PROGRAMS.fullmatch(name)]
    if names:
        first = first_of(call)
        command = first.items[0] if first.items else first
        shell = "shell" in call.keywords or any(_SHELLS.fullmatch(name) for name in names)
        if (
            (shell or first.items)
            and command.text.startswith(UNKNOWN)
            and (found := marked(command.marks, "download"))
        ):
            yield arrives(
                call,
                rules.SHELL_FOR_OTHERS,
                "block",
                "what a server answers is run as a command",
                found[0],
            )
        elif _INTERPRETED.intersection(i.text for i in first.items) and (
            found := marked(first.marks, "download")
        ):
            words = "what was downloaded is given to an interpreter"
            yield arrives(call, rules.DOWNLOAD, "block", words, found[0])
        elif command.text.startswith(UNKNOWN) and (found := marked(command.marks, "project")):
            words = "what lies in the opened project chooses which program is started"
            yield arrives(call, rules.TOGETHER, "person", words, found[0])
        git = "git clone" in call.words or "git" in command.text.rpartition("/")[2]
        if not git and (found := marked(call.given, "fetched")):
            words = "a downloaded file is started as a program"
            yield arrives(call, rules.DOWNLOAD, "person", words, found[0])
    places = {"importlib.import_module", "sys.path.insert", "sys.path.append", "runpy.run_path"}
    if places.intersection(call.names) and (found := marked(call.given, "fetched")):
        words = "a downloaded file is put where modules are imported from"
        yield arrives(call, rules.DOWNLOAD, "person", words, found[0])
    elif places.intersection(call.names) and (found := marked(call.given, "project")):
        words = "what lies in the opened project chooses which code is loaded and run"
        yield arrives(call, rules.TOGETHER, "person", words, found[0])


def _loaded(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    unsafe = any(m.PICKLES.fullmatch(name) for name in call.names)
    if "yaml.load" in call.names:
        loader = call.keywords.get(
            "Loader", call.arguments[1] if len(call.arguments) > 1 else Value()
        )
        unsafe = bool({k.what for k in loader.marks} & _UNSAFE_YAML)
    if not unsafe:
        return
    marks = first_of(call).marks
    if found := marked(marks, "download", "asked"):
        yield arrives(
            call,
            rules.UNSAFE_LOAD,
            "block",
            "stored objects that came over the network are loaded",
            found[0],
        )
    elif found := marked(marks, "own-data"):
        yield arrives(
            call,
            rules.UNSAFE_LOAD,
            "person",
            "a file of the package is loaded that can run what it says",
            found[0],
        )


def _assembled(call: Call, texts: Mapping[str, str]) -> Iterator[Arrival]:
    """Names and command lines that no search finds, because they are put together."""
    text = texts[call.scope.path]
    for value in call.arguments:
        if value.text in _TELLING and marked(value.marks, "decoded"):
            yield arrives(call, rules.HIDDEN, "person", f"a decoded text says `{value.text}`")
    names = {"importlib.import_module", "builtins.__import__", "builtins.getattr"}.intersection(
        call.names
    )
    last = call.arguments[-1].text if names and call.arguments else ""
    if last in _TELLING and not re.search(rf"[\"']{last}[\"']", text):
        yield arrives(
            call, rules.HIDDEN, "person", f"the name `{last}` is put together from pieces"
        )
    for command in COMMANDS if any(m.PROGRAMS.fullmatch(name) for name in call.names) else ():
        if command.pattern.search(call.words) and not command.pattern.search(text):
            yield arrives(call, command.rule, command.severity, command.says)


def _at_import(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    """What setup.py, a build backend or conftest.py does as soon as it is read."""
    name = call.scope.path.rpartition("/")[2]
    if call.scope.name or name not in ("setup.py", "conftest.py", "backend.py", "build_backend.py"):
        return
    if is_sender(call) and marked(call.given, "secret", "environment", "token"):
        yield arrives(call, rules.THEFT, "block", f"{name} sends secrets as soon as it is read")
    elif is_sender(call) or (
        any(m.PROGRAMS.fullmatch(n) for n in call.names) and not _HARMLESS.search(call.words)
    ):
        yield arrives(call, rules.HOOK, "person", f"{name} reaches out as soon as it is read")


RUNNING = (_run, _started, _loaded, _assembled, _at_import)
