"""A home, a shelf to install from, and a clock that tests set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from updates.memory import Shelf

from devforge.model.names import ExtensionId
from devforge.model.versions import Version
from devforge.updates.api import Updates


class Clock:
    """Shows what it is set to."""

    def __init__(self):
        self.now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def on(self, **hours):
        self.now += timedelta(**hours)


class Person:
    """Somebody at one home: installs, updates and goes back, by names in plain text."""

    def __init__(self, updates, clock):
        self.updates, self.home, self.clock = updates, updates.home, clock

    def install(self, *names, exact=None):
        wanted = {id_(n): version_(v) for n, v in (exact or {}).items()}
        return self.updates.apply(self.updates.plan_install([*map(id_, names), *wanted], wanted))

    def plan(self, *names, mode="person"):
        self.updates.check()
        return self.updates.plan(tuple(map(id_, names)) or None, mode=mode)

    def update(self, *names, mode="person"):
        return self.updates.apply(self.plan(*names, mode=mode))

    def back(self, name, to=None):
        return self.updates.rollback(id_(name), version_(to) if to else None)

    def back_to(self, moment, only=None):
        plan = self.updates.plan_rollback_to(moment, id_(only) if only else None)
        return self.updates.apply(plan)

    def started(self, name, version, ok=True):
        return self.updates.activated(id_(name), version_(version), ok=ok)

    def configure(self, text):
        self.home.root.mkdir(exist_ok=True)
        self.home.config_file.write_text(text)

    @property
    def has(self):
        return {str(id): str(e.version) for id, e in self.updates.installed().items()}

    def entry(self, name):
        return self.updates.installed()[id_(name)]


def id_(text):
    return ExtensionId.parse(text)


def version_(text):
    return Version.parse(text)


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def person(shelf, clock, tmp_path):
    updates = Updates(tmp_path / "home", index=shelf, devforge="2.0.0", clock=clock)
    return Person(updates, clock)
