"""The operator's file: whole, explained line by line, and what the package falls back to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from devforge.adapters.policy import load_policy
from devforge.errors import BadInput
from devforge.model.names import ExtensionId
from devforge.model.policy import Policy

ROOT = Path(__file__).parents[2]
FILE = ROOT / "registry/policy.yaml"
LINES = FILE.read_text(encoding="utf-8").splitlines()


def keys():
    """Yield line number and dotted key of everything the file sets."""
    above: list[tuple[int, str]] = []
    for number, line in enumerate(LINES):
        if match := re.match(r"( *)([a-z0-9_]+):", line):
            depth = len(match[1])
            above = [(d, key) for d, key in above if d < depth] + [(depth, match[2])]
            yield number, ".".join(key for _, key in above)


def test_every_key_of_the_model_is_set_and_none_other():
    def inside(kind, prefix=""):
        for name, field in kind.model_fields.items():
            yield prefix + name
            if hasattr(field.annotation, "model_fields"):
                yield from inside(field.annotation, f"{prefix}{name}.")

    assert {key for _, key in keys()} == set(inside(Policy))


@pytest.mark.parametrize(("number", "key"), list(keys()), ids=str)
def test_every_key_has_a_comment(number, key):
    assert "#" in LINES[number] or LINES[number - 1].lstrip().startswith("#"), key


def test_the_package_falls_back_to_the_file_it_came_with():
    assert load_policy(None) == load_policy(FILE)


def test_the_defaults_are_a_young_registrys():
    policy = load_policy(None)

    assert [str(version) for version in policy.devforge_releases][-1] == "2.0.0"
    assert policy.limits.package_bytes == 50_000_000
    assert policy.review.sandbox.memory_bytes == 1 << 30
    assert {"MIT", "Apache-2.0", "GPL-3.0-or-later"} <= set(policy.review.licences.allowed)
    assert {"SSPL-1.0", "BUSL-1.1", "Commons-Clause"} <= set(policy.review.licences.refused)
    assert {"devforge", "official", "admin", "security"} <= set(policy.reserved_developers)


def test_no_list_repeats_or_contradicts_itself():
    review = load_policy(None).review
    lists = [
        review.licences.allowed, review.licences.refused, review.dependencies.refused,
        review.dependencies.well_known, review.reserved_names, review.checks,
    ]  # fmt: skip

    for entries in lists:
        folded = [re.sub(r"[-_.]+", "-", entry).lower() for entry in entries]
        assert len(set(folded)) == len(folded)
    assert not set(review.licences.allowed) & set(review.licences.refused)
    assert not set(review.dependencies.refused) & set(review.dependencies.well_known)
    assert len(review.dependencies.well_known) >= 150


def test_reserved_names_are_names_that_could_be_taken():
    policy = load_policy(None)

    assert all(ExtensionId.parse(f"acme.{name}") for name in policy.review.reserved_names)
    assert len(set(policy.reserved_developers)) == len(policy.reserved_developers)


def test_a_policy_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(BadInput, match=r"policy\.yaml: 1 problem\n  does not exist"):
        load_policy(tmp_path / "policy.yaml")


def test_a_large_policy_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "policy.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of nothing, which no disk here could hold

    with pytest.raises(BadInput, match="is 1,099,511,627,776 bytes"):
        load_policy(path)


def test_every_reader_reads_the_policy_alike():
    assert Policy.model_validate(yaml.safe_load(FILE.read_bytes())) == load_policy(FILE)
