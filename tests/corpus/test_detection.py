"""The corpus through the real tools: what is hostile is stopped, what only looks so is let through."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pytest

from devforge.model.verdict import Finding
from tests.corpus.detection import blocks, bothers, judged, stops
from tests.corpus.samples import GROUPS, Sample, samples

HOSTILE = [sample for sample in samples() if sample.kind == "hostile"]
HARMLESS = [sample for sample in samples() if sample.kind == "harmless"]
OUTRIGHT = [sample for sample in HOSTILE if sample.outright and not sample.lost]
SLY = [sample for sample in HOSTILE if not sample.outright]


@pytest.mark.parametrize("sample", OUTRIGHT, ids=lambda sample: sample.id)
def test_what_is_outright_hostile_is_stopped(sample):
    assert stops(judged()[sample.id]), sample.about


def test_of_the_sly_at_least_95_in_100_are_stopped():
    passed = {sample.id: sample.about for sample in SLY if not stops(judged()[sample.id])}

    assert len(passed) <= 0.05 * len(SLY), _listed(passed)


def test_what_we_say_we_lose_is_lost():
    """A loss that is none any more is a figure we owe ourselves."""
    assert [s.id for s in HOSTILE if s.lost and stops(judged()[s.id])] == []
    assert [s.id for s in SLY if not s.lost and not stops(judged()[s.id])] == []


@pytest.mark.parametrize("sample", HARMLESS, ids=lambda sample: sample.id)
def test_what_only_looks_hostile_is_not_sent_back(sample):
    assert _said(blocks(judged()[sample.id])) == [], sample.about


def test_of_what_only_looks_hostile_at_most_5_in_100_ask_for_a_person():
    bothered = {
        sample.id: "; ".join(_said(bothers(judged()[sample.id])))
        for sample in HARMLESS
        if bothers(judged()[sample.id])
    }

    assert len(bothered) <= 0.05 * len(HARMLESS), _listed(bothered)


def test_the_corpus_is_large_and_every_group_is_in_it():
    counted = Counter((sample.kind, sample.group) for sample in samples())

    assert len(HOSTILE) >= 150
    assert len(HARMLESS) >= 150
    assert [group for group in GROUPS if not counted["hostile", group]] == []


def test_no_hostile_sample_names_a_host_of_its_own_that_exists():
    """Public services that attackers abuse may be named; nobody's account there is."""
    named = {sample.id: sorted(_hosts(sample) - _SERVICES) for sample in HOSTILE}

    assert {id_: hosts for id_, hosts in named.items() if hosts} == {}


_ADDRESS = re.compile(r"(?:https?|wss?|tcp)://([\w.-]+\.[A-Za-z]{2,})", re.ASCII)
_NOBODYS = (".example", ".invalid", ".test", "example.com", "example.org")
_SERVICES = {
    "discord.com", "api.telegram.org", "hooks.slack.com", "api.github.com", "github.com",
    "metadata.google.internal", "coinhive.com", "gist.githubusercontent.com", "pastebin.com", "api.openai.com",
    "schemas.microsoft.com", "www.w3.org",
}  # fmt: skip


def _hosts(sample: Sample) -> set[str]:
    texts = [file.text for file in sample.submission.tree.files.values() if file.is_text]
    named = {match[1].lower() for text in texts for match in _ADDRESS.finditer(text)}
    return {host for host in named if not host.endswith(_NOBODYS)}


def _said(findings: Iterable[Finding]) -> list[str]:
    return [f"{f.rule} at {f.at}:{f.line}: {f.problem}" for f in findings]


def _listed(named: dict[str, str]) -> str:
    return "\n".join(f"{name}: {why}" for name, why in named.items())
