"""actions/attest and actions/attest-build-provenance: a statement about files, kept by their digest.

The statement is in-toto's; the envelope carries no signature, for there is no certificate authority here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from devforge.local.shapes.links import repository_web
from devforge.local.store import packed
from devforge.local.workflows.builtin.places import files_at
from devforge.local.workflows.builtin.values import lines
from devforge.local.workflows.execution.world import StepFailed, World

_STATEMENT = "https://in-toto.io/Statement/v1"
_PROVENANCE = "https://slsa.dev/provenance/v1"
_SPDX = "https://spdx.dev/Document/v2.3"
_CYCLONEDX = "https://cyclonedx.org/bom"
_PAYLOAD_TYPE = "application/vnd.in-toto+json"
_BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
_MAX_SUBJECTS = 1024
_MAX_PREDICATE_BYTES = 16_000_000


def attest_build_provenance(world: World, inputs: Mapping[str, str]) -> dict[str, str]:
    """Attest where, from what and by which workflow the subjects were built."""
    return _attest(world, inputs, _PROVENANCE, _provenance(world))


def attest(world: World, inputs: Mapping[str, str]) -> dict[str, str]:
    """Attest the given predicate or SBOM of the subjects; build provenance where neither is given."""
    if path := inputs.get("sbom-path"):
        sbom = _json(world, path)
        return _attest(world, inputs, _CYCLONEDX if "bomFormat" in sbom else _SPDX, sbom)
    kind = inputs.get("predicate-type")
    if not kind:
        return attest_build_provenance(world, inputs)
    if text := inputs.get("predicate"):
        return _attest(world, inputs, kind, _parsed(text, "predicate"))
    if path := inputs.get("predicate-path"):
        return _attest(world, inputs, kind, _json(world, path))
    raise StepFailed("predicate-type needs 'predicate' or 'predicate-path'")


def _attest(
    world: World, inputs: Mapping[str, str], predicate_type: str, predicate: Any
) -> dict[str, str]:
    for permission in ("id_token", "attestations"):
        if world.permissions.get(permission) != "write":
            shown = permission.replace("_", "-")
            raise StepFailed(f"Resource not accessible by integration: '{shown}: write' is missing")
    subjects = _subjects(world, inputs)
    statement = {
        "_type": _STATEMENT,
        "subject": [
            {"name": name, "digest": {"sha256": digest}} for name, digest in subjects.items()
        ],
        "predicateType": predicate_type,
        "predicate": predicate,
    }
    payload = base64.b64encode(packed(statement).encode()).decode()
    bundle = {
        "mediaType": _BUNDLE,
        "dsseEnvelope": {"payloadType": _PAYLOAD_TYPE, "payload": payload, "signatures": []},
    }
    return _keep(world, subjects, predicate_type, bundle)


def _keep(
    world: World, subjects: Mapping[str, str], predicate_type: str, bundle: Mapping[str, Any]
) -> dict[str, str]:
    ids = [
        world.hub.store.insert(
            "attestation",
            repository_id=world.repository["id"],
            run_id=world.run["id"],
            subject_digest=f"sha256:{digest}",
            predicate_type=predicate_type,
            bundle=packed(bundle),
            created_at=world.hub.clock.stamp(),
        )
        for digest in subjects.values()
    ]
    path = world.place.temp / f"attestation-{ids[0]}.json"
    path.write_text(json.dumps(bundle) + "\n", encoding="utf-8")
    web = repository_web(world.hub, world.repository)
    return {
        "bundle-path": str(path),
        "attestation-id": str(ids[0]),
        "attestation-url": f"{web}/attestations/{ids[0]}",
    }


def _subjects(world: World, inputs: Mapping[str, str]) -> dict[str, str]:
    """Return SHA-256 by name. Raises StepFailed unless exactly one way of naming them is used."""
    given = [
        key for key in ("subject-path", "subject-digest", "subject-checksums") if inputs.get(key)
    ]
    if len(given) != 1:
        raise StepFailed("give one of subject-path, subject-digest and subject-checksums")
    if given == ["subject-digest"]:
        digest = inputs["subject-digest"].removeprefix("sha256:")
        if not inputs.get("subject-name") or len(digest) != 64:
            raise StepFailed("subject-digest must be sha256:… and needs 'subject-name'")
        return {inputs["subject-name"]: digest}
    if given == ["subject-checksums"]:
        listed = world.directory(inputs["subject-checksums"]).read_text(encoding="utf-8")
        return {line[64:].lstrip(" *"): line[:64] for line in listed.splitlines() if len(line) > 66}
    patterns = [part.strip() for line in lines(inputs, "subject-path") for part in line.split(",")]
    found = files_at(world, patterns)
    if not 0 < len(found) <= _MAX_SUBJECTS:
        raise StepFailed(
            f"subject-path matches {len(found)} files; 1 to {_MAX_SUBJECTS} can be attested"
        )
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def _provenance(world: World) -> dict[str, Any]:
    github, url = world.github, world.hub.url
    repository = f"{url}/{github['repository']}"
    workflow = {"ref": github["ref"], "repository": repository, "path": world.run["path"]}
    return {
        "buildDefinition": {
            "buildType": "https://actions.github.io/buildtypes/workflow/v1",
            "externalParameters": {"workflow": workflow},
            "internalParameters": {
                "github": {
                    "event_name": github["event_name"],
                    "repository_id": github["repository_id"],
                    "repository_owner_id": github["repository_owner_id"],
                    "runner_environment": "github-hosted",
                }
            },
            "resolvedDependencies": [
                {"uri": f"git+{repository}@{github['ref']}", "digest": {"gitCommit": github["sha"]}}
            ],
        },
        "runDetails": {
            "builder": {"id": f"{repository}/{world.run['path']}@{github['ref']}"},
            "metadata": {
                "invocationId": f"{repository}/actions/runs/{world.run['id']}/attempts/{world.run['attempt']}"
            },
        },
    }


def _json(world: World, path: str) -> Any:
    file = world.directory(path)
    if not file.is_file() or file.stat().st_size > _MAX_PREDICATE_BYTES:
        raise StepFailed(f"{path} is no file of at most {_MAX_PREDICATE_BYTES} bytes")
    return _parsed(file.read_text(encoding="utf-8"), path)


def _parsed(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise StepFailed(f"{what} is not JSON: {error}") from error
