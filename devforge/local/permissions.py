"""Which permission a workflow's token needs for which route. Data, and the one way to read it.

`name:level`, alternatives separated by `|`. `none`: no permission is needed. `person`: only a
person's token will do. A route that is not listed here is refused to every workflow token.

Source: docs.github.com, "Permissions required for GitHub Apps" and "Permissions required for
fine-grained personal access tokens".
"""

from __future__ import annotations

from collections.abc import Mapping

_TABLE = """
# accounts
GET /user person
PATCH /user person
GET /user/{account_id} none
GET /users none
GET /users/{username} none
GET /orgs/{org} none
GET /orgs/{org}/members none
GET /orgs/{org}/members/{username} none
GET /search/users none
# repositories
POST /user/repos person
GET /user/repos person
POST /orgs/{org}/repos person
GET /users/{username}/repos none
GET /orgs/{org}/repos none
GET /repos/{owner}/{repo} metadata:read
PATCH /repos/{owner}/{repo} administration:write
DELETE /repos/{owner}/{repo} administration:write
POST /repos/{owner}/{repo}/transfer administration:write
POST /repos/{owner}/{repo}/forks administration:write
GET /repos/{owner}/{repo}/forks metadata:read
GET /repos/{owner}/{repo}/topics metadata:read
GET /repos/{owner}/{repo}/languages metadata:read
PUT /repos/{owner}/{repo}/topics administration:write
GET /repos/{owner}/{repo}/collaborators metadata:read
GET /repos/{owner}/{repo}/collaborators/{username} metadata:read
PUT /repos/{owner}/{repo}/collaborators/{username} administration:write
DELETE /repos/{owner}/{repo}/collaborators/{username} administration:write
GET /repos/{owner}/{repo}/collaborators/{username}/permission metadata:read
# the Git database, contents, commits, branches
GET /repos/{owner}/{repo}/git/ref/{ref:path} contents:read
GET /repos/{owner}/{repo}/git/matching-refs/{ref:path} contents:read
GET /repos/{owner}/{repo}/git/refs contents:read
POST /repos/{owner}/{repo}/git/refs contents:write
PATCH /repos/{owner}/{repo}/git/refs/{ref:path} contents:write
DELETE /repos/{owner}/{repo}/git/refs/{ref:path} contents:write
GET /repos/{owner}/{repo}/git/commits/{sha} contents:read
POST /repos/{owner}/{repo}/git/commits contents:write
GET /repos/{owner}/{repo}/git/trees/{sha:path} contents:read
POST /repos/{owner}/{repo}/git/trees contents:write
GET /repos/{owner}/{repo}/git/blobs/{sha} contents:read
POST /repos/{owner}/{repo}/git/blobs contents:write
GET /repos/{owner}/{repo}/git/tags/{sha} contents:read
POST /repos/{owner}/{repo}/git/tags contents:write
GET /repos/{owner}/{repo}/contents contents:read
GET /repos/{owner}/{repo}/contents/{path:path} contents:read
PUT /repos/{owner}/{repo}/contents/{path:path} contents:write
DELETE /repos/{owner}/{repo}/contents/{path:path} contents:write
GET /repos/{owner}/{repo}/readme contents:read
GET /repos/{owner}/{repo}/commits contents:read
GET /repos/{owner}/{repo}/commits/{ref:path} contents:read
GET /repos/{owner}/{repo}/commits/{commit_sha}/branches-where-head contents:read
GET /repos/{owner}/{repo}/compare/{basehead:path} contents:read
GET /repos/{owner}/{repo}/branches contents:read
GET /repos/{owner}/{repo}/branches/{branch:path} contents:read
POST /repos/{owner}/{repo}/branches/{branch}/rename contents:write
GET /repos/{owner}/{repo}/branches/{branch}/protection administration:read
PUT /repos/{owner}/{repo}/branches/{branch}/protection administration:write
DELETE /repos/{owner}/{repo}/branches/{branch}/protection administration:write
GET /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks administration:read
PATCH /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks administration:write
DELETE /repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks administration:write
GET /repos/{owner}/{repo}/branches/{branch}/protection/required_pull_request_reviews administration:read
PATCH /repos/{owner}/{repo}/branches/{branch}/protection/required_pull_request_reviews administration:write
DELETE /repos/{owner}/{repo}/branches/{branch}/protection/required_pull_request_reviews administration:write
GET /repos/{owner}/{repo}/branches/{branch}/protection/enforce_admins administration:read
POST /repos/{owner}/{repo}/branches/{branch}/protection/enforce_admins administration:write
DELETE /repos/{owner}/{repo}/branches/{branch}/protection/enforce_admins administration:write
GET /repos/{owner}/{repo}/contributors metadata:read
POST /repos/{owner}/{repo}/merges contents:write
POST /repos/{owner}/{repo}/merge-upstream contents:write
GET /repos/{owner}/{repo}/tags metadata:read
GET /repos/{owner}/{repo}/tarball contents:read
GET /repos/{owner}/{repo}/tarball/{ref:path} contents:read
GET /repos/{owner}/{repo}/zipball contents:read
GET /repos/{owner}/{repo}/zipball/{ref:path} contents:read
GET /api/codeload/{owner}/{repo}/{kind}/{ref:path} contents:read
GET /{owner}/{repo}/archive/{file:path} contents:read
GET /{owner}/{repo}/raw/{file:path} contents:read
# issues; a comment on or a label of a pull request may be set by either permission
POST /repos/{owner}/{repo}/issues issues:write
GET /repos/{owner}/{repo}/issues issues:read|pull_requests:read
GET /repos/{owner}/{repo}/issues/{issue_number} issues:read|pull_requests:read
PATCH /repos/{owner}/{repo}/issues/{issue_number} issues:write|pull_requests:write
GET /repos/{owner}/{repo}/issues/{issue_number}/labels issues:read|pull_requests:read
POST /repos/{owner}/{repo}/issues/{issue_number}/labels issues:write|pull_requests:write
PUT /repos/{owner}/{repo}/issues/{issue_number}/labels issues:write|pull_requests:write
DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels issues:write|pull_requests:write
DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name} issues:write|pull_requests:write
POST /repos/{owner}/{repo}/issues/{issue_number}/assignees issues:write|pull_requests:write
DELETE /repos/{owner}/{repo}/issues/{issue_number}/assignees issues:write|pull_requests:write
GET /repos/{owner}/{repo}/assignees issues:read|pull_requests:read
GET /repos/{owner}/{repo}/assignees/{assignee} issues:read|pull_requests:read
PUT /repos/{owner}/{repo}/issues/{issue_number}/lock issues:write|pull_requests:write
DELETE /repos/{owner}/{repo}/issues/{issue_number}/lock issues:write|pull_requests:write
GET /repos/{owner}/{repo}/issues/{issue_number}/events issues:read|pull_requests:read
GET /repos/{owner}/{repo}/issues/events issues:read|pull_requests:read
GET /repos/{owner}/{repo}/issues/{issue_number}/timeline issues:read|pull_requests:read
GET /repos/{owner}/{repo}/issues/{issue_number}/comments issues:read|pull_requests:read
GET /repos/{owner}/{repo}/issues/comments issues:read|pull_requests:read
POST /repos/{owner}/{repo}/issues/{issue_number}/comments issues:write|pull_requests:write
GET /repos/{owner}/{repo}/issues/comments/{comment_id} issues:read|pull_requests:read
PATCH /repos/{owner}/{repo}/issues/comments/{comment_id} issues:write|pull_requests:write
DELETE /repos/{owner}/{repo}/issues/comments/{comment_id} issues:write|pull_requests:write
GET /repos/{owner}/{repo}/issues/{issue_number}/reactions issues:read|pull_requests:read
POST /repos/{owner}/{repo}/issues/{issue_number}/reactions issues:write|pull_requests:write
DELETE /repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id} issues:write|pull_requests:write
GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions issues:read|pull_requests:read
POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions issues:write|pull_requests:write
DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id} issues:write|pull_requests:write
GET /repos/{owner}/{repo}/labels issues:read|pull_requests:read
POST /repos/{owner}/{repo}/labels issues:write|pull_requests:write
GET /repos/{owner}/{repo}/labels/{name} issues:read|pull_requests:read
PATCH /repos/{owner}/{repo}/labels/{name} issues:write|pull_requests:write
DELETE /repos/{owner}/{repo}/labels/{name} issues:write|pull_requests:write
GET /repos/{owner}/{repo}/milestones issues:read|pull_requests:read
POST /repos/{owner}/{repo}/milestones issues:write|pull_requests:write
GET /repos/{owner}/{repo}/milestones/{milestone_number} issues:read|pull_requests:read
GET /repos/{owner}/{repo}/milestones/{milestone_number}/labels issues:read|pull_requests:read
PATCH /repos/{owner}/{repo}/milestones/{milestone_number} issues:write|pull_requests:write
DELETE /repos/{owner}/{repo}/milestones/{milestone_number} issues:write|pull_requests:write
# pull requests
POST /repos/{owner}/{repo}/pulls pull_requests:write
GET /repos/{owner}/{repo}/pulls pull_requests:read
GET /repos/{owner}/{repo}/pulls/{pull_number} pull_requests:read
PATCH /repos/{owner}/{repo}/pulls/{pull_number} pull_requests:write
GET /repos/{owner}/{repo}/pulls/{pull_number}/commits pull_requests:read
GET /repos/{owner}/{repo}/pulls/{pull_number}/files pull_requests:read
GET /repos/{owner}/{repo}/pulls/{pull_number}/merge contents:read
PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge contents:write
PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch pull_requests:write
GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls pull_requests:read
GET /{owner}/{repo}/pull/{pull_number}.diff pull_requests:read
GET /{owner}/{repo}/pull/{pull_number}.patch pull_requests:read
GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews pull_requests:read
POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews pull_requests:write
GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id} pull_requests:read
PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id} pull_requests:write
DELETE /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id} pull_requests:write
POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/events pull_requests:write
PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals pull_requests:write
GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments pull_requests:read
GET /repos/{owner}/{repo}/pulls/{pull_number}/comments pull_requests:read
POST /repos/{owner}/{repo}/pulls/{pull_number}/comments pull_requests:write
DELETE /repos/{owner}/{repo}/pulls/comments/{comment_id} pull_requests:write
GET /repos/{owner}/{repo}/pulls/comments pull_requests:read
GET /repos/{owner}/{repo}/pulls/comments/{comment_id} pull_requests:read
PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id} pull_requests:write
GET /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions pull_requests:read
POST /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions pull_requests:write
DELETE /repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions/{reaction_id} pull_requests:write
POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies pull_requests:write
GET /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers pull_requests:read
POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers pull_requests:write
DELETE /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers pull_requests:write
# statuses and checks
POST /repos/{owner}/{repo}/statuses/{sha} statuses:write
GET /repos/{owner}/{repo}/statuses/{ref} statuses:read
GET /repos/{owner}/{repo}/commits/{ref}/statuses statuses:read
GET /repos/{owner}/{repo}/commits/{ref}/status statuses:read
POST /repos/{owner}/{repo}/check-runs checks:write
GET /repos/{owner}/{repo}/check-runs/{check_run_id} checks:read
PATCH /repos/{owner}/{repo}/check-runs/{check_run_id} checks:write
GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations checks:read
GET /repos/{owner}/{repo}/commits/{ref}/check-runs checks:read
GET /repos/{owner}/{repo}/commits/{ref}/check-suites checks:read
GET /repos/{owner}/{repo}/check-suites/{check_suite_id} checks:read
GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs checks:read
# search shows each caller what it may see; the server about itself
GET /search/issues none
GET /search/repositories none
GET /rate_limit none
GET / none
GET /zen none
GET /versions none
# git over HTTP: checked where it is served, in git's own words
GET /{owner}/{repo}/info/refs none
POST /{owner}/{repo}/git-upload-pack none
POST /{owner}/{repo}/git-receive-pack none
# releases
GET /repos/{owner}/{repo}/releases contents:read
POST /repos/{owner}/{repo}/releases contents:write
GET /repos/{owner}/{repo}/releases/latest contents:read
GET /repos/{owner}/{repo}/releases/tags/{tag:path} contents:read
GET /repos/{owner}/{repo}/releases/{release_id} contents:read
PATCH /repos/{owner}/{repo}/releases/{release_id} contents:write
DELETE /repos/{owner}/{repo}/releases/{release_id} contents:write
GET /repos/{owner}/{repo}/releases/{release_id}/assets contents:read
POST /api/uploads/repos/{owner}/{repo}/releases/{release_id}/assets contents:write
GET /repos/{owner}/{repo}/releases/assets/{asset_id} contents:read
PATCH /repos/{owner}/{repo}/releases/assets/{asset_id} contents:write
DELETE /repos/{owner}/{repo}/releases/assets/{asset_id} contents:write
GET /{owner}/{repo}/releases/download/{tag:path}/{name} contents:read
GET /{owner}/{repo}/releases/latest/download/{name} contents:read
GET /{owner}/{repo}/releases.atom contents:read
GET /api/codeload/release-assets/{asset_id}/{sha256} none
# pages
GET /repos/{owner}/{repo}/pages pages:read
POST /repos/{owner}/{repo}/pages pages:write
PUT /repos/{owner}/{repo}/pages pages:write
DELETE /repos/{owner}/{repo}/pages pages:write
POST /repos/{owner}/{repo}/pages/deployments pages:write
GET /repos/{owner}/{repo}/pages/deployments/{deployment_id} pages:read
POST /repos/{owner}/{repo}/pages/deployments/{deployment_id}/cancel pages:write
GET /pages/{owner}/{repo} none
GET /pages/{owner}/{repo}/{path:path} none
# settings
GET /repos/{owner}/{repo}/actions/permissions administration:read
PUT /repos/{owner}/{repo}/actions/permissions administration:write
GET /repos/{owner}/{repo}/actions/permissions/selected-actions administration:read
PUT /repos/{owner}/{repo}/actions/permissions/selected-actions administration:write
GET /repos/{owner}/{repo}/actions/permissions/workflow administration:read
PUT /repos/{owner}/{repo}/actions/permissions/workflow administration:write
GET /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval actions:read
PUT /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval administration:write
GET /repos/{owner}/{repo}/vulnerability-alerts administration:read
PUT /repos/{owner}/{repo}/vulnerability-alerts administration:write
DELETE /repos/{owner}/{repo}/vulnerability-alerts administration:write
GET /repos/{owner}/{repo}/private-vulnerability-reporting metadata:read
PUT /repos/{owner}/{repo}/private-vulnerability-reporting administration:write
DELETE /repos/{owner}/{repo}/private-vulnerability-reporting administration:write
GET /repos/{owner}/{repo}/immutable-releases administration:read
PUT /repos/{owner}/{repo}/immutable-releases administration:write
DELETE /repos/{owner}/{repo}/immutable-releases administration:write
GET /repos/{owner}/{repo}/environments actions:read
GET /repos/{owner}/{repo}/environments/{environment} actions:read
PUT /repos/{owner}/{repo}/environments/{environment} administration:write
DELETE /repos/{owner}/{repo}/environments/{environment} administration:write
GET /repos/{owner}/{repo}/environments/{environment}/deployment-branch-policies actions:read
POST /repos/{owner}/{repo}/environments/{environment}/deployment-branch-policies administration:write
GET /repos/{owner}/{repo}/environments/{environment}/deployment-branch-policies/{policy_id} actions:read
PUT /repos/{owner}/{repo}/environments/{environment}/deployment-branch-policies/{policy_id} administration:write
DELETE /repos/{owner}/{repo}/environments/{environment}/deployment-branch-policies/{policy_id} administration:write
GET /repos/{owner}/{repo}/actions/secrets/public-key secrets:read
GET /repos/{owner}/{repo}/actions/secrets secrets:read
GET /repos/{owner}/{repo}/actions/secrets/{name} secrets:read
PUT /repos/{owner}/{repo}/actions/secrets/{name} secrets:write
DELETE /repos/{owner}/{repo}/actions/secrets/{name} secrets:write
GET /repos/{owner}/{repo}/environments/{environment}/secrets/public-key environments:read
GET /repos/{owner}/{repo}/environments/{environment}/secrets environments:read
GET /repos/{owner}/{repo}/environments/{environment}/secrets/{name} environments:read
PUT /repos/{owner}/{repo}/environments/{environment}/secrets/{name} environments:write
DELETE /repos/{owner}/{repo}/environments/{environment}/secrets/{name} environments:write
GET /repos/{owner}/{repo}/actions/variables variables:read
POST /repos/{owner}/{repo}/actions/variables variables:write
GET /repos/{owner}/{repo}/actions/variables/{name} variables:read
PATCH /repos/{owner}/{repo}/actions/variables/{name} variables:write
DELETE /repos/{owner}/{repo}/actions/variables/{name} variables:write
GET /repos/{owner}/{repo}/environments/{environment}/variables environments:read
POST /repos/{owner}/{repo}/environments/{environment}/variables environments:write
GET /repos/{owner}/{repo}/environments/{environment}/variables/{name} environments:read
PATCH /repos/{owner}/{repo}/environments/{environment}/variables/{name} environments:write
DELETE /repos/{owner}/{repo}/environments/{environment}/variables/{name} environments:write
GET /repos/{owner}/{repo}/rulesets metadata:read
POST /repos/{owner}/{repo}/rulesets administration:write
GET /repos/{owner}/{repo}/rulesets/{ruleset_id} metadata:read
PUT /repos/{owner}/{repo}/rulesets/{ruleset_id} administration:write
DELETE /repos/{owner}/{repo}/rulesets/{ruleset_id} administration:write
GET /repos/{owner}/{repo}/rules/branches/{branch:path} metadata:read
# graphql: each field and mutation checks for itself
POST /api/graphql none
# the server's own controls
GET /_local none
GET /_local/artifacts/{artifact_id}/{secret}.zip none
GET /_local/job-logs/{job_id}/{secret}.txt none
GET /_local/logs/{run_id}/{secret}.zip none
POST /_local/accounts none
PATCH /_local/accounts/{login} none
DELETE /_local/accounts/{login} none
POST /_local/accounts/{login}/tokens none
PUT /_local/organizations/{login}/members/{member} none
POST /_local/repositories none
PATCH /_local/repositories/{owner}/{repo} none
DELETE /_local/repositories/{owner}/{repo} none
POST /_local/clock none
GET /_local/idle none
GET /_local/requests none
GET /_local/faults none
POST /_local/faults none
DELETE /_local/faults none
GET /_local/{owner}/{repo}/issue-forms none
POST /_local/{owner}/{repo}/issue-forms/{form} none
GET /_local/{owner}/{repo}/discussion-forms none
POST /_local/{owner}/{repo}/discussion-forms/{form} none
POST /_local/{owner}/{repo}/discussion-categories none
# workflows
GET /repos/{owner}/{repo}/actions/workflows actions:read
GET /repos/{owner}/{repo}/actions/workflows/{workflow} actions:read
GET /repos/{owner}/{repo}/actions/workflows/{workflow}/timing actions:read
GET /repos/{owner}/{repo}/actions/workflows/{workflow}/runs actions:read
PUT /repos/{owner}/{repo}/actions/workflows/{workflow}/disable actions:write
PUT /repos/{owner}/{repo}/actions/workflows/{workflow}/enable actions:write
POST /repos/{owner}/{repo}/actions/workflows/{workflow}/dispatches actions:write
POST /repos/{owner}/{repo}/dispatches contents:write
GET /repos/{owner}/{repo}/actions/runs actions:read
GET /repos/{owner}/{repo}/actions/runs/{run_id} actions:read
DELETE /repos/{owner}/{repo}/actions/runs/{run_id} actions:write
POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel actions:write
POST /repos/{owner}/{repo}/actions/runs/{run_id}/force-cancel actions:write
POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun actions:write
POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs actions:write
GET /repos/{owner}/{repo}/actions/runs/{run_id}/timing actions:read
GET /repos/{owner}/{repo}/actions/runs/{run_id}/logs actions:read
GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs actions:read
GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt}/jobs actions:read
GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt} actions:read
GET /repos/{owner}/{repo}/actions/jobs/{job_id} actions:read
POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun actions:write
GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs actions:read
GET /repos/{owner}/{repo}/actions/artifacts actions:read
GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts actions:read
GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id} actions:read
DELETE /repos/{owner}/{repo}/actions/artifacts/{artifact_id} actions:write
GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/zip actions:read
GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments actions:read
POST /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments deployments:write
GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals actions:read
GET /repos/{owner}/{repo}/attestations/{subject_digest} attestations:read
# pages to read
GET / none
GET /{login} none
GET /{owner}/{repo} metadata:read
GET /{owner}/{repo}/issues issues:read
GET /{owner}/{repo}/issues/{issue_number} issues:read
GET /{owner}/{repo}/pulls pull_requests:read
GET /{owner}/{repo}/pull/{pull_number} pull_requests:read
GET /{owner}/{repo}/pull/{pull_number}/{part:path} pull_requests:read
GET /{owner}/{repo}/discussions discussions:read
GET /{owner}/{repo}/discussions/{number} discussions:read
GET /{owner}/{repo}/releases contents:read
GET /{owner}/{repo}/releases/latest contents:read
GET /{owner}/{repo}/releases/tag/{tag:path} contents:read
GET /{owner}/{repo}/commit/{sha} contents:read
GET /{owner}/{repo}/blob/{address:path} contents:read
GET /{owner}/{repo}/tree/{address:path} contents:read
GET /{owner}/{repo}/actions actions:read
GET /{owner}/{repo}/actions/runs/{run_id} actions:read
GET /{owner}/{repo}/actions/runs/{run_id}/job/{job_id} actions:read
"""


def _read(table: str) -> Mapping[str, str]:
    rows = (line.split() for line in table.splitlines() if line and not line.startswith("#"))
    return {f"{method} {template}": needs for method, template, needs in rows}


PERMISSIONS: Mapping[str, str] = _read(_TABLE)


def needs_of(route_name: str) -> str:
    """Return what the route needs; for one that is not listed, what no workflow has."""
    return PERMISSIONS.get(route_name, "person")
