"""Which programs the code starts, as far as it names them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.profile.uses import Seen, counting
from devforge.model.profile import Place
from devforge.model.submission import Submission

_STARTS = re.compile(
    r"\b(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput|system|popen|startfile"
    r"|create_subprocess_(?:exec|shell)|exec[lv]p?e?|spawn[lv]?p?e?|posix_spawn|spawnSync|exec|execSync"
    r"|execFile|execFileSync|execa(?:Sync|Command)?|\$)\s*\(?\s*(?:os\.P_\w+\s*,\s*)?\[?\s*[fr]?"
    r"(?:[\"'`](?P<word>[^\s\"'`$]{1,80})|(?P<python>sys\.executable|process\.execPath))"
)
_PROGRAM = re.compile(r"[./\\:+-]*\w[\w./\\:+-]*")


def programs_of(submission: Submission, seen: Seen) -> Iterator[Place]:
    """Yield each program that a file which starts others names as the first word of a command."""
    for file in counting(submission):
        if "power-process" not in seen.get(file.path, {}):
            continue
        told: set[str] = set()
        for match in _STARTS.finditer(file.text):
            name = _name(match)
            if name and name not in told:
                told.add(name)
                line = file.text.count("\n", 0, match.start()) + 1
                yield Place(path=file.path[:300], line=line, what=name)


def _name(match: re.Match[str]) -> str | None:
    if match["python"]:
        return "python" if match["python"].startswith("sys") else "node"
    return match["word"] if _PROGRAM.fullmatch(match["word"]) else None
