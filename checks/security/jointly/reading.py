"""Code as the signs look at it: without comments, one word for the home directory; and what is near what. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from checks.places import is_at_home, place_of, shipped
from checks.security.code_text import CODE, without_comments
from checks.vendored import is_published_copy, judged_apart
from devforge.model.submission import Submission

_HOME = re.compile(
    r"(?:pathlib\.)?Path\.home\(\)|(?:pathlib\.)?Path\(\s*[\"']~/?[\"']\s*\)\.expanduser\(\)|(?:os\.path\.)?expanduser\(\s*[\"']~/?[\"']\s*\)"
    r"|(?:os\.)?homedir\(\)|process\.env\.(?:HOME|USERPROFILE|APPDATA|LOCALAPPDATA)\b"
    r"|os\.environ(?:\.get\(|\[)\s*[\"'](?:HOME|USERPROFILE|APPDATA|LOCALAPPDATA)[\"']\s*[\])]|os\.userInfo\(\)\.homedir"
)
_HOME_WORDS = ("home", "HOME", "expanduser", "USERPROFILE", "APPDATA")
_ALIAS = re.compile(
    r"\b([A-Za-z_$][\w$]*)\s*(?::\s*\w+\s*)?=\s*(?:await\s+)?(?:Path\(\s*)?HOME\(\)\)?\s*(?:\|\||or|\?\?|;|$)",
    re.MULTILINE,
)
_IMPORTED = re.compile(
    r"^\s*(?:from\s+([\w.]+)\s+import\s+([\w, ]+)|import\s+([\w., ]+))|(?:from|require\(|import\()\s*[\"'`]([^\"'`\n]+)[\"'`]",
    re.MULTILINE,
)
_DATA = re.compile(r".*\.(?:json|ya?ml|toml|ini|cfg|conf|csv|txt|tmpl|tpl)", re.IGNORECASE)
_MANAGED = re.compile(
    r"(?:^|/)(?:package(?:-lock)?\.json|[\w-]+\.lock|pnpm-lock\.yaml|tsconfig[\w.-]*\.json|devforge\.yaml|requirements[\w-]*\.txt|pyproject\.toml)$"
)
_LARGEST_DATA = 200_000  # bytes
_PAGE = re.compile(r".*\.(?:html?|svg|vue|svelte)", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b[^>]{0,500}>", re.IGNORECASE)
_SCRIPT_ENDS = re.compile(r"</script", re.IGNORECASE)
_LONGEST_PAGE = 400_000
_LONGEST_LINE = 20_000
_SMALL = 60_000  # characters of code in a package in which everything is near everything
_NEAR = 8_000  # characters between two places of one file in a larger one


@dataclass(frozen=True)  # a text is normalised once, and its imports are read when somebody asks
class Code:
    """One file of the extension's own code."""

    path: str
    text: str

    @cached_property
    def imported(self) -> frozenset[str]:
        """Return the last words of what it imports."""
        words: set[str] = set()
        for found in _IMPORTED.finditer(self.text):
            for part in filter(None, found.groups()):
                words.update(re.split(r"[\s,./\\]+", part.removesuffix(".js").removesuffix(".ts")))
        return frozenset(words)

    @property
    def stem(self) -> str:
        return self.path.rpartition("/")[2].partition(".")[0]


def code_of(submission: Submission) -> list[Code]:
    """Return the files of code that users run and the extension's authors wrote, by path."""
    return [*_codes(submission)]


def data_of(submission: Submission) -> list[Code]:
    """Return the extension's own files of data that code may read, by path; not what package managers keep."""
    return [
        Code(file.path, file.text)
        for file in shipped(submission.tree)
        if _DATA.fullmatch(file.path)
        and not _MANAGED.search(file.path)
        and file.is_plain
        and place_of(file.path) not in ("vendored", "tests")
        and len(file.content) <= _LARGEST_DATA
    ]


def _codes(submission: Submission) -> Iterator[Code]:
    for file in shipped(submission.tree):
        theirs = place_of(file.path) == "vendored"
        ours = _is_nobodys(file.path, submission) if theirs else is_at_home(file.path, submission)
        if not ours or is_published_copy(file.path, submission) or not file.is_plain:
            continue
        if _PAGE.fullmatch(file.path):
            yield Code(file.path, scripts_of(file.text))
        elif CODE.fullmatch(file.path):
            yield Code(file.path, with_one_home(without_comments(file.path, file.text)))


def _is_nobodys(path: str, submission: Submission) -> bool:
    """Whether a file lies among others' code and no package is named whose copy it would be, so that nobody can compare it."""
    one = judged_apart(path, submission)
    return one is not None and one.kind == "package" and not one.name


def with_one_home(text: str) -> str:
    """Return `text` with `HOME()` for each way to say the home directory, its aliases too; lines stay."""
    if not any(word in text for word in _HOME_WORDS):
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if any(word in line for word in _HOME_WORDS) and len(line) < _LONGEST_LINE:
            lines[number] = _HOME.sub("HOME()", line)
    text = "\n".join(lines)
    names = {found[1] for found in _ALIAS.finditer(text)}
    if names:
        called = "|".join(sorted(map(re.escape, names)))
        text = re.sub(rf"(?<![\w.\"'`/-])(?:{called})(?![\w\"'`(:]|\s*=[^=])", "HOME()", text)
    return text


def scripts_of(page: str) -> str:
    """Return the scripts of a page, each on the lines it stands on."""
    page = page[:_LONGEST_PAGE]
    kept: list[str] = []
    done = 0
    while (begin := _SCRIPT.search(page, done)) is not None:
        end = _SCRIPT_ENDS.search(page, begin.end())
        last = end.start() if end else len(page)
        kept.append("\n" * page.count("\n", done, begin.end()) + page[begin.end() : last])
        done = last
    return "".join(kept)


def lines_with(text: str, words: Iterable[str]) -> list[int]:
    """Return where the lines begin on which one of `words` stands, in order."""
    starts: set[int] = set()
    for word in words:
        at = text.find(word)
        while at >= 0:
            starts.add(text.rfind("\n", 0, at) + 1)
            end = text.find("\n", at)
            at = text.find(word, end) if end >= 0 else -1
    return sorted(starts)


def is_small(codes: list[Code]) -> bool:
    """Whether there is so little code that all of it is one matter."""
    return sum(len(code.text) for code in codes) <= _SMALL


def are_near(one: Code, at: int, other: Code, there: int) -> bool:
    """Whether two places in a larger package belong to one matter."""
    if one is other:
        return abs(at - there) <= _NEAR
    for data, code in ((one, other), (other, one)):
        if _DATA.fullmatch(data.path) and data.path.rpartition("/")[2] in code.text:
            return True
    return one.stem in other.imported or other.stem in one.imported
