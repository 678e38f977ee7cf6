"""The review job, from a pull request to a merge, over real HTTP and real Git."""

from __future__ import annotations

import json

import pytest
from building import git
from world import REGISTRY, World, extension

from devforge.adapters.github import GitHub
from devforge.local import LocalGitHub
from devforge.model.observed import Missing, Trial

_NO = Missing(reason="no sandbox here")
MISSING = Trial(tests=_NO, coverage=_NO, activation=_NO, benchmarks=_NO)


def test_a_developer_record_is_merged_and_a_second_run_finds_nothing(world):
    pull = world.introduce("alice")
    run = world.review()

    assert (run.static, run.decide) == (0, 0), run.printed
    assert world.pull(pull.number).merged
    assert world.labels(pull.number) == {"review: merge"}
    assert world.status(pull.number) == "success"
    assert len(world.comments(pull.number)) == 1
    assert "registry/developers/alice.yaml" in world.tree()
    assert "nothing to do" in world.review().printed


def test_a_person_is_asked_about_a_first_extension_and_their_approval_merges_it(world):
    world.introduce("alice")
    world.review()
    pinned, id = world.source("alice", "word-count")
    pull = world.submit("alice", "count", world.records("alice", "word-count", pinned, id))
    world.review()

    assert world.labels(pull.number) == {"review: person"}
    assert world.status(pull.number) == "pending"
    assert "person-first-submission" in world.comments(pull.number)[0]

    # A stranger's approval, and the author's own word, change nothing.
    world.client("bob").get_repo(REGISTRY).get_pull(pull.number).create_review(
        event="APPROVE", body="!"
    )
    world.review()
    assert not world.pull(pull.number).merged

    world.pull(pull.number).create_review(event="APPROVE", body="fine")
    run = world.review()
    assert run.decide == 0, run.printed
    assert world.pull(pull.number).merged, run.printed
    [comment] = world.comments(pull.number)
    assert "approved by operator" in comment


def test_an_approval_counts_for_the_commit_it_was_given_to_and_no_other(world):
    world.introduce("alice")
    world.review()
    pinned, id = world.source("alice", "word-count")
    records = world.records("alice", "word-count", pinned, id)
    pull = world.submit("alice", "count", records)
    world.review()
    world.pull(pull.number).create_review(event="APPROVE", body="fine")
    other, _ = world.source(
        "alice", "word-count", {"word_count/more.py": '"""More."""\n'}, version="1.0.1"
    )
    world.submit("alice", "count", world.records("alice", "word-count", other, id, version="1.0.1"))
    world.review()

    assert not world.pull(pull.number).merged
    assert world.labels(pull.number) == {"review: person"}


def test_a_known_developers_next_version_is_merged_at_first_try_within_fifteen_requests(world):
    world.known()
    pull = world.update()
    run = world.review()

    assert run.decide == 0, run.printed
    assert world.pull(pull.number).merged
    assert sum(run.requests.values()) <= 15, run.requests
    report = world.state("reviews/alice/word-count/1.1.0.json")
    assert report["decision"] == "merge"
    assert {check["verdict"] for check in report["checks"]} == {"passed"}
    assert world.state("approved/alice/word-count/1.1.0.json")["manifest"]["version"] == "1.1.0"
    runs = list(world.client("operator").get_repo(REGISTRY).get_workflow_runs())
    assert [r.name for r in runs] == ["publish"]


def test_without_apply_it_prints_the_plan_and_touches_nothing(world):
    pull = world.introduce("alice")
    run = world.review(apply=False)

    assert run.decide == 2
    assert f"merge    #{pull.number}" in run.printed
    assert world.comments(pull.number) == []
    assert world.labels(pull.number) == set()
    assert world.status(pull.number) == "none"
    assert not world.pull(pull.number).merged


def test_editing_somebody_elses_record_is_answered_with_that_alone(world):
    world.known()
    pinned, id = world.source("mallory", "evil")
    records = world.records("alice", "word-count", pinned, id, version="1.1.0")
    pull = world.submit("mallory", "mine-now", records)
    run = world.review()

    [comment] = world.comments(pull.number)
    assert world.labels(pull.number) == {"review: mend"}
    assert world.status(pull.number) == "failure"
    assert "owner-author" in comment
    assert "Security" not in comment  # nothing else was worth anybody's time
    assert "0 to run" in run.printed


def test_the_tenth_push_has_one_comment_and_it_speaks_of_the_newest(world):
    world.known()
    for number in range(4):
        files = {f"note-{number}.txt": "x\n"}
        pull = world.submit("alice", "stray", files)
        world.review()
        [comment] = world.comments(pull.number)
        assert f"note-{number}.txt" in comment
        assert world.pull(pull.number).head.sha[:12] in comment


def test_a_push_between_reading_and_deciding_is_simply_reviewed_again(world):
    world.known()
    pull = world.update()
    stray = {"stray.txt": "x\n"}
    run = world.review(between=lambda _: world.submit("alice", "count-1.1.0", stray))

    assert not world.pull(pull.number).merged
    assert "not read in this run" in run.printed
    assert world.comments(pull.number) == []
    world.review()
    assert world.labels(pull.number) == {"review: mend"}


def test_a_push_between_deciding_and_merging_is_never_merged(world):
    pull = world.introduce("alice")
    reviewed = world.pull(pull.number).head.sha
    path = "registry/developers/alice.yaml"
    world.submit("alice", "introduce-alice", {path: world.developer("alice"), "stray.txt": "x\n"})
    token = world.accounts["operator"].token
    github = GitHub(REGISTRY, token, api_url=world.github.api_url)

    assert github.merge(pull.number, head=reviewed, method="squash", title="x") == "moved"
    assert not world.pull(pull.number).merged
    github.close()


def test_no_sandbox_is_no_verdict_asks_nothing_and_is_tried_again(world):
    world.known()
    pull = world.update()
    looks = []
    for _ in range(4):
        run = world.review(trial=MISSING)
        looks.append(world.comments(pull.number))
        assert not world.pull(pull.number).merged
    assert world.labels(pull.number) == {"review: no verdict"}
    assert world.status(pull.number) == "error"
    assert all(len(comments) == 1 for comments in looks)
    assert "Nothing is asked of its author" in looks[0][0]
    assert "try 2 of 3" in looks[1][0]
    assert "a maintainer looks now" in looks[2][0]
    assert "a person must look" in run.printed  # the fourth run leaves it to them

    run = world.review("--pull", str(pull.number))
    assert world.pull(pull.number).merged, run.printed


def _spoil(kind):
    def act(where):
        for path in [*where.glob("static/*/static.json"), *where.glob("trials/*/trial.json")]:
            kind(path)

    return act


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_text("{"),
        lambda path: path.write_text("[" * 100_000),
        lambda path: path.write_bytes(b" " * (33 << 20)),
        lambda path: path.write_text(json.dumps(json.loads(path.read_text()) | {"head": "f" * 40})),
        lambda path: path.write_text(
            json.dumps(json.loads(path.read_text()) | {"tree_sha256": "f" * 64})
        ),
        lambda path: path.write_text(
            json.dumps(json.loads(path.read_text()) | {"pull": 1, "merge": True})
        ),
        lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
    ],
    ids=["absent", "cut", "deep", "huge", "other head", "other tree", "more keys", "link"],
)
def test_what_other_jobs_hand_over_is_believed_for_one_source_or_not_at_all(spoiled_world, spoil):
    world, pull = spoiled_world
    world.review("--pull", str(pull.number), between=_spoil(spoil), reuse=True)

    assert world.labels(pull.number) == {"review: no verdict"}
    assert not world.pull(pull.number).merged


@pytest.fixture(scope="module")
def spoiled_world(tmp_path_factory):
    """One world for the cases above: none of them changes the registry."""

    class Silent:
        def readouterr(self):
            return ("", "")

    path = tmp_path_factory.mktemp("spoiled")
    with pytest.MonkeyPatch.context() as patch, LocalGitHub(data=path / "github") as github:
        world = World(github, path / "world", patch, Silent()).start()
        world.known()
        yield world, world.update()


def test_of_two_that_ask_for_one_name_the_first_keeps_it_and_the_second_is_told(world):
    for login in ("alice", "bob"):
        world.introduce(login)
    world.review()
    both = "registry/developers/gadgets.yaml"
    first = world.submit("alice", "gadgets", {both: world.developer("alice") + "country: XX1\n"})
    second = world.submit("bob", "gadgets", {both: world.developer("bob")})
    world.review()

    assert world.labels(first.number) == {"review: mend"}
    assert world.labels(second.number) == {"review: mend"}
    assert f"\\#\u2060{first.number} asked for this name first" in world.comments(second.number)[0]

    world.pull(first.number).edit(state="closed")
    world.review()
    assert world.pull(second.number).merged


def test_an_extension_that_waits_for_its_developer_is_looked_at_again_by_itself(world):
    pinned, id = world.source("alice", "word-count")
    extension_pull = world.submit(
        "alice", "count", world.records("alice", "word-count", pinned, id)
    )
    introduction = world.introduce("alice")
    world.review()

    assert world.pull(introduction.number).merged
    assert "owner-unknown" in world.comments(extension_pull.number)[0]
    world.review()
    assert world.labels(extension_pull.number) == {"review: person"}


def test_a_commit_that_only_a_fork_holds_is_refused(world):
    world.known()
    evil, _ = world.source("mallory", "word-count", version="1.1.0")
    upstream = world.github.git_path("alice/word-count")
    git(
        upstream,
        "fetch",
        "-q",
        str(world.github.git_path("mallory/word-count")),
        "refs/heads/v1.1.0",
    )
    records = {"registry/extensions/alice/word-count/versions/1.1.0.yaml": f"commit: {evil}\n"}
    pull = world.submit("alice", "orphan", records)
    world.review()

    assert "commit-unreachable" in world.comments(pull.number)[0]


def test_a_repository_that_was_deleted_and_taken_by_another_is_refused(world):
    world.known()
    world.github.delete_repository("alice/word-count")
    pull = world.update()  # makes another repository of the same name
    world.review()

    assert "repository-identity" in world.comments(pull.number)[0]
    assert not world.pull(pull.number).merged


def test_a_renamed_repository_is_asked_for_its_new_address(world):
    world.known()
    pull = world.update()
    world.github.rename_repository("alice/word-count", "words")
    world.review()

    [comment] = world.comments(pull.number)
    assert "repository-renamed" in comment
    assert "alice/words" in comment


def test_a_login_that_was_given_up_and_taken_gains_nothing(world):
    world.known()
    world.github.rename_account("alice", "alicia")
    taker = world.github.create_account("alice")
    world.accounts["alice"] = taker
    path = "registry/extensions/alice/word-count/versions/1.0.0.yaml"
    pinned = "commit: " + "a" * 40 + "\n"
    pull = world.submit("alice", "taken", {path: pinned})
    world.review()

    assert "owner-author" in world.comments(pull.number)[0]


def test_a_yank_by_its_owner_needs_nobody(world):
    world.known()
    path = "registry/extensions/alice/word-count/versions/1.0.0.yaml"
    before = git(world.github.git_path(REGISTRY), "show", f"main:{path}")
    pull = world.submit("alice", "yank", {path: f"{before}\nyanked: {{reason: it loses data}}\n"})
    run = world.review()

    assert world.pull(pull.number).merged, run.printed


def test_a_new_permission_waits_for_a_person(world):
    world.known()
    world.update("1.1.0")
    world.review()
    more = extension("alice.word-count", "1.2.0")["devforge.yaml"] + "permissions: [process]\n"
    pull = world.update("1.2.0", {"devforge.yaml": more})
    world.review()

    assert world.labels(pull.number) == {"review: person"}
    assert "person-new-permission" in world.comments(pull.number)[0]


def test_drafts_and_other_branches_are_left_alone(world):
    world.known()
    world.push("operator", REGISTRY, "side", {"x": "y"}, onto="main")
    repo = world.client("alice").get_repo(REGISTRY)
    world.submit("alice", "stray", {"stray.txt": "x\n"}).edit(state="closed")
    repo.create_pull(base="main", head="alice:stray", title="not yet", body="", draft=True)
    repo.create_pull(base="side", head="alice:stray", title="elsewhere", body="")
    run = world.review()

    assert "a draft: reviewed when its author says it is ready" in run.printed
    assert "aims at side, not at main" in run.printed
    assert "0 to apply, 2 left alone" in run.printed


@pytest.mark.long
@pytest.mark.parametrize("kind", ["502", "lost answer"])
def test_whichever_call_fails_the_next_runs_bring_it_to_the_same_end(world, kind):
    world.known()
    calls = 0
    for number in range(1, 20):
        path = "registry/developers/alice.yaml"
        text = world.developer("alice") + f"support: https://example.org/{number}\n"
        pull = world.submit("alice", f"call-{number}", {path: text})
        fault = world.github.faults.every_call(number, kind, by="workflow")
        world.review()
        world.github.faults.clear()
        world.review()
        assert world.pull(pull.number).merged, number
        assert len(world.comments(pull.number)) == 1, number
        assert world.labels(pull.number) == {"review: merge"}
        calls += 1
        if not fault.struck:
            break
    assert calls >= 8


HOSTILE = (
    "$(touch${IFS}{marker})",
    "`touch${IFS}{marker}`",
    "--upload-pack=touch${IFS}{marker}",
    "ext::sh${IFS}-c${IFS}touch${IFS}{marker}",
    "x'\";touch${IFS}{marker};'",
)


def test_hostile_words_in_every_field_are_refused_or_shown_and_run_nothing(world, tmp_path):
    world.known()
    marker = tmp_path / "marker"
    words = [text.replace("{marker}", str(marker)) for text in HOSTILE]
    folder = "registry/extensions/alice/word-count"
    pinned, id = world.source("alice", "word-count", version="1.1.0")
    version = f"{folder}/versions/1.1.0.yaml"
    numbers = []
    for n, text in enumerate(words):
        quoted = json.dumps(text)
        branch = "".join(c for c in text if c not in " ~^:?*[\\") or "x"
        fields = {
            version: f"commit: {quoted}\nsubdirectory: {quoted}\n",
            f"{folder}/extension.yaml": f"owners: [{quoted}]\nrepository: {{url: {quoted}, id: {id}}}\n",
            f"{folder}/{text.replace('/', '_')}": "x",
        }
        pull = world.submit("alice", f"b{n}/{branch.strip('-/.')}", fields)
        pull.edit(title=f"{text}\n@operator")
        numbers.append(pull.number)
    # And once where everything up to the source is honest.
    evil = {
        words[2]: "x\n",
        "devforge.yaml": extension("alice.word-count", "1.1.0")["devforge.yaml"]
        .replace(
            "word_count/extension.py", "word_count/extension.py\nicon: " + json.dumps(words[0])
        )
        .replace("Counts the words", "@operator #1 <img src=x> Counts the words"),
    }
    pinned, _ = world.source("alice", "word-count", evil, version="1.1.0")
    good = world.submit("alice", "good", {version: f"commit: {pinned}\nsubdirectory: .\n"})
    run = world.review()

    assert run.static == run.decide == 0, run.printed
    assert not marker.exists()
    for number in [*numbers, good.number]:
        [comment] = world.comments(number)
        assert world.labels(number) & {"review: mend", "review: person", "review: merge"}, comment
        assert "@operator" not in comment
        assert "<img" not in comment
    for number in numbers:
        assert world.labels(number) == {"review: mend"}


def test_a_job_that_finds_another_was_faster_does_nothing_twice(world):
    world.known()
    pull = world.update()

    def meanwhile(where):
        world.review(reuse=True)

    run = world.review(between=meanwhile)

    assert world.pull(pull.number).merged, run.printed
    assert len(world.comments(pull.number)) == 1
    assert "nothing to do" in world.review().printed


def test_a_merge_that_github_keeps_refusing_ends_with_a_person(world):
    world.github.faults.add("502", method="PUT", path="/merge", times=None)
    pull = world.introduce("alice")
    for _ in range(3):
        world.review()

    assert world.labels(pull.number) == {"review: person"}
    assert "look at the rules of the branch main" in world.comments(pull.number)[0]


def test_a_version_from_before_the_reviews_memory_is_compared_with_all_the_same(world):
    world.known()  # straight into the registry: no run has ever seen it
    more = extension("alice.word-count", "1.1.0")["devforge.yaml"] + "permissions: [process]\n"
    pull = world.update("1.1.0", {"devforge.yaml": more})
    world.review()

    assert "person-new-permission" in world.comments(pull.number)[0]
