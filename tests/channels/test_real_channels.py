"""Each channel against a real server of its kind, read back by the clients people use."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import boto3
import oras.client
import pytest
import requests
from channels.parcels import free_port, parcel_of

from devforge.adapters.buckets import Bucket
from devforge.adapters.channels.bucket import BucketChannel
from devforge.adapters.channels.npm import Npm
from devforge.adapters.channels.oci import ARTIFACT, Oci
from devforge.adapters.channels.pypi import Pypi
from devforge.adapters.node import npm_command
from devforge.errors import Refused, Unavailable
from devforge.model.channels import Carrier
from devforge.model.outlets import NpmChannel, OciChannel, PypiChannel, S3Channel
from devforge.publish.channels.carriers import npm_carrier, oci_carriers, s3_key
from devforge.publish.channels.wheel import pypi_carrier

SCOPE = NpmChannel(scope="@market")
PREFIX = PypiChannel(prefix="market-")


def npm(tmp_path, url, *arguments):
    """What a person's own npm says."""
    done = subprocess.run(
        [*npm_command(), *arguments, "--registry", url, "--cache", str(tmp_path / "cache")],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.long
def test_npm_takes_a_version_once_and_gives_the_released_zip_back(verdaccio, tmp_path):
    url, token = verdaccio
    channel = Npm(url, token)
    first, second = (npm_carrier(parcel_of(v), SCOPE) for v in ("1.4.0", "1.5.0-beta.1"))

    assert channel.holds(first) is None
    channel.publish(first, newest=True)
    assert channel.holds(first) is True
    assert channel.holds(second) is None  # the package is there, this version is not
    channel.publish(second, newest=False)

    other = npm_carrier(parcel_of(note=b"other"), SCOPE)
    assert channel.holds(other) is False
    with pytest.raises(Refused, match="previously published versions"):
        channel.publish(other, newest=True)
    tags = json.loads(npm(tmp_path, url, "view", "@market/acme.todo-tree", "dist-tags", "--json"))
    assert tags == {"latest": "1.4.0", "next": "1.5.0-beta.1"}
    npm(tmp_path, url, "pack", "@market/acme.todo-tree@1.4.0")
    with tarfile.open(tmp_path / "market-acme.todo-tree-1.4.0.tgz") as tar:
        held = tar.extractfile("package/acme.todo-tree-1.4.0.zip").read()
        described = json.load(tar.extractfile("package/package.json"))
    assert held == parcel_of().package
    assert described["devforge"]["sha256"] == hashlib.sha256(held).hexdigest()
    shown = ("license", "engines", "repository.url", "bugs.url")
    said = json.loads(npm(tmp_path, url, "view", "@market/acme.todo-tree", *shown, "--json"))
    assert said == {
        "license": "MIT",
        "engines": {"devforge": ">=2.0.0 <4"},
        "repository.url": "git+https://github.com/operator/registry.git",
        "bugs.url": "https://github.com/acme/todo-tree/issues",
    }


@pytest.mark.long
def test_npm_tells_a_wrong_token_from_a_registry_that_is_away(verdaccio):
    url, _ = verdaccio
    carrier = npm_carrier(parcel_of(), SCOPE)

    with pytest.raises(Refused, match=r"E401|ENEEDAUTH"):
        Npm(url, "not-a-token").publish(carrier, newest=True)
    with pytest.raises(Unavailable):
        Npm(f"http://127.0.0.1:{free_port()}/", "t").holds(carrier)


def test_a_python_index_takes_a_version_once_and_pip_gets_the_released_zip(pypi, tmp_path):
    channel = Pypi(pypi, f"{pypi}simple/", "token")
    carrier = pypi_carrier(parcel_of("1.4.0-rc.2"), PREFIX)

    assert channel.holds(carrier) is None
    channel.publish(carrier, newest=True)
    assert channel.holds(carrier) is True

    other = pypi_carrier(parcel_of("1.4.0-rc.2", note=b"other"), PREFIX)
    assert channel.holds(other) is False
    with pytest.raises(Refused, match="HTTPError: 4"):
        channel.publish(other, newest=True)
    into = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(into),
         "--index-url", f"{pypi}simple/", "market-acme-todo-tree==1.4.0rc2"],
        check=True, timeout=120,
    )  # fmt: skip
    placed = into / "devforge_extensions/acme.todo-tree/acme.todo-tree-1.4.0-rc.2.zip"
    assert placed.read_bytes() == parcel_of("1.4.0-rc.2").package
    with pytest.raises(Unavailable):
        Pypi(None, f"http://127.0.0.1:{free_port()}/simple/", None).holds(carrier)


def test_a_container_registry_holds_one_artifact_for_each_version(docker_registry, tmp_path):
    parcel = parcel_of()
    name = f"{docker_registry}/extensions/acme/todo-tree"
    channel = Oci(docker_registry, user=None, password=None)
    carrier = Carrier(name, "1.4.0", parcel.file, parcel.package)

    assert channel.holds(carrier) is None
    channel.publish(carrier, newest=True)
    channel.publish(carrier, newest=True)  # a repetition changes nothing
    assert channel.holds(carrier) is True
    assert channel.holds(Carrier(name, "1.4.0", parcel.file, b"other")) is False

    client = oras.client.OrasClient(hostname=docker_registry, insecure=True)
    [pulled] = client.pull(target=f"{name}:1.4.0", outdir=str(tmp_path / "pulled"))
    assert Path(pulled).read_bytes() == parcel.package
    manifest = requests.get(
        f"http://{docker_registry}/v2/extensions/acme/todo-tree/manifests/1.4.0",
        headers={"Accept": "application/vnd.oci.image.manifest.v1+json"}, timeout=20,
    ).json()  # fmt: skip
    assert manifest["artifactType"] == ARTIFACT
    away = Carrier(f"127.0.0.1:{free_port()}/acme/todo-tree", "1.4.0", "a.zip", b"a")
    with pytest.raises(Unavailable):
        Oci("127.0.0.1:1", user=None, password=None).holds(away)


def test_a_container_registry_lists_the_packages_of_a_version_by_platform(
    docker_registry, tmp_path
):
    parcels = [parcel_of(platform=name) for name in (None, "linux-x64", "alpine-x64", "win32-arm64", "linux-armhf")]  # fmt: skip
    place = OciChannel(repository=f"{docker_registry}/extensions")
    channel = Oci(docker_registry, user=None, password=None)
    carriers = oci_carriers(parcels, place)

    for carrier in carriers:
        assert channel.holds(carrier) is None
        channel.publish(carrier, newest=True)
        assert channel.holds(carrier) is True
    channel.publish(carriers[-1], newest=True)  # a repetition changes nothing
    assert channel.holds(replace(carriers[-1], parts=carriers[:1])) is False

    index = requests.get(
        f"http://{docker_registry}/v2/extensions/acme/todo-tree/manifests/1.4.0",
        headers={"Accept": "application/vnd.oci.image.index.v1+json"}, timeout=20,
    ).json()  # fmt: skip
    assert index["mediaType"] == "application/vnd.oci.image.index.v1+json"
    assert [entry.get("platform") for entry in index["manifests"]] == [
        None,
        {"architecture": "amd64", "os": "linux"},
        {"architecture": "amd64", "os": "linux", "os.features": ["musl"]},
        {"architecture": "arm64", "os": "windows"},
        {"architecture": "arm", "os": "linux", "variant": "v7"},
    ]
    client = oras.client.OrasClient(hostname=docker_registry, insecure=True)
    at = f"{docker_registry}/extensions/acme/todo-tree"
    [pulled] = client.pull(target=f"{at}:1.4.0-linux-x64", outdir=str(tmp_path / "pulled"))
    assert Path(pulled).name == "acme.todo-tree-1.4.0-linux-x64.zip"
    assert Path(pulled).read_bytes() == parcels[1].package
    assert index["annotations"] == {
        "org.opencontainers.image.title": "Todo Tree",
        "org.opencontainers.image.description": "Shows every TODO of your project as a tree you can walk.",
        "org.opencontainers.image.licenses": "MIT",
        "org.opencontainers.image.source": "https://github.com/acme/todo-tree",
        "org.opencontainers.image.url": "https://github.com/operator/registry",
        "org.opencontainers.image.version": "1.4.0",
    }
    named = requests.get(f"http://{docker_registry}/v2/extensions/acme/todo-tree/manifests/{index['manifests'][1]['digest']}", headers={"Accept": "application/vnd.oci.image.manifest.v1+json"}, timeout=20).json()  # fmt: skip
    assert named["layers"][0]["digest"] == f"sha256:{parcels[1].sha256}"


def test_a_bucket_holds_packages_where_a_mirror_of_the_index_has_them(s3):
    parcel, place = parcel_of(), S3Channel(bucket="extensions", prefix="market/")
    key = s3_key(parcel, place)
    channel = BucketChannel(Bucket("extensions", region="eu-central-1", endpoint=s3))
    carrier = Carrier(key, "1.4.0", parcel.file, parcel.package)

    assert channel.holds(carrier) is None
    channel.publish(carrier, newest=True)
    assert channel.holds(carrier) is True
    assert channel.holds(Carrier(key, "1.4.0", parcel.file, b"other")) is False

    found = boto3.client("s3", endpoint_url=s3).get_object(Bucket="extensions", Key=key)
    assert found["CacheControl"] == "public, max-age=31536000, immutable"
    assert zipfile.ZipFile(io.BytesIO(found["Body"].read())).testzip() is None
    with pytest.raises(Refused, match="NoSuchBucket"):
        BucketChannel(Bucket("absent-bucket", region="eu-central-1", endpoint=s3)).publish(
            carrier, newest=True
        )
    with pytest.raises(Unavailable):
        BucketChannel(
            Bucket("b" * 5, region=None, endpoint=f"http://127.0.0.1:{free_port()}")
        ).holds(carrier)
