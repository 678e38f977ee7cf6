"""Mirrors of the signed index: a real bucket, real invalidations, and a real client that reads them."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
import zstandard
from signed_index import SignedIndex

from devforge.adapters.buckets import Bucket
from devforge.adapters.caches import Cloudflare, CloudFront
from devforge.errors import Refused, Unavailable
from devforge.model.mirrors import TIMESTAMP, StoredObject, cache_control
from devforge.model.names import ExtensionId
from devforge.plan import apply
from devforge.publish.mirroring.act import Mirror
from devforge.publish.mirroring.observe import files_of, held_by, packages_held
from devforge.publish.mirroring.plan import Delete, Invalidate, LocalFile, Put, plan_mirror
from devforge.publish.mirroring.variants import variants_of
from devforge.updates.opening import open_index

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PREFIX = "market/index/"


class Remembering:
    """A cache that remembers what it was told to forget."""

    def __init__(self):
        self.told = []

    def forget(self, paths, *, key):
        self.told.append((paths, key))


@pytest.fixture
def registry(tmp_path):
    made = SignedIndex(tmp_path / "index")
    made.add("acme.ink", "1.0.0")
    made.publish()
    return made


def bucket_at(s3):
    return Bucket("extensions", region="eu-central-1", endpoint=s3)


def planned(registry, bucket, *, has_cache=True, now=NOW):
    held = held_by(bucket, PREFIX)
    files = files_of(registry.out, held, PREFIX)
    return plan_mirror("eu", local=files, held=held, prefix=PREFIX, has_cache=has_cache, keep_percent=95, now=now)  # fmt: skip


def copied(registry, bucket, cache=None):
    plan = planned(registry, bucket)
    mirror = Mirror(bucket, PREFIX, (cache,) if cache else ())
    apply(plan, lambda change: mirror.act(change, registry.out))
    return plan


def test_a_client_reads_a_mirror_as_it_reads_the_registry(registry, s3, tmp_path):
    copied(registry, bucket_at(s3))
    client = boto3.client("s3", endpoint_url=s3)
    for found in client.list_objects_v2(Bucket="extensions")[
        "Contents"
    ]:  # as a CDN lets them be read
        client.put_object_acl(Bucket="extensions", Key=found["Key"], ACL="public-read")
    root = registry.out / "metadata/1.root.json"
    index = open_index(f"{s3}/extensions/{PREFIX}", home=tmp_path / "home", root=root, clock=lambda: registry.clock)  # fmt: skip

    document = index.document(ExtensionId.parse("acme.ink"))

    assert [str(version.version) for version in document.versions] == ["1.0.0"]


def test_a_second_run_has_nothing_to_do_and_a_release_copies_what_it_changed(registry, s3):
    bucket, cache = bucket_at(s3), Remembering()
    copied(registry, bucket, cache)
    assert planned(registry, bucket).changes == ()

    registry.add("acme.ink", "1.1.0")
    registry.publish()
    plan = copied(registry, bucket, cache)

    *_, last = [change for change in plan.changes if isinstance(change, Put)]
    assert last.paths == (TIMESTAMP,)
    assert sum(len(c.paths) for c in plan.changes if isinstance(c, Put)) < 25
    assert all(path.startswith(TIMESTAMP) for path in cache.told[-1][0])
    assert planned(registry, bucket).changes == ()


def test_each_file_is_cached_for_as_long_as_it_holds_and_has_the_variants_that_pay(registry, s3):
    copied(registry, bucket_at(s3))
    client = boto3.client("s3", endpoint_url=s3)
    keys = [o["Key"] for o in client.list_objects_v2(Bucket="extensions")["Contents"]]
    served = {
        key.removeprefix(PREFIX): client.get_object(Bucket="extensions", Key=key) for key in keys
    }

    assert served[TIMESTAMP]["CacheControl"] == "public, max-age=60, must-revalidate"
    assert {s["CacheControl"] for p, s in served.items() if not p.startswith(TIMESTAMP)} == {
        "public, max-age=31536000, immutable"
    }
    packed = next(path for path in served if path.endswith(".snapshot.json.zst"))
    plain = zstandard.ZstdDecompressor().decompress(served[packed]["Body"].read(), max_output_size=1 << 20)  # fmt: skip
    assert plain == (registry.out / packed.removesuffix(".zst")).read_bytes()
    assert served[packed]["ContentType"] == "application/zstd"


def test_a_copy_that_was_stopped_leaves_the_index_before_and_is_finished_by_the_next(
    registry, s3, tmp_path
):
    bucket = bucket_at(s3)
    copied(registry, bucket)
    before = bucket.read(PREFIX + TIMESTAMP, limit_bytes=1 << 20)
    registry.add("acme.ink", "1.1.0")
    registry.publish()
    changes = planned(registry, bucket).changes
    mirror = Mirror(bucket, PREFIX)

    for change in changes[:1]:  # and then it is killed
        mirror.act(change, registry.out)

    assert bucket.read(PREFIX + TIMESTAMP, limit_bytes=1 << 20) == before
    assert len(planned(registry, bucket).changes) == len(changes) - 1
    copied(registry, bucket)
    assert planned(registry, bucket).changes == ()


def test_a_package_that_was_called_malicious_goes_and_caches_forget_it_after_all_else(registry, s3):
    bucket, cache = bucket_at(s3), Remembering()
    bad, good = (f"targets/packages/{n * 64}.acme.ink-1.0.0.zip" for n in "ab")
    for path in (bad, f"{bad}.old", good):
        bucket.put(PREFIX + path, b"zip", kind="application/zip", cache="")
    copied(registry, bucket, cache)
    held = packages_held(bucket, PREFIX, [bad, "targets/packages/absent.zip"])
    everything = held_by(bucket, PREFIX)
    plan = plan_mirror("eu", local=files_of(registry.out, everything, PREFIX), held=everything, prefix=PREFIX, has_cache=True, keep_percent=95, now=NOW, malicious=held)  # fmt: skip
    apply(plan, lambda change: Mirror(bucket, PREFIX, (cache,)).act(change, registry.out))

    assert [change.line for change in plan.changes] == [f"delete   {bad}: called malicious"]
    assert [paths for paths, _ in cache.told[-2:]] == [(bad,), (bad,)]
    assert (
        len({key for _, key in cache.told[-2:]}) == 2
    )  # CloudFront makes one of two that are alike
    assert packages_held(bucket, PREFIX, [bad, f"{bad}.old", good]) == (f"{bad}.old", good)


def file(path, content=b"x"):
    return LocalFile(path, len(content), content.hex())


def stored(path, *, days=30, content=b"x"):
    return StoredObject(PREFIX + path, len(content), content.hex(), NOW - timedelta(days=days))


def plan_of(local, held, **more):
    wanted = {"prefix": PREFIX, "has_cache": True, "keep_percent": 50, "now": NOW} | more
    return plan_mirror("eu", local=local, held=held, **wanted)


def test_what_no_index_names_goes_after_a_week_and_never_too_much_at_once(golden):
    local = [file(TIMESTAMP), file("targets/a.json"), file("metadata/2.root.json")]
    held = [stored(TIMESTAMP, content=b"old"), stored("targets/a.json"), stored("targets/gone.json"),
            stored("targets/young.json", days=3)]  # fmt: skip
    plan = plan_of(local, held)
    golden("mirroring/plan.txt", plan.render().rpartition(". digest")[0] + "\n")

    assert plan.changes[-1] == Delete((f"{PREFIX}targets/gone.json",))
    refused = plan_of([file(TIMESTAMP)], [stored(f"targets/{n}.json") for n in range(9)])
    assert "9 of 9 files would be deleted" in refused.refusals[0]
    assert refused.exit_code == 1


def test_caches_forget_only_what_changes_and_the_absence_of_a_root_that_came():
    plan = plan_of([file(TIMESTAMP), file("targets/a.json"), file("metadata/2.root.json")], [])

    assert [c.paths for c in plan.changes if isinstance(c, Invalidate)] == [
        ("metadata/2.root.json", TIMESTAMP)
    ]
    bare = plan_of([file(TIMESTAMP)], [], has_cache=False)
    assert not [c for c in bare.changes if isinstance(c, Invalidate)]


def test_without_a_signed_index_nothing_is_touched():
    assert plan_of([], [stored("targets/a.json")]).exit_code == 1


def test_a_variant_is_kept_only_where_it_pays_and_is_the_same_each_time():
    assert list(variants_of(b"a" * 400)) == []
    assert list(variants_of(bytes(range(256)) * 2)) == list(variants_of(bytes(range(256)) * 2))
    assert {name for name, _ in variants_of(b'{"a": 1}' * 500)} == {"zst", "br", "gz"}
    assert cache_control(f"{TIMESTAMP}.br") == cache_control(TIMESTAMP)


def test_cloudfront_is_asked_once_for_what_changed(s3):
    client = boto3.client("cloudfront", endpoint_url=s3, region_name="us-east-1")
    origin = {"Id": "o", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}  # fmt: skip
    made = client.create_distribution(DistributionConfig={
        "CallerReference": "t", "Comment": "", "Enabled": True, "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only", "MinTTL": 0,
                                 "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}},
    })["Distribution"]["Id"]  # fmt: skip

    CloudFront(made, endpoint=s3).forget((TIMESTAMP,), key="k")

    [listed] = client.list_invalidations(DistributionId=made)["InvalidationList"]["Items"]
    asked = client.get_invalidation(DistributionId=made, Id=listed["Id"])["Invalidation"]
    assert asked["InvalidationBatch"]["Paths"]["Items"] == [f"/{TIMESTAMP}"]
    with pytest.raises(Refused, match="NoSuchDistribution"):
        CloudFront("E000000000000", endpoint=s3).forget((TIMESTAMP,), key="k")


@pytest.fixture
def cloudflare():
    """The purge endpoint as its documentation describes it; `.got` is what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.got.append((self.path, self.headers["Authorization"], body))
            status, answer = server.answers.pop(0) if server.answers else (200, {"success": True, "errors": [], "messages": [], "result": {"id": "1"}})  # fmt: skip
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def purger(server):
    api = f"http://127.0.0.1:{server.server_address[1]}"
    return Cloudflare("0" * 32, "https://cdn.example/index", "token", api=api)


def test_cloudflare_is_told_whole_addresses_thirty_at_a_time(cloudflare):
    purger(cloudflare).forget(tuple(f"metadata/{n}.root.json" for n in range(31)), key="k")

    assert [len(body["files"]) for _, _, body in cloudflare.got] == [30, 1]
    path, authorization, body = cloudflare.got[1]
    assert (path, authorization) == (f"/zones/{'0' * 32}/purge_cache", "Bearer token")
    assert body == {"files": ["https://cdn.example/index/metadata/30.root.json"]}


@pytest.mark.parametrize(
    ("status", "kind"), [(403, Refused), (400, Refused), (429, Unavailable), (502, Unavailable), (200, Refused)]
)  # fmt: skip
def test_cloudflare_saying_no_is_no_success(cloudflare, status, kind):
    said = {"success": False, "errors": [{"code": 1, "message": "Authentication error"}]}
    cloudflare.answers = [(status, said)]
    with pytest.raises(kind, match="Authentication error"):
        purger(cloudflare).forget((TIMESTAMP,), key="k")
