"""Whose secrets a file of code names: the places where keys, tokens and passwords are kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from devforge.model.observed import SourceFile

# Files and stores that hold somebody's secrets, by whose they are.
CREDENTIALS = {
    "SSH keys": re.compile(r"id_rsa|id_ed25519|\.ssh\b(?![\"'/\\,) ]+(?:config|known_hosts)\b)"),
    "npm's token": re.compile(r"\.npmrc\b"),
    "PyPI's token": re.compile(r"\.pypirc\b"),
    "netrc": re.compile(r"[._]netrc\b"),
    "git's passwords": re.compile(r"\.git-credentials\b"),
    "AWS keys": re.compile(r"\.aws\b[\"'/\\,) ]+credentials"),
    "Docker's logins": re.compile(r"\.docker\b[\"'/\\,) ]+config\.json"),
    "Kubernetes' keys": re.compile(r"\.kube\b[\"'/\\,) ]+config"),
    "GitHub's login": re.compile(r"\bgh\b[\"'/\\,) ]+hosts\.yml"),
    "GnuPG keys": re.compile(r"\.gnupg\b"),
    "browsers' passwords": re.compile(r"Login Data|logins\.json|key4\.db|cookies\.sqlite"),
    "Discord's tokens": re.compile(r"discord.{0,60}leveldb", re.IGNORECASE),
    "wallets": re.compile(
        r"wallet\.dat|\bExodus\b.{0,20}wallet|nkbihfbeogaeaoehlefnkodbefgpgknn|\.electrum\b|\.ethereum\b.{0,9}keystore"
    ),
    "shell history": re.compile(r"\.(?:bash|zsh|python)_history\b"),
}
# One of these stands in whatever a pattern above finds; most texts hold none, and need not be asked about each.
CREDENTIAL_WORDS = (
    "id_rsa", "id_ed25519", ".ssh", ".npmrc", ".pypirc", "netrc", ".git-credentials", ".aws", ".docker",
    ".kube", "hosts.yml", ".gnupg", "login data", "logins.json", "key4.db", "cookies.sqlite", "discord", "wallet",
    "nkbihfbeogaeaoehlefnkodbefgpgknn", ".electrum", ".ethereum", "_history",
)  # fmt: skip
# Variables that are picked out of the environment by a prefix of the reader's own.
_PICKED = re.compile(
    r"\.(?:startswith|startsWith)\(\s*[\"'`](?P<prefix>[A-Z][A-Z0-9_]{2,}_)[\"'`]\s*\)"
)
_OTHERS_PREFIX = re.compile(
    r"AWS|AZURE|GOOGLE|GCP|GITHUB|GITLAB|GH|NPM|NODE|YARN|PYPI|PIP|TWINE|DOCKER|KUBE|CI|ACTIONS|RUNNER"
    r"|SSH|OPENAI|ANTHROPIC|CLAUDE|HF|SLACK|DISCORD|TELEGRAM|STRIPE|VAULT|CLOUDFLARE|HEROKU|VERCEL"
    r"|DATABASE|DB|POSTGRES|MYSQL|REDIS|MONGO|SECRET|TOKEN|API|PRIVATE|WALLET"
)
_BESIDE = 2  # lines that one expression about the environment usually takes
_COMMENT = re.compile(r"\s*(?:#|//|\*|/\*)")
_LONGEST_LINE = 20_000


def named_credentials(file: SourceFile) -> Iterator[tuple[str, int]]:
    """Yield whose secrets `file` names, each with its first line; comments do not count."""
    text = file.text
    folded = text.casefold()
    if not any(word in folded for word in CREDENTIAL_WORDS):
        return
    for whose, pattern in CREDENTIALS.items():
        if not pattern.search(text):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if len(line) < _LONGEST_LINE and pattern.search(line) and not _COMMENT.match(line):
                yield whose, number
                break


def picks_own_variables(file: SourceFile, line: int) -> bool:
    """Whether what reads the environment on `line` picks names with one prefix that is nobody else's."""
    return picks_by_own_prefix("\n".join(file.text.split("\n")[line - 1 : line + _BESIDE]))


def picks_by_own_prefix(beside: str) -> bool:
    """Whether a few lines of code pick variables by one prefix that is nobody else's."""
    prefixes = [match["prefix"] for match in _PICKED.finditer(beside[:_LONGEST_LINE])]
    return bool(prefixes) and not any(_OTHERS_PREFIX.match(prefix) for prefix in prefixes)
