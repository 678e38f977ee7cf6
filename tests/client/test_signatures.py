"""Metadata made to be expensive, roots that follow one another, and keys that change (rows B5, B6)."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from places import INK, NOW, Place, versions
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Key, Signature
from signed_index import ONLINE, ROOT, signer
from tuf.api.metadata import Metadata, Root

from devforge.errors import BadInput, Refused
from devforge.updates.opening import open_index, read_root


def with_signatures(content: bytes, number: int, *, twice: bool = False) -> bytes:
    metadata = json.loads(content)
    for index in range(number):
        metadata["signatures"].append({"keyid": f"{0 if twice else index:064x}", "sig": "ab" * 64})
    return json.dumps(metadata).encode()


def newest(place: Place, pattern: str) -> Path:
    """Return the newest metadata file of a role."""
    found = (place.site / "index/metadata").glob(pattern)
    return max(found, key=lambda path: (len(path.name), path.name))


@pytest.mark.parametrize(
    ("role", "number"), [("timestamp", 5000), ("*.snapshot", 5000), ("*.targets", 15000)]
)
def test_thousands_of_signatures_are_not_even_read(place: Place, role, number):
    path = newest(place, f"{role}.json")
    path.write_bytes(with_signatures(path.read_bytes(), number))

    begun = time.process_time()
    with pytest.raises(Refused, match="more bytes than were expected"):
        place.open().document(INK)
    assert time.process_time() - begun < 3


def test_as_many_signatures_as_fit_cost_no_more_than_the_keys_there_are(place: Place):
    path = newest(place, "*.snapshot.json")
    path.write_bytes(with_signatures(path.read_bytes(), 3500))

    begun = time.process_time()
    assert versions(place.open()) == ["1.0.0"]
    assert time.process_time() - begun < 3


def test_the_same_key_signing_twice_is_refused(place: Place):
    path = place.site / "index/metadata/timestamp.json"
    path.write_bytes(with_signatures(path.read_bytes(), 2, twice=True))

    with pytest.raises(Refused, match="cannot be read"):
        place.open().document(INK)


def next_root(place: Place, change=lambda root: None, *, signers=ROOT[:2]) -> None:
    """Sign the root that follows the newest one and put it where clients look."""
    directory = place.site / "index/metadata"
    metadata = Metadata[Root].from_bytes(newest(place, "*.root.json").read_bytes())
    metadata.signed.version += 1
    change(metadata.signed)
    metadata.signatures.clear()
    for one in signers:
        metadata.sign(one, append=True)
    metadata.to_file(str(directory / f"{metadata.signed.version}.root.json"))


def test_roots_are_followed_one_by_one_and_remembered(place: Place):
    for _ in range(3):
        next_root(place)
    assert versions(place.open()) == ["1.0.0"]
    place.server.forget()

    assert versions(place.open()) == ["1.0.0"]
    assert [p for p in place.server.paths if "root" in p] == ["index/metadata/5.root.json"]


def test_a_root_its_predecessor_did_not_sign_is_refused(place: Place):
    next_root(place, signers=[signer("stranger 1"), signer("stranger 2")])

    with pytest.raises(Refused, match="not signed by the keys"):
        place.open().document(INK)


def test_one_of_two_signatures_is_too_few(place: Place):
    next_root(place, signers=ROOT[:1])

    with pytest.raises(Refused, match="not signed by the keys"):
        place.open().document(INK)


def test_after_a_stolen_online_key_is_taken_away_what_it_signed_is_nothing(place: Place):
    """The thief signs a far version; the next root names another key, and clients come back."""
    path = place.site / "index/metadata/timestamp.json"
    honest = path.read_bytes()
    stolen = Metadata.from_bytes(honest)
    stolen.signed.version += 1000
    stolen.sign(ONLINE)
    path.write_bytes(stolen.to_bytes())
    assert versions(place.open()) == ["1.0.0"]

    fresh = signer("online 2")

    def rotate(root: Root) -> None:
        for role in ("timestamp", "snapshot"):
            for keyid in list(root.roles[role].keyids):
                root.revoke_key(keyid, role)
            root.add_key(fresh.public_key, role)

    next_root(place, rotate)
    for name in ("timestamp.json", *(p.name for p in path.parent.glob("*.snapshot.json"))):
        metadata = Metadata.from_bytes(
            honest if name == "timestamp.json" else (path.parent / name).read_bytes()
        )
        metadata.sign(fresh)
        (path.parent / name).write_bytes(metadata.to_bytes())

    assert versions(place.open()) == ["1.0.0"]
    path.write_bytes(stolen.to_bytes())
    with pytest.raises(Refused, match="not signed by the keys"):
        place.open().document(INK)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="has no file without an end")
def test_a_root_without_end_is_read_no_further_than_a_root_may_be_long():
    with pytest.raises(BadInput, match="/dev/zero: is not a TUF root"):
        read_root(Path("/dev/zero"))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"signed": {}, "signatures": []}'])
def test_a_root_that_is_none_is_said_to_be_none(place: Place, tmp_path, content):
    place.root.write_bytes(content)

    with pytest.raises(BadInput, match="is not a TUF root"):
        place.open()
    with pytest.raises(BadInput, match=r"name the registry's root\.json"):
        open_index(place.url, home=place.home, root=tmp_path / "absent.json")


def test_the_root_of_another_registry_proves_nothing_here(place: Place):
    other = Metadata[Root].from_bytes(place.root.read_bytes())
    strangers = [signer("stranger 1"), signer("stranger 2"), signer("stranger 3")]
    for role in other.signed.roles:
        for keyid in list(other.signed.roles[role].keyids):
            other.signed.revoke_key(keyid, role)
        for one in strangers:
            other.signed.add_key(one.public_key, role)
    other.signatures.clear()
    for one in strangers:
        other.sign(one, append=True)
    place.root.write_bytes(other.to_bytes())

    with pytest.raises(Refused, match="not signed by the keys"):
        place.open(clock=lambda: NOW).document(INK)


def test_a_signature_that_was_right_says_nothing_of_other_bytes_or_of_what_is_no_signature():
    key = Key.from_dict("online", ONLINE.public_key.to_dict())
    good = Signature("online", ONLINE.sign(b"said").signature)
    key.verify_signature(good, b"said")

    for _ in range(2):
        key.verify_signature(good, b"said")
        with pytest.raises(UnverifiedSignatureError):
            key.verify_signature(good, b"not said")
        for wrong in (["ab"], {"a": 1}, 5, None):
            with pytest.raises(VerificationError):
                key.verify_signature(Signature("online", wrong), b"said")
