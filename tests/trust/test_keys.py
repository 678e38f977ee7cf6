"""Keys: how they are made, kept, opened, and what is said of those that cannot be used."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devforge.adapters.keys import (
    make_key,
    open_online_signer,
    open_signer,
    public_key,
    read_reference,
)
from devforge.errors import BadInput, Unavailable


def test_a_key_is_locked_and_readable_by_its_owner_alone(office):
    reference = Path(office.key("usb-a"))
    private = reference.with_name("usb-a.pem")

    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in private.read_bytes()
    with pytest.raises(TypeError):
        serialization.load_pem_private_key(private.read_bytes(), None)
    found = read_reference(reference)
    signer = open_signer(found, reference.parent, lambda _: "correct horse battery staple")
    signature = signer.sign(b"words")
    public_key(found).verify_signature(signature, b"words")


def test_a_key_is_never_written_over(office):
    path = Path(office.key("usb-a"))
    before = path.read_bytes(), path.with_name("usb-a.pem").read_bytes()

    code, said = office.type("new", "usb-a", "--dir", str(office.keys))

    assert code == 64
    assert "is there already, and a key is never written over" in said
    assert (path.read_bytes(), path.with_name("usb-a.pem").read_bytes()) == before


@pytest.mark.parametrize(
    ("name", "passphrase", "told"),
    [
        ("usb a", "long enough", "the key's name must be lower-case letters, digits and hyphens"),
        ("../usb", "long enough", "the key's name must be lower-case letters, digits and hyphens"),
        ("usb-a", "short", "the passphrase is too short: 8 characters at least"),
    ],
)
def test_a_name_or_passphrase_that_will_not_do_makes_no_file(
    office, monkeypatch, name, passphrase, told
):
    monkeypatch.setenv("DEVFORGE_KEY_PASSPHRASE", passphrase)

    code, said = office.type("new", name, "--dir", str(office.keys))

    assert (code, told in said) == (64, True), said
    assert not office.keys.exists()


def test_without_a_terminal_the_passphrase_comes_from_a_file_or_nowhere(
    office, monkeypatch, tmp_path
):
    monkeypatch.delenv("DEVFORGE_KEY_PASSPHRASE")
    code, said = office.type("new", "usb-a", "--dir", str(office.keys))
    assert code == 64
    assert "nobody is there to type a passphrase: use --passphrase-file" in said

    file = tmp_path / "passphrase"
    file.write_text("from a password manager\nsecond line\n")
    reference = Path(office.key("usb-a", "--passphrase-file", str(file)))
    open_signer(read_reference(reference), office.keys, lambda _: "from a password manager")


def test_a_wrong_passphrase_and_another_keys_file_are_told_apart(tmp_path):
    one = make_key("one", tmp_path, "long enough")
    other = make_key("other", tmp_path, "long enough")

    with pytest.raises(BadInput, match="the key one: the passphrase is wrong"):
        open_signer(one, tmp_path, lambda _: "not that")
    (tmp_path / "one.pem").write_bytes((tmp_path / "other.pem").read_bytes())
    with pytest.raises(BadInput, match=rf"the key one is not one \({one.keyid[:12]}"):
        open_signer(one, tmp_path, lambda _: "long enough")
    (tmp_path / "other.pem").unlink()
    with pytest.raises(BadInput, match=r"the key other: .*other\.pem cannot be read: No such file"):
        open_signer(other, tmp_path, lambda _: "long enough")


def test_a_key_in_hardware_is_referred_to_and_refused_where_its_package_is_missing(
    office, tmp_path
):
    public = Ed25519PrivateKey.generate().public_key()
    pem = tmp_path / "public.pem"
    pem.write_bytes(
        public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    path = office.key("token", "--uri", "gcpkms:projects/p/keys/k", "--public-key", str(pem))
    found = read_reference(Path(path))

    assert found.uri == "gcpkms:projects/p/keys/k"
    with pytest.raises(Unavailable, match=r"pip install 'securesystemslib\[gcpkms\]'"):
        open_signer(found, office.keys, lambda _: "")
    odd = found.model_copy(update={"uri": "carrier-pigeon:home"})
    with pytest.raises(BadInput, match="nothing here signs by carrier-pigeon:"):
        open_signer(odd, office.keys, lambda _: "")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"keyid": "0" * 64}, "says it is 000000000000, but is "),
        ({"public": "00"}, "is damaged"),
        ({"owner": "me"}, "Extra inputs are not permitted"),
        ({"schema_version": 2}, "schema_version"),
    ],
)
def test_a_reference_that_was_tampered_with_is_refused(office, change, told):
    path = Path(office.key("usb-a"))
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    code, said = office.here(
        "init", "--key", str(path), "--online", office.key("o", "--online"),
        "--repository", "a/b",
    )  # fmt: skip

    assert (code, told in said) == (64, True), said


def test_the_online_key_is_a_pem_that_must_be_the_one_the_root_names(tmp_path):
    online = make_key("online", tmp_path, None)
    make_key("other", tmp_path, None)
    make_key("locked", tmp_path, "long enough")
    public = public_key(online)
    texts = {name: (tmp_path / f"{name}.pem").read_text() for name in ("online", "other", "locked")}

    signer = open_online_signer(texts["online"], public, what="SIGNING_KEY")
    public.verify_signature(signer.sign(b"words"), b"words")
    with pytest.raises(BadInput, match=r"SIGNING_KEY is not online .*which the metadata names"):
        open_online_signer(texts["other"], public, what="SIGNING_KEY")
    with pytest.raises(BadInput, match="SIGNING_KEY is locked by a passphrase"):
        open_online_signer(texts["locked"], public, what="SIGNING_KEY")
    with pytest.raises(BadInput, match="SIGNING_KEY is no private key in PEM"):
        open_online_signer(texts["online"][:70], public, what="SIGNING_KEY")
    with pytest.raises(BadInput, match="nothing here signs by hunter2:"):
        open_online_signer("hunter2", public, what="SIGNING_KEY")
