"""Secrets that were packed by mistake: keys, tokens, and .env files. Pure; quotes none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.places import place_of, shipped
from checks.security.rules import SECRET
from devforge.model.observed import SourceFile
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_KEY = re.compile(
    r"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----"
    r"[\s\\nr\"'+]*(?:[A-Za-z-]+: [^\n]*\n)*[\sA-Za-z0-9+/=\\\"']{100,}"
)
_TOKENS = {
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b"),
    "an AWS access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "an npm token": re.compile(r"\bnpm_[A-Za-z0-9]{36}\b"),
    "a PyPI token": re.compile(r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    "a GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}\b"),
    "a Slack token": re.compile(r"\bxox[abpr]-\d{9,}-[A-Za-z0-9-]{20,}"),
    "a Stripe key": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{20,}\b"),
    "an OpenAI key": re.compile(r"\bsk-(?:proj-)?[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\b"),
    "an Anthropic key": re.compile(r"\bsk-ant-[a-z0-9]+-[A-Za-z0-9_-]{80,}"),
}
# Keys of services made to be public, or written in documentation as examples.
_EXAMPLE = re.compile(r"EXAMPLE|x{8}|X{8}|0{8}|12345678|abcdefgh", re.IGNORECASE)
_ENV_FILE = re.compile(r"\.env(?:\.(?:local|production|prod|staging|development))?", re.IGNORECASE)
_ENV_SECRET = re.compile(
    r"^\s*(?:export\s+)?\w*(?:TOKEN|SECRET|PASSW|API_?KEY|PRIVATE_?KEY|CREDENTIAL)\w*\s*=\s*[\"']?([^\s\"'#]{8,})",
    re.IGNORECASE | re.MULTILINE,
)
_DUMMY = re.compile(r"(?:your|my|change|replace|example|dummy|test|todo|<|\$\{?\w)", re.IGNORECASE)
_AUTH_LINE = re.compile(r"_(?:authToken|password|auth)\s*=\s*(?!\$)[^\s]{8,}")
_READ_CHARACTERS = 2_000_000


def check(submission: Submission) -> Iterator[Finding]:
    """Yield one finding for each secret in what users would download."""
    for file in shipped(submission.tree):
        if file.mode in ("file", "executable") and file.is_text:
            for what, line in _secrets(file):
                yield _finding(file.path, what, line)


def _secrets(file: SourceFile) -> Iterator[tuple[str, int]]:
    text = file.text[:_READ_CHARACTERS]
    name = file.path.rpartition("/")[2]
    if "PRIVATE KEY" in text and (found := _KEY.search(text)):
        yield "a private key", _line(text, found.start())
    for what, pattern in _TOKENS.items():
        for match in pattern.finditer(text):
            if not _EXAMPLE.search(match[0]) and len(set(match[0])) > 10:
                yield what, _line(text, match.start())
                break
    if _ENV_FILE.fullmatch(name):
        real = (m for m in _ENV_SECRET.finditer(text) if not _DUMMY.match(m[1]))
        if first := next(real, None):
            yield "an environment file with a secret in it", _line(text, first.start(1))
    if name in (".npmrc", ".pypirc") and (found := _AUTH_LINE.search(text)):
        yield "a package index's password", _line(text, found.start())


def _finding(path: str, what: str, line: int) -> Finding:
    # A key made for a test is the usual one there, and harms nobody.
    harmless = place_of(path) in ("tests", "docs")
    return SECRET.finding(
        at=path,
        line=line,
        problem=f"{what} is in the package",
        remedy="revoke it where it was issued, remove the file, and leave it out through .devforgeignore",
        severity="warn" if harmless else "block",
    )


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
