"""Members of powerful things that are chosen by what nobody can work out, in JavaScript and TypeScript. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_POWERFUL = r"(?:child_process|fs|fs/promises|http|https|http2|net|tls|dgram|vm|module|worker_threads|inspector|process|os|dns)"
_NAMED = re.compile(
    rf"\b(?:import\s+(?:\*\s+as\s+)?([A-Za-z_$][\w$]*)\s+from|(?:const|let|var)\s+([A-Za-z_$][\w$]*)(?:\s*:\s*[\w.<>\[\]]+)?\s*=\s*(?:await\s+)?(?:[\w$.]+\s*\(|import\s*\(|require\s*\())"
    rf"\s*[\"'`](?:node:)?{_POWERFUL}[\"'`]"
)
_OTHERWISE = re.compile(
    r"\b(?:const|let|var)\s+([A-Za-z_$][\w$]*)(?:\s*:\s*[\w.<>\[\]]+)?\s*=\s*(?:globalThis|global|window|self|process)\b(?:\s+as\s+[\w.<>, ]{1,80})?\s*(?:;|$)",
    re.MULTILINE,
)
# What the file calls so itself is nothing of the platform's.
_OF_ITS_OWN = re.compile(
    r"\b(?:(?:const|let|var)\s+(process|module|self|window|global)\s*=\s*[{\[\"'`\d]|function\s+(process|module|self|window|global)\s*\("
    r"|import\s+(process|module|self|window|global)\s+from\s*[\"'`]\.)"
)
_CONSTANT = re.compile(
    r"\b(?:const|readonly|static)\s+([A-Za-z_$][\w$]*)(?:\s*:[^=;\n]{1,80})?\s*=\s*(?:[^?;\n]{1,80}\?\s*[\"'`][^\"'`\n$]*[\"'`]\s*:\s*)?(?:[\"'`][^\"'`\n$]*[\"'`]|Symbol\b)"
)
_GLOBALS = ("globalThis", "global", "window", "self", "process", "require", "module", "Reflect")
_WORDS = ("globalThis", "global", "window", "self", "process", "require", "import")
# A key that stands there: a text, a number, nothing, a type's index, or one text or the other.
_PLAIN = re.compile(
    r"\s*(?:(?:[^?\n]{1,80}\?\s*)?(?:[\"'`][^\"'`\n$]*[\"'`]\s*:\s*)?[\"'`][^\"'`\n$]*[\"'`]|-?\d+|Symbol\b.*|[A-Za-z_$][\w$]*\s*:.*|)\s*"
)
_LONGEST = 200


def chosen_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each such choice, and what it is in words."""
    if not any(word in text for word in _WORDS):
        return
    constants = {found[1] for found in _CONSTANT.finditer(text)}
    names = {name for found in _NAMED.finditer(text) for name in found.groups() if name}
    names |= {found[1] for found in _OTHERWISE.finditer(text)}
    names |= set(_GLOBALS) - {
        name for found in _OF_ITS_OWN.finditer(text) for name in found.groups()
    }
    called = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    member = re.compile(
        rf"(?<![\w$.\"'`/-])(?:\(\s*)?({called})(?:\s+as\s+(?:any|unknown|Record<[^>\n]*>|[\w.]+)\s*\))?\s*(?:\?\.\s*)?\[([^\[\]\n]{{0,{_LONGEST}}}(?:\[[^\[\]\n]*\][^\[\]\n]*)?)\]"
    )
    for found in member.finditer(text):
        key = found[2].strip()
        if not (_PLAIN.fullmatch(key) or key in constants or _binds(text, found.start())):
            yield _told(text, found.start(), found[1])
    reflected = re.compile(rf"\bReflect\.(?:get|apply)\s*\(\s*({called})\s*,\s*([^,)\n]+)")
    for found in reflected.finditer(text):
        if not _PLAIN.fullmatch(found[2]):
            yield _told(text, found.start(), found[1])
    modules = "|".join(sorted(map(re.escape, names - {"Reflect"}), key=len, reverse=True))
    listed = re.compile(
        rf"\bObject\.(?:entries|values|getOwnPropertyNames|fromEntries)\s*\(\s*({modules})\s*\)|\bReflect\.ownKeys\s*\(\s*({modules})\s*\)|\{{\s*\.\.\.({modules})\b(?!\.)"
        rf"|\.\.\.\s*[A-Za-z_$][\w$]*\s*\}}\s*=\s*({modules})\b(?!\s*[.(\[])"
    )
    for found in listed.finditer(text):
        name = next(filter(None, found.groups()))
        if name not in ("module", "require"):
            yield (
                text.count("\n", 0, found.start()) + 1,
                f"all that `{name}` can do is taken together, so that nobody sees what is used of it",
            )


def _binds(text: str, at: int) -> bool:
    """Whether a bracket belongs to a pattern or a type and not to a member: `import module [`, `type process[]`."""
    return text[max(0, at - 8) : at].rstrip().endswith((":", "<"))


def _told(text: str, at: int, name: str) -> tuple[int, str]:
    line = text.count("\n", 0, at) + 1
    return line, f"what is used of `{name}` is chosen by a name that is put together while it runs"
