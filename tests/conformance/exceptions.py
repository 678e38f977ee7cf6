"""Where GitHub's description and GitHub differ: we follow GitHub, and say why here."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Excuse:
    """Problems matching `problem`, in answers of operations matching `operation`, do not count."""

    operation: str
    problem: str
    reason: str


@dataclass(frozen=True, slots=True)
class Alias:
    """An address that GitHub serves and does not describe, and the described one it equals."""

    method: str
    path: str
    described: str
    reason: str


ALIASES: tuple[Alias, ...] = (
    Alias(
        "GET",
        r"(/repos/[^/]+/[^/]+)/statuses/([^/]+)",
        r"\1/commits/\2/statuses",
        "the address that every status names as its own, and where PyGithub asks",
    ),
    Alias(
        "GET",
        r"(/repos/[^/]+/[^/]+/contents)",
        r"\1/.",
        "the root directory's path is empty",
    ),
)

EXCUSES: tuple[Excuse, ...] = (
    Excuse(
        r".* /repos/\{owner\}/\{repo\}/actions/permissions/selected-actions",
        r"\(status\): GitHub documents only .*",
        "answers 409 unless selected actions are allowed, which is said in prose alone",
    ),
    Excuse(
        r"POST /repos/\{owner\}/\{repo\}/(actions|environments/\{environment_name\})/variables",
        r"\(status\): GitHub documents only .*",
        "answers 409 for a variable that exists, which is not written down",
    ),
    Excuse(
        r".* /repos/\{owner\}/\{repo\}/pulls.*",
        r"requested_teams\.\d+: .*",
        "the description requires fields that its own example of a team lacks",
    ),
    Excuse(
        r".* /repos/\{owner\}/\{repo\}/pulls.*",
        r"(\d+\.)?head\.repo: null is not of type .*",
        "GitHub answers null where the fork was deleted; PyGithub and others rely on it",
    ),
    Excuse(
        r"GET /repos/\{owner\}/\{repo\}/actions/runs.*",
        r'.*head_commit\.(author|committer)\.email: "\d+\+[a-z-]+\[bot\]@.*" is not a "email"',
        "the addresses GitHub gives its bots hold brackets, which the format of the description does not allow",
    ),
    Excuse(
        r"GET /search/issues",
        r"items\.\d+\.body: null is not of type .*",
        "an issue without a text has null here as everywhere else",
    ),
    Excuse(
        r".* /repos/\{owner\}/\{repo\}/pulls.*",
        r'(\d+\.)?labels\.\d+\.description: null is not of type "string"',
        "a label that was made by setting it has no description; the description of issues says so",
    ),
    Excuse(
        r"discussion_comment\$.*",
        r'\(payload\): "installation" is a required property',
        "only a webhook sent to an app names its installation; workflows never see one",
    ),
    Excuse(
        r"release\$.*",
        r'release\.(name|body): null is not of type "string"',
        "the newer description of the same event lets a release have no name and no text",
    ),
    Excuse(
        r"workflow_run\$completed",
        r'workflow_run\.conclusion: "startup_failure" is not one of .*',
        "the newer description of the same event lists it",
    ),
    Excuse(
        r"repository_dispatch.*",
        r'\(payload\): "installation" is a required property',
        "only an App's delivery names its installation",
    ),
)


def described(method: str, path: str) -> str:
    """Return the address under which GitHub describes this one."""
    for alias in ALIASES:
        if alias.method == method and re.fullmatch(alias.path, path):
            return re.sub(alias.path, alias.described, path)
    return path


def excused(operation: str, problem: str) -> bool:
    """Tell whether a listed excuse covers this problem of this operation's answer."""
    return any(
        re.fullmatch(excuse.operation, operation) and re.fullmatch(excuse.problem, problem)
        for excuse in EXCUSES
    )
