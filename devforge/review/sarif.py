"""Renders a review as SARIF 2.1.0, which editors and code scanning read. Pure."""

from __future__ import annotations

import json
from typing import Any

from checks import CHECKS
from devforge import __version__
from devforge.model import escape
from devforge.model.verdict import CheckReport, Finding, Report
from devforge.review import words

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"block": "error", "person": "warning", "warn": "warning", "info": "note"}


def render_sarif(report: Report) -> str:
    """Return all findings as one SARIF run. A check without a verdict is a failed invocation.

    Source: the OASIS standard Static Analysis Results Interchange Format 2.1.0.
    """
    titles = {rule.id: (rule.title, rule.why) for check in CHECKS for rule in check.RULES}
    found = [(check, finding) for check in report.checks for finding in check.findings]
    ids = list(dict.fromkeys(finding.rule for _, finding in found))
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "devforge check",
                "version": __version__,
                "rules": [_rule(id, *titles.get(id, (id, id))) for id in ids],
            }
        },
        "results": [_result(check, finding, ids) for check, finding in found],
        "invocations": [
            {
                "executionSuccessful": not words.silent(report),
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": escape.plain(f"{title}: {reason}")}}
                    for title, reason in words.silent(report)
                ],
            }
        ],
        "properties": {
            "extension": report.extension,
            "version": report.version,
            "decision": report.decision,
        },
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(id: str, title: str, why: str) -> dict[str, object]:
    return {"id": id, "shortDescription": {"text": title}, "fullDescription": {"text": why}}


def _result(check: CheckReport, finding: Finding, ids: list[str]) -> dict[str, object]:
    path, _, place = finding.at.partition(": ")
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": escape.path_in_url(path)}}
    }
    if finding.line:
        location["physicalLocation"]["region"] = {"startLine": finding.line}
    if place:
        location["logicalLocations"] = [{"fullyQualifiedName": escape.plain(place)}]
    text = f"{escape.plain(words.told(finding))}. To mend it: {escape.plain(finding.remedy)}."
    excused = {"suppressions": [_suppression(finding)]} if finding.excused else {}
    return excused | {
        "ruleId": finding.rule,
        "ruleIndex": ids.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [location],
        "properties": {"check": check.name, "severity": finding.severity},
    }


def _suppression(finding: Finding) -> dict[str, object]:
    """What a maintainer accepted, or its author asks them to."""
    status = "accepted" if finding.severity == "info" else "underReview"
    return {
        "kind": "external",
        "status": status,
        "justification": escape.plain(finding.excused),
    }
