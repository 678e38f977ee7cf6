"""What is the extension's own: folders that bear its name, keys of the service that it talks to. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.security.jointly.reading import Code
from checks.security.jointly.signs.private import LOGIN_VARIABLE, SESSION
from devforge.model.submission import Submission

_HOST = re.compile(r"https?://(?:[^/@\s\"'`]*@)?([\w.-]+\.[A-Za-z]{2,})")
_TEXT = re.compile(r"[\"'`]([^\"'`\n]{1,120})[\"'`]")
_KIND = re.compile(
    r"_?(?:API|ACCESS|AUTH|SECRET|TOKEN|KEY|ID|PASSWORD|PASSWD|CREDENTIALS?|PERSONAL|PRIVATE)(?=_|$)"
)
_METHOD = re.compile(r"\b([A-Za-z_$][\w$]*)\.[A-Za-z_$][\w$]*\.prototype\.")
_SAME = {"gh": "github", "aws": "amazonaws", "google": "googleapis", "gemini": "googleapis", "hf": "huggingface", "claude": "anthropic"}  # fmt: skip


def is_its_own(submission: Submission, text: str, line: str) -> bool:
    """Whether a place below the home bears the extension's or its developer's name."""
    constants = dict(
        re.findall(
            r"^\s*(?:const\s+|export\s+)*([A-Z][A-Z0-9_]+)\s*=\s*[\"']([^\"'\n]+)[\"']",
            text,
            re.MULTILINE,
        )
    )
    said = [
        *_TEXT.findall(line),
        *(value for name, value in constants.items() if re.search(rf"\b{name}\b", line)),
    ]
    mine = {_plain(word) for word in str(submission.id or "").split(".") if len(word) > 3}
    return any(word in _plain(part) for part in said for word in mine)


def is_for_its_service(submission: Submission, codes: Sequence[Code], line: str) -> bool:
    """Whether every host that the package names is one of the service whose token is read.

    A package that names no host leaves it to a library, or to its user, where a token goes.
    """
    found = LOGIN_VARIABLE.pattern.search(line)
    words = (
        [w.lower() for w in _KIND.sub("", found["name"]).split("_") if len(w) > 1] if found else []
    )
    mine = {_plain(word) for word in str(submission.id or "").split(".")}
    hosts = {match[1].lower() for code in codes for match in _HOST.finditer(code.text)}
    labels = {label for host in hosts for label in host.split(".")[:-1]}
    named = {_SAME.get(word, word) for word in words}
    if not hosts or any(word in mine for word in words) or not named:
        return True
    return any(word in label for word in named for label in labels)


def is_for_its_giver(codes: Sequence[Code], line: str) -> bool:
    """Whether every host that the package names is one of the service that gave the session."""
    found = SESSION.pattern.search(line)
    giver = ((found["provider"] or found["giver"]) if found else "") or ""
    hosts = {match[1].lower() for code in codes for match in _HOST.finditer(code.text)}
    return not hosts or (bool(giver) and all(giver.lower() in host for host in hosts))


def is_others(text: str, line: str) -> bool:
    """Whether a class whose method is replaced was imported, and not written in the same file."""
    found = _METHOD.search(line)
    if found is None:
        return True
    owner = re.escape(found[1])
    return bool(
        re.search(
            rf"\bimport\b[^;\n]*\b{owner}\b|\b{owner}\s*=\s*(?:await\s+)?(?:\w*require|import)\s*\(",
            text,
        )
    )


def _plain(word: str) -> str:
    return re.sub(r"[-_.\s]", "", word).lower()
