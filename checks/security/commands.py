"""What attackers type: command lines that steal, download, destroy, stay or mine, as patterns. Data."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checks.protocol import Rule
from checks.security.rules import (
    DESTRUCTION,
    DOWNLOAD,
    EXFILTRATION,
    MINING,
    PERSISTENCE,
    SHELL_FOR_OTHERS,
    THEFT,
)
from devforge.model.reviewing import Severity


@dataclass(frozen=True, slots=True)
class Command:
    """One kind of line. `words`: text without any of them, whatever their case, cannot match; to look
    for words costs a fiftieth of what the pattern does, and hardly a file has any."""

    pattern: re.Pattern[str]
    rule: Rule
    severity: Severity
    says: str
    words: tuple[str, ...]
    where_called: bool = True  # counts only where a program is started, or in a script

    def may_be_in(self, lower: str) -> bool:
        """Return whether a text, in lower case, holds a word of it."""
        return any(word in lower for word in self.words)


# From the last of several such words on: so a row of them is read once, not once for each.
_FETCH = r"\b(?:curl|wget)\b(?:(?!\b(?:curl|wget)\b).)"
_FETCH_THERE = r"\b(?:iwr|irm|Invoke-WebRequest|DownloadString)\b"
_RUN_THERE = r"\b(?:iex|Invoke-Expression)\b"
DOWNLOADS = re.compile(
    # What stands between two separators is looked at once, however many of them follow.
    _FETCH + r"{0,380}?(?:\||&&|;)(?:[^|;&\n]|&(?!&)){0,80}?\b(?:sh|bash|zsh|node|python3?|perl)\b"
    r"|" + _FETCH + r"{0,300}?(?:&&|;)\s{0,40}chmod\b"
    r"|\b(?:ba|z)?sh\b.{0,40}?\$\((?:curl|wget)\b"
    rf"|{_FETCH_THERE}(?:(?!{_FETCH_THERE}).){{0,300}}?{_RUN_THERE}"
    rf"|{_RUN_THERE}(?:(?!{_RUN_THERE}).){{0,300}}?{_FETCH_THERE}"
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
    r"|\bnicehash\.com|(?:mine|pool)xmr\.|supportxmr\.|moneroocean\."
    r"|\bmining\.(?:subscribe|authorize|submit)\b",
    re.IGNORECASE,
)
_REGISTERS = re.compile(
    r"\|\s*crontab\b|crontab[\"'`]|crontab\s+(?:-(?!l)|/|\w)|schtasks(?:\.exe)?\b.{0,200}?/create"
    r"|\blaunchctl[\"'`, ]+(?:load|bootstrap)|systemctl[\"', ]+--user[\"', ]+enable"
    r"|\breg(?:\.exe)?[\"'`, ]+add\b.{0,100}?\\Run\b",
    re.IGNORECASE,
)
_SENDS_KEYS = re.compile(
    r"\b(?:curl|wget|nc|ncat)\b(?:(?!\b(?:curl|wget|nc|ncat)\b).){0,200}(?:\.ssh/|id_rsa\b|id_ed25519\b|\.aws/credentials|\.npmrc\b"
    r"|\.git-credentials\b|\.pypirc\b|wallet\.dat|gh auth token)"
)
_MINES = re.compile(
    r"\bcryptonight\b|[?&\"']algo=(?:cn|rx)|\brandomx[-_. ]?(?:hash|worker|vm)", re.IGNORECASE
)
_ENCODED = re.compile(
    r"(?:powershell|pwsh)(?:\.exe)?[\"'].{0,100}?[\"']-e(?:nc\w*)?[\"']\s*,", re.IGNORECASE
)
_TUNNEL = re.compile(
    r"\bssh\b.{0,120}?[\"'\s]-(?:R|fNR|NR)\b|\bautossh\b.{0,80}\s-R\b|\bngrok[\"', ]+(?:tcp|http)\b"
)
_GIT_RUNS = re.compile(
    r"\bgit\b[\"',\s]+config[\"',\s]+--(?:global|system)[\"',\s]+"
    r"(?:core\.(?:fsmonitor|hookspath|sshcommand)|init\.templatedir|credential\.helper[\"',\s]+[!/])",
    re.IGNORECASE,
)
_DESTROYS = re.compile(
    r"\brm\s+-(?:rf|fr|r\s+-f|f\s+-r)\w*\s+(?:--no-preserve-root\s+)?[\"']?(?:/|~|\$HOME|\$\{HOME\}|%USERPROFILE%)(?:/?[\"'*\s;]|/?$)"
    r"|\bdd\b.{0,60}\bof=/dev/(?:sd|nvme|hd|disk|vd)|\bmkfs(?:\.\w+)?\s+/dev/|\bformat\s+c:|>\s*/dev/sda\b"
    r"|\bdel\s+/[sqf]\s.{0,20}(?:c:\\|%userprofile%)|\brd\s+/s\s+/q\s+(?:c:\\|%userprofile%)"
    r"|\bvssadmin\b.{0,20}delete\s+shadows|\bcipher\s+/w:",
    re.IGNORECASE,
)
_LOOKS_UP = re.compile(
    r"\b(?:nslookup|dig|host)\b.{0,120}(?:\$\(|`|\$\{?(?:data|token|secret|key|env)\w*)",
    re.IGNORECASE,
)
_FETCHES_ELSEWHERE = re.compile(
    r"(?:^|[\s\"'`])(?:(?:@[\w-]+:)?registry|(?:extra-)?index-url|find-links)\s*=\s*https?://"
    r"|\bnpmRegistryServer\s*:\s*[\"']?https?://|\bstrict-ssl\s*=\s*false\b"
)
COMMANDS = (
    Command(
        _REVERSE, SHELL_FOR_OTHERS, "block", "a shell line that hands this machine to another",
        ("/dev/tcp/", "/bin/", "mkfifo", "bash"), where_called=False,
    ),
    Command(
        _SENDS_KEYS, THEFT, "block", "a command sends somebody's keys over the network",
        (".ssh/", "id_rsa", "id_ed25519", ".aws/credentials", ".npmrc", ".git-credentials", ".pypirc",
         "wallet.dat", "gh auth token"),
    ),
    Command(
        _MINES, MINING, "person", "the name of an algorithm that is used for mining",
        ("cryptonight", "algo=", "randomx"), where_called=False,
    ),
    Command(
        _MINER, MINING, "block", "the address of a mining pool, or a miner by name",
        ("stratum", "xmr", "coinhive", "nicehash", "moneroocean", "mining."), where_called=False,
    ),
    Command(
        DOWNLOADS, DOWNLOAD, "block", "a program is downloaded and given to an interpreter",
        ("curl", "wget", "iwr", "irm", "invoke-webrequest", "downloadstring", "powershell", "pwsh",
         "mshta", "regsvr32", "certutil", "bitsadmin", "base64"),
    ),
    Command(_ENCODED, DOWNLOAD, "person", "an encoded text is given to PowerShell", ("powershell", "pwsh")),
    Command(
        _REGISTERS, PERSISTENCE, "person", "a program is registered to start by itself",
        ("crontab", "schtasks", "launchctl", "systemctl", "\\run"),
    ),
    Command(_GIT_RUNS, PERSISTENCE, "person", "git is told to run a program in every repository", ("--global", "--system")),
    Command(_TUNNEL, SHELL_FOR_OTHERS, "person", "a tunnel lets others reach this machine", ("ssh", "ngrok")),
    Command(
        _DESTROYS, DESTRUCTION, "block", "a command removes all that the user has",
        ("rm -", "rm  ", "rm \t", "rm\t", "/dev/", "mkfs", "format c", "del /", "rd /", "vssadmin", "cipher"),
    ),
    Command(
        _FETCHES_ELSEWHERE, PERSISTENCE, "person", "a package manager is told to fetch from somewhere else",
        ("registry", "index-url", "find-links", "strict-ssl"),
    ),
    Command(_LOOKS_UP, EXFILTRATION, "person", "data becomes the name of a host", ("nslookup", "dig ", "host ")),
)  # fmt: skip
MINERS = COMMANDS[3]
