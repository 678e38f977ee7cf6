"""What may be excused, by whom, and for how long; and what people's words make of a decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from checks import CHECKS
from checks.protocol import Rule
from devforge.adapters.github_answers import Review
from devforge.adapters.policy import load_policy
from devforge.model.manifest import Manifest
from devforge.model.observed import SourceFile, SourceTree
from devforge.model.orders import Order
from devforge.model.records import Member
from devforge.model.submission import Submission
from devforge.model.verdict import Decision
from devforge.model.waivers import Acceptances
from devforge.review.decide import settle
from devforge.review.examine import examine
from devforge.review.places import Waits, turn_of
from devforge.review.standing import Standing, Word, stand
from devforge.review.waiving import (
    MALICE,
    NEVER,
    accept,
    added,
    excuse,
    fingerprint,
    is_justifiable,
    why_never,
)

POLICY = load_policy(None)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CODE = (
    "import os\n\n\ndef run(host):\n    os.system(host)\n    return 1\n\n\ndef other():\n    pass\n"
)
RULE = Rule("unsafe-deserialisation", "x", "block", "y")


class One:
    """A check that finds one thing, of a rule that blocks."""

    NAME = "security"
    RULES = (RULE,)

    def __init__(self, rule: str = RULE.id, line: int | None = 5, at: str = "src/a.py") -> None:
        self.finding = replace(RULE, id=rule).finding(at=at, problem="p", remedy="r", line=line)

    def check(self, _submission):
        yield self.finding


def submission(code: str = CODE, *, waivers=(), accepted=()) -> Submission:
    files = {"src/a.py": SourceFile("src/a.py", "file", code.encode())}
    manifest = Manifest.model_validate(
        {
            "id": "acme.todo", "version": "1.0.0", "display_name": "Todo", "description": "A list of things.",
            "license": "MIT", "language": "python", "entry": "src/a.py", "engines": {"devforge": ">=1"},
            "categories": ["other"], "waivers": waivers,
        }
    )  # fmt: skip
    return Submission(
        id=manifest.id, tree=SourceTree(files=files), policy=POLICY, manifest=manifest, accepted=accepted
    )  # fmt: skip


def examined(check: One, given: Submission):
    [report] = examine(given, ["security"], checks=[check])
    [finding] = report.findings
    return report.verdict, finding.severity, finding.excused


def justification(rule: str = RULE.id, path: str = "src/a.py"):
    return {"rule": rule, "path": path, "reason": "host is one of our own constants"}


def test_a_justification_turns_what_blocks_into_a_maintainers_question():
    assert examined(One(), submission()) == ("failed", "block", "")
    assert examined(One(), submission(waivers=[justification()])) == (
        "failed", "person", "host is one of our own constants",
    )  # fmt: skip
    for other in (justification(path="src/b.py"), justification(rule="open-port")):
        assert examined(One(), submission(waivers=[other]))[1] == "block"


@pytest.mark.parametrize(
    "rule", [*sorted(MALICE | NEVER), "owner-author", "manifest-field", "nonsense"]
)
def test_no_word_of_an_author_excuses_malice_or_what_is_no_opinion(rule):
    found = One(rule)
    assert examined(found, submission(waivers=[justification(rule)])) == ("failed", "block", "")


def accepted_of(check: One, code: str = CODE):
    tree = submission(code).tree
    return accept([check.finding], tree, reason="it is right", by=1, login="jane", when=NOW)


@pytest.mark.parametrize(
    ("code", "still"),
    [
        (CODE, True),
        ("# a new first line\n" + CODE, False),  # the line it is at moved: found elsewhere below
        (CODE.replace("    os", "\tos"), True),  # space is no change
        (CODE.replace("def other():\n    pass", "def other():\n    return 2"), True),
        (CODE.replace("os.system(host)", "os.system(host + x)"), False),
        (CODE.replace("def run(host)", "def run(anything)"), False),  # a line of context
    ],
)
def test_what_was_accepted_stays_so_for_its_rule_place_and_code(code, still):
    given = submission(code, accepted=accepted_of(One()))
    verdict, severity, excused = examined(One(), given)

    assert (verdict, severity) == (("passed", "info") if still else ("failed", "block"))
    assert excused == ("accepted by jane on 2026-11-24: it is right" if still else "")


def test_lines_may_move_as_long_as_the_finding_moves_with_them():
    given = submission("# first\n\n" + CODE, accepted=accepted_of(One()))

    assert examined(One(line=7), given)[1] == "info"


def test_another_rule_or_place_or_a_dangerous_rule_is_asked_about_anew():
    accepted = accepted_of(One())
    assert examined(One("open-port"), submission(accepted=accepted))[1] == "block"
    elsewhere = submission(accepted=accepted)
    assert examined(One(at="src/b.py"), elsewhere)[1] == "block"
    dangerous = POLICY.model_copy(
        update={"review": POLICY.review.model_copy(update={"dangerous": (RULE.id,)})}
    )
    assert examined(One(), replace(elsewhere, policy=dangerous))[1] == "block"
    assert "two maintainers" in (why_never(RULE.id, dangerous) or "")


def test_what_points_at_no_line_is_about_its_file_and_a_field_is_about_its_words():
    tree = submission().tree
    whole, field = One(line=None).finding, One(line=None, at="src/a.py: engines").finding
    other = submission(CODE + "\n# more\n").tree

    assert fingerprint(whole, tree) != fingerprint(whole, other)
    assert fingerprint(field, tree) == fingerprint(field, other)
    assert fingerprint(field, tree) != fingerprint(field.model_copy(update={"problem": "q"}), tree)


def test_what_a_finding_names_beside_its_own_lines_is_part_of_what_was_accepted():
    both = One().finding.model_copy(
        update={"problem": "it reads; src/b.py, line 2, sends: mind it"}
    )

    def beside(code: str) -> SourceTree:
        files = submission().tree.files
        return SourceTree({**files, "src/b.py": SourceFile("src/b.py", "file", code.encode())})

    mine = fingerprint(both, beside("import net\nnet.send(page)\n"))
    assert fingerprint(both, beside("import net\nnet.send(page)\n\n\nx = 1\n")) == mine
    assert fingerprint(both, beside("import net\nnet.send(keys)\n")) != mine


def test_acceptances_are_kept_once_each():
    [one] = accepted_of(One())

    assert added(added(Acceptances(), [one]), [one]).accepted == (one,)


def test_the_lists_name_rules_that_exist_and_every_decision_stays_out_of_reach():
    ids = {rule.id: check.NAME for check in CHECKS for rule in check.RULES}
    assert set(ids) >= MALICE | NEVER
    for rule, name in ids.items():
        if name in ("decision", "manifest"):
            assert not is_justifiable(rule)
            assert why_never(rule, POLICY)
    assert excuse((), "security", submission()) == ()


# What people's words make of a decision ----------------------------------------------------------

HEAD, OTHER = "a" * 40, "b" * 40
JANE, JOHN, EVE = 1, 2, 3
PEOPLE = POLICY.model_copy(
    update={"maintainers": (Member(login="jane", id=JANE), Member(login="john", id=JOHN))}
)
_NAMES = {JANE: "jane", JOHN: "john", EVE: "eve"}


def order(n: int, what: str, by: int = JANE, head: str = HEAD) -> Order:
    when = f"2026-11-24T10:00:{n:02}Z"
    return Order(comment=n, what=what, by=by, login=_NAMES[by], when=when, head=head, is_done=True)


def review(n: int, state: str, by: int = JOHN, head: str = HEAD) -> Review:
    return Review.model_validate(
        {
            "user": {"id": by, "login": _NAMES[by]}, "state": state, "commit_id": head,
            "submitted_at": f"2026-11-24T10:00:{n:02}Z",
        }
    )  # fmt: skip


def standing(*events, authors=()) -> tuple[set[int], bool, bool]:
    orders = [event for event in events if isinstance(event, Order)]
    reviews = [event for event in events if isinstance(event, Review)]
    found = stand(orders, reviews, head=HEAD, policy=PEOPLE, authors=authors)
    return {word.id for word in found.approvals}, bool(found.hold), bool(found.rejection)


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ([order(1, "approve")], ({JANE}, False, False)),
        ([order(1, "approve"), review(2, "APPROVED")], ({JANE, JOHN}, False, False)),
        ([order(1, "approve", head=OTHER)], (set(), False, False)),
        ([review(1, "APPROVED", head=OTHER)], (set(), False, False)),
        ([review(1, "APPROVED", by=EVE)], (set(), False, False)),
        ([order(1, "approve"), order(2, "hold", JOHN)], (set(), True, False)),
        ([order(2, "approve"), order(1, "hold", JOHN)], ({JANE}, False, False)),
        ([order(1, "hold", head=OTHER)], (set(), True, False)),  # over every push
        ([order(1, "hold", head=OTHER), order(2, "approve", head=OTHER)], (set(), False, False)),
        ([order(1, "reject")], (set(), False, True)),
        ([order(1, "reject", head=OTHER)], (set(), False, False)),  # until a push
        ([order(1, "reject"), order(2, "approve", JOHN)], ({JOHN}, False, False)),
        ([order(1, "approve"), review(2, "CHANGES_REQUESTED")], (set(), True, False)),
        ([review(1, "CHANGES_REQUESTED"), review(2, "APPROVED")], ({JOHN}, False, False)),
        ([review(1, "APPROVED"), review(2, "DISMISSED")], (set(), False, False)),
        ([review(1, "CHANGES_REQUESTED", by=EVE)], (set(), False, False)),
    ],
)
def test_the_later_word_counts_and_an_approval_is_of_one_commit(events, wanted):
    assert standing(*events) == wanted
    assert standing(*reversed(events)) == wanted or any(isinstance(e, Review) for e in events)


def test_an_authors_own_review_approves_nothing():
    assert standing(review(1, "APPROVED"), authors={JOHN}) == (set(), False, False)


_HOLD = Standing(hold=Word(JANE, "jane", "t", "later"))
_NO = Standing(rejection=Word(JANE, "jane", "t", "no"))
_YES = Standing(approvals=(Word(JANE, "jane", "t"),))


@pytest.mark.parametrize(
    ("outcome", "said", "open_until", "wanted"),
    [
        ("merge", Standing(), None, "merge"),
        ("merge", Standing(), NOW, "merge"),
        ("merge", Standing(), NOW + timedelta(seconds=1), "wait"),
        ("merge", _YES, NOW + timedelta(seconds=1), "merge"),
        ("merge", _HOLD, NOW + timedelta(seconds=1), "person"),
        ("person", Standing(), NOW + timedelta(seconds=1), "person"),
        ("merge", _HOLD, None, "person"),
        ("merge", _NO, None, "mend"),
        *(
            (outcome, said, None, outcome)
            for outcome in ("mend", "no verdict")
            for said in (_YES, _HOLD)
        ),
    ],
)
def test_peoples_words_stop_what_would_be_merged_and_let_in_nothing(
    outcome, said, open_until, wanted
):
    decision = Decision(outcome=outcome, reasons=("why",))

    assert settle(decision, said, now=NOW, not_before=open_until).outcome == wanted


def test_places_are_by_number_and_times_by_their_middle():
    assert turn_of(7, [3, 9], Waits()).words == "the second of three that wait for a maintainer"
    long = turn_of(30, range(1, 40), Waits(seconds=(60, 18_000, 900_000))).words
    assert (
        long
        == "the 30th of 39 that wait for a maintainer; of the last three, half waited less than five hours"
    )
    waits = Waits()
    for seconds in range(20):
        waits = waits.and_now(seconds)
    assert waits.seconds == tuple(range(10, 20))
