"""What is the extension's own: folders that bear its name, keys of the service that it talks to. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.places import shipped
from checks.security.code_text import names_a_host
from checks.security.jointly.reading import Code
from checks.security.jointly.signs.private import LOGIN_VARIABLE, SERVICE_SECRET, SESSION
from devforge.model.submission import Submission

_HOST = re.compile(r"https?://(?:[^/@\s\"'`]*@)?([\w.-]+\.[A-Za-z]{2,})")
_TEXT = re.compile(r"[\"'`]([^\"'`\n]{1,120})[\"'`]")
_KIND = re.compile(
    r"_?(?:API|ACCESS|AUTH|SECRET|TOKEN|KEY|ID|PASSWORD|PASSWD|CREDENTIALS?|PERSONAL|PRIVATE)(?=_|$)"
)
_METHOD = re.compile(r"\b([A-Za-z_$][\w$]*)\.[A-Za-z_$][\w$]*\.prototype\.")
_KNOWN = {
    "openai",
    "anthropic",
    "github",
    "gitlab",
    "googleapis",
    "amazonaws",
    "azure",
    "slack",
    "stripe",
    "huggingface",
    "npm",
    "pypi",
}
_TALKS = re.compile(
    r"\b(?:HTTPS?Connection|IMAP4\w*|SMTP\w*|FTP\w*|open_connection|create_connection|connect)\s*\(\s*\(?\s*[\"']([\w-]+(?:\.[\w-]+)+)[\"']"
)
_KINDS = {
    "api",
    "key",
    "token",
    "secret",
    "access",
    "auth",
    "password",
    "personal",
    "private",
    "client",
}
_LOOKS_ONE_UP = re.compile(
    r"\b(?:environ\.get|getenv)\s*\(|\benv(?:iron)?\s*\[|,\s*process\.env\s*\)"
)
_MAY_NAME_HOSTS = re.compile(
    r".*\.(?:pyw?|[cm]?[jt]sx?|json|ya?ml|toml|ini|html?|txt)", re.IGNORECASE
)
_FORGE = re.compile(r"github|gitlab|bitbucket|gitea|codeberg|azure|visualstudio|googleapis")
# Hosts that code names without talking to them.
_ANYBODYS = re.compile(r"(?:www\.)?(?:github\.com|w3\.org|json-schema\.org|localhost|schema\.org)")
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


def is_for_its_service_alone(codes: Sequence[Code], line: str) -> bool:
    """Whether the package talks to nobody but the services whose keys it asks for.

    A key whose name says no service that the package talks to tells nothing of where it belongs.
    """
    found = SERVICE_SECRET.pattern.search(line)
    hosts = {
        match[1].lower()
        for code in codes
        for how in (_HOST, _TALKS)
        for match in how.finditer(code.text)
    }
    hosts = {host for host in hosts if not _ANYBODYS.fullmatch(host)}
    asked = [
        w
        for code in codes
        for f in SERVICE_SECRET.pattern.finditer(code.text)
        for w in _words(f["name"])
    ]
    mine = _words(found["name"]) if found else []
    if not any(word in host for word in mine for host in hosts):
        return not (hosts and _KNOWN.intersection(mine))
    return all(any(word in host for word in asked) for host in hosts)


def is_for_a_forge(codes: Sequence[Code]) -> bool:
    """Whether every host that the package names keeps repositories, to whom such a login belongs."""
    hosts = {match[1].lower() for code in codes for match in _HOST.finditer(code.text)}
    return all(_FORGE.search(host) for host in hosts)


def is_its_users(submission: Submission, line: str) -> bool:
    """Whether one variable is looked up by a name, in a package that leaves it to its user where all requests go."""
    return bool(_LOOKS_ONE_UP.search(line)) and not names_a_host(
        file.text for file in shipped(submission.tree) if _MAY_NAME_HOSTS.fullmatch(file.path)
    )


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


def _words(name: str) -> list[str]:
    """The services that a key's name says."""
    words = re.findall(r"[a-z]{3,}", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower())
    return [_SAME.get(word, word) for word in words if word not in _KINDS]


def _plain(word: str) -> str:
    return re.sub(r"[-_.\s]", "", word).lower()
