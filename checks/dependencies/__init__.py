"""Dependencies: what the extension brings along is what its author meant, and stays so.

**What it asks.** Dependencies come from the language's own package index, by names that are neither
refused by the marketplace nor look-alikes of well-known ones, can be had, and are pinned or locked.
Neither they nor the copies of other people's code in the package are known to be malicious or badly
broken.

**Why.** Whoever controls a dependency controls the extension. One letter more or less is how stolen
names get installed; a URL or a branch can be another thing tomorrow; and what is publicly known to
be broken is what attackers try first.

**How to mend.** Spell the name as its project does, ask for a range of versions, and commit a lock:
package-lock.json, npm-shrinkwrap.json, yarn.lock, pnpm-lock.yaml; uv.lock, poetry.lock, pdm.lock,
Pipfile.lock, pylock.toml, or requirements.txt with `==`. Raise what an advisory names to the version
it says. If a name really is the one you mean, say so in the pull request: a person settles it.

Source: `dependencies` and `advisories` in registry/policy.yaml; the distances are those of names; the
advisories are OSV records (ossf.github.io/osv-schema 1.7), the registry's own and a copy of osv.dev's.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.dependencies import carried, exchanged, files, had, known, naming, pinning, places
from checks.dependencies.rules import RULES
from checks.protocol import present
from devforge.model.reviewing import CheckName
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

__all__ = ["NAME", "RULES", "check"]

NAME: CheckName = "dependencies"


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what is wrong with the dependencies, one finding for each.

    Raises:
        NoVerdict: they could not be read, or nobody could say whether they can be had.
    """
    facts = present(submission.dependencies, "the dependencies")
    yield from files.check(submission.tree)
    yield from naming.check(facts, submission.policy.review.dependencies)
    yield from places.check(submission.tree, facts)
    yield from exchanged.check(facts)
    yield from pinning.check(facts)
    yield from carried.check(present(submission.vendored, "the code carried along"))
    yield from known.check(submission, present(submission.vulnerabilities, "known vulnerabilities"))
    yield from had.check(submission, facts)
