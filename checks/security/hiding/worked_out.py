"""Expressions that yield a powerful name which stands nowhere in the text. Pure.

They are read as JavaScript; Python's that only join texts read the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.security.hiding.constants import constants_of, worked_out

# What nobody needs to put together. Each is long or odd enough to come about by no accident.
_TELLING = frozenset({
    "child_process", "node:child_process", "worker_threads", "node:vm", "process_wrap", "spawn_sync",
    "execSync", "execFile", "execFileSync", "spawnSync", "spawn", "exec", "eval", "Function", "constructor", "process",
    "require", "globalThis", "mainModule", "getBuiltinModule", "binding", "_load", "_compile", "prototype", "runInThisContext",
    "readFileSync", "readFile", "writeFileSync", "homedir", "fetch", "sendBeacon", "XMLHttpRequest", "WebSocket", "node:fs", "node:http",
    "node:https", "node:net", "https", "http", "env", "createConnection", "importScripts", "setTimeout", "return this",
    ".ssh", "id_rsa", "id_ed25519", ".npmrc", ".netrc", ".aws", "credentials", "subprocess", "AGENTS.md", "CLAUDE.md", ".cursorrules", ".env", ".bashrc", ".zshrc", "postinstall",
})  # fmt: skip
_PLACES = re.compile(
    r"^(?:https?|wss?)://[\w.-]+\.\w{2,}|data:(?:text|application)/(?:java|ecma)script|^-{1,2}extra-index-url|^--?require\b|^/?\.(?:ssh|aws|gnupg)/"
)
_SIGNS = ("+", ".join(", ".concat(", "fromCharCode", "fromCodePoint", "atob(", "Buffer.from(", ".reverse(", "${", "decodeURIComponent(", "unescape(", ".replace(", "\\x", "\\u")  # fmt: skip
# Where an expression begins that may be one of these: a bracket, a parenthesis, an equals sign, a colon, an arrow.
_BEGINS = re.compile(
    r"(?:[(\[,:=]|=>|\breturn)\s*(?=[\"'`\[]|String\.from|atob\(|Buffer\.from|decodeURI|unescape\(|[A-Za-z_$][\w$.]*\s*(?:\+|\[|\.join|\.concat|\.reverse|\.map))"
)
_MOST = 20_000  # beginnings in one file


def hidden_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each expression that yields such a name, and what it is in words."""
    if not any(sign in text for sign in _SIGNS):
        return
    constants = constants_of(text)
    for found, _ in zip(_BEGINS.finditer(text), range(_MOST), strict=False):
        answer = worked_out(text, found.end(), constants)
        if answer is None:
            continue
        value, end = answer
        source = text[found.end() : end]
        made = any(sign in source for sign in _SIGNS) or value not in source
        if made and _is_telling(value) and not _stands(value, text):
            line = text.count("\n", 0, found.end()) + 1
            yield line, f"the name `{value[:60]}` is put together from pieces"


def _is_telling(value: str) -> bool:
    return value in _TELLING or bool(_PLACES.search(value))


def _stands(value: str, text: str) -> bool:
    """Whether the name stands in the text as a word or a text of its own."""
    if value.startswith("-"):
        return value.partition(" ")[0] in text
    if _PLACES.search(value):
        host = value.partition("://")[2].partition("/")[0] or value
        return host in text
    return bool(re.search(rf"(?<![\w$]){re.escape(value)}(?![\w$])", text))
