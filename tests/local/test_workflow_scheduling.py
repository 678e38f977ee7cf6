"""What starts workflows, what holds them back, and what a run survives."""

from __future__ import annotations

import itertools
import time

import pytest
from github.EnvironmentProtectionRuleReviewer import ReviewerParams
from workshop import Workshop

from devforge.local import LocalGitHub

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def github(tmp_path_factory):
    with LocalGitHub(data=tmp_path_factory.mktemp("scheduling")) as gh:
        yield gh


@pytest.fixture
def shop(github, tmp_path):
    github.faults.clear()
    return Workshop(github, tmp_path, f"alice{next(_numbers)}/tool")


def until(holds, seconds: float = 20):
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return found


def conclusions(shop, workflow="test.yml"):
    return [run.conclusion for run in shop.runs(workflow)]


def test_filters_on_branches_and_paths_decide_whether_a_push_starts_a_run(shop):
    shop.push(
        {
            "test.yml": """
            on:
              push:
                branches: [main, 'release/**', '!release/old']
                paths: ['src/**', '!src/*.md']
            jobs: {one: {runs-on: x, steps: [{run: 'true'}]}}
            """
        }
    )
    shop.settle()
    before = len(shop.runs())
    shop.push({"src/notes.md": "no"})
    shop.push({"src/a.py": "no"}, branch="other")
    shop.push({"src/b.py": "no [skip ci]"}, message="quiet [skip ci]")
    shop.push({"src/c.py": "yes"})
    shop.push({"src/d.py": "yes"}, branch="release/1.0/rc")
    shop.settle()

    assert sorted(run.head_branch for run in shop.runs()[: len(shop.runs()) - before]) == [
        "main",
        "release/1.0/rc",
    ]


def test_the_first_push_of_all_changes_every_path(shop):
    workflow = (
        "on: {push: {paths: ['src/**']}}\njobs: {one: {runs-on: x, steps: [{run: 'true'}]}}\n"
    )

    shop.push({"test.yml": workflow, "src/a.py": "new"})
    shop.settle()

    assert [run.event for run in shop.runs()] == ["push"]


def test_a_push_with_a_workflow_s_token_starts_nothing_but_a_dispatch_does(shop):
    shop.push(
        {
            "test.yml": """
            on: workflow_dispatch
            permissions: {contents: write, actions: write}
            jobs:
              one:
                runs-on: x
                steps:
                  - uses: actions/checkout@v5
                  - run: |
                      git config user.name bot; git config user.email bot@example.org
                      git commit -q --allow-empty -m "by a workflow"
                      git push -q origin HEAD:refs/heads/by-workflow
                      curl -sf -X POST -H "Authorization: Bearer ${{ github.token }}" -d '{"ref": "main"}' \\
                        "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/actions/workflows/dispatched.yml/dispatches"
                      curl -sf -X POST -H "Authorization: Bearer ${{ github.token }}" -d '{"event_type": "wake"}' \\
                        "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/dispatches"
            """,
            "pushed.yml": "{on: push, jobs: {one: {runs-on: x, steps: [{run: 'true'}]}}}",
            "dispatched.yml": "{on: workflow_dispatch, jobs: {one: {runs-on: x, steps: [{run: 'true'}]}}}",
            "woken.yml": """
            on: {repository_dispatch: {types: [wake]}}
            jobs: {one: {runs-on: x, steps: [{run: 'test "${{ github.event.action }}" = wake'}]}}
            """,
        }
    )
    shop.settle()
    pushed = len(shop.runs("pushed.yml"))
    assert shop.repository.get_workflow("test.yml").create_dispatch("main")
    shop.settle()

    assert conclusions(shop) == ["success"], shop.log(shop.runs()[0])
    assert shop.repository.get_branch("by-workflow").commit.commit.message == "by a workflow"
    assert len(shop.runs("pushed.yml")) == pushed
    assert conclusions(shop, "dispatched.yml") == ["success"]
    assert conclusions(shop, "woken.yml") == ["success"]


def test_a_dispatch_has_typed_inputs_and_refuses_others(shop):
    shop.push(
        {
            "test.yml": """
            on:
              workflow_dispatch:
                inputs:
                  who: {required: true}
                  loud: {type: boolean, default: false}
                  size: {type: choice, options: [small, large]}
                  count: {type: number, default: 3}
            run-name: For ${{ inputs.who }}
            jobs:
              one:
                runs-on: x
                if: inputs.loud
                env: {ALL: '${{ toJSON(inputs) }}'}
                steps: [{run: 'true'}]
            """
        }
    )
    workflow = shop.repository.get_workflow("test.yml")

    assert not workflow.create_dispatch("main", {})
    assert not workflow.create_dispatch("main", {"who": "me", "size": "huge"})
    assert not workflow.create_dispatch("main", {"who": "me", "colour": "red"})
    assert not workflow.create_dispatch("absent", {"who": "me"})
    assert shop.runs() == []


def test_a_dispatch_s_inputs_arrive_typed(shop):
    shop.push(
        {
            "test.yml": """
            on:
              workflow_dispatch:
                inputs:
                  who: {required: true}
                  loud: {type: boolean, default: false}
                  size: {type: choice, options: [small, large]}
                  count: {type: number, default: 3}
            run-name: For ${{ inputs.who }}
            jobs:
              one:
                runs-on: x
                if: inputs.loud && inputs.count == 3
                env: {ALL: '${{ toJSON(inputs) }}', RAW: '${{ toJSON(github.event.inputs) }}'}
                steps: [{run: 'echo "$ALL $RAW" | tr -d "\\n "'}]
            """
        }
    )
    assert shop.repository.get_workflow("test.yml").create_dispatch(
        "main", {"who": "me", "loud": "true"}
    )
    shop.settle()

    run = shop.runs()[0]
    assert (run.display_title, run.conclusion) == ("For me", "success")
    assert '{"who":"me","loud":true,"size":"small","count":3}' in shop.log(run)
    assert '{"who":"me","loud":"true","size":"small","count":"3"}' in shop.log(run)


def test_a_group_keeps_one_running_and_one_pending(shop):
    gate = shop.clone.parent / "gate"
    shop.push(
        {
            "test.yml": f"""
            on: workflow_dispatch
            concurrency: {{group: 'only-${{{{ github.workflow }}}}'}}
            jobs: {{one: {{runs-on: x, steps: [{{run: 'until test -e {gate}; do sleep 0.05; done'}}]}}}}
            """
        }
    )
    workflow = shop.repository.get_workflow("test.yml")
    for waiting in ("in_progress", "pending", "pending"):
        workflow.create_dispatch("main")
        until(lambda waiting=waiting: shop.runs() and shop.runs()[0].status == waiting)
    until(lambda: shop.runs()[1].status == "completed")
    gate.touch()
    shop.settle()

    assert conclusions(shop) == ["success", "cancelled", "success"]
    gate.unlink()


def test_a_newer_run_may_cancel_the_one_in_progress(shop):
    shop.push(
        {
            "test.yml": """
            on: workflow_dispatch
            concurrency: {group: g, cancel-in-progress: true}
            jobs:
              one:
                runs-on: x
                steps: [{if: github.run_number == 1, run: sleep 300}, {if: cancelled(), run: echo told}]
              after: {needs: one, if: always(), runs-on: x, steps: [{run: echo after}]}
            """
        }
    )
    workflow = shop.repository.get_workflow("test.yml")
    workflow.create_dispatch("main")
    until(lambda: shop.runs() and any(step for job in shop.runs()[0].jobs() for step in job.steps))
    workflow.create_dispatch("main")
    shop.settle()

    assert conclusions(shop) == ["success", "cancelled"]
    assert {"told", "after"} <= set(shop.log(shop.runs()[1]).splitlines())


def test_a_run_is_cancelled_and_run_again_through_the_api(shop):
    flag = shop.clone.parent / "second"
    shop.push(
        {
            "test.yml": f"""
            on: workflow_dispatch
            jobs:
              good: {{runs-on: x, steps: [{{run: 'true'}}]}}
              slow: {{needs: good, runs-on: x, steps: [{{run: 'test -e {flag} || sleep 300'}}]}}
            """
        }
    )
    shop.repository.get_workflow("test.yml").create_dispatch("main")
    until(
        lambda: (
            shop.runs()
            and any(
                job.name == "slow" and job.status == "in_progress" for job in shop.runs()[0].jobs()
            )
        )
    )
    assert shop.runs()[0].cancel()
    shop.settle()
    assert conclusions(shop) == ["cancelled"]

    flag.touch()
    assert shop.runs()[0].rerun_failed_jobs()
    shop.settle()
    run = shop.runs()[0]
    assert (run.conclusion, run.run_attempt) == ("success", 2)
    assert sorted(job.run_attempt for job in run.jobs()) == [2, 2]


def test_an_environment_waits_for_its_reviewer_and_keeps_its_secrets(shop):
    shop.push(
        {
            "test.yml": """
            on: workflow_dispatch
            jobs:
              one:
                runs-on: x
                environment: {name: production, url: 'https://example.org/${{ github.run_number }}'}
                steps: [{run: 'test "${{ secrets.KEY }}" = deep'}]
              other: {runs-on: x, steps: [{run: 'test -z "${{ secrets.KEY }}"'}]}
            """
        }
    )
    alice = shop.account.id
    environment = shop.repository.create_environment("production", reviewers=[_reviewer(alice)])
    environment.create_secret("KEY", "deep")
    for number, (state, conclusion) in enumerate(
        (("approved", "success"), ("rejected", "failure")), 1
    ):
        shop.repository.get_workflow("test.yml").create_dispatch("main")
        shop.settle()
        run = shop.runs()[0]
        assert (run.status, run.run_number) == ("waiting", number), shop.log(run)
        _, pending = run.requester.requestJsonAndCheck("GET", f"{run.url}/pending_deployments")
        assert pending[0]["current_user_can_approve"]
        review = {
            "environment_ids": [pending[0]["environment"]["id"]],
            "state": state,
            "comment": "so",
        }
        run.requester.requestJsonAndCheck("POST", f"{run.url}/pending_deployments", input=review)
        shop.settle()
        assert conclusions(shop)[0] == conclusion, shop.log(run)


def _reviewer(id: int):
    return ReviewerParams("User", id)


def test_an_environment_s_branch_limits_hold(shop):
    shop.push(
        {
            "test.yml": """
            on: push
            jobs: {one: {runs-on: x, environment: guarded, steps: [{run: 'true'}]}}
            """
        },
        branch="elsewhere",
    )
    shop.settle()
    assert conclusions(shop) == ["success"]
    policy = {"protected_branches": False, "custom_branch_policies": True}
    put = shop.repository.requester.requestJsonAndCheck
    put(
        "PUT",
        f"{shop.repository.url}/environments/guarded",
        input={"deployment_branch_policy": policy},
    )
    put(
        "POST",
        f"{shop.repository.url}/environments/guarded/deployment-branch-policies",
        input={"name": "main"},
    )
    shop.push({}, branch="elsewhere")
    shop.settle()

    assert conclusions(shop)[0] == "failure"
    assert "may not deploy to guarded" in shop.log(shop.runs()[0])


def test_schedules_fire_as_the_clock_passes_and_follow_its_faults(shop):
    shop.push(
        {
            "test.yml": """
            on: {schedule: [{cron: '30 4 * * *'}]}
            jobs: {one: {runs-on: x, steps: [{run: 'test "${{ github.event.schedule }}" = "30 4 * * *"'}]}}
            """
        }
    )
    shop.settle()
    shop.gh.advance(hours=25)
    shop.settle()
    assert conclusions(shop) == ["success"]

    shop.gh.faults.add("drop", event="schedule")
    shop.gh.advance(hours=24)
    shop.settle()
    assert len(shop.runs()) == 1

    shop.gh.faults.add("duplicate", event="schedule")
    shop.gh.advance(hours=24)
    shop.settle()
    assert len(shop.runs()) == 3

    shop.gh.advance(days=62)
    shop.settle()
    assert len(shop.runs()) == 3
    assert shop.repository.get_workflow("test.yml").state == "disabled_inactivity"


def test_workflow_run_follows_by_name_on_the_default_branch(shop):
    shop.push(
        {
            "first.yml": "{name: First, on: workflow_dispatch, jobs: {one: {runs-on: x, steps: [{run: exit 1}]}}}",
            "test.yml": """
            on: {workflow_run: {workflows: [First], types: [completed]}}
            jobs:
              one:
                if: github.event.workflow_run.conclusion == 'failure'
                runs-on: x
                steps: [{run: 'echo "after ${{ github.event.workflow_run.name }}"'}]
            """,
        }
    )
    shop.repository.get_workflow("first.yml").create_dispatch("main")
    shop.settle()

    assert conclusions(shop) == ["success"]
    assert "after First" in shop.log(shop.runs()[0])


def test_an_issue_starts_the_default_branch_s_workflow(shop):
    shop.push(
        {
            "test.yml": """
            on: {issues: {types: [opened, labeled]}, issue_comment: {}}
            jobs:
              one:
                runs-on: x
                env: {TITLE: '${{ github.event.issue.title }}'}
                steps: [{run: 'echo "$GITHUB_EVENT_NAME ${{ github.event.action }} $TITLE"'}]
            """
        }
    )
    issue = shop.repository.create_issue("$(touch pwned) `id`")
    issue.create_comment("hello")
    issue.edit(state="closed")
    shop.settle()

    runs = shop.runs()
    assert [run.event for run in runs] == ["issue_comment", "issues"]
    assert "issues opened $(touch pwned) `id`" in shop.log(runs[1])


def test_a_machine_that_dies_fails_its_job_and_nothing_more_runs_on_it(shop):
    shop.push(
        {
            "test.yml": """
            on: workflow_dispatch
            jobs:
              one:
                runs-on: x
                steps: [{run: echo begun}, {name: second, run: echo never}, {if: always(), run: echo never}]
              after: {needs: one, if: failure(), runs-on: x, steps: [{run: echo noticed}]}
            """
        }
    )
    shop.gh.faults.add("kill run", workflow="test.yml", step="second")
    shop.repository.get_workflow("test.yml").create_dispatch("main")
    shop.settle()

    run = shop.runs()[0]
    log = shop.log(run)
    assert run.conclusion == "failure"
    assert "begun" in log
    assert "noticed" in log
    assert "lost communication" in log
    assert "\nnever" not in log


def test_a_fork_s_pull_request_is_judged_by_the_default_branch_and_runs_without_secrets(
    shop, github
):
    shop.push(
        {
            "test.yml": """
            on: pull_request_target
            permissions: {statuses: write}
            env: {TITLE: '${{ github.event.pull_request.title }}'}
            jobs:
              one:
                runs-on: x
                steps:
                  - run: |
                      test "${{ secrets.KEY }}" = deep -a "$GITHUB_SHA" != "${{ github.event.pull_request.head.sha }}"
                      curl -s -o /dev/null -w "status %{http_code}\\n" -H "Authorization: Bearer ${{ github.token }}" \\
                        -d '{"state": "success"}' \\
                        "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/statuses/${{ github.event.pull_request.head.sha }}"
            """,
            "inside.yml": """
            on: pull_request
            permissions: write-all
            jobs:
              one:
                runs-on: x
                steps:
                  - uses: actions/checkout@v5
                  - run: test -z "${{ secrets.KEY }}" && cat proposal.txt && git log -1 --format='parents %p'
                  - run: |
                      curl -s -o /dev/null -w "status %{http_code}\\n" -H "Authorization: Bearer ${{ github.token }}" \\
                        -d '{"state": "success"}' "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/statuses/$GITHUB_SHA"
            """,
        }
    )
    shop.repository.create_secret("KEY", "deep")
    shop.settle()
    stranger = github.create_account(f"stranger-{shop.account.login}")
    api = shop.api_of(stranger.token)
    fork = api.get_repo(shop.name).create_fork()
    before = len(list(fork.get_workflow_runs()))
    fork.create_git_ref("refs/heads/idea", shop.git("rev-parse", "HEAD"))
    fork.create_file("proposal.txt", "propose", "my proposal\n", branch="idea")
    fork.create_file(
        ".github/workflows/own.yml",
        "sneak",
        "{on: push, jobs: {a: {runs-on: x, steps: [{run: x}]}}}",
        branch="idea",
    )
    api.get_repo(shop.name).create_pull(
        base="main", head=f"{stranger.login}:idea", title="An idea", body=""
    )
    shop.settle()

    [target], [inside] = shop.runs(), shop.runs("inside.yml")
    assert (target.conclusion, target.head_branch) == ("success", "idea"), shop.log(target)
    assert "status 201" in shop.log(target)
    assert inside.conclusion == "success", shop.log(inside)
    assert "my proposal" in shop.log(inside)
    assert "status 403" in shop.log(inside)
    assert len(list(fork.get_workflow_runs())) == before == 0


def test_a_matrix_honours_its_limit_and_stops_at_the_first_failure(shop):
    shop.push(
        {
            "test.yml": """
            on: workflow_dispatch
            jobs:
              careful:
                runs-on: x
                strategy: {max-parallel: 1, matrix: {n: [1, 2, 3]}}
                steps: [{run: 'test ${{ matrix.n }} != 2'}]
              stubborn:
                runs-on: x
                strategy: {fail-fast: false, matrix: {n: [1, 2]}}
                continue-on-error: ${{ matrix.n == 1 }}
                steps: [{run: 'test ${{ matrix.n }} != 1'}]
              after: {needs: stubborn, runs-on: x, steps: [{run: 'true'}]}
            """
        }
    )
    shop.repository.get_workflow("test.yml").create_dispatch("main")
    shop.settle()

    assert {job.name: job.conclusion for job in shop.runs()[0].jobs()} == {
        "careful (1)": "success",
        "careful (2)": "failure",
        "careful (3)": "cancelled",
        "stubborn (1)": "failure",
        "stubborn (2)": "success",
        "after": "success",
    }


def test_jobs_of_different_runs_share_a_group(shop):
    shop.push(
        {
            "test.yml": """
            on: workflow_dispatch
            jobs:
              one:
                runs-on: x
                concurrency: {group: deploy}
                steps:
                  - run: |
                      mkdir ../../../../../only-one
                      sleep 0.2
                      rmdir ../../../../../only-one
            """
        }
    )
    for _ in range(2):
        shop.repository.get_workflow("test.yml").create_dispatch("main")
    shop.settle()

    assert conclusions(shop) == ["success", "success"], shop.log(shop.runs()[0])


def test_a_tag_and_its_release_start_runs_at_the_tag(shop):
    shop.push(
        {
            "test.yml": """
            on: {push: {tags: ['v*']}, release: {types: [published]}}
            jobs: {one: {runs-on: x, steps: [{run: 'echo "$GITHUB_EVENT_NAME at $GITHUB_REF_TYPE $GITHUB_REF_NAME"'}]}}
            """
        }
    )
    shop.git("tag", "v1")
    shop.git("push", "-q", "origin", "v1")
    shop.repository.create_git_release("v1", "One", "First")
    shop.settle()

    runs = sorted(shop.runs(), key=lambda run: run.id)
    assert [run.event for run in runs] == ["push", "release"]
    assert "push at tag v1" in shop.log(runs[0])
    assert "release at tag v1" in shop.log(runs[1])


def test_a_machine_of_another_kind_is_not_pretended(shop):
    run = shop.run("{on: push, jobs: {one: {runs-on: windows-latest, steps: [{run: 'true'}]}}}")

    assert run.conclusion == "failure"
    assert "there is no windows-latest here" in shop.log(run)


def test_a_job_keeps_its_notes_on_a_branch_of_their_own(shop):
    run = shop.run(
        """
        on: push
        permissions: {contents: write}
        jobs:
          one:
            if: github.ref_name == 'main'
            runs-on: x
            steps:
              - uses: actions/checkout@v5
              - run: |
                  git config user.name bot; git config user.email bot@example.org
                  git checkout -q --orphan state && git rm -rfq . && echo one > note
                  git add note && git commit -qm first && git push -q origin state
                  echo two > note && git commit -qam second && git push -q origin state
        """
    )

    assert run.conclusion == "success", shop.log(run)
    assert shop.repository.get_contents("note", ref="state").decoded_content == b"two\n"
