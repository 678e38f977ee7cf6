"""The channels' real servers, on loopback: Verdaccio, pypiserver, docker-registry, moto."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests
from channels.parcels import free_port

from devforge.adapters.node import node_program


@contextmanager
def serving(command: list[str], url: str, *, directory: Path, **environment: str) -> Iterator[str]:
    """Run a server until it answers at `url`; yield the url; end it afterwards."""
    log = directory / "server.log"
    with log.open("wb") as printed:
        server = subprocess.Popen(
            command, cwd=directory, env=os.environ | environment, stdout=printed, stderr=printed
        )
        try:
            deadline = time.monotonic() + 60
            while True:
                with suppress(requests.ConnectionError):
                    requests.get(url, timeout=5)
                    break
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture
def verdaccio(node_modules: Path, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Return an npm registry's address and a token that may publish in it."""
    port, home = free_port(), tmp_path / "verdaccio"
    home.mkdir()
    (home / "config.yaml").write_text(
        "storage: ./storage\n"
        "auth: {htpasswd: {file: ./htpasswd, max_users: 10}}\n"
        "uplinks: {}\n"
        "packages: {'**': {access: $all, publish: $authenticated}}\n"
        "log: {type: stdout, format: pretty, level: warn}\n"
    )
    script = node_modules / "verdaccio/bin/verdaccio"
    command = [node_program(), str(script), "--config", str(home / "config.yaml"), "--listen", f"127.0.0.1:{port}"]  # fmt: skip
    with serving(command, f"http://127.0.0.1:{port}/", directory=home, HOME=str(home)) as url:
        user = {"name": "op", "password": "a-long-password", "email": "op@users.invalid"}
        answer = requests.put(f"{url}-/user/org.couchdb.user:op", json=user, timeout=20)
        yield url, answer.json()["token"]


@pytest.fixture
def pypi(tmp_path: Path) -> Iterator[str]:
    """Return the address of an empty Python package index that takes uploads."""
    port, files = free_port(), tmp_path / "wheels"
    files.mkdir()
    command = [
        sys.executable, "-m", "pypiserver", "run", "-i", "127.0.0.1", "-p", str(port), "-a", ".",
        "-P", ".", "--disable-fallback", "--server", "wsgiref", str(files),
    ]  # fmt: skip
    with serving(command, f"http://127.0.0.1:{port}/", directory=tmp_path) as url:
        yield url


@pytest.fixture
def docker_registry(tmp_path: Path) -> Iterator[str]:
    """Return the host of an empty container registry, which lets nobody delete."""
    with _docker_registry(tmp_path, lets_delete=False) as host:
        yield host


@pytest.fixture
def deleting_registry(tmp_path: Path) -> Iterator[str]:
    """Return the host of an empty container registry, which lets one delete."""
    with _docker_registry(tmp_path, lets_delete=True) as host:
        yield host


@contextmanager
def _docker_registry(tmp_path: Path, *, lets_delete: bool) -> Iterator[str]:
    program = shutil.which("docker-registry") or "/usr/bin/docker-registry"
    if not Path(program).exists():
        if os.environ.get("CI") == "true":
            pytest.fail("docker-registry is not installed; scripts/setup-machine installs it")
        pytest.skip("docker-registry is not installed")
    port, home = free_port(), tmp_path / "oci"
    home.mkdir()
    (home / "config.yml").write_text(
        "version: 0.1\n"
        f"storage: {{filesystem: {{rootdirectory: {home}/storage}}, delete: {{enabled: {str(lets_delete).lower()}}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\nlog: {{level: error}}\n"
    )
    command = [program, "serve", str(home / "config.yml")]
    with serving(command, f"http://127.0.0.1:{port}/v2/", directory=home):
        yield f"127.0.0.1:{port}"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of an S3 service that holds the empty bucket `extensions`."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - a second to import

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    place = {"LocationConstraint": "eu-central-1"}
    import boto3  # noqa: PLC0415 - as above

    client = boto3.client("s3", endpoint_url=url)
    client.create_bucket(Bucket="extensions", CreateBucketConfiguration=place)
    client.close()
    yield url
    requests.post(f"{url}/moto-api/reset", timeout=20)
    server.stop()
