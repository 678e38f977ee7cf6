"""A run as a page to look at: its jobs, steps, annotations, summaries and logs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment

from devforge.local.answer import Answer
from devforge.local.call import Call
from devforge.local.rest.actions_runs import find_run
from devforge.local.routes import route
from devforge.local.shapes.links import repository_path
from devforge.local.store import Row
from devforge.local.workflows.machine.log import log_file, summary_file

_SHOWN_LOG_BYTES = 500_000
_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ run.title }} · {{ repository }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
pre { overflow-x: auto; font-size: .85rem; padding: .75rem; border: 1px solid #8888 }
</style>
<h1>{{ run.title }}</h1>
<p>{{ run.name }} #{{ run.number }} in {{ repository }}: <strong>{{ run.conclusion or run.status }}</strong>,
started by {{ run.event }} at {{ run.created_at }} on {{ run.head_sha[:7] }}, attempt {{ run.attempt }}.</p>
{% if run.problem %}<pre>{{ run.problem }}</pre>{% endif %}
{% for job in jobs %}
<h2>{{ job.name }}: {{ job.conclusion or job.status }}</h2>
{% for note in job.annotations %}<p>{{ note.level }}: {{ note.message }}</p>{% endfor %}
<ol>
{% for step in job.steps %}<li>{{ step.name }}: {{ step.conclusion or step.status }}</li>
{% endfor %}
</ol>
{% if job.summary %}<h3>Summary</h3><pre>{{ job.summary }}</pre>{% endif %}
{% if job.log %}<details><summary>Log</summary><pre>{{ job.log }}</pre></details>{% endif %}
{% endfor %}
</html>
"""
)


@route("GET", "/{owner}/{repo}/actions/runs/{run_id}", surface="web")
def show_run(call: Call) -> Answer:
    """The page a run's `html_url` leads to."""
    repository = call.repository()
    run = find_run(call, repository)
    jobs = call.hub.store.all(
        "SELECT * FROM workflow_job WHERE run_id = ? AND attempt = ? ORDER BY id",
        run["id"],
        run["attempt"],
    )
    page = _PAGE.render(
        repository=repository_path(call.hub, repository),
        run=dict(run),
        jobs=[_shown(call, job) for job in jobs],
    )
    return Answer(content=page.encode(), media_type="text/html; charset=utf-8")


@route("GET", "/{owner}/{repo}/actions/runs/{run_id}/job/{job_id}", surface="web")
def show_job(call: Call) -> Answer:
    """The page a job's `html_url` leads to: that of its run."""
    return show_run(call)


def _shown(call: Call, job: Row) -> dict[str, Any]:
    directory = call.hub.data / "actions"
    return dict(job) | {
        "steps": json.loads(job["steps"]),
        "annotations": json.loads(job["annotations"]),
        "log": _beginning(log_file(directory, job["run_id"], job["id"])),
        "summary": _beginning(summary_file(directory, job["run_id"], job["id"])),
    }


def _beginning(path: Path) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as file:
        content = file.read(_SHOWN_LOG_BYTES)
    return content.decode("utf-8", "replace")
