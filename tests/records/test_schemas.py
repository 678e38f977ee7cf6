"""The schemas an editor gets: valid, explained, and of one mind with the models."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from devforge.model.manifest import Manifest
from devforge.model.policy import Policy
from devforge.model.reading import BadRecord, parse_yaml, read_record
from devforge.model.records import Advisory, Developer, Extension, VersionRecord
from devforge.model.schemas import schemas

SCHEMAS = schemas()
KINDS = {
    "policy": Policy, "developer": Developer, "extension": Extension, "version": VersionRecord,
    "advisory": Advisory, "manifest": Manifest,
}  # fmt: skip
SHA = "9b1e2c7d" * 5
MANIFEST = """id: acme.todo-tree
version: 1.4.0
display_name: Todo Tree
description: Shows every TODO of the workspace in one tree
license: MIT
language: typescript
entry: src/main.ts
engines: {devforge: '>=1.2.0 <3'}
categories: [productivity]
"""
GOOD = {
    "policy": [(Path(__file__).parents[2] / "registry/policy.yaml").read_text(encoding="utf-8")],
    "developer": [
        "name: Acme Tools\nmembers: [{login: jane, id: 583231}]\n",
        "name: Ré\nmembers: [{login: a-b, id: 1}]\ncountry: 'NO'\nsupport: https://a.example/x\n",
    ],
    "extension": [
        "owners: [acme]\nrepository: {url: https://github.com/acme/x.y, id: 1}\n",
        ("owners: [a, b-c]\nrepository: {url: https://github.com/a/x, id: 1}\nchannels: [npm]\n"
        "price: {amount: 1900, currency: usd, billing: once}\n"),
    ],
    "version": [
        f"commit: {SHA}\n",
        f"commit: {SHA}\nsubdirectory: packages/todo\nrollout: {{stages: [1, 100], hours: 0}}\n",
        f"commit: {SHA}\nsubdirectory: .\nyanked: {{reason: Deletes files}}\n",
    ],
    "advisory": [
        ("id: DEVFORGE-2026-1\nmodified: 2026-11-23T09:00:00Z\nsummary: Bad\n"
        "affected:\n  - package: {ecosystem: PyPI, name: x}\n"
        "    ranges: [{type: SEMVER, events: [{introduced: '0'}, {fixed: 1.2.0}]}]\n"
        "    severity: [{type: CVSS_V4, score: 'CVSS:4.0/AV:N'}]\n"
        "references: [{type: WEB, url: https://a.example}]\n"
        "credits: [{name: Jane, type: FINDER}]\ndatabase_specific: {malicious: true}\n"),
    ],
    "manifest": [
        MANIFEST,
        MANIFEST
        + "keywords: [todo, c++]\npermissions: ['network:*.example.com:443', filesystem:read]\n"
        "extension_dependencies: {acme.base: ^1.0.0}\nicon: media/icon.png\n"
        "benchmarks: [{name: Scan, call: 'bench.ts#scan'}]\n",
    ],
}  # fmt: skip
BAD = {
    "developer": [
        "members: [{login: a, id: 1}]\n", "name: A\nmembers: [{login: a, id: 1}]\n",
        "name: Acme\nmembers: []\n", "name: Acme\nmembers: [{login: -a, id: 1}]\n",
        "name: Acme\nmembers: [{login: a, id: 0}]\n", "name: Acme\nmembers: [{login: a, id: 1}]\nx: 1\n",
        "name: Acme\nmembers: [{login: a, id: 1}]\ncountry: de\n",
        "name: Acme\nmembers: [{login: a, id: 1}]\nsupport: http://a.example\n",
    ],
    "extension": [
        "owners: []\nrepository: {url: https://github.com/a/x, id: 1}\n",
        "owners: [A]\nrepository: {url: https://github.com/a/x, id: 1}\n",
        "owners: [a]\nrepository: {url: https://gitlab.com/a/x, id: 1}\n",
        "owners: [a]\nrepository: {url: https://github.com/a/x, id: '1'}\n",
        "owners: [a]\nrepository: {url: https://github.com/a/x, id: 1}\nprice: 5\n",
        "owners: [a]\nrepository: {url: https://github.com/a/x, id: 1}\nchannels: [ftp]\n",
    ],
    "version": [
        "commit: main\n", f"commit: {SHA}\nsubdirectory: ../x\n", f"commit: {SHA}\nsubdirectory: /x\n",
        f"commit: {SHA}\nsubdirectory: a//b\n", f"commit: {SHA}\nsubdirectory: -rf\n",
        f"commit: {SHA}\nrollout: {{stages: [0], hours: 1}}\n", f"commit: {SHA}\nyanked: true\n",
    ],
    "advisory": [
        "modified: 2026-11-23T09:00:00Z\naffected: [{package: {ecosystem: npm, name: x}}]\n",
        "id: DEVFORGE-1\nmodified: 2026-11-23T09:00:00Z\naffected: []\n",
        "id: DEVFORGE-1\nmodified: 2026-11-23T09:00:00Z\naffected: [{package: {name: x}}]\n",
        ("id: DEVFORGE-1\nmodified: 2026-11-23T09:00:00Z\naffected:\n"
        "  - package: {ecosystem: npm, name: x}\n"
        "    ranges: [{type: SEMVER, events: [{introduced: '0', fixed: '1'}]}]\n"),
    ],
    "manifest": [
        MANIFEST.replace("acme.todo-tree", "acme/todo-tree"), MANIFEST.replace("1.4.0", "1.4"),
        MANIFEST.replace("typescript", "rust"), MANIFEST.replace("src/main.ts", "../main.ts"),
        MANIFEST.replace("license", "licence"), MANIFEST.replace("[productivity]", "[]"),
        MANIFEST + "permissions: [sudo]\n", MANIFEST + "keywords: [UPPER]\n",
        MANIFEST + "extension_dependencies: {Acme: '1'}\n",
    ],
    "policy": [GOOD["policy"][0].replace("bins: 256", "bins: 17"), "registry: {name: X}\n",
        GOOD["policy"][0].replace("merge: true", "merge: perhaps")],
}  # fmt: skip


def examples(table):
    return [
        pytest.param(kind, text, id=f"{kind}-{number}")
        for kind, texts in table.items()
        for number, text in enumerate(texts)
    ]


def accepts(kind, text):
    value = parse_yaml(text.encode(), file="x", limit_bytes=65_536)
    return jsonschema.Draft202012Validator(SCHEMAS[f"{kind}.schema.json"]).is_valid(value)


@pytest.mark.parametrize("file", SCHEMAS)
def test_every_schema_is_valid(file):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[file])


@pytest.mark.parametrize("file", SCHEMAS)
def test_every_key_is_explained(file):
    schema = SCHEMAS[file]
    for described in (schema, *schema.get("$defs", {}).values()):
        assert described["description"]
        for name, field in described.get("properties", {}).items():
            assert field.get("description", "").endswith((".", "`", "?")), f"{file}: {name}"


@pytest.mark.parametrize(("kind", "text"), examples(GOOD))
def test_schema_and_model_accept_the_same_records(kind, text):
    assert read_record(text.encode(), KINDS[kind], file="x")
    assert accepts(kind, text)


@pytest.mark.parametrize(("kind", "text"), examples(BAD))
def test_schema_and_model_refuse_the_same_records(kind, text):
    with pytest.raises(BadRecord):
        read_record(text.encode(), KINDS[kind], file="x")
    assert not accepts(kind, text)


def test_the_same_models_make_the_same_schemas():
    assert schemas() == SCHEMAS
