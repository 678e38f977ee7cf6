"""The built-in actions that set up, deploy and attest."""

from __future__ import annotations

import hashlib
import json
import sys
from base64 import b64decode

import pytest
import requests
from workshop import Workshop

from devforge.local import LocalGitHub


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    scratch = tmp_path_factory.mktemp("actions")
    with LocalGitHub(data=scratch / "data") as gh:
        yield Workshop(gh, scratch)


def test_set_up_actions_offer_what_this_machine_has_and_say_so(shop):
    run = shop.run(
        """
        on: push
        jobs:
          one:
            runs-on: ubuntu-latest
            steps:
              - {id: py, uses: actions/setup-python@v6, with: {python-version: '3.x'}}
              - {id: node, uses: actions/setup-node@v5, with: {node-version: 12}}
              - run: |
                  test "$(command -v python)" = "${{ steps.py.outputs.python-path }}"
                  test "$(node --version)" = "${{ steps.node.outputs.node-version }}"
        """
    )

    log = shop.log(run)
    assert run.conclusion == "success", log
    assert "Node 12 was asked for; this machine has" in log
    assert "Python 3.x was asked for" not in log
    assert f"python{sys.version_info[0]}" in log or "python" in log


def test_a_site_is_deployed_and_served(shop):
    text = """
        on: push
        permissions: {}
        jobs:
          site:
            runs-on: ubuntu-latest
            permissions: {pages: write, id-token: PERMISSION}
            environment: {name: github-pages, url: '${{ steps.deploy.outputs.page_url }}'}
            steps:
              - {id: pages, uses: actions/configure-pages@v5, with: {enablement: true}}
              - run: mkdir -p out && echo "<h1>${{ steps.pages.outputs.base_path }}</h1>" > out/index.html
              - {uses: actions/upload-pages-artifact@v4, with: {path: out}}
              - {id: deploy, uses: actions/deploy-pages@v4}
        """
    refused = shop.run(text.replace("PERMISSION", "none"))
    assert "Ensure GITHUB_TOKEN has permission" in shop.log(refused)

    run = shop.run(text.replace("PERMISSION", "write"))
    assert run.conclusion == "success", shop.log(run)
    url = shop.gh.hub.store.value(
        "SELECT environment_url FROM workflow_job WHERE run_id = ?", run.id
    )
    assert url == f"{shop.gh.url}/pages/alice/tool/"
    assert requests.get(url, timeout=10).text == "<h1>/pages/alice/tool</h1>\n"


def test_attestations_are_found_by_the_subject_s_digest(shop):
    run = shop.run(
        """
        on: push
        permissions: {}
        jobs:
          one:
            runs-on: ubuntu-latest
            permissions: {id-token: write, attestations: write, contents: read}
            steps:
              - run: printf package > tool.zip
              - {id: a, uses: actions/attest-build-provenance@v3, with: {subject-path: '*.zip'}}
              - run: test -s "${{ steps.a.outputs.bundle-path }}"
          two:
            runs-on: ubuntu-latest
            steps:
              - run: printf package > tool.zip
              - {uses: actions/attest@v3, with: {subject-path: tool.zip}}
        """
    )

    assert {job.name: job.conclusion for job in run.jobs()} == {"one": "success", "two": "failure"}
    assert "'id-token: write' is missing" in shop.log(run)
    digest = hashlib.sha256(b"package").hexdigest()
    answer = requests.get(
        f"{shop.gh.api_url}/repos/alice/tool/attestations/sha256:{digest}",
        headers={"Authorization": f"Bearer {shop.account.token}"},
        timeout=10,
    ).json()
    [attestation] = answer["attestations"]
    statement = json.loads(b64decode(attestation["bundle"]["dsseEnvelope"]["payload"]))
    assert statement["subject"] == [{"name": "tool.zip", "digest": {"sha256": digest}}]
    assert statement["predicateType"] == "https://slsa.dev/provenance/v1"
