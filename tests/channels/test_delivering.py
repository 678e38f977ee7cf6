"""Which version goes to which channel when, and what becomes of tries that end badly."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from channels.parcels import parcel_of
from hypothesis import given
from hypothesis import strategies as st
from published import built_of, manifest_of, note_of

from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.channels import CHANNELS, Carrier, Deliveries, Delivery
from devforge.model.names import ExtensionId
from devforge.model.outlets import Channels, NpmChannel, OciChannel, PypiChannel, S3Channel
from devforge.model.versions import Version
from devforge.publish.channels.act import carriers_for, deliver
from devforge.publish.channels.carriers import npm_carrier
from devforge.publish.channels.changes import Out
from devforge.publish.channels.plan import failed, plan_channels, worries
from devforge.publish.channels.wheel import pypi_carrier, pypi_version

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ALL = Channels(
    every=(),
    npm=NpmChannel(scope="@market"),
    pypi=PypiChannel(prefix="market-"),
    oci=OciChannel(repository="registry.example/market"),
    s3=S3Channel(bucket="extensions"),
)
READY = frozenset(CHANNELS)


def out(
    id="acme.todo-tree",
    version="1.4.0",
    asked=CHANNELS,
    published="2026-11-20T10:00:00Z",
    **channels,
):
    deliveries = Deliveries(id=ExtensionId.parse(id), version=Version.parse(version), channels=channels)  # fmt: skip
    return Out(note_of(built_of(manifest_of(id, version)), published), asked, deliveries)


def plan(*versions, channels=ALL, ready=READY, now=NOW):
    return plan_channels(versions, channels=channels, ready=ready, now=now)


def test_a_plan_names_every_channel_that_was_asked_for_and_why_some_are_left(golden):
    later = NOW + timedelta(hours=3)
    versions = [
        out(),
        out(version="1.5.0-dev.1", asked=("npm", "pypi")),
        out("acme.notes", asked=("npm", "oci"),
            npm=Delivery(state="published", when=NOW, reference="@market/acme.notes@1.4.0"),
            oci=Delivery(state="failed", when=NOW, attempts=2, reason="oci: 503", due=later)),
        out("jane.lens", asked=("s3",), s3=Delivery(state="refused", when=NOW, reason="other bytes")),
        out("jane.plain", asked=()),
    ]  # fmt: skip
    text = plan(*versions, ready=READY - {"s3"}).render()
    golden("channels/plan.txt", text.rpartition(". digest")[0] + "\n")


def test_what_the_policy_does_not_offer_is_said_and_what_it_gives_all_is_given():
    channels = ALL.model_copy(update={"npm": None, "every": ("oci",)})
    made = plan(out(asked=("npm",)), channels=channels)

    assert [change.channel for change in made.changes] == ["oci"]
    assert "channels.npm is null in the policy" in made.notes[0]


def test_two_extensions_that_are_one_name_to_pypi_do_not_overwrite_each_other():
    first = out("a-b.c", asked=("pypi",))
    second = out("a.b-c", asked=("pypi",), published="2026-11-21T10:00:00Z")
    made = plan(second, first)

    assert [str(change.note.id) for change in made.changes] == ["a-b.c"]
    assert "takes market-a-b-c for the project of a-b.c" in made.notes[0]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("1.4.0", "1.4.0"), ("1.4.0-alpha.1", "1.4.0a1"), ("1.4.0-beta.12", "1.4.0b12"), ("1.4.0-rc.2", "1.4.0rc2")],
)  # fmt: skip
def test_a_prerelease_is_written_as_pypi_writes_it(ours, theirs):
    assert pypi_version(Version.parse(ours)) == theirs


def test_a_prerelease_pypi_has_no_form_for_is_no_failure_of_ours():
    with pytest.raises(BadInput, match="PyPI has no form"):
        pypi_version(Version.parse("1.4.0-nightly"))


def test_the_same_package_makes_the_same_files():
    for make, place in ((npm_carrier, ALL.npm), (pypi_carrier, ALL.pypi)):
        assert make(parcel_of(), place).content == make(parcel_of(), place).content


@given(st.integers(1, 40))
def test_each_failure_waits_longer_and_never_more_than_a_day(times):
    delivery, waited = None, timedelta()
    for _ in range(times):
        delivery = failed(delivery, "503", now=NOW)
        assert delivery.due is not None
        assert waited <= delivery.due - NOW <= timedelta(hours=24)
        waited = delivery.due - NOW
    assert delivery.attempts == times


def test_the_operator_is_told_of_what_does_not_come_right_by_itself():
    tired = Delivery(state="failed", when=NOW, attempts=4, reason="oci: 503", due=NOW)
    fresh = tired.model_copy(update={"attempts": 1})
    refused = Delivery(state="refused", when=NOW, attempts=1, reason="npm publish: E403")

    lines = list(worries([out(npm=refused, oci=tired, pypi=fresh)]))

    assert [line.partition(" did")[0] for line in lines] == ["`acme.todo-tree` 1.4.0"] * 2
    assert "python scripts/channels.py retry acme.todo-tree 1.4.0 npm --apply" in lines[0]
    assert "to oci after 4 tries" in lines[1]


def test_a_version_with_several_packages_goes_where_there_is_a_word_for_it():
    manifest = manifest_of(platforms={"linux-x64": [], "win32-x64": [], "any": []})
    note = note_of(built_of(manifest))
    deliveries = Deliveries(id=manifest.id, version=manifest.version)
    made = plan(Out(note, CHANNELS, deliveries))
    parcels = [parcel_of(platform=name) for name in note.packages]

    assert [change.channel for change in made.changes] == ["oci", "s3"]
    held = [
        line for line in made.notes if "has several, by platform: it is not offered there" in line
    ]
    assert [line.split()[:2] for line in held] == [["held", "npm"], ["held", "pypi"]]
    oci, s3 = (carriers_for(change, parcels, ALL) for change in made.changes)
    assert [carrier.version for carrier in oci] == ["1.4.0-any", "1.4.0-win32-x64", "1.4.0-linux-x64", "1.4.0"]  # fmt: skip
    assert oci[-1].parts == oci[:-1]
    assert [carrier.name.rpartition(".acme")[2] for carrier in s3] == [
        ".todo-tree-1.4.0.zip",
        ".todo-tree-1.4.0-win32-x64.zip",
        ".todo-tree-1.4.0-linux-x64.zip",
    ]
    channel = FakeChannel(lose=True)
    assert deliver(made.changes[1], s3, channel, now=NOW, pause=lambda _: None).state == "published"
    assert (channel.taken, sorted(channel.held.values())) == (3, sorted(p.package for p in parcels))


@dataclass
class FakeChannel:
    """Holds carriers by name; `lose` and `lag` are the two ways real ones have surprised us."""

    held: dict[str, bytes] = field(default_factory=dict)
    lose: bool = False  # it takes the file and the answer never arrives
    lag: int = 0  # how many looks still miss what was taken
    taken: int = 0

    def holds(self, carrier):
        there = self.held.get(f"{carrier.name}@{carrier.version}")
        if there is not None and self.lag:
            self.lag -= 1
            return None
        return None if there is None else there == carrier.content

    def publish(self, carrier, *, newest):
        key = f"{carrier.name}@{carrier.version}"
        if key in self.held:
            raise Refused(f"{key} exists")
        self.held[key], self.taken = carrier.content, self.taken + 1
        if self.lose:
            raise Unavailable("no answer")


CARRIER = Carrier("@market/acme.todo-tree", "1.4.0", "a.tgz", b"bytes")


def brought(channel, carrier=CARRIER, **channels):
    [change] = plan(out(asked=("npm",), **channels)).changes
    return deliver(change, [carrier], channel, now=NOW, pause=lambda _: None)


@pytest.mark.parametrize("channel", [FakeChannel(), FakeChannel(lose=True), FakeChannel(lag=2), FakeChannel(lose=True, lag=0)])  # fmt: skip
def test_a_delivery_is_published_once_however_often_it_is_tried(channel):
    assert {brought(channel).state for _ in range(3)} == {"published"}
    assert channel.taken == 1


def test_other_bytes_under_the_same_name_stop_it_and_nothing_is_overwritten():
    channel = FakeChannel({"@market/acme.todo-tree@1.4.0": b"somebody's"})
    made = brought(channel)

    assert (made.state, channel.taken) == ("refused", 0)
    assert "nothing is overwritten" in made.reason


def test_a_channel_that_takes_it_and_never_shows_it_is_tried_again():
    made = brought(FakeChannel(lag=99))

    assert (made.state, made.attempts) == ("failed", 1)
    assert made.due > NOW


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"id": "a.b", "version": "1.0.0"}', b'{"schema_version": 2}'])  # fmt: skip
def test_a_file_on_the_state_branch_that_is_not_ours_stops_the_job(content):
    with pytest.raises(Refused, match="look who wrote it"):
        Deliveries.read(content, ExtensionId.parse("acme.todo-tree"), Version.parse("1.4.0"))
