"""Whether this pull request may be merged, whatever the extension is like.

The other checks look at the extension. This one looks at the change: it compares the registry as
it is with the registry as it would be, file by file as Git stores them, and asks four things.

- **Scope.** A pull request changes one extension's directory, or its author's own developer
  record, and nothing else. Only plain files; nothing is deleted.
- **Ownership.** Its author is a member of a developer that owns the extension. People are known
  by GitHub's numeric id, repositories too, so a name that was given up and taken by somebody else
  gains nothing.
- **Versions.** A published version never changes, but for `yanked`, `rollout`, `halted` and `security`. A new one is
  higher than what is there, pins a commit that a branch or tag of the repository leads to, and is
  the version the manifest names.
- **Power.** A name close to another's, a first extension, one that can do what harms together, a new owner, permission or dependency,
  a version after long silence, or more submissions within a day than people make, waits for a
  person, as far as the policy says so.

Source: the registry's threat model, rows A1, A9, A11, A12, A15, A16 and A18.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.decision import naming, ownership, pace, people, records, scope
from checks.protocol import Rule
from devforge.model.reviewing import CheckName
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

NAME: CheckName = "decision"
RULES: tuple[Rule, ...] = (
    *scope.RULES, *ownership.RULES, *records.RULES, *naming.RULES, *people.RULES,
    *pace.RULES,
)  # fmt: skip

# Where one of these blocks, the change is not its author's to make, and no other check runs.
OUT_OF_BOUNDS = frozenset(
    rule.id for rule in (*scope.RULES, ownership.AUTHOR, ownership.SELF, ownership.UNKNOWN)
) - {scope.INVALID.id}


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what forbids merging the change, or asks for a person; without a change, what its first version would."""
    change = submission.change
    if change is None or change.is_rehearsal:
        yield from people.check_unsubmitted(submission)
        return
    yield from scope.check(submission, change)
    yield from ownership.check(change)
    yield from naming.check(submission, change)
    yield from people.check(submission, change)
    yield from pace.check(submission, change)
    # Last, because what only a server can tell may be missing, and then there is no verdict.
    yield from records.check(submission, change)
