"""Who is on the lists malicious, removed and deprecated, and what then is no longer offered."""

from __future__ import annotations

from dataclasses import replace

from published import built_of, manifest_of, note_of, shelves

from devforge.model.names import ExtensionId
from devforge.model.plain import to_plain
from devforge.model.records import Advisory, Deprecation
from devforge.model.release import Withdrawal
from devforge.model.versions import Version
from devforge.publish.states import malicious_versions, state_lists

INK, PEN = ExtensionId.parse("acme.ink"), ExtensionId.parse("jane.pen")
RELEASED = {
    INK: [Version.parse(v) for v in ("1.0.0", "1.1.0", "2.0.0")],
    PEN: [Version.parse("1.0.0")],
}


def advisory(id: str, *, malicious: bool = True, **affected: object) -> Advisory:
    values = {
        "id": id,
        "modified": "2026-11-22T08:00:00+01:00",
        "summary": "Sends keys to a stranger.",
        "affected": [{"package": {"ecosystem": "DevForge", "name": "acme.ink"}} | affected],
        "database_specific": {"malicious": malicious},
    }
    return Advisory.model_validate(values)


def registry_with(*advisories: Advisory):
    registry, _ = shelves([manifest_of("acme.ink"), manifest_of("jane.pen")])
    return replace(registry, advisories=advisories)


def plain(lists, name):
    return to_plain(lists[name], sparse=True)["entries"]


def test_only_versions_that_an_advisory_calls_malicious_are_listed_and_barred():
    span = {"type": "SEMVER", "events": [{"introduced": "1.1.0"}, {"fixed": "2.0.0"}]}
    registry = registry_with(
        advisory("DEVFORGE-2026-1", ranges=[span]),
        advisory("DEVFORGE-2026-2", malicious=False),
    )
    lists = state_lists(registry, RELEASED, ())

    assert plain(lists, "malicious") == {
        "acme.ink": {
            "reason": "Sends keys to a stranger.",
            "versions": ["1.1.0"],
            "advisory": "DEVFORGE-2026-1",
            "when": "2026-11-22T07:00:00Z",
        }
    }
    assert malicious_versions(registry, RELEASED) == {(INK, Version.parse("1.1.0"))}


def test_an_advisory_without_versions_means_all_there_are_and_will_be():
    registry = registry_with(
        advisory("DEVFORGE-2026-1", versions=["1.0.0"]), advisory("DEVFORGE-2026-2")
    )
    lists = state_lists(registry, RELEASED, ())

    assert "versions" not in plain(lists, "malicious")["acme.ink"]
    assert malicious_versions(registry, RELEASED) == {(INK, version) for version in RELEASED[INK]}


def test_what_was_withdrawn_is_listed_with_its_versions_or_whole():
    def gone(id: str, version: str, when: str):
        note = note_of(built_of(manifest_of(id, version)))
        return note.model_copy(
            update={"withdrawn": Withdrawal(reason=f"A court asked, {when[:4]}.", when=when)}
        )

    lists = state_lists(
        registry_with(),
        RELEASED,
        [
            gone("acme.ink", "1.0.0", "2025-01-01T00:00:00Z"),
            gone("acme.ink", "1.1.0", "2026-01-01T00:00:00Z"),
            gone("jane.pen", "1.0.0", "2026-02-01T00:00:00Z"),
        ],
    )

    assert plain(lists, "removed") == {
        "acme.ink": {
            "reason": "A court asked, 2026.",
            "versions": ["1.0.0", "1.1.0"],
            "when": "2026-01-01T00:00:00Z",
        },
        "jane.pen": {"reason": "A court asked, 2026.", "when": "2026-02-01T00:00:00Z"},
    }


def test_a_deprecated_extension_names_what_to_use_instead():
    registry = registry_with()
    entry = registry.extensions[INK]
    said = Deprecation(reason="Not cared for.", replacement=PEN, when="2026-11-23T09:00:00Z")
    extensions = dict(registry.extensions)
    extensions[INK] = replace(
        entry, extension=entry.extension.model_copy(update={"deprecated": said})
    )
    lists = state_lists(replace(registry, extensions=extensions), RELEASED, ())

    assert plain(lists, "deprecated") == {
        "acme.ink": {
            "reason": "Not cared for.",
            "replacement": "jane.pen",
            "when": "2026-11-23T09:00:00Z",
        }
    }
