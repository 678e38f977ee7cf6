"""Code in files that are no code by their name: pictures, pages, templates, data. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.places import milder, place_of, shipped
from checks.protocol import Rule
from checks.security import rules
from devforge.model.observed import SourceFile
from devforge.model.reviewing import Severity
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

_CODE = re.compile(r".*\.(?:pyi?|pyw|[cm]?jsx?|[cm]?tsx?|sh|bash|zsh|ps1|bat|cmd)", re.IGNORECASE)
_PICTURE = re.compile(r".*\.svg", re.IGNORECASE)
_PAGE = re.compile(r".*\.(?:x?html?|vue|svelte|hta)", re.IGNORECASE)
_TEMPLATE = re.compile(
    r".*\.(?:x?html?|j2|jinja2?|tpl|tmpl|template|mako|ejs|hbs|pug|txt|xml)", re.IGNORECASE
)
_DATA = re.compile(r".*\.(?:json|jsonc|ya?ml|toml|txt|csv|xml)", re.IGNORECASE)
# Written for people, or for tools that run nothing of them.
_PROSE = re.compile(
    r".*\.(?:md|markdown|rst|adoc|txt|html?|xml|svg|css|scss|less|json|jsonc|ya?ml|toml|lock|csv|po|pot|map|xsd"
    r"|snap|diff|patch|vue|svelte|tmlanguage|ipynb|c|h|cpp|rs|go|java|rb|php|cs|lua|j2|jinja2?|ejs|hbs|tpl"
    r"|dockerfile|containerfile)|(?:.*/)?(?:(?:docker|container)file[^/]*|binder/postbuild|licen[cs]e|copying|notice|authors|changelog|changes|readme|contributing|\.[^/]+)[^/]*",
    re.IGNORECASE,
)
_SCRIPTED = re.compile(
    r"<script\b[^>]{0,1000}>\s*[^\s<]|<script\b[^>]{0,1000}\bhref|\son(?:load|click|begin|error|mouse\w+)\s*=|[\"']\s*javascript:",
    re.IGNORECASE,
)
_REMOTE_SCRIPT = re.compile(
    r"<script\b[^>]{0,1000}\bsrc\s*=\s*[\"']?(?:https?:)?//[^>]{0,1000}>", re.IGNORECASE
)
_REACHES_OUT = re.compile(
    r"\{[{%][^{}]{0,300}(?:__globals__|__subclasses__|__builtins__|__import__|\bos\.(?:popen|system))"
    r"|<%[^%]{0,300}(?:child_process|process\.mainModule|constructor\.constructor|__import__|os\.(?:popen|system))"
    r"|\{\{[^{}]{0,300}(?:constructor\.constructor|process\.mainModule|child_process)"
)
_MODULE = re.compile(r"[\"'`]data:(?:text|application)/(?:java|ecma)script")
_PROTOTYPE = re.compile(
    r"[\"']?__proto__[\"']?\s*:|[\"']constructor[\"']\s*:\s*\{\s*[\"']prototype[\"']\s*:"
)
_ALL_SECRETS = re.compile(r"\$\{\{\s*toJSON\(\s*secrets\s*\)", re.IGNORECASE)
_SCRIPT = re.compile(
    r"\brequire\s*\(\s*[\"'](?:node:)?(?:child_process|https?|net|dns)[\"']|\bfrom\s+[\"'](?:node:)?child_process[\"']"
    r"|^[ \t]*(?:import|from)\s+(?:subprocess|socket|urllib|requests|ctypes)\b|\b(?:exec|eval)\s*\(\s*\w+[.(]"
    r"|^[ \t]*process\.(?:on|send)\s*\(|^[ \t]*module\.exports\b|^[ \t]*(?:export\s+)?(?:async\s+)?function\s+\w+\s*\("
    r"|\bcurl\s[^\n]{0,200}\|\s*(?:ba|z)?sh\b|\bcurl\s[^\n]{0,200}\$\(",
    re.MULTILINE,
)
_PASSWORD = re.compile(r"\btype\s*=\s*[\"']?password", re.IGNORECASE)
_SIGN_IN = re.compile(
    r"\b(?:sign|log)\W?in\W{1,3}(?:to|with)\W{1,3}(?:github|gitlab|google|microsoft|discord|npm|apple|amazon|aws)\b",
    re.IGNORECASE,
)
_CELL = re.compile(r"\bexec\s*\(|run_cell|\bnbconvert\b|ExecutePreprocessor|\bnbclient\b")
_READ_CHARACTERS = 400_000


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what would run out of files that are not judged as code."""
    files = [file for file in shipped(submission.tree) if file.is_plain]
    for file in files:
        if _CODE.fullmatch(file.path):
            yield from _unreadable(submission, file)
        elif file.is_text and place_of(file.path) != "vendored":
            yield from _held(submission, file, file.text[:_READ_CHARACTERS])
    yield from _notebooks(submission, files)


def _unreadable(submission: Submission, file: SourceFile) -> Iterator[Finding]:
    """Node reads past a NUL in a comment; our tools take such a file for no text."""
    if not file.is_text:
        words = "it holds bytes that no text holds, so not all of it could be read"
        yield _finding(submission, rules.UNREAD, file, 1, words, "person")


def _held(submission: Submission, file: SourceFile, text: str) -> Iterator[Finding]:
    signs: list[tuple[re.Pattern[str], re.Pattern[str], Rule, Severity, str]] = [
        (_PICTURE, _SCRIPTED, rules.HIDDEN, "person", "a picture holds a script"),
        (_TEMPLATE, _REACHES_OUT, rules.HIDDEN, "block", "a template reaches for the system"),
        (_DATA, _MODULE, rules.HIDDEN, "person", "a file of data holds the address of code"),
        (
            _DATA,
            _PROTOTYPE,
            rules.PROTOTYPE,
            "person",
            "a file of data names the prototype of all objects",
        ),
        (
            _DATA,
            _ALL_SECRETS,
            rules.THEFT,
            "person",
            "a workflow hands out all secrets of a repository",
        ),
    ]
    for kind, sign, rule, gravity, words in signs:
        if kind.fullmatch(file.path) and (found := sign.search(text)):
            yield _finding(submission, rule, file, _line(text, found), words, gravity)
    if _PAGE.fullmatch(file.path):
        if (found := _PASSWORD.search(text)) and _SIGN_IN.search(text):
            words = "a page asks for the password of somebody else's service"
            yield _finding(submission, rules.THEFT, file, _line(text, found), words, "person")
        for found in _REMOTE_SCRIPT.finditer(text):
            if "integrity=" not in found[0]:
                words = "a page loads a script from elsewhere, which nobody has reviewed"
                yield _finding(
                    submission, rules.DOWNLOAD, file, _line(text, found), words, "person"
                )
                break
    if not _PROSE.fullmatch(file.path) and (found := _SCRIPT.search(text)):
        words = "code that reaches out of Dev Forge stands in a file whose name does not say that it is code"
        plain = text.startswith("#!") and not _is_named(submission, file)
        severity: Severity = "warn" if plain else "person"
        yield _finding(submission, rules.UNREAD, file, _line(text, found), words, severity)


def _is_named(submission: Submission, file: SourceFile) -> bool:
    """Whether code of the package, or what npm is told, names this file."""
    name = re.compile(rf"(?<![\w.-]){re.escape(file.path.rpartition('/')[2])}(?![\w-])")
    return any(
        name.search(other.text[:_READ_CHARACTERS])
        for other in submission.tree.files.values()
        if other.is_plain and (_CODE.fullmatch(other.path) or other.path.endswith("package.json"))
    )


def _notebooks(submission: Submission, files: list[SourceFile]) -> Iterator[Finding]:
    """Cells of a notebook that the package itself runs."""
    held = [f for f in files if f.path.endswith(".ipynb") and place_of(f.path) == "source"]
    for file in held:
        name = file.path.rpartition("/")[2]
        for other in files:
            runs = other.path.endswith((".py", ".pyw")) and name in other.text
            if runs and _CELL.search(other.text):
                words = "the cells of this notebook are run by the extension"
                yield _finding(submission, rules.UNREAD, file, 1, words, "person")
                break


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1


def _finding(
    submission: Submission, rule: Rule, file: SourceFile, line: int, words: str, severity: Severity
) -> Finding:
    remedy = rules.REMEDIES.get(rule.id, "write code as code, in a file named as such")
    return rule.finding(
        at=file.path,
        line=line,
        problem=f"line {line}: {words}",
        remedy=remedy,
        severity=milder(severity, file.path, submission),
    )
