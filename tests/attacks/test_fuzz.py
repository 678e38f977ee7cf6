"""Whatever a stranger's files, comments, forms and archives hold: a value, or an error of our own.

Each check is called as it is, not through `examine`, which would turn a mistake of ours into "no
verdict": nothing but `NoVerdict` may come out of one.
"""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks import CHECKS
from checks.profile import profile_of
from checks.protocol import NoVerdict
from checks.vendored import recognise
from devforge.adapters.archive import read_zip
from devforge.adapters.github_answers import Comment, Pull, Review
from devforge.adapters.github_connection import parsed
from devforge.adapters.policy import load_policy
from devforge.errors import DevForgeError, Unavailable
from devforge.model.correspondence import read_correspondence
from devforge.model.observed import SourceFile, SourceTree, ToolFinding
from devforge.model.pace import read_pace
from devforge.model.submission import Submission
from devforge.model.submitter import read_submitter
from devforge.publish.package import read_package
from devforge.review.commands import read_commands
from devforge.review.dependencies import read_dependencies
from devforge.review.difference import difference_of
from devforge.review.memory import read_memory
from devforge.review.places import read_waits
from devforge.review.scans import read_scans
from devforge.review.source import with_manifest
from devforge.submissions.form import Form, Mistake, read_form

POLICY = load_policy(None)
# Names that some check, reader or table opens and parses.
NAMES = (
    "devforge.yaml", "package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock",
    "pnpm-lock.yaml", "pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "requirements.txt",
    "requirements.lock", "Pipfile", "Pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock",
    "pip.conf", ".npmrc", ".yarnrc", ".env", "binding.gyp", "x.pth", ".vscode/tasks.json",
    ".claude/settings.json", "CLAUDE.md", "README.md", "CHANGELOG.md", "LICENSE", "a.py", "src/a.ts",
    "a.js", "a.min.js", "vendor/x/package.json", "vendor/vendored.txt", "x.dist-info/METADATA",
    "logo.png", "x.zip", "lib.so", ".devforgeignore", "tests/test_a.py", "locales/en.json",
)  # fmt: skip
# Pieces that some grammar gives a meaning to, and numbers and nestings that break parsers.
PIECES = (
    "{", "}", "[", "]", '"', "'", ":", ",", "\n", " ", "\t", "=", "==1.0", "#", "//", "/*", "*/",
    "\\", "\\x", "\\u{", "\\N{", "\0", "\r", "\x1b[31m", "\u202e", "\ud800", "\ufeff", "\u2028",
    "1" * 5000, "[" * 3000, "{" * 3000, '{"a":' * 3000, "(" * 300, "-" * 400, "a" * 5000,
    " " * 5000, "0000-00-00", "99999-01-01", "1e999", "NaN", "!!python/object", "&a", "*a",
    '"name"', '"version"', '"scripts"', '"dependencies"', '"packages"', "[project]", "[[package]]",
    "name = ", "version = ", "id: ", "entry: ", "permissions: ", "import ", "from ", "def a():",
    "class A:", "lambda ", "f'{", "eval(", "https://a.example/", "fetch(", "`${", "/(a+)+$/",
    "re.compile(r'", "${{ x }}", "<script>", "PK\x03\x04", "\x7fELF", "\x89PNG", "-----BEGIN",
    "ghp_", "AKIA", "Permission is hereby granted", "MIT", "git+ssh://", "file:..", "npm:x@1",
)  # fmt: skip


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


contents = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=12).map(lambda parts: as_bytes("".join(parts))),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "version", "scripts", "bin", "dependencies", "packages", "main",
                             "engines", "resolved", "exports", "project", "tool", "x"]),
            inner, max_size=5,
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
)  # fmt: skip
trees = st.dictionaries(st.sampled_from(NAMES), contents, max_size=8).map(
    lambda files: SourceTree(
        {path: SourceFile(path, "file", content) for path, content in sorted(files.items())}
    )
)
told = st.lists(
    st.builds(
        ToolFinding,
        tool=st.just("semgrep"),
        code=st.sampled_from(
            ["power-network--x", "power-process--x", "power-write--x", "sees-keyring--x", "unread"]
        ),
        path=st.sampled_from(["a.py", "a.js", "src/a.ts", "gone.py"]),
        line=st.integers(0, 50),
        message=st.text(max_size=20),
        severity=st.sampled_from(["INFO", "ERROR", ""]),
    ),
    max_size=4,
).map(tuple)
calm = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)  # fmt: skip


def submitted(tree: SourceTree, found: tuple[ToolFinding, ...] = ()) -> Submission:
    bare = Submission(id=None, tree=tree, policy=POLICY, security=found)
    read = with_manifest(bare)
    return Submission(
        id=read.id, tree=tree, policy=POLICY, manifest=read.manifest, language=read.language,
        manifest_problems=read.manifest_problems, security=found, vendored=recognise(tree),
        dependencies=read_dependencies(tree),
    )  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.NAME)
@calm
@given(tree=trees, found=told)
def test_no_file_makes_a_check_fail(check, tree, found):
    submission = submitted(tree, found)
    with suppress(NoVerdict):
        for finding in check.check(submission):
            assert finding.problem
            assert finding.remedy


@calm
@given(old=trees, new=trees, found=told)
def test_no_file_stops_a_profile_or_a_comparison(old, new, found):
    before, after = profile_of(submitted(old)), profile_of(submitted(new, found))

    assert difference_of("1.0.0", old, new, before=before, after=after).since == "1.0.0"


@calm
@given(st.lists(st.sampled_from([*PIECES, "/approve", "/waive x", "/hold", "### Version", "\n"])))
def test_no_comment_and_no_form_is_more_than_data(parts):
    body = "".join(parts)

    assert isinstance(read_commands(body), tuple)
    read = read_form(body)
    assert isinstance(read, Form) or all(isinstance(one, Mistake) for one in read)


@calm
@given(contents)
def test_what_the_state_branch_holds_is_believed_or_made_anew(content):
    for read in (read_memory, read_scans, read_waits, read_pace, read_correspondence):
        read(content)
    read_submitter(content, "c0ffee" * 6 + "c0ff")


@calm
@given(
    st.dictionaries(
        st.sampled_from(["id", "number", "title", "body", "user", "head", "base", "sha", "ref", "state",
                         "labels", "created_at", "updated_at", "draft", "commit_id", "repo"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(PIECES),
            lambda inner: st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "login", "sha", "ref", "repo", "name"]), inner),
            max_leaves=6,
        ),
    )
)  # fmt: skip
def test_what_a_server_says_of_people_is_an_answer_or_none(said):
    for kind in (Pull, Comment, Review):
        with suppress(Unavailable):
            assert isinstance(parsed(kind, said, "GET /pulls"), kind)


@calm
@given(contents, st.booleans())
def test_no_archive_is_more_than_bad_input(content, is_zip):
    whole = b"PK\x03\x04" + content + b"PK\x05\x06" + bytes(18) if is_zip else content
    for read in (read_zip, read_package):
        with suppress(DevForgeError):
            read(whole, name="x.zip")
