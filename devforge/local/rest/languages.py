"""What a repository is written in: the bytes of each language on its default branch."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.git.objects import read_tree
from devforge.local.routes import route

# Programming and markup only, as GitHub counts: data and prose are no language of a repository.
_BY_SUFFIX = {
    ".py": "Python", ".js": "JavaScript", ".mjs": "JavaScript", ".cjs": "JavaScript",
    ".jsx": "JavaScript", ".ts": "TypeScript", ".mts": "TypeScript", ".cts": "TypeScript",
    ".tsx": "TypeScript", ".html": "HTML", ".css": "CSS", ".sh": "Shell", ".bash": "Shell",
}  # fmt: skip
_BY_NAME = {"Makefile": "Makefile", "Dockerfile": "Dockerfile"}
_NOT_THEIRS = {"node_modules", "vendor", "dist"}


@route("GET", "/repos/{owner}/{repo}/languages")
def list_languages(call: Call) -> Answer:
    """Answer with bytes by language, the largest first."""
    row = call.repository()
    tip = call.hub.git.resolve(row["id"], f"refs/heads/{row['default_branch']}")
    counted: Counter[str] = Counter()
    for entry in () if tip is None else read_tree(call.hub, row["id"], tip, recursive=True):
        path = PurePosixPath(entry.path)
        language = _BY_NAME.get(path.name) or _BY_SUFFIX.get(path.suffix.lower())
        if language and entry.size and _NOT_THEIRS.isdisjoint(path.parts):
            counted[language] += entry.size
    return Answer(dict(counted.most_common()))
