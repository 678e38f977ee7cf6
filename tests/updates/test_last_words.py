"""What the registry last said is read whole, or said to be damaged."""

from __future__ import annotations

import pytest
from signed_index import document, version_of
from updates.conftest import id_, version_

from devforge.model.fields import Misfits, from_json, from_plain
from devforge.model.index import ListEntry
from devforge.model.plain import to_json
from devforge.updates.known import Known

WHEN = "2026-11-01T00:00:00Z"
SAID = {"reason": "steals", "versions": ["1.1.0"], "when": WHEN}


def test_it_is_kept_as_it_was_said():
    known = Known(
        malicious={id_("acme.ink"): from_plain(ListEntry, SAID)},
        documents={id_("acme.base"): document("acme.base", version_of("acme.base", "2.0.0")[0], min_secure_version="2.0.0")},
    )  # fmt: skip

    kept = from_json(Known, to_json(known, sparse=True))

    assert kept == known
    assert kept.least(id_("acme.base")) == version_("2.0.0")


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{", '{"malicious": []}', '{"malicious": {"acme.ink": 1}}', '{"malicious": {"acme.ink": {}}}',
        '{"malicious": {"Acme": {"reason": "x", "when": "2026-11-01T00:00:00Z"}}}',
        '{"malicious": {"acme.ink": {"reason": "x", "versions": ["one"], "when": "2026-11-01T00:00:00Z"}}}',
        '{"malicious": {"acme.ink": {"reason": "x", "versions": "1.0.0", "when": "2026-11-01T00:00:00Z"}}}',
        '{"documents": {"acme.ink": {"min_secure_version": 2}}}', '{"documents": null}', '{"generation": -1}',
    ],
)  # fmt: skip
def test_what_is_damaged_is_refused(content):
    with pytest.raises(Misfits):
        from_json(Known, content.encode())
