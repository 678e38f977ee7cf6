"""The ceremony: begin, sign one after the other, rotate, renew; and what is refused on the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata

from devforge.model.index import Config
from devforge.publish.trust import read_trust
from devforge.trust.offline import Keyring, held_of, propose
from devforge.trust.plan import plan_change, plan_sign
from devforge.trust.reading import pending_of

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def test_two_of_three_keys_begin_a_registry_one_after_the_other(office):
    keys = [word for name in ("usb-a", "usb-b", "paper") for word in ("--key", office.key(name))]
    online = office.key("online-1", "--online")
    begin = ("init", *keys, "--online", online, "--repository", "operator/registry")
    code, said = office.here(*begin)
    assert code == 2
    assert not office.trust.exists()
    assert "signed offline by any 2 of usb-a" in said

    office.does(*begin)
    assert "1 more needed" in office.sign("usb-a")
    assert not (office.trust / "metadata").exists()
    office.sign("paper")

    trust = read_trust(office.trust)
    assert trust.config.packages == (
        "https://github.com/operator/registry/releases/download/{tag}/{file}"
    )
    assert (office.registry / "root.json").read_bytes() == trust.files["metadata/1.root.json"]
    assert not (office.trust / "pending").exists()
    assert "nothing is due" in office.here("status")[1]


def test_two_keys_at_once_do_the_same(office):
    office.begin()

    assert read_trust(office.trust).root.version == 1


def test_nobody_signs_twice_and_no_stranger_signs(office):
    office.begin()
    office.does("renew")
    office.sign("usb-a")
    code, said = office.here("sign", str(office.keys / "usb-a.key.json"), "--apply")
    assert (code, "0 to apply" in said) == (0, True), said
    assert read_trust(office.trust).root.version == 1

    code, said = office.here("sign", office.key("stranger"), "--apply")

    assert code == 1
    assert "signs nothing of what is pending" in said


def test_what_is_pending_says_who_signed_and_what_is_next(office):
    office.begin()
    office.does("renew")
    office.sign("usb-a")

    code, said = office.here("status")

    assert code == 0
    assert "2.root.json, the keys so far: signed by usb-a; 1 more of paper, usb-b" in said
    assert "devforge keys sign KEY.key.json --apply    with one of paper, usb-b" in said
    data = json.loads(office.here("status", "--json")[1])
    assert data["roles"]["root"]["version"] == 1
    assert data["pending"]["metadata/2.root.json"][0]["by"] == ["usb-a"]


def test_a_lost_offline_key_is_replaced_by_the_others(office):
    office.begin()
    office.key("usb-c")
    said = office.does("rotate", "usb-a", str(office.keys / "usb-c.key.json"))
    assert "the offline key usb-a" in said
    assert "is trusted no longer" in said

    said = office.sign("usb-c", "usb-b")
    assert read_trust(office.trust).root.version == 1  # one of the keys so far is missing
    office.sign("paper")

    trust = read_trust(office.trust)
    assert [root.version for root in trust.roots] == [1, 2]
    assert "usb-a" not in office.here("status")[1]


def test_the_online_key_is_replaced_everywhere_it_signs(office):
    office.begin()
    office.key("online-2", "--online")
    office.does("rotate", "online-1", str(office.keys / "online-2.key.json"))
    said = office.sign("usb-a", "usb-b")
    assert said.endswith("next: gh secret set SIGNING_KEY --env index < online-2.pem\n")

    trust = read_trust(office.trust)
    [keyid] = trust.online_keys
    assert trust.root.keys[keyid].unrecognized_fields["x-devforge-name"] == "online-2"
    assert trust.versions == {"targets": 2, "extensions": 2, "packages": 2}
    for name in ("targets", "extensions", "packages"):
        assert keyid in trust.files[f"metadata/2.{name}.json"].decode()


def test_a_mirror_changes_the_configuration_and_nothing_else(office):
    office.begin()
    said = office.does("mirrors", "--add", "https://m.example.com/index/", "--region", "eu")
    assert 'mirrors is [{"url": "https://m.example.com/index/"' in said
    office.sign("paper", "usb-b")

    trust = read_trust(office.trust)
    assert trust.versions == {"targets": 2, "extensions": 1, "packages": 1}
    assert trust.root.version == 1
    assert [mirror.url for mirror in trust.config.mirrors] == ["https://m.example.com/index/"]
    code, said = office.here("mirrors", "--remove", "https://other.example.com/")
    assert (code, "is no mirror; there are https://m.example.com" in said) == (64, True), said


def test_keys_come_and_go_within_the_threshold(office):
    office.begin()
    office.does("admit", office.key("usb-c"), "--threshold", "3")
    office.sign("usb-a", "usb-b", "usb-c")
    assert "3 of 4 sign offline" in office.here("status")[1]

    office.does("revoke", "paper")
    office.sign("usb-a", "usb-b", "usb-c")
    assert "3 of 3 sign offline" in office.here("status")[1]
    code, said = office.here("revoke", "usb-c")

    assert code == 1
    assert "3 must sign, and the offline keys would be 2: admit another first" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rotate", "nobody", "usb-a"), "no key is called nobody; there are usb-a ("),
        (
            ("rotate", "usb-a", "online-1"),
            "online-1 has no passphrase, so whoever sees its file can sign",
        ),
        (("rotate", "online-1", "usb-a"), "usb-a is locked by a passphrase, which no job can type"),
        (("rotate", "usb-a", "usb-b"), "the same offline key is named twice"),
        (("revoke", "online-1"), "the online key is replaced, not taken away"),
        (("mirrors", "--add", "ftp://x"), "is no address of a mirror"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(office, words, told):
    office.begin()
    typed = [str(office.keys / f"{w}.key.json") if n > 1 and "-" in w and "//" not in w and words[0] == "rotate" else w for n, w in enumerate(words)]  # fmt: skip

    code, said = office.here(*typed, "--apply")

    assert code in (1, 64)
    assert told in said
    assert not (office.trust / "pending").exists()


def test_two_changes_never_wait_beside_each_other(office):
    office.begin()
    office.does("renew")

    code, said = office.here("mirrors", "--add", "https://m.example.com/")

    assert code == 1
    assert "wait for signatures: have them signed, or give that change up by deleting" in said


def test_before_the_first_ceremony_every_other_command_says_so(office):
    for words in (("renew",), ("revoke", "x"), ("mirrors",)):
        code, said = office.here(*words)
        assert (code, "begin with `devforge keys init`" in said) == (64, True), said


def test_a_trust_that_somebody_changed_by_hand_is_refused(office):
    office.begin()
    root = office.trust / "metadata/1.root.json"
    root.write_bytes(root.read_bytes().replace(b'"threshold":2', b'"threshold":1', 1))

    code, said = office.here("status")

    assert code == 64
    assert "metadata/1.root.json" in said


def test_a_pending_file_that_was_swapped_after_signing_counts_no_signature(office):
    office.begin()
    office.does("renew")
    office.sign("usb-a")
    path = office.trust / "pending/metadata/2.root.json"
    path.write_bytes(path.read_bytes().replace(b'"threshold":2', b'"threshold":1', 1))

    assert "2.root.json, the keys so far: signed by nobody yet" in office.here("status")[1]


def test_one_person_with_one_key_is_warned_and_may(office):
    said = office.does(
        "init", "--key", office.key("only"), "--online", office.key("online", "--online"),
        "--repository", "operator/registry",
    )  # fmt: skip
    assert "careful: every offline key is needed, so losing one loses the registry" in said
    office.sign("only")
    assert read_trust(office.trust).root.version == 1


def test_what_expires_soon_is_due_and_renewing_settles_it(office):
    office.begin()
    trust = held_of(read_trust(office.trust))
    later = trust.root.signed.expires - timedelta(days=100)

    made = propose(trust, trust.keyring, trust.trust.config, now=later)

    assert set(made) == {
        "metadata/2.root.json", "metadata/2.targets.json", "metadata/2.extensions.json",
        "metadata/2.packages.json",
    }  # fmt: skip


SIGNERS = {name: CryptoSigner.generate_ed25519() for name in "abcdexyz"}
CONFIG = Config(registry="r", packages="https://x.example/{file}", extension_bits=8, package_bits=6)


def ring(offline: str, threshold: int, online: str) -> Keyring:
    return Keyring(tuple(SIGNERS[n].public_key for n in offline), threshold, SIGNERS[online].public_key)  # fmt: skip


@settings(max_examples=25)
@given(
    steps=st.lists(
        st.tuples(
            st.sets(st.sampled_from("abcde"), min_size=1).map(lambda s: "".join(sorted(s))),
            st.integers(1, 5),
            st.sampled_from("xyz"),
            st.integers(0, 400),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_was_signed_in_full_leaves_nothing_to_change(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("trust")
    held = None
    for offline, threshold, online, days in steps:
        wanted = ring(offline, min(threshold, len(offline)), online)
        now = NOW + timedelta(days=days)
        plan = plan_change(title="t", held=held, waiting=(), keyring=wanted, config=CONFIG, now=now)
        again = plan_change(
            title="t", held=held, waiting=(), keyring=wanted, config=CONFIG, now=now
        )
        assert plan.digest == again.digest
        files = {change.name: change.content for change in plan.changes}
        for name, content in files.items():
            if name.startswith("metadata/"):
                metadata = Metadata.from_bytes(content)
                for letter in "abcde":
                    metadata.sign(SIGNERS[letter], append=True)
                files[name] = metadata.to_bytes()
        pending = pending_of(held, files)
        assert pending.is_complete
        assert [c.line.split()[0] for c in plan_sign(held=held, pending=pending, keys=[]).changes] == (["complete"] if files else [])  # fmt: skip
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True, parents=True)
            (folder / name).write_bytes(content)
        held = held_of(read_trust(folder))
        assert not propose(held, wanted, CONFIG, now=now)
