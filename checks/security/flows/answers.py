"""What calls of functions that are not the package's own give back. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable

from checks.security.flows import marks as m
from checks.security.flows.marks import Kind, Mark
from checks.security.flows.texts import UNKNOWN, asks_for_login, joined_path, method_text, unwrapped
from checks.security.flows.values import NOTHING, Call, Value, names_of, one_variable, union

_WHOLE = {"", "~", "/home", "C:", "~/Documents", "~/Desktop", "~/Pictures", "~/Downloads"}
_CODE = (".py", ".pyw", ".js", ".cjs", ".mjs", ".ts")  # read like the rest
_HOMES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")


def answer_of(call: Call) -> Value:
    """Return what a call of a function that is not the package's own gives back."""
    for name in call.names:
        for pattern, answer in _ANSWERS:
            if pattern.fullmatch(name) and (found := answer(call, name)) is not None:
                return found
    return _whatever_went_in(call)


def variable_value(name: str, path: str, line: int) -> Value:
    """Return what one variable of the environment may hold."""
    if name in _HOMES:
        return Value(frozenset({Mark("home", "the user's home", path, line)}), "~")
    if m.OTHERS_TOKENS.search(name):
        return Value(frozenset({Mark("token", f"`{name[:60]}`", path, line)}))
    return NOTHING


def chosen_by(name: Value, path: str, line: int) -> frozenset[Mark]:
    """Return the mark of a member of something unknown, where the network says which."""
    whole = name.text == UNKNOWN or UNKNOWN not in name.text  # no part of its own in it
    told = whole and any(k.kind == "download" for k in name.marks)
    mark = Mark("chosen", "what the network answered", path, line)
    return frozenset({mark}) if told else frozenset()


def _whatever_went_in(call: Call) -> Value:
    if call.method in m.LOSING_METHODS:
        return NOTHING
    texts = _texts(call)
    extra: set[Mark] = set()
    flowing = _flowing(call)
    if call.method == "decrypt":
        extra.add(_mark(call, "decoded", "an encrypted text"))
    if call.method in m.READING_METHODS or any(m.READERS.fullmatch(n) for n in call.names):
        if any(text.endswith(_CODE) for text in (call.receiver.text, *texts)):
            flowing = {k for k in flowing if k.kind != "own-data"}  # it is read like the rest
        extra |= _read(flowing)
        extra |= {
            Mark("project", "a file of the opened project", k.path, k.line)
            for k in flowing
            if k.kind == "project-place"
        }
        extra |= {Mark("collected", k.what, k.path, k.line) for k in flowing if k.kind == "crawled"}
    if call.method in ("rglob", "iterdir", "glob", "walk") and _is_whole(call.receiver.text):
        extra.add(_mark(call, "walked", "all of the user's files"))
    if _is_crawl(call):
        extra.add(_mark(call, "crawled", "what the files of a whole directory hold"))
    items = [i.text for i in call.arguments[0].items] if call.arguments else []
    if call.method == "get" and texts and texts[0] != UNKNOWN:
        flowing = one_variable(flowing)
    text = method_text(call.method, _receiver(call), texts, items) if call.method else UNKNOWN
    return Value(frozenset(flowing | extra), text)


def _is_crawl(call: Call) -> bool:
    """Whether all files below a directory are asked for, whatever they are called; those of the package do not count."""
    if "os.listdir" in call.names:
        asked = not {"recursive", "withFileTypes"}.isdisjoint(call.keywords)
    elif call.method in ("rglob", "glob") or "glob.glob" in call.names:
        pattern = _texts(call)[0] if call.arguments else ""
        asked = pattern.endswith(("**/*", "**")) or (
            call.method == "rglob" and pattern in ("*", "*.*")
        )
    else:
        return False
    return asked and not any(k.kind == "own-data" for k in (*call.receiver.marks, *call.given))


def _receiver(call: Call) -> str:
    """The text that a method is called on; that of `"".join` is known, and empty."""
    func = call.node.func
    empty = (
        isinstance(func, ast.Attribute)
        and isinstance(func.value, ast.Constant)
        and func.value.value == ""
    )
    return "" if empty else call.receiver.text


def _flowing(call: Call) -> set[Mark]:
    """Marks of all that goes in, but those that say only what a name means."""
    named = [v for k, v in call.keywords.items() if k not in ("env", "headers")]
    held = union([call.receiver, *call.arguments, *named])
    return {k for k in held if k.kind not in ("function", "start-path", "metadata", "chosen")}


def _read(marks: Iterable[Mark]) -> set[Mark]:
    """The content of a file with keys is as secret as its name says."""
    return {Mark("secret", k.what, k.path, k.line) for k in marks if k.kind == "secret-path"}


def _mark(call: Call, kind: Kind, what: str) -> Mark:
    return Mark(kind, what, call.scope.path, call.node.lineno)


def _texts(call: Call) -> list[str]:
    return [value.text for value in call.arguments]


def _of(*marks: Mark, text: str = UNKNOWN) -> Value:
    return Value(frozenset(marks), text)


def _variable(call: Call, _: str) -> Value:
    name = _texts(call)[0] if call.arguments else UNKNOWN
    return variable_value(name, call.scope.path, call.node.lineno)


def _nothing(_call: Call, _name: str) -> Value:
    return NOTHING


def _entry(call: Call, _: str) -> Value:
    """An entry of the password store: another program's, or the extension's own."""
    others = bool(call.arguments) and m.OTHERS_ENTRIES.search(_texts(call)[0])
    return _of(_mark(call, "secret", "the password store")) if others else NOTHING


def _known(call: Call, name: str) -> Value | None:
    if name not in m.ANSWERS:
        return None
    kind, what = m.ANSWERS[name]
    kept = [_mark(call, "function", name)] if "connect" in name else []
    return _of(_mark(call, kind, what), *kept)


def _answered(call: Call, name: str) -> Value:
    """What the network answered; a client and a request only carry what they are given."""
    if name.endswith(("Session", "session", "Client", "Connection", "PoolManager")):
        return _of(_mark(call, "function", name))
    if name.endswith("Request"):
        return Value(frozenset(k for k in call.given if k.kind != "function"))
    marks = [_mark(call, "download", "the network")]
    if any(k.kind == "metadata" for k in call.given):
        marks.append(_mark(call, "secret", "the cloud machine's keys"))
    return _of(*marks)


def _printed(call: Call, _: str) -> Value:
    """What a program printed: somebody's login, or whatever the named files hold."""
    dropped = ("function", "environment", "download", "person")
    marks = {k for k in call.given if k.kind not in dropped}
    marks |= _read(marks)
    if asks_for_login(call.words):
        marks.add(_mark(call, "secret", "another program's login"))
    return Value(frozenset(marks))


def _module(call: Call, _: str) -> Value | None:
    return _of(_mark(call, "function", _texts(call)[0])) if call.arguments else None


def _attribute(call: Call, _: str) -> Value | None:
    if len(call.arguments) < 2:
        return None
    names = names_of(call.arguments[0])
    if not names and (chosen := chosen_by(call.arguments[1], call.scope.path, call.node.lineno)):
        return Value(chosen)
    return _of(*(_mark(call, "function", f"{n}.{call.arguments[1].text}") for n in names))


def _itself(call: Call, name: str) -> Value:
    return _of(_mark(call, "function", name))


def _decoded(call: Call, name: str) -> Value:
    marks = _flowing(call) | {_mark(call, "decoded", "an encoded text")}
    return Value(frozenset(marks), unwrapped(name, _texts(call)))


def _letters(call: Call, name: str) -> Value | None:
    """`chr`, and `map` with it."""
    of_map = bool(call.arguments) and "builtins.chr" in names_of(call.arguments[0])
    if name == "builtins.map" and not of_map:
        return None
    return Value(frozenset(_flowing(call) | {_mark(call, "decoded", "numbers")}))


def _walked(call: Call, name: str) -> Value | None:
    if not (call.arguments and _is_whole(_texts(call)[0])):
        own = any(k.kind == "own-data" for k in call.given)
        if name != "os.walk" or own:
            return None
        held = _flowing(call) | {_mark(call, "crawled", "what the files of a whole directory hold")}
        return Value(frozenset(held))
    return Value(frozenset(_flowing(call) | {_mark(call, "walked", "all of the user's files")}))


def _home(call: Call, _: str) -> Value:
    return _of(_mark(call, "home", "the user's home"), text="~")


def _path(call: Call, _: str) -> Value:
    texts = _texts(call)
    home = {_mark(call, "home", "the user's home")} if "~" in "".join(texts) else set()
    return Value(frozenset(_flowing(call) | home), joined_path(texts) if texts else UNKNOWN)


def _is_whole(text: str) -> bool:
    """Whether a directory is the user's home, a large part of it, or the disk."""
    return text.rstrip("/") in _WHOLE


_ANSWERS: tuple[tuple[re.Pattern[str], Callable[[Call, str], Value | None]], ...] = (
    (re.compile(r"os\.(?:environb?\.(?:get|pop|setdefault)|getenv)"), _variable),
    (m.LOSES, _nothing),
    (re.compile(r"keyring\.get_(?:password|credential)"), _entry),
    (re.compile(".*"), _known),
    (m.NETWORK, _answered),
    (m.PROGRAMS, _printed),
    (re.compile(r"builtins\.__import__|importlib\.import_module"), _module),
    (re.compile(r"builtins\.getattr"), _attribute),
    (re.compile(r"builtins\.(?:globals|vars)"), _itself),
    (m.DECODERS, _decoded),
    (re.compile(r"os\.(?:walk|scandir|listdir)"), _walked),
    (re.compile(r"pathlib\.Path\.home"), _home),
    (
        re.compile(
            r"pathlib\.(?:Pure)?Path|os\.path\.(?:join|expanduser|abspath|realpath)|os\.fspath"
            r"|builtins\.str|glob\.i?glob"
        ),
        _path,
    ),
    (re.compile(r"builtins\.(?:chr|map)"), _letters),
)
