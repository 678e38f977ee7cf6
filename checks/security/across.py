"""Somebody's keys read in one place of a package, and something sent in any other. Pure.

Between the two lie classes, queues, events, files or tables that nothing here follows; so it asks for
a person, and names both places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checks.places import is_at_home, shipped
from checks.security import rules
from checks.security.code_text import CODE, without_comments
from devforge.model.observed import SourceFile
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_KEYS = re.compile(
    r"[\"'`/\\](?:\.ssh(?![^\n]{0,20}known_hosts)|id_rsa|id_ed25519|\.npmrc|\.pypirc|\.netrc|\.git-credentials|\.gnupg|\.aws|\.kube"
    r"|\.docker[/\\]config\.json|\.electrum|\.ethereum|\.vault-token|\.pgpass|wallet\.dat|cookies\.sqlite"
    r"|key4\.db|logins\.json|Login Data|state\.vscdb)(?:[\"'`/\\]|$)"
    r"|gh[\"'`]?\s*[,/\\]\s*[\"'`]?hosts\.yml|\.\$\{\w+\}[/\\](?:credentials|id_|token)|[\"']\.[\"']\s*\+\s*[\"'](?:ssh|aws|npm|gnupg)",
    re.MULTILINE,
)
_HOME = re.compile(
    r"\bhomedir\b|\bexpanduser\b|\bPath\.home\b|\bHOME\b|\bUSERPROFILE\b|~/|\bAPPDATA\b"
)
_READS = re.compile(
    r"\breadFile|\bcreateReadStream|\bcopyFile|\bcp(?:Sync)?\s*\(|\bopenSync|\.read_(?:text|bytes)\b|\bopen\s*\("
    r"|\bshutil\.|\bsqlite3\."
)
_SENDS = re.compile(
    r"\bbody\s*:|[\"'](?:POST|PUT|PATCH)[\"']|\bmethod\s*:\s*[\"'](?:POST|PUT|PATCH)|\bsendBeacon\b|\baxios\b|\bgot\.(?:post|put)\b"
    r"|\b(?:requests|httpx|session|client)\.(?:post|put|patch|request)\s*\(|\burlopen\s*\(\s*[^)\n]*\bdata\b"
    r"|\bRequest\s*\([^)\n]*\bdata\b|\.(?:sendall|sendto|send_message|sendmail|storbinary|put_object|upload_file\w*)\s*\("
    r"|[\"'](?:node:)?(?:net|tls|dgram)[\"']|\bnew WebSocket\b|[\"']push[\"']\s*,\s*[\"'`]?(?:https?:|git@)"
    r"|\bgit push\b[^\n]{0,40}(?:https?:|git@)"
)


def check(submission: Submission) -> Iterator[Finding]:
    """Yield one finding where the package reads somebody's keys and sends something somewhere."""
    files = [
        (file, without_comments(file.path, file.text))
        for file in shipped(submission.tree)
        if file.is_plain and CODE.fullmatch(file.path) and is_at_home(file.path, submission)
    ]
    reader = _first(files, _KEYS, _HOME, _READS)
    sender = _first(files, _SENDS)
    if reader is None or sender is None:
        return
    words = (
        f"line {reader[1]}: it reads a file where somebody's keys are kept, and {sender[0].path}, "
        f"line {sender[1]}, sends data over the network"
    )
    yield rules.THEFT.finding(
        at=reader[0].path,
        line=reader[1],
        problem=words,
        remedy="say in the README what is sent where; a maintainer looks at both places",
        severity="person",
    )


def _first(
    files: Sequence[tuple[SourceFile, str]], sign: re.Pattern[str], *others: re.Pattern[str]
) -> tuple[SourceFile, int] | None:
    """The first file that holds all the signs, and the line of the first of them."""
    for file, text in files:
        found = sign.search(text)
        if found and all(other.search(text) for other in others):
            return file, text.count("\n", 0, found.start()) + 1
    return None
