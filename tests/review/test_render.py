"""What people read: the one comment, the terminal, SARIF and JSON; each word for word."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devforge.model import escape
from devforge.model.orders import Order
from devforge.model.verdict import CheckReport, Finding, Report
from devforge.review.places import Turn, Waits
from devforge.review.render import (
    MARKER,
    Around,
    Links,
    render_comment,
    render_summary,
    render_text,
    report_json,
)
from devforge.review.sarif import render_sarif
from devforge.review.standing import Standing, Word

HEAD, COMMIT, TREE = "c0ffee" * 6 + "c0ff", "9b1e2c7d" * 5, "5f" * 32
LINKS = Links(
    registry="operator/registry", head=HEAD, source="acme/todo-tree", commit=COMMIT,
    files={"src/main.py", "devforge.yaml"}, site="https://operator.github.io/registry/",
)  # fmt: skip
HOSTILE = (
    "@octocat #1 GH-2 octo/repo#3 https://evil.example www.evil.example <img src=x onerror=y> "
    "![x](http://e) [y](http://e) ```\ncode\n``` <!-- devforge:review --> </details> | a | \u202egnp.exe\u200b"
)


def finding(severity="block", at="src/main.py", line=12, rule="token-theft", **more) -> Finding:
    words = {
        "problem": "it reads every variable of the environment and sends it to collect.example",
        "remedy": "read only the variables the extension needs, and declare the host",
    }
    return Finding(rule=rule, severity=severity, at=at, line=line, **(words | more))


def check(name, *findings, verdict=None, score=None, reason="") -> CheckReport:
    bad = any(f.severity in ("block", "person") for f in findings)
    return CheckReport(
        name=name, verdict=verdict or ("failed" if bad else "passed"),
        score=score if score is not None else (40 if bad else 100),
        seconds=0.25, findings=findings, reason=reason,
    )  # fmt: skip


def report(decision, *checks, reasons=()) -> Report:
    return Report(
        extension="acme.todo-tree", version="1.4.0", decision=decision, reasons=reasons,
        checks=checks, commit=COMMIT, tree_sha256=TREE,
    )  # fmt: skip


PERSON = finding(
    "person", at="devforge.yaml: permissions", line=None, rule="person-new-permission",
    problem="process: 1.3.0 did not ask for this", remedy="look at what the new code does with it, then approve",
)  # fmt: skip
ADVICE = finding(
    "warn", at="README.md", line=None, rule="readme-short",
    problem="README.md has 12 words besides code and links", remedy="say what it does and how to use it",
)  # fmt: skip
SILENT = check(
    "coverage", verdict="no verdict", score=0, reason="the sandbox could not be had on this machine"
)
CASES = {
    "merge": report("merge", check("quality"), check("documentation", ADVICE), check("decision")),
    "merge-after-approval": report("merge", check("quality"), check("decision", PERSON), reasons=("approved by jane",)),
    "person": report("person", check("quality"), check("decision", PERSON, score=75)),
    "mend": report(
        "mend",
        check("security", finding(), finding(at="devforge.yaml: id", line=3, rule="manifest-id")),
        check("documentation", ADVICE),
        SILENT,
        check("decision", PERSON, score=75),
    ),
    "mend-by-score": report("mend", check("quality", ADVICE, score=20), reasons=("the checks' mean score is 20; at least 60 is needed",)),
    "no-verdict": report("no verdict", check("quality"), SILENT, check("decision")),
    "hostile": report(
        "mend",
        check("security", finding(at="a`b|c\n@octocat.py", line=1, problem=HOSTILE, remedy=HOSTILE)),
    ),
    "alike": report(
        "person",
        check("manifest", *(
            finding("person", at=f"bin/{n}.so", line=None, rule="compiled-file",
                    problem=f"bin/{n}.so is a Linux program or library, which cannot be read", remedy="ship the source")
            for n in range(1, 11)
        )),
        check("security", *(
            finding("person", line=n, rule="powers-together", problem=f"line {n}: it {what}", remedy="nothing, if your README says it")
            for n, what in ((3, "reads `keys` and sends"), (9, "fetches and runs"))
        )),
    ),
    "many": report("mend", check("security", *(finding(line=n, problem=f"it sends variable {n} to collect.example") for n in range(1, 400)))),
}  # fmt: skip


def comment(name: str, **more) -> str:
    install = "acme.todo-tree" if name.startswith("merge") else None
    around = Around(install=install)
    words = {"title": "acme.todo-tree 1.4.0", "head": HEAD, "links": LINKS, "around": around}
    return render_comment(CASES[name], **(words | more))


@pytest.mark.parametrize("name", CASES)
def test_the_comment_reads_as_it_should(name, golden):
    golden(f"review/comment-{name}.md", comment(name))


def test_where_no_approval_would_do_the_comment_says_what_does(golden):
    golden("review/comment-person-by-hand.md", comment("person", around=Around(maintainers=0)))


JANE = Word(1, "jane", "2026-11-24T09:00:00Z", "the name of the *file* @you read")
JOHN = Word(2, "john", "2026-11-24T10:00:00Z")
EXCUSED = finding("person", rule="encoded-payload", excused="the icon, as <svg> in base64")
ACCEPTED = finding(
    "info", rule="encoded-payload", excused="accepted by jane on 2026-11-24: an icon"
)
WAITING = Turn(3, 5, Waits(seconds=(3_600, 18_000, 90_000)))
OVERRULED = "john's approval came after jane's holding it; the later word counts"


def order(what, **more) -> Order:
    given = {
        "comment": 9, "what": what, "by": 1, "login": "jane", "when": "2026-11-24T09:00:00Z",
        "head": HEAD, "is_done": not more.get("answer"),
    }  # fmt: skip
    return Order(**(given | more))


REFUSED = order("waive", rule="change-outside", answer="it is not a matter of opinion")
UNCLEAR = order("unclear", answer="/aprove is no command; /approve is")
SITUATIONS = {
    "wait": (
        report("wait", check("decision")),
        Around(name="acme.todo-tree", not_before=datetime(2026, 11, 25, 9, tzinfo=UTC)),
    ),
    "person-in-line": (
        report("person", check("security", EXCUSED), check("decision", PERSON)),
        Around(turn=WAITING, line_url="https://github.com/operator/registry/pulls?q=is%3Apr"),
    ),
    "held": (
        report("person", check("decision")).model_copy(update={"orders": (order("hold"),)}),
        Around(standing=Standing(hold=JANE), turn=Turn(1, 1, Waits())),
    ),
    "rejected": (
        report("mend", check("decision", PERSON)),
        Around(standing=Standing(rejection=JANE)),
    ),
    "one-of-two": (
        report("person", check("decision", PERSON)),
        Around(maintainers=2, needed=2, standing=Standing((JOHN,), overruled=(OVERRULED,))),
    ),
    "two-needed-one-named": (report("person", check("decision", PERSON)), Around(needed=2)),
    "accepted-before": (
        report("merge", check("security", ACCEPTED), reasons=("approved by jane and john",)),
        Around(),
    ),
    "commands": (
        report("mend", check("security", finding())),
        Around(orders=(REFUSED, UNCLEAR, order("explain", rule="open-port"))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_comment_says_whose_turn_it_is_in_every_situation(name, golden):
    said, around = SITUATIONS[name]
    words = {"title": "acme.todo-tree 1.4.0", "head": HEAD, "links": LINKS}
    golden(f"review/comment-{name}.md", render_comment(said, around=around, **words))


@pytest.mark.parametrize("name", ["merge", "person", "mend", "no-verdict", "hostile"])
def test_the_terminal_says_the_same(name, golden):
    golden(f"review/terminal-{name}.txt", render_text(CASES[name]))


def test_the_jobs_summary_reads_as_it_should(golden):
    golden(
        "review/summary-mend.md",
        render_summary(CASES["mend"], title="acme.todo-tree 1.4.0", pull=7),
    )


def test_sarif_names_every_finding_rule_and_silent_check(golden):
    text = render_sarif(CASES["mend"])
    golden("review/mend.sarif", text)
    [run] = json.loads(text)["runs"]

    assert len(run["results"]) == sum(len(c.findings) for c in CASES["mend"].checks)
    assert {r["ruleId"] for r in run["results"]} == {
        r["id"] for r in run["tool"]["driver"]["rules"]
    }
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_says_what_was_accepted_and_what_its_author_justifies():
    [run] = json.loads(render_sarif(report("person", check("security", EXCUSED, ACCEPTED))))["runs"]

    assert [result["suppressions"][0]["status"] for result in run["results"]] == [
        "underReview",
        "accepted",
    ]


def test_the_json_has_exactly_the_promised_shape():
    answer = json.loads(report_json(CASES["mend"]))

    assert list(answer) == ["extension", "version", "decision", "reasons", "checks", "profile"]
    assert list(answer["checks"][0]) == ["name", "verdict", "score", "seconds", "findings"]
    assert list(answer["checks"][0]["findings"][0]) == [
        "rule",
        "severity",
        "at",
        "line",
        "problem",
        "remedy",
        "lines",
        "excused",
    ]


def test_a_list_too_long_for_github_is_cut_and_says_by_how_much():
    long = "word " * 700
    findings = tuple(
        finding(line=n, problem=f"{n} {long}", remedy=f"{n} {long}") for n in range(1, 300)
    )
    checks = [
        check(name, *findings)
        for name in ("security", "quality", "manifest", "licence", "documentation")
    ]
    body = render_comment(report("mend", *checks), title="x", head=HEAD, links=LINKS)

    assert len(body.encode()) < 65_536
    assert re.search(r"and 29\d more of this check", body)


def test_the_same_review_gives_the_same_comment_so_that_nothing_is_edited_in_vain():
    faster = CASES["mend"].model_copy(
        update={
            "checks": tuple(c.model_copy(update={"seconds": 99.0}) for c in CASES["mend"].checks)
        }
    )

    assert render_comment(faster, title="x", head=HEAD, links=LINKS) == render_comment(
        CASES["mend"], title="x", head=HEAD, links=LINKS
    )


@given(text=st.text(max_size=300))
def test_no_text_of_a_stranger_does_anything_on_a_page(text):
    shown = escape.markdown(text)

    assert "\n" not in shown
    assert "<" not in shown.replace("&lt;", "")
    assert not re.search(r"@[A-Za-z0-9]|#\d|://|(?<!\\)[`\[\]*_|~!]", shown)


@given(text=st.text(alphabet="`ab |\\\n@", max_size=40))
def test_no_text_ends_the_code_span_it_stands_in(text):
    shown = escape.code(text)
    fence = re.match(r"`+", shown)[0]

    assert shown.endswith(fence)
    assert fence not in shown[len(fence) : -len(fence)]
    assert "\n" not in shown


def test_a_comment_has_one_marker_and_it_is_the_first_line():
    for name in CASES:
        body = comment(name)
        assert body.startswith(f"{MARKER}\n")
        assert body.count(MARKER) == 1


@pytest.mark.parametrize(
    ("at", "line", "problem", "said"),
    [
        ("src/a.py", 8, "line 8: `get_db` is used", "`src/a.py:8`: `get_db` is used"),
        ("src/a.py", 8, "lines 8, 9: code is made", "`src/a.py:8`: code is made (also in line 9)"),
        (
            "src/a.py", 8, "lines 8, 9, 12 and 4 more: code is made",
            "`src/a.py:8`: code is made (also in lines 9, 12 and 4 more)",
        ),
        ("src/a.py", 8, "lines 8, 9, 12, …: code is made", "`src/a.py:8`: code is made (also in lines 9, 12, …)"),
        ("src/a.py", 8, "line 80: it fetches", "`src/a.py:8`: line 80: it fetches"),
        ("README.md", None, "README.md has 12 words", "`README.md` has 12 words"),
        ("devforge.yaml: id", 3, "is missing", "`devforge.yaml:3 (id)` is missing"),
        ("tests", None, "no test was found", "`tests`: no test was found"),
    ],
)  # fmt: skip
def test_a_place_is_named_once_and_the_sentence_goes_on_from_it(at, line, problem, said):
    told = finding(at=at, line=line, problem=problem)
    text = render_comment(
        report("mend", check("security", told)), title="x", head=HEAD, links=Links()
    )

    assert f"- {said}\n" in text.replace("\\", "")


@pytest.mark.parametrize(
    ("at", "where"),
    [("LICENSE", "LICENSE"), ("src/main.py", "packages/todo/src/main.py")],
)
def test_a_finding_links_to_where_its_file_is_also_where_that_is_the_repositorys_root(at, where):
    links = replace(
        LINKS, subdirectory="packages/todo", files={"LICENSE", "src/main.py"}, lent={"LICENSE"}
    )
    told = finding(at=at, line=3)
    body = render_comment(report("mend", check("licence", told)), title="x", head=HEAD, links=links)

    assert f"](https://github.com/acme/todo-tree/blob/{COMMIT}/{where}#L3)" in body


def test_a_terminal_says_a_remedy_once_behind_all_that_it_is_for():
    told = [
        finding(line=line, problem=f"it does {what}") for line, what in ((1, "this"), (2, "that"))
    ]
    text = render_text(report("mend", check("security", *told)))

    assert text.count(told[0].remedy) == 1
    assert text.index("it does this") < text.index("it does that") < text.index(told[0].remedy)
