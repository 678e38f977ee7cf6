"""A host written from docs/embedding.md alone: it speaks text, and meets no errors but ours."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devforge.errors import BadInput
from devforge.updates import Installed, News, Outcome, Progress, Updates

CALLS = {
    "plan_install": lambda updates, word: updates.plan_install([word]),
    "plan": lambda updates, word: updates.plan([word]),
    "plan_remove": lambda updates, word: updates.plan_remove([word]),
    "plan_rollback": lambda updates, word: updates.plan_rollback(word),
    "plan_rollback_to": lambda updates, word: updates.plan_rollback_to(datetime.now(), word),  # noqa: DTZ005 - a host's slip
    "rollback": lambda updates, word: updates.rollback(word),
    "activated": lambda updates, word: updates.activated(word, "1.0.0", ok=True),
    "set_enabled": lambda updates, word: updates.set_enabled(word, enabled=False),
    "verify": lambda updates, word: updates.verify(word),
    "changes": lambda updates, word: updates.changes(word),
}


def test_a_host_gets_from_nothing_to_an_update_and_back_by_plain_text(shelf, clock, tmp_path):
    shelf.add("acme.ink", "1.0.0")
    seen = []

    with Updates(tmp_path, index=shelf, devforge="2.0.0", clock=clock) as updates:
        updates.apply(
            updates.plan_install(["acme.ink"], {"acme.ink": "1.0.0"}), progress=seen.append
        )
        [entry] = updates.installed().values()
        updates.activated(str(entry.id), str(entry.version), ok=True)
        shelf.add("acme.ink", "1.1.0", {"CHANGELOG.md": "## 1.1.0\n- Dries.\n"})
        [row] = updates.check().rows
        [news] = updates.changes("acme.ink", "1.1.0")
        outcome = updates.apply(updates.plan())
        assert updates.rollback("acme.ink", "1.0.0").failed == {}

        assert (isinstance(entry, Installed), isinstance(outcome, Outcome)) == (True, True)
        assert seen[0] == Progress(entry.id, entry.version, 0, seen[0].total_bytes)
        assert (str(row.offered), news) == ("1.1.0", News(row.offered, ("Dries.",)))
        assert [str(e.version) for e in updates.installed().values()] == ["1.0.0"]


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@given(word=st.text(max_size=20).filter(lambda word: "." not in word))
@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_is_no_extension_is_bad_input_to_every_call(shelf, clock, tmp_path, call, word):
    updates = Updates(tmp_path, index=shelf, clock=clock)

    with pytest.raises(BadInput, match="is not an extension"):
        call(updates, word)


def test_what_is_no_version_is_bad_input(shelf, tmp_path):
    updates = Updates(tmp_path, index=shelf)

    for wrong in (
        lambda: Updates(tmp_path, devforge="two"),
        lambda: updates.plan_install(["acme.ink"], {"acme.ink": "new"}),
        lambda: updates.plan_rollback("acme.ink", "old"),
        lambda: updates.changes("acme.ink", "next"),
        lambda: updates.activated("acme.ink", "this", ok=True),
    ):
        with pytest.raises(BadInput, match="is not a version"):
            wrong()
