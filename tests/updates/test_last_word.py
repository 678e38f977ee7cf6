"""What is read of known.json to go back says what the whole of it says, or that it is damaged."""

from __future__ import annotations

import json

import pytest
from signed_index import document, version_of
from updates.conftest import id_, version_

from devforge.model.index import ListEntry
from devforge.updates.known import Known
from devforge.updates.last_word import LastWord, read_last_word
from devforge.updates.stored import Misfits

WHEN = "2026-11-01T00:00:00Z"
SAID = {
    "malicious": {
        "acme.ink": {"reason": "steals", "versions": ["1.1.0"], "when": WHEN},
        "acme.pen": {"reason": "all of it", "when": WHEN},
    }
}


def test_it_says_of_each_version_what_the_whole_says():
    known = Known(
        malicious={id_(name): ListEntry.model_validate(one) for name, one in SAID["malicious"].items()},
        documents={id_("acme.base"): document("acme.base", version_of("acme.base", "2.0.0")[0], min_secure_version="2.0.0")},
    )  # fmt: skip

    word = read_last_word(known.to_bytes())

    assert word.why_malicious(id_("acme.ink"), version_("1.1.0")) == "steals"
    assert word.why_malicious(id_("acme.ink"), version_("1.0.0")) is None
    assert word.why_malicious(id_("acme.pen"), version_("1.0.0")) == "all of it"
    assert word.oldest_safe[id_("acme.base")] == known.least(id_("acme.base")) == version_("2.0.0")
    assert read_last_word(Known().to_bytes()) == LastWord()


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{", '{"malicious": []}', '{"malicious": {"acme.ink": 1}}', '{"malicious": {"acme.ink": {}}}',
        '{"malicious": {"Acme": {"reason": "x"}}}', '{"malicious": {"acme.ink": {"reason": "x", "versions": ["one"]}}}',
        '{"malicious": {"acme.ink": {"reason": "x", "versions": "1.0.0"}}}',
        '{"documents": {"acme.ink": {"min_secure_version": 2}}}', '{"documents": null}',
    ],
)  # fmt: skip
def test_what_is_damaged_says_nothing_is_known_to_be_safe(content):
    with pytest.raises(Misfits):
        read_last_word(content.encode())
    assert read_last_word(json.dumps(SAID).encode()).malicious
