"""A call of JavaScript in the shape that Python's has: options by name, a command as a list. Pure."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from checks.security.flows import marks as m
from checks.security.flows.marks import Kind
from checks.security.flows.package import Scope
from checks.security.flows.script.members import function_mark
from checks.security.flows.script.names import meaning_of
from checks.security.flows.texts import UNKNOWN
from checks.security.flows.values import Call, Value, union

STAYS: frozenset[Kind] = frozenset({
    "secret", "secret-path", "environment", "token", "watched", "person", "download", "decoded", "own-data",
    "asked", "told",
})  # fmt: skip
_ENCODINGS = {"base64", "base64url", "hex"}
_STARTED = {"subprocess.run"}
_ADDRESS = ("url", "uri", "href", "hostname", "host")
_WRITTEN = "request sent"


def shaped(
    scope: Scope,
    node: ast.Call,
    names: Sequence[str],
    method: str,
    receiver: Value,
    given: Sequence[Value],
) -> Call:
    """Return a call as its judges know it: by the meaning of its names, and with its options by name."""
    meanings = tuple(sorted({_meaning(name, node, given) for name in names}))
    keywords: dict[str, Value] = {}
    arguments = []
    for value in given:
        keywords |= dict(value.fields)
        if value.fields and not {"pathlib.Path", "fs.write"}.intersection(meanings):
            if value is given[0] and any(m.NETWORK.fullmatch(n) for n in meanings):
                arguments.append(_address(value))
        else:
            arguments.append(value)
    if _STARTED.intersection(meanings) and arguments:
        arguments = _command(arguments)
    elif "types.FunctionType" in meanings and arguments:
        arguments.reverse()
    elif names and any(name.startswith((_WRITTEN, "connection")) for name in names):
        arguments.insert(0, Value(text=receiver.text))
    return Call(scope, node, meanings, method, receiver, tuple(arguments), keywords)


def _meaning(name: str, node: ast.Call, given: Sequence[Value]) -> str:
    if name == "Buffer.from" and len(given) > 1 and given[1].text in _ENCODINGS:
        return "base64.b64decode"
    if given and _is_code(name, node, given):
        return "types.CodeType"
    meaning = meaning_of(name)
    plain = isinstance(node.func, ast.Name) and node.func.id == "eval"
    # `Function("return this")()` says what it runs.
    harmless = meaning in m.RUNNERS and not plain and _is_written_out(node)
    return name if harmless else meaning


def _is_code(name: str, node: ast.Call, given: Sequence[Value]) -> bool:
    """Whether what usually gets a module or a function gets a text that is code."""
    if name in ("import", "Worker", "importScripts") and given[0].text.startswith("data:"):
        return True
    if name.endswith("Worker"):
        return any("eval" in dict(value.fields) for value in given)
    later = name in ("setTimeout", "setInterval") and not isinstance(node.args[0], ast.Attribute)
    return later and bool(given[0].of("download", "decoded"))


def _is_written_out(node: ast.Call) -> bool:
    return all(isinstance(argument, ast.Constant) for argument in node.args)


def _address(options: Value) -> Value:
    """The address that options of a request make."""
    fields = dict(options.fields)
    parts = [fields[word] for word in _ADDRESS if word in fields][:1]
    path = [
        fields[word] for word in ("path", "pathname", "search", "params", "qs") if word in fields
    ]
    text = parts[0].text if parts else UNKNOWN
    if text != UNKNOWN and "://" not in text:
        text = f"https://{text}"
    return Value(union([*parts, *path]), f"{text}{path[0].text}" if path else text)


def _command(arguments: Sequence[Value]) -> list[Value]:
    """`spawn(program, arguments)` as one list."""
    program, *others = arguments
    items = (program, *((others[0].items or (others[0],)) if others else ()))
    text = " ".join(item.text for item in items)
    return [Value(union(items), text, items), *others[1:]]


def remembered(call: Call, names: Sequence[str], answer: Value) -> Value:
    """Add to an answer what is done with it later: a request is written to, a connection too."""
    kinds = set()
    for name in names:
        if name in ("https.request", "http.request", "request"):
            kinds.add(function_mark(_WRITTEN))
        elif meaning_of(name) == "socket.create_connection":
            kinds.add(function_mark("connection"))
        elif meaning_of(name) in ("hashlib.sha256", "fs.write"):
            kinds.add(
                function_mark("crypto.createHash" if "hash" in meaning_of(name) else "fs.stream")
            )
    if not kinds:
        return answer
    address = call.arguments[0].text if call.arguments else UNKNOWN
    held = {k for k in answer.marks if k.kind != "function"}
    return Value(frozenset(held | kinds), address)
