"""Words to an assistant that reads the package: to fetch keys, send them, and say nothing of it. Pure.

A coding assistant obeys what it finds in `CLAUDE.md` and its like, and in the descriptions of tools.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.places import milder, place_of
from checks.security.flows.texts import kinds_in
from checks.security.rules import HIDDEN, REMEDIES, THEFT
from devforge.model.observed import SourceFile
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_FOR_ASSISTANTS = re.compile(
    r"(?:^|/)(?:CLAUDE(?:\.local)?\.md|AGENTS?\.md|GEMINI\.md|SKILL\.md|\.cursorrules|\.windsurfrules|\.clinerules"
    r"|\.cursor/rules/.*|\.claude/.*\.md|copilot-instructions\.md|.*\.(?:instructions|prompt|chatmode)\.md)",
    re.IGNORECASE,
)
_MAY_SPEAK = re.compile(r".*\.(?:json|jsonc|toml|ya?ml|py|[cm]?[jt]sx?)", re.IGNORECASE)
_SENDS = re.compile(
    r"\bcurl\b|\bwget\b|\b(?:send|post|upload|forward|exfiltrate|pass)\b.{0,80}(?:https?://|\bto\b|\bas\b)",
    re.IGNORECASE,
)
_SILENCE = re.compile(
    r"\b(?:do not|don.t|never|without)\s+(?:ever\s+)?(?:tell|mention|show|inform|reveal|telling|mentioning|showing"
    r"|informing)\b[^.\n]{0,60}\b(?:user|this|step|command|anyone|anybody)\b",
    re.IGNORECASE,
)
_GIVES = re.compile(
    r"\b(?:read|cat|include|pass|attach|load|collect)\b.{0,100}(?:\.ssh|\.aws|\.env\b|credentials|tokens?\b|environment variables"
    r"|api keys?|private keys?)",
    re.IGNORECASE,
)
_HARMFUL = re.compile(
    r"\|\s*(?:ba|z)?sh\b|\bcurl\b.{0,100}(?:--data|-d\s|-F\s|-T\s)|\benv\s*\|", re.IGNORECASE
)
# Words to whoever reads the package by machine: to forget its task, or to let the package in.
_TO_READERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\s+(?:(?:all|any|the|your|of|every)\s+)*(?:previous|prior|above|earlier|preceding|other|system)"
    r"\s+(?:instructions?|prompts?|rules|directions|guidelines|findings)"
    r"|\b(?:note|notice|message|instructions?|attention|reminder|memo|hint)\b[^.\n]{0,30}\b(?:to|for)\b[^.\n]{0,20}\b(?:AI|LLMs?|language models?|coding"
    r"|automated|assistants?|agents?|copilots?|chatbots?)\b[^\n]{0,300}\b(?:approve|safe|skip|run|execute|ignore|do not|don.t|without|trusted|audited)\b"
    r"|\b(?:AI|LLM|automated|coding)[ -](?:assistants?|agents?|models?|reviewers?|scanners?)\b[^.\n]{0,60}\b(?:must|should|shall|please|need to|are to)\b"
    r"[^.\n]{0,80}\b(?:approve|execute|run|skip|ignore|trust|mark|report|paste|send|include)\b|<\|im_start\|>",
    re.IGNORECASE,
)
_READ_CHARACTERS = 400_000


def check(submission: Submission) -> Iterator[Finding]:
    """Yield each file that tells an assistant to harm the user it works for."""
    for path, file in submission.tree.files.items():
        if file.mode not in ("file", "executable") or not file.is_text:
            continue
        if _FOR_ASSISTANTS.search(path) or (
            _MAY_SPEAK.fullmatch(path) and place_of(path) == "source" and _SILENCE.search(file.text)
        ):
            yield from _instructed(submission, file, file.text)
        if place_of(path) != "vendored" and (
            found := _TO_READERS.search(file.text[:_READ_CHARACTERS])
        ):
            yield _addressed(submission, file, found)


def _addressed(submission: Submission, file: SourceFile, found: re.Match[str]) -> Finding:
    line = file.text.count("\n", 0, found.start()) + 1
    return HIDDEN.finding(
        at=file.path,
        line=line,
        problem=f"line {line}: this speaks to machines that read the package, and tells them what to do",
        remedy="say it to people, or leave it out; if the package is about such texts, a maintainer looks once",
        severity=milder("person", file.path, submission),
    )


def _instructed(submission: Submission, file: SourceFile, text: str) -> Iterator[Finding]:
    keys = any(kind == "secret-path" for kind, _ in kinds_in(text)) or bool(_GIVES.search(text))
    silent, sends = _SILENCE.search(text), _SENDS.search(text)
    harmful = _HARMFUL.search(text)
    place = silent or sends or harmful
    if place is None or not ((keys and (silent or sends)) or (silent and (sends or harmful))):
        return
    severity: Severity = "block" if keys and silent and (sends or harmful) else "person"
    line = text.count("\n", 0, place.start()) + 1
    yield THEFT.finding(
        at=file.path,
        line=line,
        problem=f"line {line}: an assistant that reads this is told to hand over keys, or to keep something from its user",
        remedy=REMEDIES[THEFT.id],
        severity=milder(severity, file.path, submission),
    )
