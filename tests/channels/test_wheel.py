"""The wheel that goes to PyPI: its metadata as PyPI wants them, its files as pip checks them."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import subprocess
import sys
import zipfile

import pytest
from channels.parcels import parcel_of
from packaging.metadata import Metadata
from packaging.utils import parse_wheel_filename

from devforge.errors import BadInput
from devforge.model.outlets import PypiChannel
from devforge.publish.channels.wheel import pypi_carrier

PREFIX = PypiChannel(prefix="market-")


@pytest.fixture
def wheel():
    return pypi_carrier(
        parcel_of("1.4.0-rc.2", files={"LICENSE.txt": b"Do as you like.\n"}), PREFIX
    )


def test_its_metadata_are_current_and_say_who_may_do_what(wheel):
    with zipfile.ZipFile(io.BytesIO(wheel.content)) as archive:
        inside = "market_acme_todo_tree-1.4.0rc2.dist-info"
        said = Metadata.from_email(archive.read(f"{inside}/METADATA"), validate=True)
        licence = archive.read(f"{inside}/licenses/LICENSE.txt")

    assert (said.metadata_version, said.license_expression) == ("2.4", "MIT")
    assert (said.license_files, licence) == (["LICENSE.txt"], b"Do as you like.\n")
    assert said.keywords == ["dev-forge-extension", "todo", "tree"]
    assert str(said.requires_python) == ">=3"
    assert said.project_urls == {
        "Source": "https://github.com/acme/todo-tree",
        "Issues": "https://github.com/acme/todo-tree/issues",
        "Marketplace": "https://github.com/operator/registry",
    }
    assert said.description == "# Todo\n"


def test_twine_has_nothing_to_say_against_it(wheel, tmp_path):
    file = tmp_path / wheel.file
    file.write_bytes(wheel.content)
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", str(file)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, "PASSED" in done.stdout) == (0, True), done.stdout


def test_every_file_is_recorded_with_its_hash_and_the_name_is_one_pip_reads(wheel):
    name, version, _, tags = parse_wheel_filename(wheel.file)
    with zipfile.ZipFile(io.BytesIO(wheel.content)) as archive:
        own = next(path for path in archive.namelist() if path.endswith("/RECORD"))
        rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(archive.read(own).decode()))}
        contents = {path: archive.read(path) for path in archive.namelist()}

    assert (name, str(version)) == ("market-acme-todo-tree", "1.4.0rc2")
    assert [str(tag) for tag in tags] == ["py3-none-any"]
    assert rows.pop(own) == ["", ""]
    assert rows == {
        path: [f"sha256={_urlsafe(content)}", str(len(content))]
        for path, content in contents.items()
        if path != own
    }


def test_a_licence_that_pypi_does_not_know_is_said_and_not_sent():
    with pytest.raises(BadInput, match="no form for the licence As-You-Like"):
        pypi_carrier(parcel_of(license="As-You-Like"), PREFIX)


def _urlsafe(content):
    digest = hashlib.sha256(content).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
