"""The verdict on a change equals the comparison of trees, whatever a diff of it would look like."""

from __future__ import annotations

from dataclasses import replace

import pytest
from building import commit
from registries import ACME, ALICE, BASE, EXTENSION, MALLORY, SHA, TODO, judged

from devforge.errors import Unavailable
from devforge.model.change import EarlierPull, RepositoryFact
from devforge.model.names import ExtensionId
from devforge.model.observed import Missing, SourceTree
from devforge.model.submission import Submission
from devforge.review.examine import examine

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


@pytest.mark.parametrize(
    "path",
    [
        "registry/root.json",
        "registry/trust/metadata/1.root.json",
        "registry/trust/metadata/2.targets.json",
        "registry/trust/pending/metadata/2.root.json",
    ],
)
def test_the_trust_is_nobodys_to_touch_and_no_maintainers_to_touch_unseen(bench, path):
    [finding] = bench.findings({path: '{"signatures": [], "signed": {}}'})
    assert (finding.rule, finding.severity) == ("change-outside", "block")

    proposal = bench.propose({path: '{"signatures": [], "signed": {}}'})
    maintained = replace(proposal, change=replace(proposal.change, is_maintainer=True))
    assert {f.severity for f in judged(maintained, bench.policy) if f.rule == "change-outside"} == {
        "person"
    }


def test_owners_halt_and_resume_their_own_versions_and_nobody_elses(bench):
    halted = {f"{TODO}/versions/1.0.0.yaml": f"commit: {SHA}\nhalted: true\n"}

    assert bench.findings(halted) == []
    found = judged(bench.propose(halted, author=MALLORY), bench.policy)
    assert "owner-author" in {finding.rule for finding in found}


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
    proposal = bench.read(head)

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


def test_a_version_that_skips_the_wait_of_a_day_is_seen_by_a_person(bench):
    [finding] = bench.findings({NEW: f"{RECORD}security: true\n"})
    assert (finding.rule, finding.severity) == ("person-security-release", "person")

    old = f"{TODO}/versions/1.0.0.yaml"
    [finding] = bench.findings({old: f"commit: {SHA}\nsecurity: true\n"})
    assert finding.rule == "person-security-release"
    assert bench.findings({old: f"commit: {SHA}\nhalted: true\n"}) == []


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


def test_the_words_say_how_a_name_misleads(bench):
    others = frozenset({ExtensionId("other", "thing"), ExtensionId("more", "thinq")})
    [finding] = [
        f for f in bench.findings(_new("thinq"), extension_ids=others) if f.rule == "name-lookalike"
    ]

    assert finding.severity == "person"
    assert finding.problem == (
        "acme.thinq is easily taken for more.thinq, which has the same name; "
        "other.thing, which differs by letters that look alike, q for g"
    )


def test_ones_own_extensions_may_be_called_alike(bench):
    own = frozenset({ExtensionId("acme", "thing"), ExtensionId("acme", "todo")})

    assert "name-lookalike" not in {
        f.rule for f in bench.findings(_new("things"), extension_ids=own)
    }


@pytest.mark.parametrize(
    ("name", "asked"),
    [("prettire", True), ("reqeusts", True), ("prettier", False), ("eslint-utils", False)],
)
def test_a_misspelt_well_known_name_is_asked_about_and_the_name_itself_is_not(bench, name, asked):
    assert ("name-lookalike" in {f.rule for f in bench.findings(_new(name))}) is asked


def test_the_policys_distances_count(bench):
    others = frozenset({ExtensionId("other", "gadgetry")})
    names = bench.policy.review.names.model_copy(update={"distance": 0, "visual_distance": 0.0})
    review = bench.policy.review.model_copy(update={"names": names})
    assert "name-lookalike" in {
        f.rule for f in bench.findings(_new("gadgetyr"), extension_ids=others)
    }

    bench.policy = bench.policy.model_copy(update={"review": review})

    found = bench.findings(_new("gadgetyr"), extension_ids=others)
    assert "name-lookalike" not in {f.rule for f in found}


def test_what_only_looks_like_a_reserved_name_is_reserved_too(bench):
    [finding] = [f for f in bench.findings(_new("devf0rge")) if f.rule == "name-reserved"]

    assert finding.problem.endswith("it differs from dev-forge by letters that look alike, 0 for o")
    assert "name-reserved" not in {f.rule for f in bench.findings(_new("devices"))}


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


SECURE = {
    "above the newest": ("2.0.0", {}, "2.0.0 is above 1.0.0, the newest: clients would refuse"),
    "one that is not there": ("0.9.0", {}, "acme.todo has no version 0.9.0"),
    "all of them yanked": (
        "1.0.0",
        {f"{TODO}/versions/1.0.0.yaml": f"commit: {SHA}\nyanked: {{reason: it loses data}}\n"},
        "every version from 1.0.0 on is yanked",
    ),
}


@pytest.mark.parametrize("name", SECURE)
def test_a_least_secure_version_that_would_leave_nobody_one_is_refused(bench, name):
    least, files, said = SECURE[name]
    record = f"{EXTENSION}min_secure_version: {least}\n"
    found = bench.findings({f"{TODO}/extension.yaml": record, **files})

    assert [finding for finding in found if said in finding.problem and "min_secure_version" in finding.at]  # fmt: skip
    assert any(finding.severity == "block" for finding in found)


def test_a_least_secure_version_that_is_there_or_comes_along_is_fine(bench):
    for least in ("1.0.0", "1.1.0"):
        record = f"{EXTENSION}min_secure_version: {least}\n"
        found = bench.findings({f"{TODO}/extension.yaml": record, NEW: RECORD})
        assert [finding for finding in found if "min_secure_version" in finding.at] == []
