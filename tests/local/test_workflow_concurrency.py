"""Concurrency groups keep their promise whatever order things happen in."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devforge.local.accounts import create_account, seed
from devforge.local.hub import Actor, Hub
from devforge.local.repositories import create_repository
from devforge.local.workflows.concurrency import claim, release


@pytest.fixture(scope="module")
def hub():
    with tempfile.TemporaryDirectory() as scratch:
        made = Hub(Path(scratch), "http://127.0.0.1:1")
        seed(made)
        alice = create_account(made, "alice")
        create_repository(made, alice, "tool", actor=Actor(alice), private=False, settings={})
        made.store.insert(
            "workflow", repository_id=1, path="w.yml", name="w", created_at="x", updated_at="x"
        )
        yield made
        made.store.close()


def new_run(hub: Hub, number: int) -> int:
    words = dict.fromkeys(
        ("event", "path", "name", "title", "source", "ref", "sha", "head_sha", "created_at",
         "started_at", "updated_at"), "x",
    )  # fmt: skip
    return hub.store.insert(
        "workflow_run",
        workflow_id=1,
        repository_id=1,
        event_id=number,
        number=number,
        actor_id=1,
        triggering_actor_id=1,
        **words,
    )


steps = st.lists(
    st.one_of(
        st.tuples(st.just("start"), st.sampled_from(["a", "A", "b"]), st.booleans()),
        st.tuples(st.just("end"), st.integers(0, 5), st.none()),
    ),
    max_size=25,
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_a_group_has_at_most_one_holder_and_one_in_waiting(hub, steps):
    store = hub.store
    store.run("DELETE FROM concurrency")
    store.run("DELETE FROM workflow_run")
    newest: dict[str, int] = {}
    for number, (what, which, cancel) in enumerate(steps):
        if what == "start":
            run_id = new_run(hub, number)
            held = claim(hub, 1, which, run_id, None, cancel=cancel)
            store.update("workflow_run", run_id, status="in_progress" if held else "pending")
            newest[which.lower()] = run_id
        else:
            holders = store.all("SELECT * FROM concurrency WHERE state = 'held' ORDER BY id")
            if holders:
                ended = holders[which % len(holders)]["run_id"]
                store.update("workflow_run", ended, status="completed")
                release(hub, ended, None)
        for group, run_id in newest.items():
            rows = store.all("SELECT * FROM concurrency WHERE name = ? ORDER BY id", group)
            states = [row["state"] for row in rows]
            assert states in ([], ["held"], ["held", "pending"])
            still_open = store.get("workflow_run", run_id)["status"] != "completed"
            assert not still_open or rows[-1]["run_id"] == run_id
    for row in store.all("SELECT r.* FROM workflow_run r WHERE status = 'pending'"):
        assert store.find("concurrency", run_id=row["id"], state="pending") is not None
