"""What is honest alone and tells together: signs that stand in one file of code, as patterns. Data.

Ways that values take are followed elsewhere, in one function by semgrep and, in Python, across files.
This is the net below: it asks only whether all the signs stand in one file, wherever they stand in it,
so that closures, classes, queues and tables of names do not help; and so it asks for a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from checks.protocol import Rule
from checks.security.rules import (
    DESTRUCTION,
    DOWNLOAD,
    ENVIRONMENT,
    EXFILTRATION,
    HIDDEN,
    PERSISTENCE,
    SHELL_FOR_OTHERS,
    SPYING,
    THEFT,
    TOKEN_SENT,
)


@dataclass(frozen=True, slots=True)
class Combination:
    """Signs of which a file holds all, the first being the one whose line is told.

    One of `words` stands in every text that the first sign matches; to look for them costs far less.
    """

    rule: Rule
    says: str
    words: tuple[str, ...]
    signs: tuple[re.Pattern[str], ...]


def _signs(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


NETWORK = (
    r"\bfetch\s*\(|\bXMLHttpRequest\b|\bWebSocket\b|sendBeacon|\.src\s*=\s*`?[\"'`]?https?:"
    r"|[\"'](?:node:)?(?:https?|http2|net|tls|dgram|axios|got|undici|ws|nodemailer)[\"']"
    r"|\b(?:import|from)\s+(?:requests|httpx|aiohttp|urllib3?|socket|http\.client|smtplib|ftplib|websockets?)\b"
    r"|\b(?:SysLog|HTTP|SMTP|Datagram|Socket)Handler\b"
)
_WRITES = (
    r"\b(?:writeFile|appendFile|createWriteStream|outputFile)(?:Sync)?\s*\(|\.write(?:_text|_bytes)?\s*\("
    r"|\bopen\s*\([^\n]{0,200}[\"'][rbt]*[wax]"
)
_HOME = r"\bhomedir\b|\bexpanduser\b|\bPath\.home\b|\bHOME\b|\bUSERPROFILE\b|\bAPPDATA\b|~/"
_PROGRAMS = r"child_process|\bsubprocess\b|\bexeca\b|os\.(?:system|popen|exec|spawn)"
_MAKER = (
    r"getPrototypeOf\(\s*(?:async\b\s*)?(?:function\b|\()[^;\n]{0,60}\)\s*\.constructor"
    r"|getPrototypeOf\(\s*(?:async\b\s*)?(?:function\b|\()[^;\n]{0,60}\)\s*\[\s*[\"']constructor"
)
# What others' settings say where they start a program, trust someone, or fetch from somewhere.
_GUIDED = (
    r"\b(?:ProxyCommand|LocalCommand|KnownHostsCommand)\s|\bextra-index-url\b|\bindex-url\b|\btrusted-host\b"
    r"|strict-ssl\s*=\s*false|\bregistry\s*=\s*https?:|[\"']registry[\"']\s*,\s*[\"'`]https?:"
    r"|\.trust\.enabled\b|[\"']git\.path[\"']|terminal\.integrated\.(?:profiles|automationProfile)"
    r"|\balias\s+(?:sudo|ssh|git|su|npm|pip)\s*=|\bmcpServers\b"
)
COMBINATIONS = (
    Combination(
        PERSISTENCE, "a file is written that makes other programs start or trust something",
        ("ProxyCommand", "LocalCommand", "KnownHostsCommand", "index-url", "trusted-host", "strict-ssl", "registry", "trust.enabled", "git.path", "terminal.integrated", "alias ", "mcpServers"),
        _signs(_GUIDED, _WRITES, _HOME),
    ),
    Combination(
        PERSISTENCE, "a place from which programs start with every session is named, and files are written",
        ("autostart", "LaunchAgents", "systemd/user", "authorized_keys", "customize.py", "hooks/"),
        _signs(
            r"\.config/autostart|[\"']autostart[\"']|LaunchAgents|systemd/user|authorized_keys"
            r"|(?:site|user)customize\.py|hooks/(?:post|pre)-\w+",
            _WRITES,
            rf"{_HOME}|\.git\b",
        ),
    ),
    Combination(
        PERSISTENCE, "a file that every shell reads at its start is named, and something is added to a file",
        (".bash", ".z"),
        _signs(
            r"\.bashrc|\.zshrc|\.bash_profile|\.zprofile|\.zshenv",
            r"\bappendFile|\bflags\s*:\s*[\"']a|[(,]\s*(?:mode\s*=\s*)?[\"']a[bt+]{0,2}[\"']",
            _HOME,
        ),
    ),
    Combination(
        PERSISTENCE, "a task is written that runs as soon as a folder is opened",
        ("folderOpen",),
        _signs(r"[\"'`]folderOpen[\"'`]", _WRITES),
    ),
    Combination(
        DOWNLOAD, "a file is fetched, made executable and started",
        ("chmod",),
        _signs(r"\bchmod(?:Sync)?\s*\((?![^\n]{0,120},\s*0o?[0-7]?[0246]{3}\s*\))", NETWORK, _WRITES, _PROGRAMS),
    ),
    Combination(
        DOWNLOAD, "a text of code is written that downloads code and runs it",
        ("exec", "eval"),
        _signs(
            r"\b(?:exec|eval)\s*\(\s*(?:\w+\.)*(?:\w*urlopen|requests\.get|get|fetch)\s*\([^\n]{0,200}"
            r"\.(?:read|text|content)\b"
        ),
    ),
    Combination(
        DOWNLOAD, "code is started from an address that holds it",
        ("data:",),
        _signs(
            r"\b(?:Worker|SharedWorker|import|importScripts|register)\s*\([^;\n]{0,60}"
            r"[\"'`]data:(?:text|application)/(?:java|ecma)script"
        ),
    ),
    Combination(
        DOWNLOAD, "WebAssembly is given the power to start programs or reach files",
        ("WebAssembly",),
        _signs(r"\bWebAssembly\.\w+\s*\([^;]{0,300}\.\.\.\s*(?:cp|fs|child_process|process|os)\b"),
    ),
    Combination(
        HIDDEN, "a word that only makes sense backwards names what is used",
        ("ptth", "_dlihc", "cnyS", "ridemoh", "asr_di", "hss.", "crmpn.", "noitcnuF", "rotcurtsnoc", "ssecorpbus", "nepolru", "nepoP", "metsys", "__tropmi__", "__slabolg__", "edoced46b", "snitliub"),
        _signs(
            r"//:s?ptth|ssecorp_dlihc|cnyS(?:eli|cex|nwap)|\bridemoh\b|[\"']asr_di|hss\.[\"'/]|crmpn\.[\"']"
            r"|[\"']noitcnuF[\"']|[\"']rotcurtsnoc[\"']|ssecorpbus|\bnepolru\b|[\"']nepoP[\"']|[\"']metsys[\"'.]"
            r"|__tropmi__|__slabolg__|edoced46b|snitliub"
        ),
    ),
    Combination(
        HIDDEN, "a function of the platform is chosen by a name that is made at run time",
        ("globalThis", "global", "window", "self", "Reflect", "fs", "os", "cp", "child", "builtins", "vars", "__dict__"),
        _signs(
            # One look at a word's beginning for all of them: each on its own takes as long again.
            r"\b(?:(?:globalThis|global|window|self)\s*\[\s*[\w.]+\([^\]\n]{0,200}\]\s*\("
            r"|(?:globalThis|global|window|self)\s*\[\s*\w+\(\s*(?:\[\s*\d|[\"'`][A-Za-z0-9+/=]{6,}[\"'`]\s*\))"
            r"|Reflect\.get\s*\(\s*(?:globalThis|global|window|self|process)\s*,\s*(?![\"'`])"
            r"|(?:fs|os|cp|child_process|childProcess)\s*\[\s*\w+\([^\]\n]{0,200}\]\s*\("
            r"|(?:cp|child_process|childProcess)\s*\[\s*(?![\"'`\]])"
            r"|getattr\s*\(\s*(?:builtins|__builtins__|os|subprocess)\s*,\s*(?![\"'\s]|[a-z_]+\s*[,)])"
            r"|(?:builtins|__builtins__)\.__dict__\s*\[)"
            r"|\(\s*(?:cp|child_process|childProcess)\s+as\s+any\s*\)\s*\[(?![\"'`])"
            r"|(?:\bvars\s*\(\s*\w+\s*\)|\.__dict__)\s*\[\s*[\"'][^\"'\n]*[\"']\s*\+"
        ),
    ),
    Combination(
        HIDDEN, "a module and its function are chosen by names made of numbers",
        ("import_module",),
        _signs(r"\bimport_module\s*\(\s*(?![\"'])", r"\bmap\s*\(\s*chr\b|\bchr\s*\("),
    ),
    Combination(
        SHELL_FOR_OTHERS, "a connection becomes the input of a shell",
        ("dup2",),
        _signs(r"\bdup2\b", r"\bsocket\b", r"\bpty\b|/bin/(?:ba|z)?sh|\bsubprocess\b"),
    ),
    Combination(
        DESTRUCTION, "all files from the root or the home down are walked, and written or removed",
        ("readdir",),
        _signs(
            r"\breaddir(?:Sync)?\s*\(",
            r"\b(?:writeFile|rm|unlink|rmdir|truncate)(?:Sync)?\s*\(",
            r"\bfunction\s+(\w+)\s*\([\s\S]{0,4000}?\b\1\s*\(\s*(?:[\"'`](?:/|C:\\\\?|~)[\"'`]|(?:os\.)?homedir\(\)|process\.env\.HOME)\s*[,)]",
        ),
    ),
    Combination(
        EXFILTRATION, "bytes are written as letters where names of hosts are looked up",
        ("32encode", "hexlify", ".hex(", "base32", "hex"),
        _signs(
            r"\b\w*b32encode\b|\bhexlify\s*\(|\.hex\s*\(\s*\)|\bbase32\w*\b|\.toString\s*\(\s*[\"']hex[\"']",
            r"\bgetaddrinfo\b|\bgethostbyname|\bdns\.(?:resolve|lookup|promises)|\bresolver\.(?:resolve|query)|[\"'](?:node:)?dns(?:/promises)?[\"']",
        ),
    ),
    Combination(
        SPYING, "the clipboard is read again and again, and the network is used",
        ("lipboard",),
        _signs(
            r"[cC]lipboard\s*(?:\(\))?\.(?:readText|read|text)\s*\(|\bpyperclip\.paste\b",
            r"\bsetInterval\s*\(|\bsetTimeout\s*\(|while True|Timer\(",
            NETWORK,
        ),
    ),
    Combination(
        SPYING, "every request of the program is made to pass through this code",
        ("defineProperty", "Reflect", "http"),
        _signs(
            r"(?:defineProperty|Reflect\.set)\s*\(\s*(?:globalThis|global|window|self|https?|XMLHttpRequest\.prototype)"
            r"\s*,\s*[\"'`](?:fetch|request|get|send|open)[\"'`]"
            r"|\bhttps?\.(?:request|get)\s*=[^=]"
        ),
    ),
    Combination(
        THEFT, "each use of the environment is made to pass through this code, and the network is used",
        ("process",),
        _signs(
            r"\bprocess\.env\s*=[^=]|\bnew Proxy\s*\(\s*process\.env|defineProperty\s*\(\s*process\s*,\s*[\"'`]env"
        ),
    ),
    Combination(
        TOKEN_SENT, "somebody's session is read, and sent in the body of a request",
        ("accessToken",),
        _signs(
            r"(?i)(?:json|body|data|token|content|stringify)\s*[:(][^\n;]{0,80}\.accessToken\b(?<!bearer)",
            r"\bgetSession\s*\(",
            NETWORK,
        ),
    ),
    Combination(
        ENVIRONMENT, "the environment is searched for what sounds like a secret, and the network is used",
        ("environ", "process.env"),
        _signs(
            r"\bos\.environ\b(?!\s*\[|\.|\s*\)\s*$)|Object\.(?:keys|entries)\(\s*process\.env\b",
            r"[\"'/_|(](?:TOKEN|SECRET|PASSWORD|PASSWD|KEY|_TOKEN|_KEY)\b",
            NETWORK,
        ),
    ),
    Combination(
        DOWNLOAD, "a module of the package is replaced by what the network answers",
        ("writeFile", ".write_", "reload"),
        _signs(
            r"\bwriteFile(?:Sync)?\s*\(\s*(?:fileURLToPath\(\s*)?(?:import\.meta\.(?:url|filename)|__filename)"
            r"|__file__\s*\)\s*\.write_|\bimportlib\.reload\s*\(",
            NETWORK,
            _WRITES,
        ),
    ),
    Combination(
        HIDDEN, "the maker of functions is reached by a detour", ("prototype",),
        _signs(r"\bFunction\.prototype\.constructor\s*[(`]"),
    ),
    Combination(
        DOWNLOAD, "texts are run as code where the network is listened to", ("Script", "runIn", "new Function", "eval"),
        _signs(
            r"\bnew (?:vm\.)?Script\s*\(\s*(?![\"'`])|\brunIn(?:This|New)?Context\s*\(|\bnew Function\s*\(\s*(?![\"'`)])"
            r"|(?<![\w.])eval\s*\(\s*(?![\"'`)])",
            r"\bon\s*\(\s*[\"'](?:message|data)[\"']|\bonmessage\b|\bfetch\s*\(|\baxios\b|\bgot\s*\(|\burlopen\b|\brequests\.get\b",
        ),
    ),
    Combination(
        HIDDEN, "bytes are turned into code by a key", ("compile", "exec", "eval", "Function"),
        _signs(
            r"(?<![\w.])(?:exec|eval|compile|Function)\s*\(\s*(?![\"'`)])",
            r"\b\w+\s*\^\s*\w+\s+for\b|fromCharCode\([^)\n]{0,80}\^|=>\s*\w+\s*\^\s*",
        ),
    ),
    Combination(
        PERSISTENCE, "a script that npm runs at installation is written", ("install",),
        _signs(r"\b(?:post|pre)install\b[\"'\]]*\s*[:=]", r"\bscripts\b", _WRITES),
    ),
    Combination(
        THEFT, "a workflow that hands out all secrets of a repository", ("secrets",),
        _signs(r"(?i)\$\{\{\s*toJSON\(\s*secrets\s*\)"),
    ),
    Combination(
        SHELL_FOR_OTHERS, "what a server answers may be run as a command", ("exec", "subprocess", "os.system"),
        _signs(
            r"(?<![\w.])exec(?:Sync)?\s*\(\s*\w+\.\w+\s*[,)]|\b(?:subprocess\.\w+|os\.system|os\.popen)\s*\(\s*\w+\[[\"']",
            NETWORK,
            r"\.json\s*\(|JSON\.parse|json\.loads|\.data\b",
            r"\bsetInterval\s*\(|\bsetTimeout\s*\(|while True|Timer\(|\bon\s*\(\s*[\"'](?:message|data)|\bonmessage\b",
        ),
    ),
    Combination(
        SPYING, "what is typed is sent over the network", ("contentChanges",),
        _signs(r"\bcontentChanges\b[^;\n]{0,120}\.text\b(?!\.length)", r"\bbody\s*[:,}]|\.send\s*\(", NETWORK),
    ),
    Combination(
        ENVIRONMENT, "the whole environment is handed on and searched, and the network is used", ("process.env",),
        _signs(
            r"[\w$]\s*\(\s*process\.env\s*[,)]|\bin\s+process\.env\b",
            r"(?i)[\"'/_|(](?:tok(?:en)?|secret|passw?(?:or)?d?|key)\b",
            NETWORK,
        ),
    ),
)  # fmt: skip
MAKER = re.compile(rf"\b(\w+)\s*=\s*(?:Object|Reflect)\.(?:{_MAKER})")
