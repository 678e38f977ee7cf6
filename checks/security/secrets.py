"""Secrets that were packed by mistake: keys, tokens, and .env files. Pure; quotes none of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from math import log2

from checks.places import place_of, shipped
from checks.security.rules import SECRET
from devforge.model.observed import SourceFile
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_KEY = re.compile(
    r"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----"
    r"[\s\\nr\"'+]{0,200}(?:[A-Za-z-]{1,40}: [^\n]{0,400}\n){0,20}[\sA-Za-z0-9+/=\\\"']{100,}"
)
_TOKENS = {
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b"),
    "an AWS access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "an npm token": re.compile(r"\bnpm_[A-Za-z0-9]{36}\b"),
    "a PyPI token": re.compile(r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    "a GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}\b"),
    "a Slack token": re.compile(r"\bxox[abpr]-\d{9,}-[A-Za-z0-9-]{20,}"),
    "a Stripe key": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{20,}\b"),
    "an OpenAI key": re.compile(r"\bsk-[A-Za-z0-9_-]{0,100}T3BlbkFJ[A-Za-z0-9_-]{20,100}"),
    "a token for publishing extensions": re.compile(r"\bovsxat_[A-Za-z0-9_-]{30,}"),
    "a Hugging Face token": re.compile(r"\bhf_[A-Za-z]{34}\b"),
    "a DigitalOcean token": re.compile(r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    "a SendGrid key": re.compile(r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
    "a Shopify token": re.compile(r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b"),
    "an Atlassian token": re.compile(r"\bATATT3xFfGF0[A-Za-z0-9_=-]{60,}"),
    "a storage account's key": re.compile(r"\bAccountKey=[A-Za-z0-9+/]{86}=="),
    "an age key": re.compile(r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b"),
    "an Anthropic key": re.compile(r"\bsk-ant-[a-z0-9]+-[A-Za-z0-9_-]{80,}"),
}
# Text without any of these words holds none of those: to look for a word costs a fiftieth of a pattern.
_TOKEN_WORDS = {
    "a GitHub token": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    "an AWS access key": ("AKIA", "ASIA"),
    "an npm token": ("npm_",),
    "a PyPI token": ("pypi-Ag",),
    "a GitLab token": ("glpat-",),
    "a Slack token": ("xoxa-", "xoxb-", "xoxp-", "xoxr-"),
    "a Stripe key": ("k_live_",),
    "an OpenAI key": ("T3BlbkFJ",),
    "a token for publishing extensions": ("ovsxat_",),
    "a Hugging Face token": ("hf_",),
    "a DigitalOcean token": ("_v1_",),
    "a SendGrid key": ("SG.",),
    "a Shopify token": ("shpat_", "shpca_", "shppa_", "shpss_"),
    "an Atlassian token": ("ATATT3x",),
    "a storage account's key": ("AccountKey=",),
    "an age key": ("AGE-SECRET-KEY-1",),
    "an Anthropic key": ("sk-ant-",),
}
# What looks like a secret, and may be meant to be public or be none: a person looks.
_PERHAPS = {
    "the address of a chat's webhook, with its key": re.compile(
        r"https://(?:hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{20,}"
        r"|discord(?:app)?\.com/api/webhooks/\d{15,}/[\w-]{50,})"
    ),
    "a Telegram bot's token": re.compile(r"\b(?:bot)?\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    "a database's address with its password": re.compile(
        r"\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|rediss?|amqps?)://[\w.%-]+:([^\s@/\"'`$<{]{8,})@(?!localhost\b|127\.)[\w-]+\.[\w.-]+"
    ),
    "a signed token": re.compile(
        r"\beyJ[A-Za-z0-9_-]{10,600}\.eyJ[A-Za-z0-9_-]{20,8000}\.[A-Za-z0-9_-]{40,}"
    ),
    "what looks like a key": re.compile(
        r"(?i:secret|private_?key|passw(?:or)?d|client_?secret)\w{0,12}[\"']?\s*[:=]\s*[\"']([A-Za-z0-9+/_=-]{24,90})[\"']"
    ),
}
_PERHAPS_WORDS = {
    "the address of a chat's webhook, with its key": ("https://hooks.", "https://discord"),
    "a Telegram bot's token": (":AA",),
    "a database's address with its password": ("://",),
    "a signed token": ("eyJ",),
    "what looks like a key": ("secret", "private", "passw"),  # in any case
}
# Keys of services made to be public, or written in documentation as examples.
_EXAMPLE = re.compile(
    r"EXAMPLE|sample|dummy|placeholder|your[-_]|changeme|x{6}|0{8}|1{8}|12345678|abcdef|password|secret[-_]?key|foobar|test|fake",
    re.IGNORECASE,
)
# The token that everybody shows when they explain what such a token is.
_SHOWN_EVERYWHERE = ("eyJzdWIiOiIxMjM0NTY3ODkwI", "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV")
_LEAST_ENTROPY = 3.6  # bits a character; words and paths lie below, made keys above
_ENV_FILE = re.compile(r"\.env(?:\.(?:local|production|prod|staging|development))?", re.IGNORECASE)
_ENV_SECRET = re.compile(
    r"^[ \t]*(?:export[ \t]+)?\w{0,80}(?:TOKEN|SECRET|PASSW|API_?KEY|PRIVATE_?KEY|CREDENTIAL)\w{0,80}[ \t]*="
    r"\s*[\"']?([^\s\"'#]{8,})",
    re.IGNORECASE | re.MULTILINE,
)
_DUMMY = re.compile(r"(?:your|my|change|replace|example|dummy|test|todo|<|\$\{?\w)", re.IGNORECASE)
_AUTH_LINE = re.compile(r"_(?:authToken|password|auth)\s*=\s*(?!\$)[^\s]{8,}")
_READ_CHARACTERS = 2_000_000


def check(submission: Submission) -> Iterator[Finding]:
    """Yield one finding for each kind of secret in each file that users would download."""
    for file in shipped(submission.tree):
        if file.mode in ("file", "executable") and file.is_text:
            text = file.text[:_READ_CHARACTERS]
            for what, offset in _secrets(file, text):
                yield _finding(file.path, what, _line(text, offset), "block")
            for what, offset in _perhaps(text):
                yield _finding(file.path, what, _line(text, offset), "person")


def _secrets(file: SourceFile, text: str) -> Iterator[tuple[str, int]]:
    name = file.path.rpartition("/")[2]
    if "PRIVATE KEY" in text and (found := _KEY.search(text)):
        yield "a private key", found.start()
    for what, pattern in _TOKENS.items():
        if not any(word in text for word in _TOKEN_WORDS[what]):
            continue
        for match in pattern.finditer(text):
            if not _EXAMPLE.search(match[0]) and len(set(match[0])) > 10:
                yield what, match.start()
                break
    if _ENV_FILE.fullmatch(name):
        real = (m for m in _ENV_SECRET.finditer(text) if not _DUMMY.match(m[1]))
        if first := next(real, None):
            yield "an environment file with a secret in it", first.start(1)
    if name in (".npmrc", ".pypirc") and (found := _AUTH_LINE.search(text)):
        yield "a package index's password", found.start()


def _perhaps(text: str) -> Iterator[tuple[str, int]]:
    lower = text.lower()
    for what, pattern in _PERHAPS.items():
        if not any(word in text or word in lower for word in _PERHAPS_WORDS[what]):
            continue
        for match in pattern.finditer(text):
            secret = match[1] if pattern.groups else match[0]
            if not _is_example(secret):
                yield what, match.start()
                break


def _is_example(secret: str) -> bool:
    """Whether a text is too regular to be a made key, or one that is shown as an example."""
    if _EXAMPLE.search(secret) or any(shown in secret for shown in _SHOWN_EVERYWHERE):
        return True
    if len(secret) < 20:  # a password that somebody chose, where a real one stands
        return False
    kinds = sum(bool(re.search(kind, secret)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return kinds < 3 or _entropy(secret) < _LEAST_ENTROPY


def _entropy(text: str) -> float:
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * log2(share) for share in shares)


def _finding(path: str, what: str, line: int, severity: Severity) -> Finding:
    # A key made for a test is the usual one there, and harms nobody.
    harmless = place_of(path) in ("tests", "docs") or path.lower().endswith((".md", ".rst"))
    vendored = place_of(path) == "vendored" and severity == "person"
    return SECRET.finding(
        at=path,
        line=line,
        problem=f"{what} is in the package",
        remedy="revoke it where it was issued, remove the file, and leave it out through .devforgeignore"
        if severity == "block"
        else "if it is one, revoke it and let users enter their own; if it is meant to be public, say so",
        severity="warn" if harmless or vendored else severity,
    )


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
