"""How bad an OSV record says a thing is, in one word. Pure.

Source: ossf.github.io/osv-schema, `severity[]`; first.org, "Qualitative Severity Rating Scale".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from cvss import CVSS2, CVSS3, CVSS4, CVSSError

Severity = Literal["malicious", "critical", "high", "medium", "low", "unknown"]
WORST_FIRST: tuple[Severity, ...] = ("malicious", "critical", "high", "medium", "low", "unknown")
_NEWEST_FIRST = {"CVSS_V4": CVSS4, "CVSS_V3": CVSS3, "CVSS_V2": CVSS2}
_WORDS: dict[str, Severity] = {
    "critical": "critical", "high": "high", "important": "high", "moderate": "medium",
    "medium": "medium", "low": "low", "negligible": "low",
}  # fmt: skip
_EMBEDDED_MALICIOUS_CODE = "CWE-506"


def severity_of(
    id: str, scores: Iterable[tuple[str, str]], specific: Mapping[str, object]
) -> Severity:
    """Return the word for a record.

    Args:
        id: the record's; `MAL-` is the database of malicious packages.
        scores: type and vector, as in `severity`, those of the package before those of the record.
        specific: `database_specific`, where databases put a word, or say that a thing is malicious.
    """
    weaknesses = specific.get("cwe_ids")
    if (
        id.startswith("MAL-")
        or specific.get("malicious") is True
        or (isinstance(weaknesses, list) and _EMBEDDED_MALICIOUS_CODE in weaknesses)
    ):
        return "malicious"
    given = list(scores)
    for kind in _NEWEST_FIRST:
        for vector in (score for of, score in given if of == kind):
            if (word := _of_vector(kind, vector)) is not None:
                return word
    return _WORDS.get(str(specific.get("severity", "")).lower(), "unknown")


def is_as_bad_as(severity: Severity, threshold: str) -> bool:
    """Whether `severity` reaches the policy's `threshold`; nothing reaches `never`.

    What nobody rated counts as medium: it is neither let through by every policy nor always fatal.
    """
    order: list[str] = [*WORST_FIRST[:-1]]
    rated = "medium" if severity == "unknown" else severity
    return threshold in order and order.index(rated) <= order.index(threshold)


def _of_vector(kind: str, vector: str) -> Severity | None:
    try:
        score = float(_NEWEST_FIRST[kind](vector).base_score)
    except (CVSSError, ValueError, KeyError, ArithmeticError):
        return None
    if score >= 9:
        return "critical"
    return "high" if score >= 7 else "medium" if score >= 4 else "low"
