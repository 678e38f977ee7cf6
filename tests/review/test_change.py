"""The verdict on a change equals the comparison of trees, whatever a diff of it would look like."""

from __future__ import annotations

from dataclasses import replace

import pytest
from building import commit
from registries import ACME, ALICE, BASE, EXTENSION, MALLORY, SHA, TODO, judged, pull

from devforge.errors import Unavailable
from devforge.model.change import EarlierPull, RepositoryFact
from devforge.model.names import ExtensionId
from devforge.model.observed import Missing, SourceTree
from devforge.model.submission import Submission
from devforge.review.examine import examine
from devforge.review.proposal import read_proposal

NEW = f"{TODO}/versions/1.1.0.yaml"
RECORD = f"commit: {'ab' * 20}\n"
LOOKALIKE = "\n".join(
    [
        f"commit: {'ab' * 20}",
        "# diff --git a/README.md b/README.md",
        "# --- a/registry/policy.yaml",
        "# +++ b/registry/policy.yaml",
        "# @@ -1,1 +1,1 @@",
        "# -merge: false",
        "# ++ b/registry/extensions/acme/todo/extension.yaml",
        "",
    ]
)

WITHIN = {
    "a plain version": {NEW: RECORD},
    "content that looks like a diff": {NEW: LOOKALIKE},
    "no newline at the end": {NEW: RECORD.rstrip()},
    "yanked": {
        f"{TODO}/versions/1.0.0.yaml": f"commit: {SHA}\nyanked: {{reason: it loses data}}\n"
    },
}
BEYOND = {
    "another's record": {"registry/extensions/other/thing/extension.yaml": EXTENSION},
    "the policy": {NEW: RECORD, "registry/policy.yaml": "review: {merge: true}\n"},
    "a workflow": {NEW: RECORD, ".github/workflows/x.yml": "on: push\n"},
    "attributes": {NEW: RECORD, ".gitattributes": "* merge=union -diff\n"},
    "a quoted name": {NEW: RECORD, 'registry/extensions/acme/todo/"x".yaml': "a: 1\n"},
    "a newline in a name": {NEW: RECORD, f"{TODO}/versions/1.1.1\n.yaml": RECORD},
    "a tab in a name": {NEW: RECORD, "b/registry\textensions": "x"},
    "a name in bytes": {NEW: RECORD, b"registry/extensions/acme/todo/\xff\xfe.yaml": "x"},
    "a look-alike in Unicode": {"registry/extensions/\u0430cme/todo/extension.yaml": EXTENSION},
    "a name like a diff's": {NEW: RECORD, "b/registry/extensions/acme/todo/x.yaml": "x"},
    "capital letters": {"registry/extensions/Acme/todo/versions/1.1.0.yaml": RECORD},
    "no version": {f"{TODO}/versions/latest.yaml": RECORD},
    "another file in its directory": {NEW: RECORD, f"{TODO}/notes.txt": "hello\n"},
    "a symlink": {NEW: ("120000", "../../../../policy.yaml")},
    "a submodule": {NEW: ("160000", "a" * 40)},
    "an executable": {NEW: ("100755", RECORD)},
    "only a mode": {f"{TODO}/extension.yaml": ("100755", EXTENSION)},
    "a rename": {"README.md": None, NEW: BASE["README.md"]},
    "a rename with an edit": {
        "registry/extensions/other/thing/extension.yaml": None,
        f"{TODO}/versions/1.1.0.yaml": RECORD,
    },
    "a file for a directory": {f"{TODO}/versions": "x"},
    "two extensions": {NEW: RECORD, "registry/extensions/acme/two/extension.yaml": EXTENSION},
    "its developer too": {NEW: RECORD, "registry/developers/acme.yaml": f"{ACME}country: DE\n"},
    "nothing": {},
    "a deletion": {f"{TODO}/versions/1.0.0.yaml": None},
}


@pytest.mark.parametrize("name", WITHIN)
def test_what_stays_within_its_own_directory_passes(bench, name):
    assert bench.findings(WITHIN[name]) == []


@pytest.mark.parametrize("name", BEYOND)
def test_what_goes_beyond_its_own_directory_never_passes(bench, name):
    found = bench.findings(BEYOND[name])

    assert {"block", "person"} & {finding.severity for finding in found}
    assert all(finding.at.isprintable() for finding in found)


def test_line_endings_are_content_and_not_a_way_around_it(bench):
    proposal = bench.propose({NEW: RECORD.replace("\n", "\r\n")})

    assert [c.path for c in proposal.change.changes] == [NEW]
    assert judged(proposal, bench.policy) == []


def test_a_binary_record_is_refused_by_name(bench):
    found = bench.findings({NEW: b"commit: \x00\x01"})

    assert {f.rule for f in found} == {"record-invalid"}
    assert all(NEW in f.at for f in found)


def test_what_the_base_did_meanwhile_is_not_laid_at_the_authors_door(bench):
    commit(bench.path, "refs/heads/main", {"docs.md": "new\n"}, parent=bench.base)
    old, bench.base = bench.base, bench.objects.resolve("refs/heads/main", "commit")
    proposal = bench.propose({NEW: RECORD}, parent=old)

    assert [c.path for c in proposal.change.changes] == [NEW]
    assert judged(proposal, bench.policy) == []


def test_a_conflict_is_the_authors_to_solve_and_says_how(bench):
    other = {f"{TODO}/extension.yaml": EXTENSION + "channels: [npm]\n"}
    commit(bench.path, "refs/heads/main", other, parent=bench.base)
    old, bench.base = bench.base, bench.objects.resolve("refs/heads/main", "commit")
    proposal = bench.propose(
        {f"{TODO}/extension.yaml": EXTENSION + "channels: [oci]\n"}, parent=old
    )
    [finding] = judged(proposal, bench.policy)

    assert finding.rule == "change-conflict"
    assert "merge the registry's default branch" in finding.remedy


def test_a_history_of_its_own_is_a_conflict_not_a_crash(bench):
    head = commit(bench.path, "refs/heads/orphan", {NEW: RECORD})
    proposal = read_proposal(bench.objects, bench.base, pull(head, bench.base), bench.policy)

    assert [f.rule for f in judged(proposal, bench.policy)] == ["change-conflict"]


def test_what_hides_behind_very_many_files_is_found_or_refused(bench):
    """Seventy harmless records first, and behind them one that changes a published version."""
    many = {f"{TODO}/versions/0.{n}.0.yaml": f"commit: {SHA}\n" for n in range(70)}
    bench.base = commit(bench.path, "refs/heads/main", many, parent=bench.base)
    yanked = {path: f"{text}yanked: {{reason: it is old}}\n" for path, text in many.items()}
    behind = {f"{TODO}/versions/1.0.0.yaml": f"commit: {'cd' * 20}\n"}

    assert "block" in {f.severity for f in bench.findings(yanked | behind)}
    assert bench.findings(dict(list(yanked.items())[:40])) == []


def test_a_record_of_ours_that_cannot_be_read_is_never_compared_with(bench):
    broken = {f"{TODO}/versions/1.0.0.yaml": "commit: nonsense\n"}
    bench.base = commit(bench.path, "refs/heads/main", broken, parent=bench.base)

    with pytest.raises(Unavailable, match=r"1\.0\.0"):
        bench.propose({f"{TODO}/versions/1.0.0.yaml": RECORD})


# Ownership


def test_a_stranger_changes_nothing_of_another(bench):
    found = bench.findings({NEW: RECORD}, author=MALLORY)

    assert [f.rule for f in found] == ["owner-author"]
    assert str(MALLORY) in found[0].problem


def test_power_is_never_read_from_the_pull_request_itself(bench):
    mine = f"name: Acme\nmembers: [{{login: mallory, id: {MALLORY}}}]\n"
    found = bench.findings({NEW: RECORD, "registry/developers/acme.yaml": mine}, author=MALLORY)

    assert "owner-author" in {f.rule for f in found}


def test_a_login_that_was_taken_by_another_gains_nothing(bench):
    """The record says alice; whoever is called alice today has another id."""
    proposal = bench.propose({NEW: RECORD}, author=555)

    assert [f.rule for f in judged(proposal, bench.policy)] == ["owner-author"]


def test_a_developer_introduces_themselves_and_nobody_else(bench):
    path = "registry/developers/newcomer.yaml"
    own = f"name: Newcomer\nmembers: [{{login: alice, id: {ALICE}}}]\n"

    assert bench.findings({path: own}) == []
    assert "developer-self" in {f.rule for f in bench.findings({path: own}, author=MALLORY)}


def test_a_member_whose_login_belongs_to_another_account_is_noticed(bench):
    both = ACME.replace("]", ", {login: bob, id: 999}]")
    found = bench.findings({"registry/developers/acme.yaml": both}, accounts={"bob": 102})

    assert [(f.rule, f.severity) for f in found] == [
        ("developer-member", "block"),
        ("person-new-owner", "person"),
    ]


def test_a_deleted_account_owns_nothing(bench):
    proposal = bench.propose({NEW: RECORD})
    proposal = replace(proposal, change=replace(proposal.change, author=None))

    assert [f.rule for f in judged(proposal, bench.policy)] == ["owner-author"]


# Versions and sources


def test_a_version_resubmitted_with_another_commit_is_refused(bench):
    [finding] = bench.findings({f"{TODO}/versions/1.0.0.yaml": f"commit: {'cd' * 20}\n"})

    assert finding.rule == "version-again"
    assert SHA[:12] in finding.problem
    assert "cdcdcdcdcdcd" in finding.problem


@pytest.mark.parametrize(
    ("published", "proposed", "passes"),
    [
        (["1.0.0"], "1.0.1", True),
        (["1.0.0", "2.0.0"], "1.0.1", True),  # a fix for the older line
        (["1.0.0", "2.0.0"], "1.1.0", False),  # an older line that never was
        (["1.0.0", "1.0.2"], "1.0.1", False),
        (["2.0.0"], "2.0.0-beta.1", False),
        (["2.0.0-beta.1"], "2.0.0", True),
        (["1.9.0"], "1.10.0", True),
    ],
)
def test_versions_move_forward_or_mend_an_older_line(bench, published, proposed, passes):
    records = {f"{TODO}/versions/{v}.yaml": f"commit: {SHA}\n" for v in published}
    first = {f"{TODO}/versions/1.0.0.yaml": None} | records
    bench.base = commit(bench.path, "refs/heads/main", first, parent=bench.base)
    found = bench.findings({f"{TODO}/versions/{proposed}.yaml": RECORD})

    assert [f.rule for f in found] == ([] if passes else ["version-order"])


def test_a_commit_no_branch_leads_to_is_refused(bench):
    [finding] = bench.findings({NEW: RECORD}, is_reachable=False)

    assert finding.rule == "commit-unreachable"


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        (None, "repository-gone"),
        (RepositoryFact(7_777, "acme/todo"), "repository-identity"),
        (RepositoryFact(7, "acme/todo-renamed"), "repository-renamed"),
    ],
)
def test_a_repository_is_known_by_its_number(bench, fact, rule):
    assert [f.rule for f in bench.findings({NEW: RECORD}, repository=fact)] == [rule]


def test_a_server_that_says_nothing_is_no_verdict_and_keeps_what_was_found(bench):
    proposal = bench.propose({NEW: RECORD}, author=MALLORY)
    change = replace(proposal.change, repository=Missing(reason="502"))
    [report] = examine(
        Submission(id=None, tree=SourceTree(files={}), policy=bench.policy, change=change),
        ["decision"],
    )

    assert report.verdict == "no verdict"
    assert "502" in report.reason
    assert [f.rule for f in report.findings] == ["owner-author"]


# Names


def _new(name: str) -> dict:
    folder = f"registry/extensions/acme/{name}"
    return {f"{folder}/extension.yaml": EXTENSION, f"{folder}/versions/1.0.0.yaml": RECORD}


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("thing", True),
        ("thi-ng", True),
        ("thinq", True),
        ("hting", True),
        ("things", True),
        ("gadget", False),
    ],
)
def test_names_that_mislead_wait_for_a_person(bench, name, like):
    others = frozenset({ExtensionId("other", "thing"), ExtensionId("acme", "todo")})
    found = bench.findings(_new(name), extension_ids=others)

    assert ("name-lookalike" in {f.rule for f in found}) is like


def test_reserved_names_are_refused_whatever_their_hyphens(bench):
    assert "name-reserved" in {f.rule for f in bench.findings(_new("dev-forge"))}
    assert "name-reserved" in {
        f.rule
        for f in bench.findings(
            {
                "registry/developers/dev-forge.yaml": f"name: Us\nmembers: [{{login: alice, id: {ALICE}}}]\n"
            }
        )
    }


def test_the_pull_request_that_asked_first_keeps_its_place(bench):
    earlier = (EarlierPull(12, "acme.gadget"),)
    found = bench.findings(_new("gadget"), earlier=earlier)
    [waits] = [f for f in found if f.rule == "name-waits"]

    assert "#12" in waits.problem
    assert not [f for f in bench.findings(_new("gadget")) if f.rule == "name-waits"]
