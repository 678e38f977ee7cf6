"""What a version does and how slowly it goes out, from the review's report to the index and the page."""

from __future__ import annotations

from published import built_of, candidate_of, manifest_of, note_of, report_of, tree_of

from devforge.model.index import PublishedRollout
from devforge.model.profile import Place, Profile, Use
from devforge.model.records import Rollout, VersionRecord
from devforge.publish.build import Built, build
from devforge.publish.documents import released

HOST = Place(path="sync.py", line=14, what="api.example.com")
PROFILE = Profile(
    uses=(Use(power="network", places=(HOST,), count=1),),
    hosts=("api.example.com",),
    programs=tuple(f"tool{number:03}" for number in range(400)),
)
SLOW = Rollout(stages=(1, 10, 100), hours=48)


def built(**said: object) -> Built:
    manifest = manifest_of()
    report = report_of(manifest, tree_of(manifest), **said).model_dump_json().encode()
    made = build(candidate_of(manifest, report=report))
    assert isinstance(made, Built)
    return made


def test_a_note_keeps_the_profile_in_brief_and_the_report_all_of_it():
    made = built(profile=PROFILE)
    kept = made.source.profile

    assert kept is not None
    assert (kept.hosts, len(kept.programs)) == (("api.example.com",), 50)
    assert b"tool399" in made.report


def test_a_slow_rollout_of_the_review_reaches_the_index_unless_a_slower_one_was_asked_for():
    manifest = manifest_of()
    note = note_of(built(rollout=SLOW))

    def listed(asked: Rollout | None, policy: Rollout | None) -> PublishedRollout | None:
        record = VersionRecord(commit=note.source.commit, rollout=asked)
        ((version, _),) = released({manifest.version: record}, {manifest.version: note}, policy)
        return version.rollout

    at_once, slower = Rollout(stages=(100,), hours=0), Rollout(stages=(1, 100), hours=720)
    slow = PublishedRollout(stages=SLOW.stages, hours=SLOW.hours)
    assert listed(None, at_once) == slow
    assert listed(at_once, None) == slow
    assert listed(slower, at_once) == PublishedRollout(stages=(1, 100), hours=720)


def test_without_a_review_that_is_cautious_the_policys_rollout_stays():
    manifest, note = manifest_of(), note_of(built_of(manifest_of()))
    record = VersionRecord(commit=note.source.commit)
    policy = Rollout(stages=(50, 100), hours=24)
    ((version, _),) = released({manifest.version: record}, {manifest.version: note}, policy)

    assert version.rollout == PublishedRollout(stages=(50, 100), hours=24)
    assert note.source.profile is None
