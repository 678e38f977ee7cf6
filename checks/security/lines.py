"""Command lines of attackers' trade, wherever they stand: in code, in hooks, in shell scripts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.places import milder, place_of
from checks.protocol import Rule
from checks.security.rules import (
    DOWNLOAD,
    MINING,
    PERSISTENCE,
    REMEDIES,
    SHELL_FOR_OTHERS,
    THEFT,
)
from devforge.model.observed import SourceFile
from devforge.model.policy import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_CODE = re.compile(r".*\.(?:pyi?|pyw|[cm]?jsx?|[cm]?tsx?)", re.IGNORECASE)
_SHELL = re.compile(r".*\.(?:sh|bash|zsh|ps1|bat|cmd|command)", re.IGNORECASE)
_COMMENT = re.compile(r"\s*(?:#|//|\*|/\*|::|rem\s)", re.IGNORECASE)
_LONGEST_LINE = 5_000
DOWNLOADS = re.compile(
    r"\b(?:curl|wget)\b.{0,300}?(?:\||&&|;).{0,80}?\b(?:sh|bash|zsh|node|python3?|perl)\b"
    r"|\b(?:curl|wget)\b.{0,300}?(?:&&|;)\s*chmod\b"
    r"|\b(?:ba|z)?sh\b.{0,40}?\$\((?:curl|wget)\b"
    r"|\b(?:iwr|irm|Invoke-WebRequest|DownloadString)\b.{0,300}?\b(?:iex|Invoke-Expression)\b"
    r"|\b(?:iex|Invoke-Expression)\b.{0,300}?\b(?:iwr|irm|Invoke-WebRequest|DownloadString)\b"
    r"|(?:powershell|pwsh).{0,100}?\s[\"']?-e(?:nc\w*)?[\"', ]+[A-Za-z0-9+/=]{40}|mshta\s+https?:"
    r"|regsvr32.{0,80}?https?:|certutil.{0,80}?-urlcache|bitsadmin.{0,80}?/transfer"
    r"|base64\s+(?:-d|--decode|-D)\b.{0,80}?\|\s*(?:ba)?sh",
    re.IGNORECASE,
)
_REVERSE = re.compile(
    r"/dev/tcp/[\w.${}-]+/[\d$]|\bn(?:c|cat)\b[^\n]{0,80}\s-e\s*/bin/"
    r"|mkfifo\s+\S{1,80};.{0,200}?\bnc\b|bash\s+-i\s*>&"
)
_MINER = re.compile(
    r"stratum\+(?:tcp|ssl|tls)://|[\"'`/\\]xmrig\b|\bcoinhive\.(?:min\.js|com|Anonymous|User)"
    r"|\bnicehash\.com|(?:mine|pool)xmr\.|supportxmr\.|moneroocean\.",
    re.IGNORECASE,
)
_REGISTERS = re.compile(
    r"\|\s*crontab\b|crontab[\"'`]|crontab\s+(?:-(?!l)|/|\w)|schtasks(?:\.exe)?\b.{0,200}?/create"
    r"|\blaunchctl[\"'`, ]+(?:load|bootstrap)|systemctl[\"', ]+--user[\"', ]+enable"
    r"|\breg(?:\.exe)?[\"'`, ]+add\b.{0,100}?\\Run\b",
    re.IGNORECASE,
)
_SENDS_KEYS = re.compile(
    r"\b(?:curl|wget|nc|ncat)\b.{0,200}(?:\.ssh/|id_rsa\b|id_ed25519\b|\.aws/credentials|\.npmrc\b"
    r"|\.git-credentials\b|\.pypirc\b|wallet\.dat|gh auth token)"
)
_MINES = re.compile(
    r"\bcryptonight\b|[?&\"']algo=(?:cn|rx)|\brandomx[-_. ]?(?:hash|worker|vm)", re.IGNORECASE
)
_CALL = re.compile(
    r"\b(?:system|popen|run|call|check_call|check_output|Popen|getoutput|exec|execSync|spawn"
    r"|spawnSync|execFile|execFileSync|create_subprocess_\w+)\s*\("
)
_KINDS: tuple[tuple[re.Pattern[str], Rule, Severity, str, bool], ...] = (
    (_REVERSE, SHELL_FOR_OTHERS, "block", "a shell line that hands this machine to another", False),
    (_SENDS_KEYS, THEFT, "block", "a command sends somebody's keys over the network", True),
    (_MINES, MINING, "person", "the name of an algorithm that is used for mining", False),
    (_MINER, MINING, "block", "the address of a mining pool, or a miner by name", False),
    (DOWNLOADS, DOWNLOAD, "block", "a program is downloaded and given to an interpreter", True),
    (_REGISTERS, PERSISTENCE, "person", "a program is registered to start by itself", True),
)


def check(submission: Submission) -> Iterator[Finding]:
    """Yield one finding for each such line of code or shell."""
    for path, file in submission.tree.files.items():
        if file.mode in ("file", "executable") and file.is_text:
            if _CODE.fullmatch(path):
                yield from _code(submission, file)
            elif _SHELL.fullmatch(path):
                yield from _script(submission, file)


def _code(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    """In code, a command counts where it is called, on its line or at most two lines above."""
    text = file.text
    for pattern, rule, severity, words, called in _KINDS:
        if not pattern.search(text):
            continue
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            if len(line) > _LONGEST_LINE or _COMMENT.match(line) or not pattern.search(line):
                continue
            if not called or _CALL.search("\n".join(lines[max(0, number - 3) : number])):
                yield _finding(submission, rule, file.path, number, words, severity)


def _script(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    """A script waits to be started by hand, so only what no one would start by hand blocks."""
    for number, line in enumerate(file.text.split("\n"), 1):
        if len(line) > _LONGEST_LINE or _COMMENT.match(line):
            continue
        for pattern, rule, severity, words, called in _KINDS:
            if pattern.search(line):
                mild: Severity = "person" if place_of(file.path) == "source" else "info"
                grave = mild if called else severity
                yield _finding(submission, rule, file.path, number, words, grave)


def _finding(
    submission: Submission, rule: Rule, path: str, number: int, words: str, severity: Severity
) -> Finding:
    return rule.finding(
        at=path,
        line=number,
        problem=f"line {number}: {words}",
        remedy=REMEDIES[rule.id],
        severity=milder(severity, path, submission),
    )
