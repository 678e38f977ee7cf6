"""The rules of the dependencies check. Their ids are permanent: waivers and policy name them."""

from __future__ import annotations

from checks.protocol import Rule

UNREADABLE = Rule(
    "dependency-file",
    "Files that name dependencies can be read",
    "block",
    "A package.json or pyproject.toml that cannot be parsed cannot be installed, nor reviewed.",
)
REFUSED = Rule(
    "dependency-refused",
    "No dependency is on the refused list",
    "block",
    "The marketplace's policy refuses packages that are known to have been malicious.",
)
MALICIOUS = Rule(
    "dependency-malicious",
    "No component is known to be malicious",
    "block",
    "An advisory says that this package was made, or taken over, to do harm.",
)
VULNERABLE = Rule(
    "dependency-vulnerable",
    "No component has a known vulnerability",
    "block",
    "What is publicly known to be broken is what attackers try first, on every machine that has it.",
)
STALE = Rule(
    "dependency-advisories-old",
    "Known vulnerabilities were looked up lately",
    "info",
    "A copy of the OSV database that is old does not know what was found since.",
)
LOOK_ALIKE = Rule(
    "dependency-look-alike",
    "No dependency imitates a well-known name",
    "person",
    "Packages whose names differ from a popular one by a letter are a common way to get in.",
)
ELSEWHERE = Rule(
    "dependency-elsewhere",
    "Dependencies come from the package index",
    "person",
    "What a URL, a branch or a path holds today can be something else tomorrow, and nobody notices.",
)
CONFUSED = Rule(
    "dependency-confusion",
    "No name means one package here and another there",
    "person",
    "Where a second index is asked for the same names, whoever takes a name on one of them is installed.",
)
UNRESOLVED = Rule(
    "dependency-unresolved",
    "Every dependency can be had",
    "block",
    "If a dependency cannot be fetched here, it cannot be fetched by users either.",
)
UNPINNED = Rule(
    "dependency-unpinned",
    "Dependencies have a version or a lock",
    "warn",
    "Without any limit, the next release of a dependency is what users get, whatever it does.",
)
UNLOCKED = Rule(
    "dependency-unlocked",
    "A lock names exact versions",
    "info",
    "With a lock, what was reviewed is what is installed.",
)
ALTERED = Rule(
    "vendored-altered",
    "Copies of packages are as they were published",
    "warn",
    "A copy that was changed is nobody's release: no advisory speaks of it, and no update reaches it.",
)
CARRIED = Rule(
    "vendored-copy",
    "It is known whose code is carried along",
    "info",
    "Copies of other people's code are judged apart: by whose they are, which version, and whether it is unchanged.",
)
RULES = (
    UNREADABLE, REFUSED, MALICIOUS, VULNERABLE, STALE, LOOK_ALIKE, ELSEWHERE, CONFUSED, UNRESOLVED,
    UNPINNED, UNLOCKED, ALTERED, CARRIED,
)  # fmt: skip
