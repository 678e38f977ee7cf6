"""The rehearsal of a stolen online key: fooled clients come back, and nothing is left behind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from devforge.errors import Refused
from devforge.trust import drill


def test_the_fooled_client_recovers_and_the_thief_is_refused(office, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    before = sorted(tmp_path.rglob("*"))

    code, said = office.type("drill")

    assert code == 0, said
    assert "says acme.todo-tree 6.6.6, generation 1,000,001" in said
    assert "the fooled client recovers by itself: acme.todo-tree 1.4.0" in said
    assert "a client that knows only the first root follows to the newest one" in said
    assert "is not signed by the keys this registry's root names" in said
    assert sorted(tmp_path.rglob("*")) == before


def test_a_rehearsal_without_the_change_of_keys_would_fail(tmp_path):
    """What the drill shows is the rotation's doing: without it the fooled client stays fooled."""
    rehearsal = drill._Drill(tmp_path, datetime.now(UTC))
    offline = tuple(drill._key(name) for name in ("a", "b", "c"))
    online = drill._key("online")
    ring = drill.Keyring(tuple(k.public_key for k in offline), 2, online.public_key)
    trust = rehearsal._ceremony(ring, offline[:2])
    root = tmp_path / "root.json"
    root.write_bytes(trust.files["metadata/1.root.json"])
    floor = rehearsal._publish(Path(tmp_path, "site"), trust, online, "1.4.0", drill.Floor())
    rehearsal._publish(Path(tmp_path, "mirror"), trust, online, "6.6.6", drill.Floor(9, 9))
    assert rehearsal._ask(tmp_path / "mirror", "old", root) == "6.6.6"
    rehearsal._publish(Path(tmp_path, "site"), trust, online, "1.4.0", floor)

    with pytest.raises(Refused):
        rehearsal._ask(tmp_path / "site", "old", root)
