"""What is done to files: places that start programs, the user's own files, names that requests choose. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from checks.security import rules
from checks.security.flows import marks as m
from checks.security.flows.arrivals import Arrival, arrives, first_of, marked, written_by
from checks.security.flows.values import Call, Value

_CHECKED = re.compile(
    r"is_relative_to|commonpath|commonprefix|basename|secure_filename|safe_join|send_from_directory|relative_to|normpath"
)


def _stays(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    target = written_by(call)
    if target is None:
        return
    if found := marked(frozenset().union(*(v.marks for v in call.arguments)), "environment"):
        yield arrives(
            call,
            rules.ENVIRONMENT,
            "person",
            "the whole environment is written to a file",
            found[0],
        )
    if found := marked(target.marks, "start-path"):
        words = "something is put where it starts by itself with every session"
        yield arrives(call, rules.PERSISTENCE, "block", words, found[0])
    elif found := marked(target.marks, "guiding-path"):
        words = f"something is put into {found[0].what}"
        yield arrives(call, rules.PERSISTENCE, "person", words, found[0])
    copies = bool(call.names) and call.names[0].startswith("shutil.copy")
    if copies and marked(target.marks, "home") and "__file__" in ast.unparse(call.node.args[0]):
        words = "the code copies itself into the user's home"
        yield arrives(call, rules.PERSISTENCE, "person", words)


def _opened(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    if (
        not {"builtins.open", "io.open", "flask.send_file", "shutil.copy"}.intersection(call.names)
        and call.method not in m.WRITING_METHODS
    ):
        return
    path = call.receiver if call.method in m.WRITING_METHODS else first_of(call)
    if (found := marked(path.marks, "asked")) and not _CHECKED.search(ast.unparse(call.scope.node)):
        yield arrives(
            call,
            rules.TRAVERSAL,
            "person",
            "a file is opened whose name a request chooses",
            found[0],
        )


def _destroyed(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    removed = {"os.remove", "os.unlink", "shutil.rmtree", "os.truncate"}.intersection(call.names)
    target = (
        first_of(call)
        if removed
        else call.receiver
        if call.method == "unlink" and not call.names
        else written_by(call)
    )
    if target is not None and (found := marked(target.marks, "walked")):
        yield arrives(
            call,
            rules.DESTRUCTION,
            "person",
            "the user's files are written over or removed one by one",
            found[0],
        )
    if re.search(r"\bgit\b.*\bpush\b.*--(?:force|mirror)", call.words) and (
        found := marked(call.given, "walked")
    ):
        yield arrives(
            call,
            rules.DESTRUCTION,
            "person",
            "the history of all the user's repositories is written over",
            found[0],
        )


def _unpacked(call: Call, _: Mapping[str, str]) -> Iterator[Arrival]:
    """An archive of the network's, unpacked where everything is; an archive on the way to modules."""
    if call.method in ("extractall", "unpack_archive"):
        given = call.given | call.receiver.marks
        where = call.arguments[-1] if call.arguments else Value()
        everywhere = where.text.rstrip("/") in ("~", "") or "getsitepackages" in ast.unparse(
            call.node
        )
        if everywhere and (found := marked(given, "download", "fetched")):
            yield arrives(
                call,
                rules.ARCHIVE,
                "person",
                "a downloaded archive is unpacked over the user's files",
                found[0],
            )
    on_path = any(name in ("sys.path.insert", "sys.path.append") for name in call.names)
    if on_path and call.arguments and re.search(r"\w\.(?!d$)\w{2,6}$", call.arguments[-1].text):
        yield arrives(
            call, rules.HIDDEN, "person", "modules are imported out of a file that is no directory"
        )


FILES = (_stays, _opened, _destroyed, _unpacked)
