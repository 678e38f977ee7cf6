"""Workflow files run as GitHub runs them: steps, their environment, their words and their ends."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import requests
from workshop import Workshop

from devforge.local import LocalGitHub
from devforge.local.workflows.machine.place import NETWORK


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    scratch = tmp_path_factory.mktemp("jobs")
    with LocalGitHub(data=scratch / "data") as gh:
        yield Workshop(gh, scratch)


def test_steps_share_variables_paths_and_outputs_through_github_s_files(shop):
    run = shop.run(
        """
        on: push
        env: {LEVEL: workflow, ONLY: 'yes'}
        jobs:
          one:
            runs-on: ubuntu-latest
            env: {LEVEL: job}
            outputs: {made: '${{ steps.make.outputs.text }}'}
            steps:
              - id: make
                run: |
                  echo "COLOUR=red" >> "$GITHUB_ENV"
                  { echo "text<<END"; echo "line one"; echo "line two"; echo "END"; } >> "$GITHUB_OUTPUT"
                  mkdir bin; printf '#!/bin/sh\\necho found me\\n' > bin/tool; chmod +x bin/tool
                  echo "$PWD/bin" >> "$GITHUB_PATH"
                  echo '# Summary' >> "$GITHUB_STEP_SUMMARY"
              - env: {LEVEL: step}
                run: |
                  tool
                  echo "$COLOUR $LEVEL $ONLY ${{ env.LEVEL }}"
                  echo "${{ join(fromJSON(format('["{0}"]', env.COLOUR)), '-') }}"
              - shell: python
                run: |
                  import os
                  print("python says", os.environ["LEVEL"])
          two:
            needs: one
            runs-on: ubuntu-latest
            steps:
              - run: test "${{ needs.one.outputs.made }}" = $'line one\\nline two'
              - run: test "$COLOUR" = ""
              - run: test "${{ needs.one.result }}" = success
        """
    )

    log = shop.log(run)
    assert run.conclusion == "success", log
    for line in ("found me", "red step yes step", "red", "python says job"):
        assert f"\n{line}\n" in log
    assert [job.name for job in run.jobs()] == ["one", "two"]


def test_a_machine_inherits_nothing_but_what_is_documented(shop, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "leak")
    monkeypatch.setenv("GITHUB_TOKEN", "leak")
    run = shop.run(
        """
        on: push
        jobs:
          one:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  env | cut -d= -f1 | sort | tr '\\n' ' '
                  echo
                  test -z "$GITHUB_TOKEN"
                  test -d "$RUNNER_TEMP" -a "$PWD" = "$GITHUB_WORKSPACE" -a -z "$(ls -A)"
                  python -c 'import devforge, json, os; print(json.load(open(os.environ["GITHUB_EVENT_PATH"]))["ref"])'
                  node --version
        """
    )

    log = shop.log(run)
    assert run.conclusion == "success", log
    assert "refs/heads/main" in log
    [names] = [line for line in log.splitlines() if line.startswith("CI ")]
    known = {*["CI", "HOME", "LANG", "PATH", "PWD", "SHLVL", "TMPDIR", "_"], *NETWORK}
    strange = [
        name
        for name in names.split()
        if not name.startswith(("GITHUB_", "RUNNER_")) and name not in known
    ]
    assert strange == []


def test_outcomes_conditions_and_forgiveness_are_github_s(shop):
    run = shop.run(
        """
        on: push
        jobs:
          one:
            runs-on: ubuntu-latest
            steps:
              - {id: soft, run: exit 3, continue-on-error: true}
              - if: steps.soft.outcome == 'failure' && steps.soft.conclusion == 'success'
                run: echo forgiven
              - {id: hard, run: 'false'}
              - run: echo never
              - {if: failure(), run: echo after failure}
              - {if: always(), run: 'echo status ${{ job.status }}'}
              - {if: '!cancelled()', run: echo not cancelled}
              - {if: success(), run: echo never}
          after: {needs: one, runs-on: ubuntu-latest, steps: [{run: echo never}]}
          far: {needs: after, if: always(), runs-on: ubuntu-latest, env: {NEEDS: '${{ toJSON(needs) }}'}, steps: [{run: echo "$NEEDS"}]}
          onfail: {needs: one, if: failure(), runs-on: ubuntu-latest, steps: [{run: echo onfail ran}]}
        """
    )

    log = shop.log(run)
    assert run.conclusion == "failure"
    for line in ("forgiven", "after failure", "status failure", "not cancelled", "onfail ran"):
        assert f"\n{line}\n" in log
    assert "\nnever" not in log
    assert "Process completed with exit code 3." in log
    jobs = {job.name: job for job in run.jobs()}
    assert {name: job.conclusion for name, job in jobs.items()} == {
        "one": "failure",
        "after": "skipped",
        "far": "success",
        "onfail": "success",
    }
    assert [step.conclusion for step in jobs["one"].steps] == [
        "success", "success", "failure", "skipped", "success", "success", "success", "skipped",
    ]  # fmt: skip


def test_a_matrix_fans_out_and_its_results_come_together(shop):
    run = shop.run(
        """
        on: push
        jobs:
          plan:
            runs-on: ubuntu-latest
            outputs: {os: '${{ steps.s.outputs.os }}'}
            steps: [{id: s, run: 'echo "os=[\\"a\\",\\"b\\"]" >> $GITHUB_OUTPUT'}]
          build:
            needs: plan
            runs-on: ubuntu-latest
            strategy:
              matrix:
                os: ${{ fromJSON(needs.plan.outputs.os) }}
                version: [1, 2]
                exclude: [{os: b, version: 1}]
                include: [{os: a, version: 1, extra: more}, {os: c}]
            outputs: {last: '${{ matrix.os }}'}
            steps:
              - run: echo "cell ${{ matrix.os }}/${{ matrix.version }}/${{ matrix.extra }} of ${{ strategy.job-total }}"
          named: {name: Try, runs-on: x, strategy: {matrix: {n: [7], deep: [{a: 1, b: [2]}]}}, steps: [{run: 'true'}]}
          done:
            needs: build
            runs-on: ubuntu-latest
            steps: [{run: 'echo "last ${{ needs.build.outputs.last }}"'}]
        """
    )

    log = shop.log(run)
    assert run.conclusion == "success", log
    assert [job.name for job in run.jobs()] == [
        "plan", "Try (7, 1, 2)", "build (a, 1, more)", "build (a, 2)", "build (b, 2)", "build (c)", "done",
    ]  # fmt: skip
    for cell in ("a/1/more of 4", "a/2/ of 4", "b/2/ of 4", "c// of 4"):
        assert f"cell {cell}" in log
    assert "last c" in log


def test_secrets_and_masked_values_never_reach_a_log_or_an_output(shop):
    shop.repository.create_secret("PASSWORD", "open sesame")
    shop.repository.create_variable("GREETING", "hello")
    run = shop.run(
        """
        on: push
        jobs:
          one:
            runs-on: ubuntu-latest
            outputs: {leak: '${{ secrets.PASSWORD }}', fine: ok}
            steps:
              - env: {PASSWORD: '${{ secrets.PASSWORD }}'}
                run: |
                  echo "${{ vars.GREETING }} $PASSWORD and ${{ secrets.GITHUB_TOKEN }} and ${{ github.token }}"
                  test "$PASSWORD" = "open sesame"
                  later=$(echo "retal neddih" | rev)
                  echo "::add-mask::$later"
                  echo "this is $later"
                  echo "::warning file=a.py,line=3::careful with $PASSWORD"
          two:
            needs: one
            runs-on: ubuntu-latest
            steps: [{run: 'test "${{ needs.one.outputs.leak }}${{ needs.one.outputs.fine }}" = ok'}]
        """
    )

    log = shop.log(run)
    assert run.conclusion == "success", log
    assert "hello *** and *** and ***" in log
    assert "this is ***" in log
    assert '"message":"careful with ***","file":"a.py","line":"3"' in log
    assert "open sesame" not in log
    assert "hidden later" not in log
    assert "ghs_" not in log


def test_the_token_may_do_what_is_declared_and_dies_with_its_job(shop):
    run = shop.run(
        """
        on: push
        permissions: {}
        jobs:
          one:
            runs-on: ubuntu-latest
            permissions: {contents: read}
            steps:
              - env: {TOKEN: '${{ github.token }}'}
                run: |
                  ask() { curl -s -o "$1.json" -w "$1 %{http_code}\\n" -H "Authorization: Bearer $TOKEN" "${@:2}"; }
                  ask read "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY"
                  ask write "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues" -d '{"title": "no"}'
                  cat write.json
                  echo "$TOKEN" > "/tmp/token-of-$GITHUB_RUN_ID"
          two:
            runs-on: ubuntu-latest
            permissions: {issues: write}
            steps:
              - env: {TOKEN: '${{ secrets.GITHUB_TOKEN }}'}
                run: |
                  curl -s -o /dev/null -w "issue %{http_code}\\n" -H "Authorization: Bearer $TOKEN" \\
                    "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues" -d '{"title": "from a workflow"}'
        """
    )

    log = shop.log(run)
    assert "read 200" in log
    assert "write 403" in log
    assert "Resource not accessible by integration" in log
    assert "issue 201" in log
    kept = Path(f"/tmp/token-of-{run.id}")
    token = kept.read_text().strip()
    kept.unlink()
    answer = requests.get(
        f"{shop.gh.api_url}/repos/alice/tool",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert answer.status_code == 401


def test_an_artifact_travels_between_jobs_and_out(shop):
    run = shop.run(
        """
        on: push
        permissions: {actions: read}
        jobs:
          make:
            runs-on: ubuntu-latest
            strategy: {matrix: {n: [1, 2]}}
            steps:
              - run: mkdir -p out/deep && echo "part ${{ matrix.n }}" > out/deep/${{ matrix.n }}.txt && touch out/.hidden
              - uses: actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2
                with: {name: 'part-${{ matrix.n }}', path: out, retention-days: 3}
          take:
            needs: make
            runs-on: ubuntu-latest
            steps:
              - uses: actions/download-artifact@v5
                with: {pattern: part-*, path: all, merge-multiple: true}
              - run: cat all/deep/1.txt all/deep/2.txt && test ! -e all/.hidden
              - uses: actions/download-artifact@v5
                with: {name: part-2, path: one}
              - run: test "$(cat one/deep/2.txt)" = "part 2"
              - env: {TOKEN: '${{ github.token }}'}
                run: |
                  url="$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/artifacts?name=part-1"
                  url=$(curl -sf -H "Authorization: Bearer $TOKEN" "$url" | python -c \\
                    'import json, sys; print(json.load(sys.stdin)["artifacts"][0]["archive_download_url"])')
                  curl -sfL --oauth2-bearer "$TOKEN" -o part.zip "$url" && python -m zipfile -l part.zip
              - uses: actions/download-artifact@v5
                continue-on-error: true
                with: {name: absent}
              - uses: actions/upload-artifact@v4
                with: {name: part-1, path: one/**/*.txt}
        """
    )

    log = shop.log(run)
    assert "part 1\npart 2\n" in log.replace("\r", "")
    assert "Artifact not found for name: absent; this run has part-1, part-2" in log
    assert "artifacts cannot be changed" in log
    assert run.conclusion == "failure"
    artifacts = {artifact.name: artifact for artifact in run.get_artifacts()}
    assert set(artifacts) == {"part-1", "part-2"}
    answer = requests.get(
        artifacts["part-2"].archive_download_url,
        headers={"Authorization": f"Bearer {shop.account.token}"},
        timeout=10,
    )
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["deep/2.txt"]


def test_checkout_has_the_commit_and_local_actions_run_from_it(shop):
    shop.push({"docs/page.md": "hello\n", "src/code.py": "print('code')\n"})
    run = shop.run(
        """
        on: push
        permissions: {contents: read}
        jobs:
          one:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
                with: {fetch-depth: 0, persist-credentials: false}
              - run: |
                  git log --oneline | wc -l | xargs echo commits
                  test "$(git rev-parse HEAD)" = "$GITHUB_SHA" -a "$(git branch --show-current)" = main
                  ! git config --get-regexp extraheader
                  test "${{ hashFiles('src/*.py') }}" != ''
              - id: greet
                uses: ./.github/actions/greet
                with: {who: world}
                env: {TONE: warm}
              - run: test "${{ steps.greet.outputs.said }}" = "hello world, warm"
              - id: fails
                uses: ./.github/actions/greet
                continue-on-error: true
                with: {who: nobody}
              - run: test "${{ steps.fails.outcome }}" = failure
              - uses: actions/checkout@v5
                with: {path: sparse, sparse-checkout: docs, filter: 'blob:none'}
              - run: test -f sparse/docs/page.md -a ! -e sparse/src && cd sparse && git config --get-regexp extraheader | cut -c1-12
        """,
        **{
            ".github/actions/greet/action.yml": """
                name: greet
                inputs: {who: {required: true}, greeting: {default: hello}}
                outputs: {said: {value: '${{ steps.say.outputs.line }}'}}
                runs:
                  using: composite
                  steps:
                    - if: inputs.who == 'nobody'
                      run: exit 1
                      shell: bash
                    - id: say
                      shell: sh
                      env: {WHO: '${{ inputs.who }}'}
                      run: |
                        test -f "$GITHUB_ACTION_PATH/action.yml"
                        echo "line=${{ inputs.greeting }} $WHO, $TONE" >> "$GITHUB_OUTPUT"
                """
        },
    )

    log = shop.log(run)
    assert run.conclusion == "success", log
    assert "Process completed with exit code 1." in log


def test_a_step_that_runs_too_long_is_ended_with_all_it_started(shop):
    run = shop.run(
        """
        on: push
        jobs:
          one:
            runs-on: ubuntu-latest
            steps:
              - timeout-minutes: 0.01
                run: sleep 300 & sleep 300
              - {if: failure(), run: echo too long}
          two:
            runs-on: ubuntu-latest
            timeout-minutes: 0.01
            steps: [{run: sleep 300}, {if: always(), run: echo cleaned up}]
        """
    )

    log = shop.log(run)
    assert {job.name: job.conclusion for job in run.jobs()} == {
        "one": "failure",
        "two": "cancelled",
    }
    assert "\ntoo long\n" in log
    assert "\ncleaned up\n" in log


def test_stray_processes_end_with_their_job(shop):
    run = shop.run(
        """
        on: push
        jobs:
          one:
            runs-on: ubuntu-latest
            steps: [{run: 'setsid sleep 287 & echo "stray $!"; sleep 0.1'}]
        """
    )

    log = shop.log(run)
    assert run.conclusion == "success", log
    stray = next(line.split()[1] for line in log.splitlines() if line.startswith("stray "))
    status = Path(f"/proc/{stray}/status")
    assert not status.exists() or "State:\tZ" in status.read_text()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("container: node:24", "test.yml:6: jobs.one: 'container' is not supported here"),
        ("steps: [{uses: someone/else@v1}]", "the action 'someone/else@v1' is not supported here"),
        ("if: secrets.X != ''", "test.yml:6: if: unrecognized named-value 'secrets'"),
        ("env: {A: '${{ nope( }}'}", "test.yml:6: jobs.one.env.A:"),
        ("permissions: {content: read}", "permissions: 'content' is not supported here"),
        ("needs: ghost", "jobs.one needs 'ghost', which is no job of this file"),
    ],
)
def test_what_is_not_supported_is_said_with_file_and_line(shop, line, said):
    steps = "" if line.startswith("steps") else "    steps: [{run: 'true'}]\n"
    run = shop.run(
        f"on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    name: one\n    {line}\n{steps}"
    )

    assert (run.status, run.conclusion) == ("completed", "startup_failure")
    problem = shop.gh.hub.store.get("workflow_run", run.id)["problem"]
    assert problem.startswith(".github/workflows/test.yml:")
    assert said in problem


def test_minutes_are_billed_whole_for_each_job(shop):
    run = shop.run(
        """
        on: push
        jobs:
          a: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}
          b: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}
        """
    )

    assert run.timing().billable["UBUNTU"]["total_ms"] == 120_000


def test_a_push_larger_than_memory_s_share_arrives_whole(shop):
    large = "".join(f"{number * 7919 % 1_000_003:x}\n" for number in range(900_000))
    sha = shop.push({"docs/large.txt": large})

    assert shop.repository.get_branch("main").commit.sha == sha
