"""Which versions a record hits: real cases, and OSV's own algorithm beside ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from osv import malicious, record

from devforge.advisories.known import read_record
from devforge.advisories.matching import Ecosystem, is_in, limited, order_of, same_name, spans_of
from devforge.advisories.severity import is_as_bad_as, severity_of
from devforge.advisories.shards import read_shard, shard_path, write_shards
from devforge.errors import BadInput

# Facts from public advisories: package, what the record says, versions hit and versions not hit.
CASES = [
    ("PyPI", "requests", [{"introduced": "2.3.0"}, {"fixed": "2.31.0"}], ["2.3.0", "2.30.0"], ["2.2.1", "2.31.0", "2.32.4"]),
    ("PyPI", "requests", [{"introduced": "0"}, {"fixed": "2.32.4"}], ["0.2.0", "2.32.3"], ["2.32.4", "2.33.0"]),
    ("PyPI", "django", [{"introduced": "4.2"}, {"fixed": "4.2.16"}, {"introduced": "5.0"}, {"fixed": "5.0.9"}], ["4.2.15", "5.0.8", "4.2", "5.0"], ["4.1.13", "4.2.16", "5.0.9", "5.1"]),
    ("PyPI", "django", [{"introduced": "5.0a1"}, {"fixed": "5.0.9"}], ["5.0a1", "5.0rc1", "5.0"], ["4.2.15", "5.0.9"]),
    ("PyPI", "pyyaml", [{"introduced": "5.1b7"}, {"fixed": "5.4"}], ["5.1b7", "5.1", "5.3.1"], ["5.1b5", "5.4", "5.4.1"]),
    ("PyPI", "urllib3", [{"introduced": "0"}, {"fixed": "1.26.17"}, {"introduced": "2.0.0"}, {"fixed": "2.0.6"}], ["1.26.16", "2.0.5", "1.9"], ["1.26.17", "1.26.18", "2.0.6"]),
    ("PyPI", "pillow", [{"introduced": "0"}, {"last_affected": "9.5.0"}], ["9.5.0", "9.4.0"], ["10.0.0", "9.5.1"]),
    ("npm", "lodash", [{"introduced": "0"}, {"fixed": "4.17.21"}], ["4.17.20", "1.0.0", "4.17.21-beta.1"], ["4.17.21", "5.0.0"]),
    ("npm", "minimist", [{"introduced": "0"}, {"fixed": "0.2.4"}, {"introduced": "1.0.0"}, {"fixed": "1.2.6"}], ["0.0.8", "1.2.5"], ["0.2.4", "1.2.6", "1.2.8"]),
    ("npm", "jquery", [{"introduced": "1.2.0"}, {"fixed": "3.5.0"}], ["1.12.4", "3.4.1"], ["1.1.4", "3.5.0", "3.7.1"]),
    ("npm", "ws", [{"introduced": "8.0.0"}, {"fixed": "8.17.1"}], ["8.0.0", "8.17.0"], ["7.5.9", "8.17.1", "10.0.0"]),
    ("npm", "semver", [{"introduced": "7.0.0"}, {"fixed": "7.5.2"}], ["7.5.1", "v7.0.0"], ["6.3.1", "7.5.2"]),
]  # fmt: skip


@pytest.mark.parametrize(("ecosystem", "name", "events", "hit", "missed"), CASES)
def test_real_cases_are_hit_and_missed_as_their_databases_say(ecosystem, name, events, hit, missed):
    (known,) = read_record(record("GHSA-x", ecosystem, name, *events))

    assert [v for v in hit if not known.hits(v)] == []
    assert [v for v in missed if known.hits(v)] == []


@pytest.mark.parametrize(
    ("said", "version", "hit"),
    [
        (malicious(1, "npm", "event-stream", versions=("3.3.6",)), "3.3.6", True),
        (malicious(1, "npm", "event-stream", versions=("3.3.6",)), "3.3.5", False),
        (malicious(1, "npm", "crossenv", {"introduced": "0"}), "99.0.0-x", True),
        (malicious(1, "npm", "odd", versions=("not a version",)), "not a version", True),
        (malicious(1, "npm", "odd", {"introduced": "0"}, {"fixed": "2.0.0"}), "not a version", False),
        (record("GHSA-l", "npm", "x", {"introduced": "1.0.0"}, {"limit": "2.0.0"}), "1.9.9", True),
        (record("GHSA-l", "npm", "x", {"introduced": "1.0.0"}, {"limit": "2.0.0"}), "2.0.0", False),
    ],
)  # fmt: skip
def test_names_limits_and_odd_versions(said, version, hit):
    (known,) = read_record(said)

    assert known.hits(version) is hit


def test_what_is_withdrawn_or_only_about_commits_or_others_says_nothing():
    withdrawn = {
        **record("GHSA-w", "npm", "x", {"introduced": "0"}),
        "withdrawn": "2026-01-01T00:00:00Z",
    }
    commits = record("GHSA-g", "PyPI", "x")
    commits["affected"][0]["ranges"] = [
        {"type": "GIT", "repo": "https://git.example.com/x", "events": [{"introduced": "0"}]}
    ]
    others = record("GHSA-o", "crates.io", "x", {"introduced": "0"})

    assert [list(read_record(one)) for one in (withdrawn, commits, others)] == [[], [], []]
    for nonsense in ({}, {"id": 7}, {"id": "X-1", "affected": "all"}):
        with pytest.raises(BadInput):
            list(read_record(nonsense))


def test_names_are_one_as_their_ecosystem_has_it():
    assert same_name("PyPI", "Ruamel_Yaml.Clib") == "ruamel-yaml-clib"
    assert same_name("npm", "JSONStream") == "JSONStream"


@pytest.mark.parametrize(
    ("id", "scores", "specific", "word"),
    [
        ("MAL-2026-1", [], {}, "malicious"),
        ("GHSA-m", [], {"cwe_ids": ["CWE-506"], "severity": "CRITICAL"}, "malicious"),
        ("DEVFORGE-2026-1", [], {"malicious": True}, "malicious"),
        ("CVE-1", [("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")], {}, "critical"),
        ("CVE-2", [("CVSS_V3", "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:N/A:N")], {}, "medium"),
        ("CVE-3", [("CVSS_V4", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")], {}, "critical"),
        ("CVE-4", [("CVSS_V2", "AV:L/AC:H/Au:M/C:P/I:N/A:N")], {}, "low"),
        ("CVE-5", [("CVSS_V3", "nonsense")], {"severity": "MODERATE"}, "medium"),
        ("PYSEC-1", [], {}, "unknown"),
    ],
)  # fmt: skip
def test_how_bad_it_is_is_one_word(id, scores, specific, word):
    assert severity_of(id, scores, specific) == word


def test_thresholds_reach_what_is_as_bad_or_worse_and_never_reaches_nothing():
    reached = [s for s in ("malicious", "critical", "high", "medium", "low", "unknown") if is_as_bad_as(s, "high")]  # type: ignore[arg-type]  # fmt: skip

    assert reached == ["malicious", "critical", "high"]
    assert not is_as_bad_as("malicious", "never")
    assert is_as_bad_as("unknown", "medium")


NUMBERS = st.integers(min_value=0, max_value=4)
PRE = {"PyPI": st.sampled_from(["", "a1", "rc2", ".post1", ".dev3"]), "npm": st.sampled_from(["", "-alpha", "-rc.2", "-rc.10"])}  # fmt: skip


@st.composite
def situations(draw):
    """An ecosystem, a version, and the events of a range in any order."""
    ecosystem: Ecosystem = draw(st.sampled_from(["PyPI", "npm"]))
    versions = st.builds(
        lambda a, b, c, pre: f"{a}.{b}.{c}{pre}", NUMBERS, NUMBERS, NUMBERS, PRE[ecosystem]
    )
    end = draw(st.sampled_from(["fixed", "last_affected"]))
    starts = draw(st.lists(st.one_of(versions, st.just("0")), min_size=1, max_size=3, unique=True))
    ends = draw(st.lists(versions, max_size=3, unique=True).filter(lambda e: not {*e} & {*starts}))
    events = [{"introduced": s} for s in starts] + [{end: e} for e in ends]
    limits = draw(st.lists(versions, max_size=2))
    return ecosystem, draw(versions), draw(st.permutations(events)), limits


@given(situations())
def test_spans_say_what_osvs_own_algorithm_says(situation):
    ecosystem, version, events, limits = situation
    spans = list(limited(ecosystem, spans_of(ecosystem, events), limits))

    assert is_in(ecosystem, version, spans) is by_the_book(ecosystem, version, events, limits)


def by_the_book(ecosystem, version, events, limits) -> bool:
    """The evaluation that the schema gives as pseudocode, word for word in Python."""

    def key(text):
        return (0, ()) if text == "0" else (1, order_of(ecosystem, text))

    if limits and not any(key(version) < key(limit) for limit in limits):
        return False
    vulnerable = False
    for event in sorted(events, key=lambda e: key(next(iter(e.values())))):
        ((kind, at),) = event.items()
        if kind == "introduced" and key(version) >= key(at):
            vulnerable = True
        elif (kind == "fixed" and key(version) >= key(at)) or (
            kind == "last_affected" and key(version) > key(at)
        ):
            vulnerable = False
    return vulnerable


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "affected", "package", "ecosystem", "name", "ranges", "events", "type", "introduced",
         "fixed", "versions", "severity", "score", "aliases", "summary", "database_specific", "PyPI"]
    ), inner, max_size=5), max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["id", "affected", "severity", "aliases", "database_specific", "details"]), JSON))  # fmt: skip
def test_no_record_raises_anything_but_our_own_error(said):
    try:
        known = list(read_record(said))
    except BadInput:
        return
    for path, content in write_shards(known):
        names = {one.name for one in known if shard_path(one.ecosystem, one.name) == path}
        assert set(read_shard(path, content, names)) <= set(known)


@given(st.binary(max_size=200).filter(lambda c: b"{" not in c) | st.just(b'{"a": [7]}'))
def test_a_damaged_shard_is_said_to_be_damaged(content):
    with pytest.raises(BadInput, match="refresh them anew"):
        assert list(read_shard("npm/abc.json", content, ["a"]))
