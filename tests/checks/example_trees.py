"""Examples of rules as tests/examples writes them, made into submissions.

A file `tests/examples/<check>/<rule>.yaml` holds `good` and `bad` examples. Each has a `name`, may
change the usual `manifest`, adds `files` (`null` takes one of the usual away) and may give `facts` of
the submission. In texts, `<U+202E>` is that character and `<ghp>` a token of that shape, so that this
repository itself holds neither.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from devforge.adapters.policy import load_policy
from devforge.model.manifest import Manifest
from devforge.model.names import ExtensionId
from devforge.model.observed import (
    Failure,
    LineActivation,
    Missing,
    SourceFile,
    SourceTree,
    Trial,
)
from devforge.model.policy import Policy
from devforge.model.reading import BadRecord, read_record
from devforge.model.submission import Submission
from devforge.model.versions import Version
from tests.checks.facts_of_components import vendored_of, vulnerabilities_of

EXAMPLES = Path(__file__).parent.parent / "examples"
MANIFEST = {
    "id": "acme.sample",
    "version": "1.0.0",
    "display_name": "Sample",
    "description": "Counts what there is to count in the open file.",
    "license": "MIT",
    "language": "python",
    "entry": "sample.py",
    "engines": {"devforge": ">=1.0.0 <3"},
    "categories": ["other"],
}
README = (
    "# Sample\n\nCounts what there is to count in the open file and shows it at the lower edge of the "
    "window. Run `sample.count` from the palette to see the numbers for the file you are looking at.\n"
)
LICENCE = Path(__file__).parent.parent / "extensions" / "word-count" / "LICENSE"
_LETTERS = "Qw3rTy7uI0pAs5dFg8hJk2lZx4cVb6nM9qWe1RtY"
_SHAPES = {
    "ghp": "ghp_" + _LETTERS[:36],
    "aws": "AKIA" + "Q3RTY7UI2PAS5DFG",
    "npm": "npm_" + _LETTERS[2:38],
    "key": "-----BEGIN RSA PRIVATE KEY-----\n"
    + (_LETTERS + "\n") * 4
    + "-----END RSA PRIVATE KEY-----",
    "long": _LETTERS * 40,
}


@dataclass(frozen=True)
class Example:
    check: str
    rule: str
    name: str
    good: bool
    submission: Submission

    @property
    def id(self) -> str:
        return f"{self.rule}: {'good' if self.good else 'bad'}: {self.name}"


@cache
def examples() -> tuple[Example, ...]:
    """Return every example, in order of check and rule, with nothing observed by tools yet."""
    found = []
    for path in sorted(EXAMPLES.glob("*/*.yaml")):
        document = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        for kind in ("good", "bad"):
            for raw in document[kind]:
                submission = submission_of(raw)
                found.append(
                    Example(path.parent.name, path.stem, raw["name"], kind == "good", submission)
                )
    return tuple(found)


def submission_of(raw: dict[str, Any]) -> Submission:
    """Return what an example describes, as the review would have read it."""
    files = {
        "devforge.yaml": yaml.safe_dump(MANIFEST | raw.get("manifest", {}), sort_keys=False),
        "README.md": README,
        "LICENSE": LICENCE.read_text("utf-8"),
        "CHANGELOG.md": "# Changelog\n\n## 1.0.0\n\n- Counts.\n",
        "sample.py": '"""Counts."""\n\n\ndef activate(context):\n    """Register."""\n',
    } | raw.get("files", {})
    tree = SourceTree(
        files={p: _file(p, v) for p, v in sorted(files.items()) if v is not None},
    )
    submission = Submission(id=None, tree=tree, policy=load_policy(None))
    return _with_facts(_with_manifest(submission), raw.get("facts", {}))


def _with_manifest(submission: Submission) -> Submission:
    file = submission.tree.get("devforge.yaml")
    try:
        manifest = read_record(file.content, Manifest, file="devforge.yaml") if file else None
    except BadRecord as error:
        return replace(submission, manifest_problems=tuple(error.problems))
    language = manifest.language if manifest else None
    return replace(
        submission, manifest=manifest, language=language, id=manifest.id if manifest else None
    )


def _with_facts(submission: Submission, facts: dict[str, Any]) -> Submission:
    catalogue = {
        ExtensionId.parse(name): tuple(map(Version.parse, versions))
        for name, versions in facts.get("catalogue", {}).items()
    }
    limits = submission.policy.limits.model_copy(update=facts.get("limits", {}))
    releases = tuple(map(Version.parse, facts.get("releases", [])))
    policy = submission.policy.model_copy(
        update={
            "limits": limits,
            "devforge_releases": (*submission.policy.devforge_releases, *releases),
        }
    )
    return replace(
        submission,
        id=ExtensionId.parse(facts["id"]) if "id" in facts else submission.id,
        catalogue=Missing(reason="no network") if facts.get("offline") else catalogue,
        unresolvable=facts.get("unresolvable", {}),
        vulnerabilities=vulnerabilities_of(facts),
        vendored=vendored_of(facts),
        policy=policy,
        trial=starting_trial(policy, facts.get("fails_in", {})),
    )


def starting_trial(policy: Policy, fails_in: dict[str, str]) -> Trial:
    """Started in every line of Dev Forge, but for those in `fails_in`: range → what it printed."""
    lines = [
        LineActivation(
            releases=host.releases,
            result=Failure(what="activating sample.py failed", output=fails_in[str(host.releases)])
            if str(host.releases) in fails_in
            else "started",
        )
        for host in policy.devforge_hosts
    ]
    return Trial(activation=Missing(reason="nothing was measured"), lines=tuple(lines))


def _file(path: str, value: Any) -> SourceFile:
    if isinstance(value, dict):
        text = value.get("text", "")
        content = base64.b64decode(value["base64"]) if "base64" in value else text.encode()
        return SourceFile(path=path, mode=value.get("mode", "file"), content=content)
    return SourceFile(path=path, mode="file", content=_filled_in(value).encode())


def _filled_in(text: str) -> str:
    for name, shape in _SHAPES.items():
        text = text.replace(f"<{name}>", shape)
    return re.sub(r"<U\+([0-9A-F]{4,6})(?:x(\d+))?>", _characters, text)


def _characters(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) * int(match[2] or 1)
