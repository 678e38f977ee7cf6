"""Quality: the code can be read, and does what it plainly means to.

**What it asks.** Every file of code parses. Names that are used exist. Formats fit their values, and
comparisons can come out either way. Nothing about style: how your code looks is your own business.

**Why.** A file that does not parse never runs. The other findings are mistakes that an interpreter
keeps silent about until the day that line is reached, on a user's machine.

**How to mend.** Each finding names the file, the lines and what is wrong with them. Where you know
better, `# noqa` or `eslint-disable` on that line settles it. Tests, examples and vendored code
are reported for information only.

Source: ruff and oxlint, with our own choice of their rules; what they find is said in our words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from checks.places import is_at_home, shipped
from checks.protocol import NoVerdict, Rule, counted
from checks.quality_words import OTHERWISE, WORDS
from devforge.model.observed import Missing, SourceFile, ToolFinding
from devforge.model.reviewing import CheckName
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

NAME: CheckName = "quality"

SYNTAX = Rule(
    "syntax-error",
    "Every file of code can be read",
    "block",
    "A file that cannot be parsed cannot run, and nothing in it can be reviewed.",
)
UNDEFINED = Rule(
    "undefined-name",
    "Names that are used exist",
    "warn",
    "Using a name that was never defined ends in an error the first time the line is reached.",
)
FORMAT = Rule(
    "wrong-format",
    "Formats fit their values",
    "warn",
    "A format with more places than values, or the other way round, fails when the text is built.",
)
COMPARISON = Rule(
    "wrong-comparison",
    "Comparisons can come out either way",
    "warn",
    "A condition that is always true, or a comparison whose result is thrown away, decides nothing.",
)
TWICE = Rule(
    "defined-twice",
    "Nothing is silently defined twice",
    "warn",
    "The second definition of a key, case, class member or function replaces the first without a word.",
)
MISUSE = Rule(
    "likely-mistake",
    "The language is used as it works",
    "warn",
    "These are constructs that run, but not as they read.",
)
RULES = (SYNTAX, UNDEFINED, FORMAT, COMPARISON, TWICE, MISUSE)

REMEDIES = {
    SYNTAX.id: "correct the file so that it parses; a template belongs under another suffix, and what only you need into .devforgeignore",
    UNDEFINED.id: "import or define the name, or correct its spelling",
    FORMAT.id: "give as many values as the format has places",
    COMPARISON.id: "compare by value (== or ===) and use the result",
    TWICE.id: "remove the one that is not meant, or give it another name",
    MISUSE.id: "write what is meant; the line says what happens now",
}
_RULES_OF = {
    "invalid-syntax": SYNTAX, "E9": SYNTAX, "F70": SYNTAX, "F62": SYNTAX,
    "F82": UNDEFINED,
    "F50": FORMAT, "F52": FORMAT, "PLE1300": FORMAT, "PLE1307": FORMAT, "PLE12": FORMAT,
    "F63": COMPARISON, "B015": COMPARISON, "use-isnan": COMPARISON, "valid-typeof": COMPARISON,
    "no-compare-neg-zero": COMPARISON, "no-constant-binary-expression": COMPARISON,
    "no-unsafe-negation": COMPARISON,
    "F60": TWICE, "F811": TWICE, "B025": TWICE, "no-dupe-class-members": TWICE,
    "no-dupe-else-if": TWICE, "no-dupe-keys": TWICE, "no-duplicate-case": TWICE,
    "no-func-assign": TWICE, "no-class-assign": TWICE, "no-import-assign": TWICE,
}  # fmt: skip
_QUOTED = re.compile(r"(?:`([^`]{1,60})`|'([^'\s]{1,80})')")
_NAME = re.compile(r"[\w$#.\[\]-]{1,80}")
_TEMPLATE = re.compile(r"\{\{[^{}\n]{0,200}\}\}|\{%|<%|\$\{\{")
_LINES_SHOWN = 8


def check(submission: Submission) -> Iterator[Finding]:
    """Yield one finding for each mistake in each file, with all its lines.

    What tests, examples and vendored code hold is summed up, one line for each rule.

    Raises:
        NoVerdict: a tool gave no answer.
    """
    if isinstance(submission.lint, Missing):
        raise NoVerdict(submission.lint.reason)
    groups: dict[tuple[str, str, str], list[ToolFinding]] = defaultdict(list)
    elsewhere: dict[str, list[ToolFinding]] = defaultdict(list)
    for found in submission.lint:
        rule = rule_of(found.code)
        if _counts(submission, found.path):
            # Whatever follows the first syntax error of a file is its echo.
            words = "" if rule is SYNTAX else in_our_words(found)
            groups[rule.id, found.path, words].append(found)
        else:
            elsewhere[rule.id].append(found)
    rules = {rule.id: rule for rule in RULES}
    for (rule_id, path, _), places in groups.items():
        yield _finding(submission, rules[rule_id], path, places)
    for rule_id, places in elsewhere.items():
        yield _summed_up(rules[rule_id], places)


def rule_of(code: str) -> Rule:
    """Return which of our rules a tool's code belongs to."""
    for length in (len(code), 7, 5, 4, 3, 2):
        if code[:length] in _RULES_OF:
            return _RULES_OF[code[:length]]
    return MISUSE


def in_our_words(found: ToolFinding) -> str:
    """Return what a tool found, as this project says it: of the tool's own words only a name."""
    quoted = _QUOTED.search(found.message)
    name = (quoted[1] or quoted[2]).strip("'\"") if quoted else ""
    for length in range(len(found.code), 1, -1):
        words = WORDS.get(found.code[:length])
        if words:
            return words.format(names=f"`{name}`" if _NAME.fullmatch(name) else "a name")
    return OTHERWISE


def _counts(submission: Submission, path: str) -> bool:
    """Whether somebody wrote this file for the extension, and would mend it."""
    written = is_at_home(path, submission) and not path.endswith((".d.ts", ".d.mts", ".d.cts"))
    file = submission.tree.get(path)
    return written and not (file and _is_generated(file))


def _is_generated(file: SourceFile) -> bool:
    """Whether a program wrote the file: it says so, or no person writes such lines."""
    lines = file.content.count(b"\n") + 1
    return len(file.content) > 300 * lines > 0 or b"@generated" in file.content[:2000]


def _finding(submission: Submission, rule: Rule, path: str, places: list[ToolFinding]) -> Finding:
    lines = sorted({place.line for place in places})
    shown = ", ".join(map(str, lines[:_LINES_SHOWN])) + (", …" if len(lines) > _LINES_SHOWN else "")
    where = f"lines {shown}" if len(lines) > 1 and rule is not SYNTAX else f"line {lines[0]}"
    return rule.finding(
        at=path,
        line=lines[0],
        problem=f"{where}: {in_our_words(places[0])}",
        remedy=REMEDIES[rule.id],
        severity="info" if rule is SYNTAX and _runs_nowhere(submission, path) else None,
    )


def _runs_nowhere(submission: Submission, path: str) -> bool:
    """Whether no user is given the file as code: a template, or left out of the package."""
    if _is_template(submission, path):
        return True
    return all(file.path != path for file in shipped(submission.tree))


def _is_template(submission: Submission, path: str) -> bool:
    """Whether a file is filled in before anything runs it, by its name or its placeholders."""
    file = submission.tree.get(path)
    named = "template" in path.lower() or "cookiecutter" in path.lower()
    return named or bool(file and _TEMPLATE.search(file.text))


def _summed_up(rule: Rule, places: list[ToolFinding]) -> Finding:
    first, files = places[0], len({place.path for place in places})
    rest = f", and {len(places) - 1} more in {counted(files, 'file')}" if len(places) > 1 else ""
    return rule.finding(
        at=first.path,
        line=first.line,
        problem=f"line {first.line}: {in_our_words(first)}{rest}; it is no code of the extension itself",
        remedy="nothing, if it is meant",
        severity="info",
    )
