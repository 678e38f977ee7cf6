"""Renders a review: the one comment of a pull request, the job's summary, a terminal, JSON. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from devforge.model.verdict import Finding, Report
from devforge.review import escape, words

MARKER = "<!-- devforge:review -->"
COMMENT_BYTES = 60_000  # GitHub takes 65,536 characters
_PER_CHECK = (12, 5, 2, 1)


@dataclass(frozen=True, slots=True)
class Links:
    """Where files can be looked at; what is not known is not linked."""

    server_url: str = "https://github.com"
    registry: str | None = None  # owner/name, and the pull request's head
    head: str | None = None
    source: str | None = None  # owner/name, the pinned commit and the files that are there
    commit: str | None = None
    subdirectory: str = "."
    files: Collection[str] = field(default_factory=frozenset)

    def to(self, at: str, line: int | None) -> str | None:
        """Return the address of the place a finding names, if it is one."""
        path = at.partition(": ")[0]
        anchor = f"#L{line}" if line else ""
        if path.startswith("registry/") and self.registry and self.head:
            where = f"{self.registry}/blob/{self.head}/{escape.path_in_url(path)}"
        elif path in self.files and self.source and self.commit:
            inner = path if self.subdirectory == "." else f"{self.subdirectory}/{path}"
            where = f"{self.source}/blob/{self.commit}/{escape.path_in_url(inner)}"
        else:
            return None
        return f"{self.server_url}/{where}{anchor}"


def render_comment(
    report: Report,
    *,
    title: str,
    head: str,
    links: Links,
    install: str | None = None,
    look: int = 1,
    looks: int = 3,
    by_hand: bool = False,
    run_url: str | None = None,
) -> str:
    """Return the comment, marker first. Long lists of findings are cut, and say by how much."""
    body = ""
    for limit in _PER_CHECK:
        body = _template(
            links
        ).render(
            marker=Markup(MARKER),  # noqa: S704  ours
            sign=words.SIGNS[report.decision],
            headline=words.headline(title, report),
            outcome=report.decision,
            install=install,
            head=head[:12],
            reasons=report.reasons,
            blocking=words.groups(report, "block", limit=limit),
            for_people=words.groups(report, "person", limit=limit),
            advice=words.groups(report, "warn", "info", limit=limit),
            advice_count=sum(1 for _ in words.findings_of(report, "warn", "info")),
            silent=words.silent(report),
            checks=_rows(report),
            commit=report.commit,
            tree=report.tree_sha256[:12] if report.tree_sha256 else "",
            look=look,
            looks=looks,
            by_hand=by_hand,
            run_url=Markup(run_url) if run_url else None,  # noqa: S704  from our environment
        )
        if len(body.encode()) <= COMMENT_BYTES:
            break
    return re.sub(r"\n{3,}", "\n\n", body).rstrip("\n") + "\n"


def render_summary(report: Report, *, title: str, pull: int | None = None) -> str:
    """Return one pull request's part of the job's summary page."""
    number = f" (#{pull})" if pull else ""
    lines = [
        f"### {words.SIGNS[report.decision]} {escape.markdown(words.headline(title, report))}{number}",
        "",
    ]
    lines += ["| Check | Verdict | Score | Seconds | Findings |", "|:--|:--|--:|--:|--:|"]
    for check in report.checks:
        lines.append(
            f"| {words.TITLES[check.name]} | {words.verdict(check)} | {check.score} "
            f"| {check.seconds:.1f} | {len(check.findings)} |"
        )
    lines += ["", *(f"- {escape.markdown(reason)}" for reason in report.reasons)]
    return "\n".join(lines).rstrip() + "\n"


def render_text(report: Report, *, title: str | None = None) -> str:
    """Return the review as `devforge check` prints it: the same words, no colours."""
    name = title or f"{report.extension} {report.version}".strip() or "the extension"
    lines = [escape.plain(words.headline(name, report)), ""]
    for check in report.checks:
        score = "" if check.verdict == "no verdict" else f"{check.score:>4}"
        lines.append(f"  {words.TITLES[check.name]:<20}{words.verdict(check):<16}{score}")
    for label, severities in (
        ("To mend", ("block",)),
        ("For a maintainer to look at", ("person",)),
        ("Remarks, which block nothing", ("warn", "info")),
    ):
        found = [finding for _, finding in words.findings_of(report, *severities)]
        if found:
            lines += ["", label, *(line for finding in found for line in _text(finding))]
    silent = words.silent(report)
    if silent:
        lines += ["", "Not judged", *(f"  {t}: {escape.plain(reason)}" for t, reason in silent)]
    blocking = any(True for _ in words.findings_of(report, "block"))
    if report.reasons and not blocking and report.decision == "mend":
        lines += ["", *(f"  {escape.plain(reason)}" for reason in report.reasons)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def report_json(report: Report) -> str:
    """Return the report for a program, in the shape that `devforge check --json` promises."""
    checks = [
        {
            "name": check.name,
            "verdict": check.verdict,
            "score": check.score,
            "seconds": check.seconds,
            "findings": [finding.model_dump() for finding in check.findings],
        }
        for check in report.checks
    ]
    shape = {
        "extension": report.extension,
        "version": report.version,
        "decision": report.decision,
        "reasons": list(report.reasons),
        "checks": checks,
    }
    return json.dumps(shape, ensure_ascii=False, indent=2) + "\n"


def _rows(report: Report) -> list[dict[str, object]]:
    return [
        {
            "title": words.TITLES[check.name],
            "verdict": words.verdict(check),
            "score": "" if check.verdict == "no verdict" else check.score,
        }
        for check in report.checks
    ]


def _text(finding: Finding) -> list[str]:
    return [
        f"  {escape.plain(words.place(finding))}",
        f"    {escape.plain(finding.problem)}",
        f"    → {escape.plain(finding.remedy)}  [{finding.rule}]",
    ]


def _template(links: Links) -> Any:
    """The template with Markdown's own escaping: every value is escaped, whatever it is."""

    def finalize(value: object) -> object:
        return value if isinstance(value, Markup) else Markup(escape.markdown(str(value), 1200))  # noqa: S704

    def place(finding: Finding) -> Markup:
        shown = escape.code(words.place(finding))
        address = links.to(finding.at, finding.line)
        return Markup(f"[{shown}]({address})" if address else shown)  # noqa: S704  escaped above

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        keep_trailing_newline=False,
    )
    environment.filters["code"] = lambda text: Markup(escape.code(str(text)))  # noqa: S704
    environment.filters["place"] = place
    return environment.get_template("comment.md.j2")
