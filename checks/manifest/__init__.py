"""Manifest and files: the extension says what it is, and its files can exist on every machine.

**What it asks.** `devforge.yaml` lies at the extension's root and is right in every field; its
`id` is the one it is submitted under; `entry` and `icon` name files that are there, and the entry is
written in the declared language. The tree holds only plain files whose names work on Linux, macOS and
Windows, within the sizes the marketplace allows, and no compiled program that nobody can read. Where
`platforms` says which files only one platform gets, the files are there and run on it.

**Why.** Everything else is decided from the manifest: what is shown, what is run, what users are
asked to allow. A file that is a link, or that exists only where capital letters count, is another
file on the next machine, or none.

**How to mend.** Each finding names the field or the file. `devforge check` finds the same on your
own machine, and editors complete the manifest from its schema.

Source: docs/architecture.md, "A submission's road"; Windows' file naming rules; Unicode NFC.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.manifest import assigned, fields, files
from devforge.model.reviewing import CheckName
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

NAME: CheckName = "manifest"
RULES = (*fields.RULES, *files.RULES, *assigned.RULES)


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what is wrong with the manifest, then with the files, then with where they ship."""
    yield from fields.check(submission)
    yield from files.check(submission)
    yield from assigned.check(submission)
