"""Documentation: whoever finds the extension can tell what it does and how to use it.

**What it asks.** A README at the root with something to read in it; a description in the manifest
that describes; a line in the changelog about the version at hand; and, for information, docstrings on
what other code may call.

**Why.** The README is the extension's page on the site and the description its line in every search
result. People do not install what they cannot understand.

**How to mend.** Say in a few sentences what the extension does, how it is started, and what it looks
like in use. Add a heading for each version to CHANGELOG.md.

Source: docs/developer.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from checks.places import is_at_home
from checks.protocol import Rule
from devforge.model.manifest import FILE, Manifest
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.python_source import parse_python
from devforge.model.reviewing import CheckName
from devforge.model.submission import Submission
from devforge.model.verdict import Finding

NAME: CheckName = "documentation"

README = Rule(
    "readme-missing",
    "There is a README",
    "block",
    "The README is the extension's page on the site; without one the page is empty.",
)
THIN = Rule(
    "readme-thin",
    "The README says something",
    "warn",
    "A title alone does not tell anyone whether the extension is what they look for.",
)
PLACEHOLDER = Rule(
    "placeholder-text",
    "No text of a template is left",
    "block",
    "A text that every new project begins with says nothing about this one.",
)
CHANGELOG = Rule(
    "changelog-entry",
    "The changelog speaks of this version",
    "info",
    "Users read the changelog to decide whether to update.",
)
DOCSTRINGS = Rule(
    "public-docstrings",
    "What others may call is described",
    "info",
    "A docstring's first line tells the next maintainer what a function promises.",
)
RULES = (README, THIN, PLACEHOLDER, CHANGELOG, DOCSTRINGS)

_README = re.compile(r"read[ _-]?me(?:\.(?:md|markdown|rst|txt|adoc))?", re.IGNORECASE)
_CHANGELOG = re.compile(
    r"(?:docs?/)?(?:change(?:s|[-_ ]?log)?|history|news|releases?(?:[ _-]notes)?)(?:\.(?:md|rst|txt))?",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"lorem ipsum|this is the readme for your extension|describe your extension here"
    r"|(?:a|my) (?:short|brief|one-line) description of (?:the|your|my) extension"
    r"|todo:? (?:write|add|describe)|\bdescription (?:goes )?here\b|\byour (?:description|text) here\b",
    re.IGNORECASE,
)
_EMPTY_WORDS = {
    "a", "an", "the", "my", "this", "is", "extension", "plugin", "addon", "test", "todo", "tbd", "description",
    "for", "of", "dev", "forge", "devforge", "example", "sample", "new", "first", "some", "placeholder",
}  # fmt: skip
_MARKUP = re.compile(
    r"```.*?(?:```|\Z)|<[^>]{0,500}>|!?\[[^\]]{0,300}\]\([^)]{0,500}\)|https?://\S+", re.DOTALL
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST_WORDS = 20
_READ_CHARACTERS = 200_000


def check(submission: Submission) -> Iterator[Finding]:
    """Yield what a reader of the extension's page would miss."""
    yield from _readme(submission.tree)
    if submission.manifest:
        yield from _description(submission.manifest)
        yield from _changelog(submission.tree, submission.manifest)
    yield from _docstrings(submission)


def readme_of(tree: SourceTree) -> SourceFile | None:
    """Return the README at the root, Markdown first, or None."""
    found = [f for p, f in tree.files.items() if _README.fullmatch(p) and f.mode != "symlink"]
    return min(found, key=lambda f: (not f.path.lower().endswith(".md"), f.path), default=None)


def _readme(tree: SourceTree) -> Iterator[Finding]:
    readme = readme_of(tree)
    if readme is None:
        yield README.finding(
            at="README.md",
            problem="there is no README at the extension's root",
            remedy="add README.md: what the extension does, how to use it, what it looks like",
        )
        return
    text = readme.text[:_READ_CHARACTERS]
    prose = _MARKUP.sub(" ", text)
    words = len(_WORD.findall(prose)) + sum(1 for c in prose if "\u3040" <= c <= "\u9fff") // 2
    if words < _FEWEST_WORDS:
        yield THIN.finding(
            at=readme.path,
            problem=f"{readme.path} has {words} words besides code and links",
            remedy="say in a few sentences what the extension does and how to use it",
        )
    if words < 5 * _FEWEST_WORDS and (left := _PLACEHOLDER.search(prose)):
        yield PLACEHOLDER.finding(
            at=readme.path,
            line=text.count("\n", 0, text.find(left[0])) + 1,
            problem=f"“{left[0]}” is a template's text",
            remedy="write about this extension instead",
        )


def _description(manifest: Manifest) -> Iterator[Finding]:
    words = {word.lower() for word in _WORD.findall(manifest.description)}
    name = {word.lower() for word in _WORD.findall(manifest.display_name)}
    if words and (words <= _EMPTY_WORDS | name or _PLACEHOLDER.search(manifest.description)):
        yield PLACEHOLDER.finding(
            at=f"{FILE}: description",
            problem=f"“{manifest.description}” does not say what the extension does",
            remedy="describe in one sentence what it does for whoever installs it",
        )


def _changelog(tree: SourceTree, manifest: Manifest) -> Iterator[Finding]:
    found = [f for path, f in tree.files.items() if _CHANGELOG.fullmatch(path)]
    readme = readme_of(tree)
    if readme and re.search(r"change ?log|release notes|history", readme.text, re.IGNORECASE):
        found.append(readme)
    version = re.compile(rf"(?<![\d.]){re.escape(str(manifest.version))}(?![\d.]*\d)")
    if any(version.search(file.text[:_READ_CHARACTERS]) for file in found):
        return
    logs = [file.path for file in found if file is not readme]
    at = min(logs, default="CHANGELOG.md")
    there = f"{at} does not mention" if logs else "no changelog says what is new in"
    yield CHANGELOG.finding(
        at=at,
        problem=f"{there} {manifest.version}",
        remedy=f"add a heading `{manifest.version}` with what users will notice",
    )


def _docstrings(submission: Submission) -> Iterator[Finding]:
    bare = total = 0
    for path, file in submission.tree.files.items():
        if path.endswith(".py") and is_at_home(path, submission) and file.mode != "symlink":
            described = list(_public_described(file))
            total += len(described)
            bare += described.count(False)
    if bare and bare * 2 > total:
        yield DOCSTRINGS.finding(
            at=".",
            problem=f"{bare} of {total} public functions and classes have no docstring",
            remedy="give each a first line that says what it promises",
        )


def _public_described(file: SourceFile) -> Iterator[bool]:
    module = parse_python(file.content)
    for node in module.body if module else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from () if node.name.startswith("_") else (ast.get_docstring(node) is not None,)
