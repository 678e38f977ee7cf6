"""What was called malicious is deleted where a channel lets one delete, and else a person is told."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest
import requests
from channels.parcels import free_port, parcel_of
from channels.test_delivering import ALL, NOW, plan
from channels.test_delivering import out as released
from published import built_of, manifest_of, note_of

from devforge.adapters.buckets import Bucket
from devforge.adapters.channels.bucket import BucketChannel
from devforge.adapters.channels.oci import Oci
from devforge.errors import BadInput, Refused, Unavailable
from devforge.model.channels import Copy, Delivery
from devforge.model.outlets import OciChannel, S3Channel
from devforge.publish.channels.act import carriers_for, deliver, remove
from devforge.publish.channels.carriers import copies_of
from devforge.publish.channels.plan import worries

WHY = "Malicious, remove it: It sends your keys away."
ANY = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"


def condemned(one, *, asked=("oci", "s3")):
    return replace(one, asked=asked, against=WHY, is_malicious=True)


def on(channel, **said):
    there = Delivery(state="published", when=NOW, reference="there", sha256="a" * 64)
    return released(asked=(channel,), **{channel: there.model_copy(update=said)})


def test_every_copy_that_may_be_there_is_looked_for_and_no_other_channel_is_touched():
    nothing_known = condemned(released(asked=("npm", "oci")), asked=("npm", "oci"))
    half_way = condemned(on("s3", state="failed", due=NOW + timedelta(hours=9)))
    made = plan(nothing_known, half_way)

    assert [change.line for change in made.changes] == [
        f"remove   oci   acme.todo-tree 1.4.0  {WHY}",
        f"remove   oci   acme.todo-tree 1.4.0  {WHY}",
        f"remove   s3    acme.todo-tree 1.4.0  {WHY}",
    ]
    assert made.notes == (
        f"left     npm   acme.todo-tree 1.4.0  it is not offered any more: {WHY}",
    )
    with pytest.raises(BadInput, match="nothing is deleted from npm"):
        copies_of(nothing_known.note, "npm", ALL)


def test_without_credentials_it_waits_and_a_yank_deletes_nothing():
    waiting = plan(condemned(on("oci"), asked=("oci",)), ready=frozenset())
    yanked = plan(replace(on("oci"), against="It loses data."))

    assert (waiting.changes, yanked.changes) == ((), ())
    assert "there are no credentials for it" in waiting.notes[0]
    assert "a copy that nothing points to says no more" in yanked.notes[0]


class Away:
    """A channel whose `answer` to every wish to delete is an error."""

    def __init__(self, answer):
        self.answer = answer

    def holds(self, carrier):
        raise self.answer

    def publish(self, carrier, *, newest):
        raise self.answer

    def delete(self, copies):
        raise self.answer


def removed(one, channel, channels=ALL):
    [change] = plan(one, channels=channels).changes
    made = remove(change, channel, channels, now=NOW)
    return replace(one, deliveries=one.deliveries.with_one(change.channel, made)), made


def test_a_channel_that_is_away_is_asked_again_later_and_one_that_says_no_is_a_persons():
    before = condemned(on("s3"), asked=("s3",))
    waiting, missed = removed(before, Away(Unavailable("503")))
    refused, no = removed(before, Away(Refused("AccessDenied")))

    assert (missed.state, missed.attempts, plan(waiting).changes) == ("published", 1, ())
    assert list(worries([waiting])) == []
    assert [change.channel for change in plan(waiting, now=NOW + timedelta(hours=1)).changes] == [
        "s3"
    ]
    [told] = worries([refused])
    assert told == (
        "`acme.todo-tree` 1.4.0 on s3: a copy of what was called malicious is there, delete it by "
        "hand: AccessDenied"
    )  # fmt: skip
    assert plan(refused).changes  # it is looked for again until it is gone
    assert no.sha256 == "a" * 64


def test_what_is_acquitted_is_brought_there_again_whatever_is_there(s3):
    place = ALL.model_copy(update={"s3": S3Channel(bucket="extensions", prefix="p/")})
    gone, _ = removed(condemned(on("s3"), asked=("s3",)), bucket_at(s3), place)
    half, _ = removed(condemned(on("s3"), asked=("s3",)), Away(Unavailable("503")), place)

    assert [note.split()[0] for note in plan(gone, channels=place).notes] == ["gone"]
    for one in (gone, half):
        acquitted = replace(one, against="", is_malicious=False)
        assert [change.line.split()[0] for change in plan(acquitted).changes] == ["deliver"]
    yanked_since = replace(gone, against="It loses data.", is_malicious=False)
    assert plan(yanked_since).changes == ()


def bucket_at(s3):
    return BucketChannel(Bucket("extensions", region="eu-central-1", endpoint=s3))


def delivered(parcels, channel_name, channel, place):
    """A version whose packages are on a channel, and which was called malicious then."""
    files = {p.platform: p.sha256 for p in parcels}
    platforms = {name or "any": [] for name in files} if len(files) > 1 else {}
    note = note_of(built_of(manifest_of(platforms=platforms)))
    note = note.model_copy(update={
        "package": note.package.model_copy(update={"sha256": files[None]}),
        "platforms": {
            name: held.model_copy(update={"package": held.package.model_copy(update={"sha256": files[name]})})
            for name, held in note.platforms.items()
        },
    })  # fmt: skip
    one = replace(released(asked=(channel_name,)), note=note)
    [change] = plan(one, channels=place).changes
    made = deliver(change, carriers_for(change, parcels, place), channel, now=NOW, pause=print)
    assert made.state == "published"
    known = one.deliveries.with_one(channel_name, made)
    return replace(one, deliveries=known, against=WHY, is_malicious=True)


def test_a_bucket_has_no_copy_left_and_all_else_of_it_stays(s3):
    place = ALL.model_copy(update={"s3": S3Channel(bucket="extensions", prefix="p/")})
    parcels = [parcel_of(platform=name) for name in (None, "linux-x64")]
    channel, client = bucket_at(s3), boto3.client("s3", endpoint_url=s3)
    client.put_object(Bucket="extensions", Key="p/targets/packages/other.zip", Body=b"other")
    one = delivered(parcels, "s3", channel, place)
    assert len(client.list_objects_v2(Bucket="extensions")["Contents"]) == 3

    _, made = removed(one, channel, place)
    _, again = removed(one, channel, place)

    assert (made.state, again.state) == ("removed", "removed")
    left = [found["Key"] for found in client.list_objects_v2(Bucket="extensions")["Contents"]]
    assert left == ["p/targets/packages/other.zip"]
    absent = Bucket("absent-bucket", region="eu-central-1", endpoint=s3)
    with pytest.raises(Refused, match="NoSuchBucket"):
        BucketChannel(absent).delete(copies_of(one.note, "s3", place))


def in_registry(host, *names):
    """A version that is in a container registry, its packages, the channel, and the policy."""
    place = ALL.model_copy(update={"oci": OciChannel(repository=f"{host}/extensions")})
    channel = Oci(host, user=None, password=None)
    parcels = [parcel_of(platform=name) for name in names]
    return delivered(parcels, "oci", channel, place), channel, place, parcels


def status(host, path):
    url = f"http://{host}/v2/extensions/acme/todo-tree/{path}"
    return requests.get(url, headers={"Accept": ANY}, timeout=20).status_code


@pytest.mark.parametrize("names", [(None,), (None, "linux-x64", "win32-x64")])
def test_a_container_registry_gives_neither_tag_nor_package_any_more(deleting_registry, names):
    one, channel, place, parcels = in_registry(deleting_registry, *names)
    tags = ["1.4.0"] if len(names) == 1 else ["1.4.0", *(f"1.4.0-{n or 'any'}" for n in names)]
    named = [f"manifests/{tag}" for tag in tags] + [f"blobs/sha256:{p.sha256}" for p in parcels]
    assert {status(deleting_registry, path) for path in named} == {200}

    _, made = removed(one, channel, place)
    _, again = removed(one, channel, place)  # as when the run was killed before it noted that

    assert (made.state, again.state) == ("removed", "removed")
    assert {status(deleting_registry, path) for path in named} == {404}
    [change] = plan(replace(one, against="", is_malicious=False, deliveries=one.deliveries.with_one("oci", made)), channels=place).changes  # fmt: skip
    back = deliver(change, carriers_for(change, parcels, place), channel, now=NOW, pause=print)
    assert (back.state, {status(deleting_registry, path) for path in named}) == ("published", {200})


def test_another_package_that_somebody_put_under_the_same_name_is_left(deleting_registry):
    one, channel, place, _ = in_registry(deleting_registry, None)
    [copy] = copies_of(one.note, "oci", place)

    channel.delete([replace(copy, sha256="0" * 64)])

    assert status(deleting_registry, "manifests/1.4.0") == 200


def test_a_container_registry_that_lets_nobody_delete_is_a_persons_and_looked_at_until_it_is_gone(
    docker_registry, tmp_path
):
    one, channel, place, _ = in_registry(docker_registry, None)

    waiting, _ = removed(one, channel, place)

    [told] = worries([waiting])
    assert told.startswith(
        "`acme.todo-tree` 1.4.0 on oci: a copy of what was called malicious is there, delete it by "
        f"hand: oci: delete {docker_registry}/extensions/acme/todo-tree:1.4.0: 405 "
    )
    subprocess.run(["rm", "-r", str(tmp_path / "oci/storage")], check=True)  # its operator does
    gone, made = removed(waiting, channel, place)
    assert (made.state, list(worries([gone]))) == ("removed", [])
    with pytest.raises(Unavailable):
        Oci("127.0.0.1:1", user=None, password=None).delete(
            [Copy(f"127.0.0.1:{free_port()}/acme/todo-tree", "1.4.0", "0" * 64)]
        )
