"""Findings in other people's code: told once, made milder, or as grave as anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from example_trees import submission_of

from checks.apart import set_apart
from checks.security.rules import DYNAMIC, INJECTION
from devforge.model.components import Vendored
from devforge.model.verdict import Finding


def finding(severity: str, rule: str = INJECTION.id) -> Finding:
    return Finding.model_validate(
        {
            "rule": rule,
            "severity": severity,
            "at": "lib/x.js",
            "line": 1,
            "problem": "p",
            "remedy": "r",
        }
    )


def told(severity: str, **vendored: object) -> list[str]:
    one = Vendored.model_validate({"paths": ["lib/x.js"], **vendored})
    submission = replace(submission_of({}), vendored=(one,))
    found = set_apart([finding(severity)], submission, slips={INJECTION.id, DYNAMIC.id})
    return [f.severity for f in found]


COPY = {"kind": "package", "ecosystem": "npm", "name": "x", "version": "1.0.0"}


@pytest.mark.parametrize(
    ("severity", "vendored", "left"),
    [
        ("person", {**COPY, "unmodified": True}, []),
        ("block", {**COPY, "unmodified": True}, ["block"]),
        ("warn", {**COPY, "unmodified": {"reason": "no answer"}}, ["warn"]),
        ("warn", {**COPY, "changed": ["lib/x.js"]}, ["warn"]),
        ("warn", {"kind": "generated"}, ["info"]),
        ("person", {"kind": "generated"}, ["person"]),
        ("block", {"kind": "minified"}, ["block"]),
    ],
)  # fmt: skip
def test_only_what_was_compared_is_excused_and_never_what_blocks(severity, vendored, left):
    assert told(severity, **vendored) == left
