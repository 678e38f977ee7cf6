"""What is new in a version as packaged, and what the policy makes of it, through the parts that tell it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from published import manifest_of

from checks.decision import people
from devforge.adapters.policy import load_policy
from devforge.model.change import Approved, Proposed, Subject
from devforge.model.names import ExtensionId, Permission
from devforge.model.observed import Missing, SourceFile, SourceTree
from devforge.model.profile import Component, Place, Profile, Use
from devforge.model.submission import Submission
from devforge.model.verdict import CheckReport, Report
from devforge.review.difference import difference_of
from devforge.review.judge import cautious
from devforge.review.profiles import compared, profiled_as
from devforge.review.render import Links, render_comment

HEAD, COMMIT = "c0ffee" * 6 + "c0ff", "9b1e2c7d" * 5
LINKS = Links(source="acme/todo-tree", commit=COMMIT, files={"src/sync.py"})
OLD = Profile(
    permissions=(Permission.parse("filesystem:read"),),
    uses=(Use(power="filesystem-read", places=(Place(path="src/a.py", line=3),), count=1),),
    dependencies=(Component(ecosystem="PyPI", name="six", version="1.16.0"),),
    owners=("acme",),
)
SYNC = Place(path="src/sync.py", line=14, what="api.example.com")
NEW = Profile(
    permissions=(Permission.parse("network:api.example.com"),),
    uses=(
        Use(power="network", places=(SYNC,), count=1),
        Use(power="clipboard", places=(Place(path="src/sync.py", line=19),), count=1),
    ),
    hosts=("api.example.com",),
    dependencies=(
        Component(ecosystem="PyPI", name="deep", version="2.0.0", direct=False),
        Component(ecosystem="npm", name="left-pad", version="1.3.0"),
        Component(ecosystem="PyPI", name="six", version="1.17.0"),
    ),
    owners=("acme",),
)


def tree(**files: str) -> SourceTree:
    made = {name.replace("_", "."): content.encode() for name, content in files.items()}
    return SourceTree({path: SourceFile(path, "file", made[path]) for path in made})


BEFORE = tree(a_py="1\n2\n", gone_py="x\n")
AFTER = tree(a_py="1\n3\n4\n", added_py="n\n")


def comment(profile: Profile, before: Profile | None = None) -> str:
    difference = (
        difference_of("1.3.0", BEFORE, AFTER, before=before, after=profile) if before else None
    )
    report = Report(
        extension="acme.todo-tree", version="1.4.0", decision="merge", commit=COMMIT,
        checks=(CheckReport(name="quality", verdict="passed", score=100, seconds=0),),
        profile=profile, difference=difference,
    )  # fmt: skip
    return render_comment(report, title="acme.todo-tree 1.4.0", head=HEAD, links=LINKS)


@pytest.mark.parametrize(
    ("name", "profile", "before"),
    [("update", NEW, OLD), ("first", NEW, None), ("plain", OLD, OLD), ("idle", Profile(), None)],
)
def test_the_comment_says_what_is_new_or_what_a_first_version_does(name, profile, before, golden):
    golden(f"review/changes-{name}.md", comment(profile, before))


def test_names_from_strangers_do_nothing_in_the_comment():
    hostile = "@octocat`</details><img src=x>"
    use = Use(power="network", places=(Place(path=hostile, line=1, what=hostile),), count=1)
    shown = comment(NEW.model_copy(update={"uses": (use,), "hosts": (hostile,)}), OLD)

    outside = re.sub(r"`` .*? ``", "", shown)
    assert "`` @octocat`</details><img src=x> ``" in shown
    assert not re.search(r"octocat|<img", outside)


def test_lines_are_counted_and_what_is_not_packaged_does_not_count():
    ignored = {".devforgeignore": b"notes.txt\n", "notes.txt": b"a\n"}
    files = {path: SourceFile(path, "file", content) for path, content in ignored.items()}
    before = SourceTree({**BEFORE.files, **files})
    after = SourceTree(
        {**AFTER.files, **files, "notes.txt": SourceFile("notes.txt", "file", b"b\n")}
    )
    found = difference_of("1.3.0", before, after, before=OLD, after=OLD)

    assert [(f.path, f.verb, f.lines_added, f.lines_removed) for f in found.files] == [
        ("a.py", "changed", 2, 1),
        ("added.py", "added", 1, 0),
        ("gone.py", "removed", 0, 1),
    ]
    assert found.gains == ()


def test_lines_that_are_all_alike_cost_no_time_and_are_not_counted():
    before, after = tree(a_py="x\n" * 20_000), tree(a_py="x\ny\n" * 20_000)

    [file] = difference_of("1.3.0", before, after, before=OLD, after=OLD).files

    assert (file.verb, file.lines_added, file.lines_removed) == ("changed", None, None)


def submission(profile: Profile, remembered: Profile | None, **wants: str) -> Submission:
    policy = load_policy(None)
    asked = policy.review.people.model_copy(update=wants)
    review = policy.review.model_copy(update={"people": asked})
    manifest = manifest_of()

    now = datetime(2026, 11, 24, tzinfo=UTC)
    approved = Approved(
        commit=COMMIT, tree_sha256="5f" * 32, manifest=manifest_of(version="1.3.0"),
        profile=remembered, when=now,
    )  # fmt: skip
    id = ExtensionId.parse("acme.todo-tree")
    change = Proposed(None, (), Subject(extension=id, versions=(manifest.version,)), now,
                      approved=approved)  # fmt: skip
    made = Submission(
        id=id, tree=AFTER, policy=policy.model_copy(update={"review": review}), manifest=manifest,
        change=change, previous=BEFORE,
    )  # fmt: skip
    return profiled_as(made, profile)


def asked(one: Submission) -> dict[str, str]:
    assert one.change is not None
    found = people._doing(one, one.change, one.policy.review.people)
    return {finding.rule: finding.severity for finding in found}


def test_a_new_power_and_a_new_host_ask_for_what_the_policy_says():
    assert asked(submission(NEW, OLD, new_power="person", new_host="rollout")) == {
        "person-new-power": "person",
        "person-new-host": "info",
    }
    assert asked(submission(NEW, OLD, new_power="nothing", new_host="person")) == {
        "person-new-host": "person"
    }
    assert asked(submission(NEW, NEW, new_power="person", new_host="person")) == {}


RUNS = NEW.model_copy(
    update={
        "uses": (
            Use(power="network", places=(SYNC,), count=1),
            Use(power="process", places=(Place(path="src/run.py", line=7),), count=1),
        )
    }
)


def first_of_a_known_developer(profile: Profile, caution: str) -> list[tuple[str, str, str]]:
    one = submission(profile, None, powerful_first=caution)
    assert one.change is not None
    known = (*one.change.extension_ids, ExtensionId.parse("acme.other"))
    change = replace(one.change, approved=None, old_extension=None, extension_ids=known)
    found = people.check(one, change)
    return [(f.rule, f.severity, f.problem) for f in found if f.rule == "person-powerful-first"]


def test_a_person_sees_the_first_version_of_what_could_harm_and_both_its_places():
    [(_, severity, problem)] = first_of_a_known_developer(RUNS, "person")

    assert severity == "person"
    assert "starts other programs (src/run.py, line 7)" in problem
    assert "reaches the network (src/sync.py, line 14)" in problem


def test_the_policy_says_whether_a_powerful_first_version_waits_or_goes_out_slowly():
    assert [said for _, said, _ in first_of_a_known_developer(RUNS, "rollout")] == ["info"]
    assert first_of_a_known_developer(RUNS, "nothing") == []
    assert first_of_a_known_developer(OLD, "person") == []


def test_a_directory_is_told_what_its_first_version_would_be():
    plain = replace(submission(RUNS, None), change=None)

    def told(one: Submission) -> list[tuple[str, str]]:
        return [(finding.rule, finding.severity) for finding in people.check_unsubmitted(one)]

    assert plain.id is not None
    other = ExtensionId.parse("acme.other")
    assert told(replace(plain, catalogue={})) == [("person-first-submission", "person")]
    assert told(replace(plain, catalogue={other: ()})) == [("person-powerful-first", "person")]
    assert told(replace(plain, catalogue={other: (), plain.id: ()})) == []


def test_where_no_registry_can_be_read_a_directory_is_taken_for_its_developers_first():
    plain = replace(submission(OLD, None), change=None, catalogue=Missing(reason="none at hand"))
    [finding] = people.check_unsubmitted(plain)

    assert (finding.rule, finding.severity) == ("person-first-submission", "person")
    assert "as far as this machine can tell" in finding.problem
    assert "--records DIR" in finding.remedy
    lax = plain.policy.review.people.model_copy(
        update={"first_submission_of_a_developer": False, "powerful_first": "person"}
    )
    review = plain.policy.review.model_copy(update={"people": lax})
    unasked = replace(plain, policy=plain.policy.model_copy(update={"review": review}))
    assert [*people.check_unsubmitted(unasked)] == []
    [powerful] = people.check_unsubmitted(replace(unasked, profile=RUNS))
    assert powerful.rule == "person-powerful-first"


def updated(before: str, after: str) -> dict[str, str]:
    """What an update of one script leads to whose version before had a session and the network already."""
    both = NEW.model_copy(
        update={
            "uses": tuple(
                Use(power=power, places=(SYNC,), count=1) for power in ("network", "credentials")
            )
        }
    )
    one = submission(both, both, new_power="person")
    return asked(replace(one, tree=tree(a_js=after), previous=tree(a_js=before)))


def test_new_lines_that_do_together_what_was_done_apart_are_seen_by_a_person():
    session, send = 'await host.getSession("github");\n', 'import mqtt from "mqtt";\n'

    assert updated("", session + send) == {
        "person-new-combination": "person",
        "person-new-power": "person",  # the session is asked for nowhere before
    }
    assert updated(session, session + send) == {}
    assert updated(session + send, send + session + "// tidied\n") == {}


def test_the_first_version_after_a_new_owner_counts():
    handed = OLD.model_copy(update={"owners": ("acme", "mallory")})

    assert asked(submission(handed, OLD)) == {"person-new-owner": "person"}


def test_where_no_profile_is_remembered_only_what_files_show_can_be_new():
    unknown = submission(NEW, None, new_host="person")
    named = replace(unknown, previous=tree(a_py="URL = 'https://api.example.com'\n"), before=None)

    assert asked(unknown) == {"person-new-host": "person"}
    assert asked(profiled_as(named, NEW)) == {}
    assert compared(unknown) is not None


def test_what_the_policy_lets_out_slowly_resets_the_rollout_and_else_nothing_does():
    policy = load_policy(None)

    def reports(caution: str) -> tuple[CheckReport, ...]:
        one = submission(NEW, OLD, new_power=caution, new_host=caution)
        assert one.change is not None
        found = tuple(people._doing(one, one.change, one.policy.review.people))
        return (
            CheckReport(name="decision", verdict="passed", score=99, seconds=0, findings=found),
        )

    assert cautious(reports("rollout"), policy) == policy.publishing.cautious_rollout
    assert cautious(reports("person"), policy) is None
    assert cautious(reports("nothing"), policy) is None


def begun(before: str, after: str, **wants: str) -> list[str]:
    """What an update of one script is told for what it begins to do, where its powers stay the same."""
    one = replace(submission(NEW, NEW, **wants), tree=tree(a_js=after), previous=tree(a_js=before))
    assert one.change is not None
    return [f.problem for f in people._doing(one, one.change, one.policy.review.people)]


def test_what_an_update_begins_to_do_is_seen_by_a_person_though_its_powers_stay():
    shares, reads = "share(editor.selection());\n", "share(await clipboard.read());\n"
    [told] = begun(shares, shares + reads)

    assert told == ("the code reads what was copied (a.js, line 2); 1.3.0 did nothing of the kind")
    assert begun(reads, shares + reads) == begun(reads, reads + reads) == []
    assert begun(reads, "// " + reads) == []
    assert begun(shares, reads, new_power="nothing") == []


def test_an_extension_that_sends_and_begins_to_read_files_is_seen_by_a_person():
    def sees(*powers: str) -> Profile:
        uses = tuple(Use(power=power, places=(SYNC,), count=1) for power in powers)
        return Profile(uses=uses, owners=("acme",))

    reads_too = sees("filesystem-read", "network")

    assert asked(submission(reads_too, sees("network"))) == {"person-new-power": "person"}
    assert asked(submission(sees("filesystem-read"), sees())) == {}
