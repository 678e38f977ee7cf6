"""Licence: users know what they may do, and the text that says so is there.

**What it asks.** `license` in the manifest is an SPDX expression; a licence file lies at the root; and
its text is the licence the manifest names. The marketplace's policy lists what may be merged unseen
and what is refused.

**Why.** Without a licence nobody may copy the extension, the marketplace included. Where manifest and
text differ, nobody knows which of the two holds.

**How to mend.** Put the licence's whole text into a file called LICENSE (a short one, such as MIT's, may
stand in the README instead), and its identifier into the manifest, for example `license: MIT` or `license: GPL-3.0-or-later`.
In a directory of a larger repository, the licence at its root is taken along.

Source: SPDX licence list and expressions; `licences` in registry/policy.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from license_expression import ExpressionError, get_spdx_licensing

from checks.documentation import readme_of
from checks.licence_texts import SHORT, recognise
from checks.protocol import Rule
from devforge.model.licence_files import is_licence_file
from devforge.model.manifest import FILE
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.reviewing import CheckName
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

NAME: CheckName = "licence"

EXPRESSION = Rule(
    "licence-expression",
    "The licence is an SPDX expression",
    "block",
    "An identifier everyone spells alike is what programs and lawyers can both read.",
)
FILE_MISSING = Rule(
    "licence-file-missing",
    "A licence file is there",
    "block",
    "Most licences ask that their text travels with every copy; without it users hold nothing.",
)
MISMATCH = Rule(
    "licence-mismatch",
    "The text is the licence the manifest names",
    "block",
    "Where manifest and text differ, nobody knows which of the two holds.",
)
UNKNOWN_TEXT = Rule(
    "licence-text-unknown",
    "The licence's text is a known one",
    "person",
    "A text that is not recognised may grant less than the identifier promises, so a person reads it.",
)
UNLISTED = Rule(
    "licence-unlisted",
    "The licence is one this marketplace has decided about",
    "person",
    "The operator's policy names what may be merged unseen; a person decides about the others.",
)
REFUSED = Rule(
    "licence-refused",
    "The licence is not one this marketplace refuses",
    "block",
    "Some licences let users look but not use, or not share; the operator's policy refuses them.",
)
RULES = (EXPRESSION, FILE_MISSING, MISMATCH, UNKNOWN_TEXT, UNLISTED, REFUSED)

_REFERENCE = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")
_SPELLINGS = {
    "gplv3": "GPL-3.0-or-later", "gplv2": "GPL-2.0-or-later", "gpl3": "GPL-3.0-or-later",
    "gpl2": "GPL-2.0-or-later", "gpl": "GPL-3.0-or-later", "lgplv3": "LGPL-3.0-or-later",
    "agplv3": "AGPL-3.0-or-later", "apache": "Apache-2.0", "apache2": "Apache-2.0",
    "apache20": "Apache-2.0", "apachelicense20": "Apache-2.0", "bsd": "BSD-3-Clause", "bsd3": "BSD-3-Clause",
    "mitlicense": "MIT", "mpl": "MPL-2.0", "mpl2": "MPL-2.0", "gplv2+": "GPL-2.0-or-later",
    "gplv3+": "GPL-3.0-or-later", "cc0": "CC0-1.0",
}  # fmt: skip


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what is wrong with the licence the manifest names, and with its text."""
    if submission.manifest is None:
        return
    declared = submission.manifest.license
    names, unknown = _names_in(declared)
    references = tuple(name for name in unknown if _REFERENCE.fullmatch(name))
    wrong = tuple(name for name in unknown if name not in references)
    refused = _refused(submission, (*names, *unknown))
    yield from refused
    if wrong and not refused:
        yield _not_spdx(declared, wrong)
        return
    if not refused:
        yield from _undecided(submission, (*names, *references))
        yield from _texts(submission.tree, declared, names)


def licence_files(tree: SourceTree) -> list[SourceFile]:
    """Return the files at the root that hold licence texts, in order of name."""
    return [
        file
        for path, file in sorted(tree.files.items())
        if is_licence_file(path)
        and file.mode != "symlink"
        and file.is_text
        and file.content.strip()
    ]


def _is_in_readme(tree: SourceTree, names: tuple[str, ...]) -> bool:
    """Whether the README, which travels as well, holds the whole text of a licence that is short."""
    readme = readme_of(tree)
    return readme is not None and bool(SHORT.intersection(names, recognise(readme.text)))


def _names_in(expression: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The known identifiers of an expression, and the words in it that are none."""
    licensing = get_spdx_licensing()
    try:
        symbols = licensing.license_symbols(
            licensing.parse(expression), unique=True, decompose=False
        )
    except (ExpressionError, ValueError, TypeError, AttributeError, RecursionError):
        return (), (expression,)
    names: list[str] = []
    unknown: list[str] = []
    for symbol in symbols:
        inner = getattr(symbol, "license_symbol", symbol)
        (names if inner.key in licensing.known_symbols else unknown).append(inner.key)
    return tuple(names), tuple(unknown)


def _not_spdx(declared: str, wrong: tuple[str, ...]) -> Finding:
    folded = re.sub(
        r"[^a-z0-9+]", "", declared.lower().replace("license", "").replace("version", "")
    )
    near = _SPELLINGS.get(folded) or _SPELLINGS.get(folded.removeprefix("the"))
    known = {key.lower(): key for key in get_spdx_licensing().known_symbols}
    near = near or known.get(declared.strip().lower().replace(" ", "-"))
    hint = (
        f"write `license: {near}` if that is meant"
        if near
        else "write an identifier of spdx.org/licenses"
    )
    return EXPRESSION.finding(
        at=f"{FILE}: license",
        problem=f"{', '.join(wrong)} is no SPDX identifier",
        remedy=f"{hint}; join several with AND or OR",
    )


def _refused(submission: Submission, names: tuple[str, ...]) -> tuple[Finding, ...]:
    policy = submission.policy.review.licences
    hit = sorted(set(names).intersection(policy.refused))
    texts = {i for f in licence_files(submission.tree) for i in recognise(f.text)}
    declared = set(names).intersection(policy.allowed)
    if not hit and not declared:
        hit = sorted(texts.intersection(policy.refused))
    elif not hit and "Commons-Clause" in texts.intersection(policy.refused):
        hit = ["Commons-Clause"]
    return tuple(
        REFUSED.finding(
            at=f"{FILE}: license",
            problem=f"{name} is refused by this marketplace's policy",
            remedy="publish under a licence that lets users use and share the extension",
        )
        for name in hit
    )


def _undecided(submission: Submission, names: tuple[str, ...]) -> Iterator[Finding]:
    policy = submission.policy.review.licences
    for name in names:
        if name not in policy.allowed and "exception" not in name.lower():
            yield UNLISTED.finding(
                at=f"{FILE}: license",
                problem=f"{name} is on neither of the policy's lists",
                remedy=f"a maintainer decides whether {name} may be published, and adds it to the policy",
            )


def _texts(tree: SourceTree, declared: str, names: tuple[str, ...]) -> Iterator[Finding]:
    files = licence_files(tree)
    if not files and _is_in_readme(tree, names):
        return
    if not files:
        yield FILE_MISSING.finding(
            at="LICENSE",
            problem="there is no licence file at the extension's root",
            remedy=f"add a file LICENSE with the whole text of {declared}",
        )
        return
    recognised = {file.path: recognise(file.text) for file in files}
    found = {name for ids in recognised.values() for name in ids}
    if found.intersection(names) or (not names and not found):
        return
    known = sorted(path for path, ids in recognised.items() if ids)
    if known:
        said = " or ".join(recognised[known[0]])
        yield MISMATCH.finding(
            at=known[0],
            problem=f"the manifest says {declared}, and {known[0]} is the text of {said}",
            remedy=f"write `license: {recognised[known[0]][-1]}`, or replace the text",
        )
    else:
        yield UNKNOWN_TEXT.finding(
            at=files[0].path,
            problem=f"the text of {files[0].path} is not recognised as {declared}",
            remedy=f"use the unaltered text of {declared}; otherwise a maintainer reads it",
        )
