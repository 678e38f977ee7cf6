"""A value that arrives where it must not, and what several judges of calls ask of a call. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from checks.protocol import Rule
from checks.security.flows import marks as m
from checks.security.flows.marks import Kind, Mark
from checks.security.flows.values import Call, Value, union
from devforge.model.reviewing import Severity

URL = re.compile(r"^(?:https?|wss?)://([\w.-]*)")
BACKGROUND = re.compile(r"while True|Timer\(|Thread\(|\.after\(|schedule|set_interval|on_press")
_WRITES = re.compile(r"[\"'][rbt]*[wax+]")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A value that arrives where it must not: what that means, and both ends of its way."""

    rule: Rule
    severity: Severity
    words: str
    path: str
    line: int
    origin: Mark | None = None


def arrives(
    call: Call, rule: Rule, severity: Severity, words: str, origin: Mark | None = None
) -> Arrival:
    return Arrival(rule, severity, words, call.scope.path, call.node.lineno, origin)


def marked(marks: Iterable[Mark], *kinds: Kind) -> list[Mark]:
    return sorted(
        (k for k in marks if k.kind in kinds), key=lambda k: (k.path, k.line, k.what, k.kind)
    )


def first_of(call: Call) -> Value:
    return call.arguments[0] if call.arguments else Value()


def is_sender(call: Call) -> bool:
    """Return whether a call hands what it is given to the network."""
    if any(m.NETWORK.fullmatch(n) or m.SENDERS.fullmatch(n) for n in call.names):
        return True
    if call.method in m.SENDING_METHODS:
        return True
    held = any(k in call.keywords for k in ("json", "data", "files", "content", "params", "body"))
    return call.method in m.REQUEST_METHODS and (held or bool(URL.match(first_of(call).text)))


def written_by(call: Call) -> Value | None:
    """The path that a call writes to, if it writes."""
    mode = next((ast.unparse(a) for a in call.node.args[-1:] if isinstance(a, ast.Constant)), "")
    if call.method in m.WRITING_METHODS:
        return call.receiver
    if any(
        re.fullmatch(r"winreg\.(?:OpenKey(?:Ex)?|CreateKey(?:Ex)?|SetValue(?:Ex)?)", n)
        for n in call.names
    ):
        return Value(union(call.arguments))
    if call.method == "open" and not call.names and _WRITES.match(mode):
        return call.receiver
    opened = {"builtins.open", "io.open"}.intersection(call.names) and _WRITES.match(mode)
    if opened or "fs.write" in call.names:
        return first_of(call)
    if (
        any(re.fullmatch(r"shutil\.(?:copy\w*|move)", name) for name in call.names)
        and len(call.arguments) > 1
    ):
        return call.arguments[1]
    return None
