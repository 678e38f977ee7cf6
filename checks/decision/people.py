"""What the policy wants a person to see before it is merged, or users to get slowly. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from checks.decision.novel import begun
from checks.decision.ownership import added_members
from checks.decision.powerful import newly_together, powerful, told
from checks.protocol import Rule, counted
from devforge.model.change import Proposed
from devforge.model.doings import POWERS
from devforge.model.names import ExtensionId
from devforge.model.observed import Missing
from devforge.model.profile import Place
from devforge.model.reviewing import Caution, People
from devforge.model.submission import Submission
from devforge.model.verdict import CheckReport, Finding

FIRST = Rule(
    "person-first-submission", "A developer's first extension", "person",
    "Nobody has seen anything of this developer yet.",
)  # fmt: skip
EXTENSION = Rule(
    "person-new-extension", "A new extension", "person",
    "The policy has a person look at every new extension.",
)  # fmt: skip
POWERFUL = Rule(
    "person-powerful-first", "A first version with powers that could harm", "person",
    "Hostile code comes as a new extension that can do much: start programs, run texts, or read what is "
    "private and send something. A person sees each such extension once; "
    "its updates are merged as any others, until they can do more.",
)  # fmt: skip
PERMISSION = Rule(
    "person-new-permission", "A new permission", "person",
    "An update asks for power that the version before it did not have; users get updates unasked.",
)  # fmt: skip
POWER = Rule(
    "person-new-power", "A new power", "person",
    "The code of an update does what that of the version before did not; users get updates unasked.",
)  # fmt: skip
TOGETHER = Rule(
    "person-new-combination", "New lines that could harm together", "person",
    "An extension that reads keys and reaches the network does both already; an update whose new lines do "
    "both at once may be the first that sends the one by the other.",
)  # fmt: skip
HOST = Rule(
    "person-new-host", "Another host", "person",
    "The code of an update talks to somebody the version before did not talk to.",
)  # fmt: skip
DEPENDENCY = Rule(
    "person-new-dependency", "A new dependency", "person",
    "An update brings in code of somebody new.",
)  # fmt: skip
OWNER = Rule(
    "person-new-owner", "A new owner", "person",
    "Somebody new may publish to the people who trusted the owners before.",
)  # fmt: skip
REPOSITORY = Rule(
    "person-new-repository", "Another repository", "person",
    "From here on the source comes from somewhere else.",
)  # fmt: skip
SILENCE = Rule(
    "person-silence", "A version after long silence", "person",
    "An account or a project that slept for long and wakes up is how stolen ones behave.",
)  # fmt: skip
SECURITY = Rule(
    "person-security-release", "A security release", "person",
    "Clients take a security release at once, without the day in which others would notice that it is "
    "not what it says: whoever has stolen an account wants exactly that.",
)  # fmt: skip
RULES = (
    FIRST,
    EXTENSION,
    POWERFUL,
    PERMISSION,
    POWER,
    TOGETHER,
    HOST,
    DEPENDENCY,
    OWNER,
    REPOSITORY,
    SILENCE,
    SECURITY,
)
_CAUTIOUS = frozenset(
    rule.id for rule in (POWERFUL, PERMISSION, POWER, TOGETHER, HOST, DEPENDENCY, OWNER, SILENCE)
)
_PLAIN = (
    "filesystem-read",
)  # tells nothing where nothing could be sent: nearly every extension does
_MOST = 20  # things that one finding names


def check(submission: Submission, change: Proposed) -> Iterator[Finding]:
    """Yield one finding for each thing the policy wants seen, with what exactly to look at."""
    wants = submission.policy.review.people
    identity = change.subject.extension
    if identity is not None:
        name = str(identity)
        if change.old_extension is None:
            seen = [*_arrival(name, identity.developer, change.extension_ids, wants)]
            yield from seen or _powerful(submission, wants.powerful_first)
        yield from _hands(name, change, wants)
        yield from _haste(name, change)
        if change.version is not None:
            yield from _power(submission, change, wants)
            yield from _doing(submission, change, wants)
            yield from _silence(name, change, wants)
    elif change.old_developer is not None:
        added = ", ".join(f"{member.login} (id {member.id})" for member in added_members(change))
        if added:
            yield from _asked(
                OWNER, wants.new_owner,
                at=f"registry/developers/{change.subject.developer}.yaml: members",
                problem=f"{added} would be able to publish as {change.subject.developer}",
                remedy="make sure that the developer wants this, then approve",
            )  # fmt: skip


def check_unsubmitted(submission: Submission) -> Iterator[Finding]:
    """Yield what the version in a plain directory would be told, beside the version before where it could be had.

    Where no registry can be read nobody knows that, so it is taken for its developer's first.
    """
    wants, identity, known = submission.policy.review.people, submission.id, submission.catalogue
    if identity is None:
        return
    if not isinstance(known, Missing):
        if identity not in known:
            seen = [*_arrival(str(identity), identity.developer, known, wants)]
            yield from seen or _powerful(submission, wants.powerful_first)
        elif (change := submission.change) is not None:
            yield from _power(submission, change, wants)
            yield from _doing(submission, change, wants)
    elif wants.first_submission_of_a_developer:
        yield FIRST.finding(
            at=str(identity),
            problem=f"as far as this machine can tell, it would be the first extension of {identity.developer}, "
            "and a maintainer looks once at a developer's first",
            remedy="nothing to mend: submit it. If it is not the first, `--records DIR`, with a clone of the "
            "registry, has it judged as the next version that it is",
        )
    else:
        yield from _powerful(submission, wants.powerful_first)


def is_cautious(reports: Iterable[CheckReport]) -> bool:
    """Whether something is new that the policy lets reach users slowly instead of asking a person."""
    return any(
        finding.rule in _CAUTIOUS and finding.severity == "info" and not finding.excused
        for report in reports
        for finding in report.findings
        if report.name == "decision"
    )


def _asked(
    rule: Rule, caution: Caution, *, at: str, problem: str, remedy: str, line: int | None = None
) -> Iterator[Finding]:
    """Yield what the policy makes of something new: a person's look, a slow roll-out, or nothing."""
    if caution == "person":
        yield rule.finding(at=at, line=line, problem=problem, remedy=remedy)
    elif caution == "rollout":
        slowly = "nothing is asked of you; users get this version slowly, from the first stage on"
        yield rule.finding(at=at, line=line, problem=problem, remedy=slowly, severity="info")


def _powerful(submission: Submission, caution: Caution) -> Iterator[Finding]:
    uses = powerful(submission.profile) if submission.profile else ()
    if uses:
        place = uses[0].places[0]
        yield from _asked(
            POWERFUL, caution,
            at=place.path,
            line=place.line,
            problem=f"{told(uses)}; a maintainer looks once, at the first version of an extension that can",
            remedy="nothing to mend: say in the README what it is for, and the look is short",
        )  # fmt: skip


def _arrival(
    name: str, developer: str, known: Collection[ExtensionId], wants: People
) -> Iterator[Finding]:
    is_first = not any(other.developer == developer for other in known)
    if is_first and wants.first_submission_of_a_developer:
        yield FIRST.finding(
            at=name,
            problem=f"this is the first extension of {developer}",
            remedy="look at the source, the name and the account, then approve",
        )
    elif wants.new_extension:
        yield EXTENSION.finding(
            at=name,
            problem=f"{name} is new",
            remedy="look at the source and the name, then approve",
        )


def _haste(name: str, change: Proposed) -> Iterator[Finding]:
    for version, record in change.new_versions.items():
        old = change.old_versions.get(version)
        if record.security and not (old and old.security):
            yield SECURITY.finding(
                at=f"{name} {version}: security",
                problem=f"clients would take {version} at once, without the usual wait",
                remedy="make sure that it mends what it says and nothing else, then approve",
            )


def _hands(name: str, change: Proposed, wants: People) -> Iterator[Finding]:
    old, new = change.old_extension, change.new_extension
    if old is None or new is None:
        return
    added = [owner for owner in new.owners if owner not in old.owners]
    if added:
        yield from _asked(
            OWNER, wants.new_owner,
            at=f"{name}: owners",
            problem=f"{', '.join(added)} would become an owner beside {', '.join(old.owners)}",
            remedy="make sure that the present owners want this, then approve",
        )  # fmt: skip
    if new.repository != old.repository:
        yield REPOSITORY.finding(
            at=f"{name}: repository",
            problem=f"the source moves from {old.repository.url} (id {old.repository.id}) to "
            f"{new.repository.url} (id {new.repository.id})",
            remedy="make sure that the new repository belongs to the same people, then approve",
        )


def _power(submission: Submission, change: Proposed, wants: People) -> Iterator[Finding]:
    before, manifest = change.approved, submission.manifest
    if before is None or manifest is None:
        return
    fresh = sorted(set(manifest.permissions) - set(before.manifest.permissions))
    if fresh:
        yield from _asked(
            PERMISSION, wants.new_permission,
            at="devforge.yaml: permissions",
            problem=f"{_listed(map(str, fresh))}: {before.manifest.version} did not ask for this",
            remedy="look at what the new code does with it, then approve",
        )  # fmt: skip
    known = {(fact.ecosystem, fact.name) for fact in before.dependencies}
    if submission.before is not None:
        known |= {(one.ecosystem, one.name) for one in submission.before.dependencies}
    added = {
        f"{fact.name} ({fact.ecosystem})"
        for fact in change.dependencies
        if (fact.ecosystem, fact.name) not in known and not fact.for_tests
    }
    if added:
        yield from _asked(
            DEPENDENCY, wants.new_dependency,
            at="dependencies",
            problem=f"{_listed(sorted(added))}: {before.manifest.version} did not depend on this",
            remedy="look at who makes it and why it is needed, then approve",
        )  # fmt: skip


def _doing(submission: Submission, change: Proposed, wants: People) -> Iterator[Finding]:
    """What the code does and who may publish it, against what was let in last."""
    old, new, approved = submission.before, submission.profile, change.approved
    if old is None or new is None or approved is None:
        return
    version = approved.manifest.version
    for use in new.uses:
        plain = use.power in _PLAIN and old.use("network") is None
        if old.use(use.power) is None and not plain:
            yield from _asked(
                POWER, wants.new_power,
                at=use.places[0].path,
                line=use.places[0].line,
                problem=f"the code {POWERS[use.power]} here; {version} did not",
                remedy="look at what it does with this, then approve",
            )  # fmt: skip
    uses = newly_together(submission)
    if uses and all(old.use(use.power) is not None for use in uses):
        yield from _asked(
            TOGETHER, wants.new_power,
            at=uses[0].places[0].path,
            line=uses[0].places[0].line,
            problem=f"of what is new since {version}, {told(uses)}",
            remedy="look whether the one is sent by the other, then approve",
        )  # fmt: skip
    if first := [*begun(submission)]:
        does = _listed(f"{one.what} ({one.path}, line {one.line})" for one in first)
        yield from _asked(
            POWER, wants.new_power,
            at=first[0].path,
            line=first[0].line,
            problem=f"the code {does}; {version} did nothing of the kind",
            remedy="look at what it is for, then approve",
        )  # fmt: skip
    network = new.use("network")
    places = {place.what: place for place in network.places} if network else {}
    if fresh := [host for host in new.hosts if host not in old.hosts]:
        place = places.get(fresh[0], Place(path="devforge.yaml"))
        yield from _asked(
            HOST, wants.new_host,
            at=place.path,
            line=place.line,
            problem=f"the code talks to {_listed(fresh)}; {version} did not",
            remedy="find out whose it is and what is sent there, then approve",
        )  # fmt: skip
    before, now = change.old_extension, change.new_extension
    handed = before is not None and now is not None and before.owners != now.owners
    if old.owners and not handed and (came := [one for one in new.owners if one not in old.owners]):
        yield from _asked(
            OWNER, wants.new_owner,
            at=f"{change.subject.extension}: owners",
            problem=f"this is the first version since {_listed(came)} came to own it",
            remedy="make sure that it is what the owners before would want, then approve",
        )  # fmt: skip


def _silence(name: str, change: Proposed, wants: People) -> Iterator[Finding]:
    if change.approved is None:
        return
    days = (change.now - change.approved.when).days
    if days > wants.silence_days:
        yield from _asked(
            SILENCE, wants.silence,
            at=name,
            problem=f"the last version came {days} days ago, more than {wants.silence_days}",
            remedy="make sure that the author is still the one people trusted, then approve",
        )  # fmt: skip


def _listed(words: Iterable[str]) -> str:
    every = list(words)
    more = f" and {counted(len(every) - _MOST, 'other')}" if len(every) > _MOST else ""
    return ", ".join(every[:_MOST]) + more
