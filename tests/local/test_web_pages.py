"""The local GitHub's pages as a browser gets them: every printed link leads somewhere, strangers inject nothing."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from devforge.local.hub import Actor
from devforge.local.issues import open_issue
from devforge.local.tokens import create_workflow_token

REVIEW_COMMENT = Path(__file__).parents[1] / "golden/review/comment-mend.md"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*1234567}}'"
EVIL_PROSE = """
<script>alert(1)</script> <img src="https://evil.example/x.png" onerror="alert(2)">
<a href="javascript:alert(3)" onclick="alert(4)" style="position:fixed">a</a>
[b](javascript:alert(5)) [c](data:text/html,x) ![d](https://evil.example/pixel.png)
<iframe src="https://evil.example"></iframe><form action="/x"><input name="y"><button>z</button></form>
<style>body{display:none}</style><svg onload=alert(6)></svg><details id="main" ontoggle=alert(7)>
</article></main></body><base href="https://evil.example/"><meta http-equiv="refresh" content="0">
"""
WELCOME = {
    "a", "article", "blockquote", "body", "br", "code", "del", "details", "em", "h1", "h2", "h3", "h4",
    "head", "header", "hr", "html", "ins", "li", "main", "meta", "ol", "p", "pre", "span", "strong",
    "style", "sub", "summary", "table", "tbody", "td", "th", "thead", "time", "title", "tr", "ul",
}  # fmt: skip
VOID = {"br", "hr", "meta"}


class Seen(HTMLParser):
    """What a browser would make of a page: tags with attributes, links, and the text it shows."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    @property
    def links(self) -> list[str]:
        return [
            fields["href"] or "" for tag, fields in self.tags if tag == "a" and "href" in fields
        ]


@pytest.fixture
def look(github):
    """Return `look(path)`: the page of a path or address, held to what every page must be."""

    def get(path: str, status: int = 200) -> Seen:
        answer = requests.get(urljoin(github.url, path), headers=BROWSER, timeout=30)
        assert answer.status_code == status, answer.text[:300]
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        seen = Seen(answer.text)
        check_harmless(answer, seen)
        return seen

    return get


def check_harmless(answer: requests.Response, seen: Seen) -> None:
    """Assert that a page runs nothing, fetches nothing, sends nothing and is whole."""
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "form-action 'none'" in policy
    assert {tag for tag, _ in seen.tags} <= WELCOME
    assert seen.open == []
    for tag, fields in seen.tags:
        assert not [name for name in fields if name.startswith("on") or name in ("style", "src")]
        assert tag != "meta" or "http-equiv" not in fields
        assert urlsplit(fields.get("href") or "").scheme in ("", "http", "https", "mailto")


def test_every_link_of_a_lived_in_repository_leads_to_a_page(github, tool, bob, look, cloned):
    main = tool.get_branch("main").commit.sha
    tool.create_git_ref("refs/heads/topic/one", main)
    tool.create_file("src/a b#c?.py", "Add code", "print(1)\n", branch="topic/one")
    tool.create_pull("main", "topic/one", title="A change", body="Please")
    tool.create_issue("A question", "How?", labels=["support"])
    release = tool.create_git_release("v1/a", "One", "*first*", target_commitish=main)
    to_see, seen = ["/"], set[str]()

    while to_see:
        path = to_see.pop()
        seen.add(path)
        for link in look(path).links:
            address = urlsplit(urljoin(github.url + path, link))
            at_home = f"{address.scheme}://{address.netloc}" == github.url
            served_raw = "/raw/" in address.path or address.path.endswith((".diff", ".git"))
            if at_home and not served_raw and address.path not in seen:
                to_see.append(address.path)

    assert urlsplit(release.html_url).path.replace("%2F", "/") in seen
    assert {"/alice", "/bob", "/alice/tool/pull/1", "/alice/tool/issues/2"} <= seen
    assert "/alice/tool/blob/topic/one/src/a%20b%23c%3F.py" in seen
    assert f"/alice/tool/commit/{main}" in seen


def test_a_pull_request_shows_how_it_stands_and_the_review_as_its_reader_sees_it(tool, look):
    tool.create_git_ref("refs/heads/topic", tool.get_branch("main").commit.sha)
    tool.create_file("new.txt", "Add a file", "one\n", branch="topic")
    pull = tool.create_pull("main", "topic", title="A change", body="Please **look**")
    pull.add_to_labels("review: mend")
    commit = tool.get_commit(pull.head.sha)
    commit.create_status("pending", "https://example.org/1", "still reading", "devforge/review")
    commit.create_status("failure", "https://example.org/2", "2 to mend", "devforge/review")
    comment = pull.create_issue_comment(REVIEW_COMMENT.read_text(encoding="utf-8"))
    pull.create_review(body="I like it", event="COMMENT")

    seen = look(pull.html_url)

    for words in ("A change", "#1", "open", "review: mend", pull.head.sha, "2 to mend", "new.txt"):
        assert words in seen.text
    assert "still reading" not in seen.text
    assert "<!--" not in seen.text
    tags = [tag for tag, _ in seen.tags]
    assert {"details", "summary", "table", "sub", "ins"} <= set(tags)
    assert f"issuecomment-{comment.id}" in [fields.get("id") for _, fields in seen.tags]
    assert "https://example.org/2" in seen.links
    assert "I like it" in seen.text
    assert "A change" in look(pull.html_url + "/files").text
    assert "A change" in look("/alice/tool/issues/1").text


def test_a_check_run_stands_beside_the_statuses_and_leads_nowhere_harmful(github, tool, look):
    head = tool.get_branch("main").commit.sha
    token = create_workflow_token(github.hub.store, tool.id, 1, {"checks": "write"})
    made = requests.post(
        f"{github.api_url}/repos/alice/tool/check-runs",
        json={
            "name": "tests <b>",
            "head_sha": head,
            "status": "completed",
            "conclusion": "failure",
            "details_url": "javascript:alert(1)",
            "output": {"title": "3 fail", "summary": EVIL_PROSE},
        },
        headers={"Authorization": f"token {token}"},
        timeout=30,
    ).json()

    assert "tests <b>: 3 fail" in look(f"/alice/tool/commit/{head}").text
    assert "tests <b>" in look(made["html_url"]).text


def test_what_lists_and_comparisons_link_to_is_there(tool, look):
    milestone = tool.create_milestone("Soon")
    label = tool.create_label("area: a/b", "ff0000")
    tool.create_issue("A question", "How?", labels=[label.name], milestone=milestone)
    tool.create_git_ref("refs/heads/topic/one", tool.get_branch("main").commit.sha)
    tool.create_file("new.txt", "Add a file", "one\n", branch="topic/one")
    comparison = tool.compare("main", "topic/one")

    assert "A question" in look(f"/alice/tool/milestone/{milestone.number}").text
    [link] = [link for link in look("/alice/tool/issues").links if "/labels/" in link]
    assert "A question" in look(link).text
    assert "1 ahead, 0 behind" in look(comparison.html_url).text
    assert "new.txt" in look(comparison.permalink_url).text
    look("/alice/tool/compare/main...none", status=404)
    look("/apps/github-actions")


def test_a_merged_pull_request_says_so(tool, look):
    tool.create_git_ref("refs/heads/topic", tool.get_branch("main").commit.sha)
    tool.create_file("new.txt", "Add a file", "one\n", branch="topic")
    pull = tool.create_pull("main", "topic", title="A change", body="")
    pull.merge()

    assert "merged" in look("/alice/tool/pulls").text
    assert "merged" in look(pull.html_url).text


def test_strangers_words_inject_nothing(github, tool, bob, look):
    stranger = bob.get_repo("alice/tool")
    tool.edit(description=EVIL, has_discussions=True)
    issue = stranger.create_issue(EVIL, EVIL_PROSE)
    issue.create_comment(EVIL_PROSE)
    tool.create_label(EVIL[:50], "ff0000")
    issue_here = tool.get_issue(issue.number)
    issue_here.add_to_labels(EVIL[:50])
    main = tool.get_branch("main").commit.sha
    tool.get_commit(main).create_status("error", "https://x.example/\"'><b>", EVIL, EVIL)
    tool.update_file(
        "README.md", EVIL, EVIL_PROSE, tool.get_contents("README.md").sha, branch="main"
    )
    tool.create_git_release("v1", EVIL, EVIL_PROSE, target_commitish=main)
    head = tool.get_branch("main").commit.sha

    places = ("", "/issues", f"/issues/{issue.number}", "/releases", "/blob/main/README.md",
              f"/commit/{main}", f"/commit/{head}")  # fmt: skip
    pages = {place: look(f"/alice/tool{place}") for place in places}

    assert EVIL in pages["/issues"].text
    assert "<script>alert(1)</script>" in pages["/blob/main/README.md"].text
    assert "8641969" not in pages["/issues"].text
    shown = pages[f"/issues/{issue.number}"]
    assert "alert(3)" not in "".join(shown.links)
    assert "https://evil.example/pixel.png" in shown.links
    assert EVIL in look("/").text


@pytest.mark.parametrize(
    "name",
    [
        '"><script>alert(1)<',
        "javascript:alert(1)",
        "{{7*1234567}}.md",
        "a\nb",
        "tür & ~",
        "..html",
        "x.diff",
    ],
)
def test_a_hostile_file_name_is_shown_and_can_be_opened(github, tool, look, cloned, alice, name):
    repo = cloned(alice)
    target = Path(repo.working_dir) / "src" / name
    target.parent.mkdir(parents=True)
    target.write_text("what it says\n")
    repo.git.add("-A")
    repo.git.commit("-m", "Add it")
    repo.git.push("origin", "HEAD:main")

    listed = look("/alice/tool/tree/main/src")
    [link] = [link for link in listed.links if "/blob/" in link]

    assert name in listed.text
    assert "what it says" in look(link).text
    assert "what it says" in look(f"/alice/tool/commit/{repo.head.commit.hexsha}").text


def test_a_file_name_that_is_no_text_breaks_no_page(tool, look, cloned, alice):
    repo = cloned(alice)
    Path(repo.working_dir).joinpath("ok.txt").write_text("fine")
    Path(os.fsdecode(bytes(Path(repo.working_dir)) + b"/\xff\xfe.txt")).write_text("x")
    repo.git.add("-A")
    repo.git.commit("-m", "Add them")
    repo.git.push("origin", "HEAD:main")

    listed = look("/alice/tool/tree/main")

    assert "ok.txt" in listed.text
    [link] = [link for link in listed.links if "%FF" in link]
    look(link, status=404)


def test_words_nested_without_end_are_still_a_page(github, tool, look):
    row = github.hub.store.find("repository", name="tool")
    owner = Actor(github.hub.store.find("account", login="alice"))
    body = "<details>" * 3_000 + "> " * 3_000 + "[" * 3_000
    issue = open_issue(github.hub, row, "deep", body, owner)

    assert "deep" in look(f"/alice/tool/issues/{issue['number']}").text


def test_lines_have_anchors_and_what_is_binary_or_long_is_not_poured_out(tool, look):
    tool.create_file("long.txt", "Add", "line\n" * 100_000, branch="main")
    tool.create_file("app.bin", "Add", b"\0\1\2", branch="main")
    tool.create_file("two.txt", "Add", "one\ntwo\n", branch="main")

    two = look("/alice/tool/blob/main/two.txt")
    assert [f["id"] for tag, f in two.tags if tag == "span" and "id" in f] == ["L1", "L2"]
    assert "The rest is not shown" in look("/alice/tool/blob/main/long.txt").text
    assert "not text" in look("/alice/tool/blob/main/app.bin").text


def test_a_discussion_shows_its_answer_and_replies_in_their_places(github, tool, alice, look):
    tool.edit(has_discussions=True)
    ask = 'query { repository(owner: "alice", name: "tool") { id discussionCategories(first: 9) { nodes { id name } } } }'
    found = graphql(github, alice, ask)["repository"]
    [category] = [n["id"] for n in found["discussionCategories"]["nodes"] if n["name"] == "Q&A"]
    made = graphql(
        github,
        alice,
        "mutation($r: ID!, $c: ID!) { createDiscussion(input: {repositoryId: $r, categoryId: $c,"
        ' title: "How?", body: "**Where**"}) { discussion { id url } } }',
        r=found["id"],
        c=category,
    )["createDiscussion"]["discussion"]
    said = (
        "mutation($d: ID!, $b: String!, $to: ID) { addDiscussionComment(input: {discussionId: $d,"
        " body: $b, replyToId: $to}) { comment { id } } }"
    )
    first = graphql(github, alice, said, d=made["id"], b="first")["addDiscussionComment"]["comment"]
    graphql(github, alice, said, d=made["id"], b="second")
    graphql(github, alice, said, d=made["id"], b="to the first", to=first["id"])
    graphql(
        github,
        alice,
        "mutation($i: ID!) { markDiscussionCommentAsAnswer(input: {id: $i}) { discussion { id } } }",
        i=first["id"],
    )

    text = look(made["url"]).text

    assert [*map(text.index, ("Where", "first", "to the first", "second"))] == sorted(
        map(text.index, ("Where", "first", "to the first", "second"))
    )
    assert "answered at" in text
    assert "How?" in look("/alice/tool/discussions").text


def graphql(github, client, query, **variables):
    answer = requests.post(
        github.graphql_url,
        json={"query": query, "variables": variables},
        headers={"Authorization": f"bearer {client.token}"},
        timeout=30,
    ).json()
    assert "errors" not in answer, answer
    return answer["data"]


@pytest.mark.parametrize(
    "path",
    ["/nobody", "/alice/none", "/alice/tool/pull/99", "/alice/tool/issues/x", "/alice/tool/commit/HEAD~1",
     "/alice/tool/blob/main/none", "/alice/tool/blob/main/../../etc/passwd%00", "/alice/tool/tree/none",
     "/alice/tool/releases/tag/v9", "/alice/tool/<script>alert(1)</script>", "/a/b/c/d/e"],
)  # fmt: skip
def test_a_wrong_address_is_a_page_for_a_browser_and_json_for_a_program(github, tool, look, path):
    assert "There is nothing here" in look(path, status=404).text

    program = requests.get(github.url + path, headers={"Accept": "application/json"}, timeout=30)
    assert (program.status_code, program.json()["message"]) == (404, "Not Found")


def test_the_api_answers_json_even_to_a_browser(github, tool):
    answer = requests.get(f"{github.api_url}/repos/alice/none", headers=BROWSER, timeout=30)

    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


def test_a_private_repository_is_nowhere_for_who_has_no_part_in_it(github, bob, look):
    carol = github.create_account("carol")
    github.create_repository("carol/books", private=True, auto_init=True)

    assert "carol/books" not in look("/").text
    assert "carol/books" not in look("/carol").text
    look("/carol/books", status=404)
    look("/carol/books/blob/main/README.md", status=404)
    allowed = requests.get(
        f"{github.url}/carol",
        headers=BROWSER | {"Authorization": f"token {carol.token}"},
        timeout=30,
    )
    assert "carol/books" in allowed.text


def test_a_renamed_repository_is_found_under_its_old_address(github, tool, look):
    github.rename_repository("alice/tool", "gadget")

    assert "alice/gadget" in look("/alice/tool").text


def test_long_lists_go_on_behind_links(tool, look):
    for number in range(31):
        tool.create_issue(f"issue number {number}.")

    first = look("/alice/tool/issues")

    assert "?page=2" in first.links
    assert "issue number 0." in look("/alice/tool/issues?page=2").text
    assert "issue number 0." not in first.text
