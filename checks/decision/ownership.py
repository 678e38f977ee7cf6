"""Who may change what, by numeric id, read from the registry as it is before the change. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from checks.protocol import Rule
from devforge.model.change import Author, Proposed, RepositoryFact
from devforge.model.claim import FILE as CLAIM_FILE
from devforge.model.claim import Claim
from devforge.model.names import ExtensionId
from devforge.model.records import Developer, Member
from devforge.model.verdict import Finding

AUTHOR = Rule(
    "owner-author", "The author owns the extension", "block",
    "Only a member of a developer that owns an extension may change it. Membership is by GitHub's "
    "numeric id, which stays when a login is renamed and never passes to whoever takes the login.",
)  # fmt: skip
UNKNOWN = Rule(
    "owner-unknown", "Owners are known developers", "block",
    "An extension belongs to developers the registry knows, by a record that was merged before.",
)  # fmt: skip
PATH = Rule(
    "owner-path", "The developer in the path is an owner", "block",
    "Users read the developer's name as the extension's first name; it must be true.",
)  # fmt: skip
SELF = Rule(
    "developer-self", "Developers write their own record", "block",
    "A developer's record gives its members the power to publish under its name, so its first "
    "author must be among them, and after that only members change it.",
)  # fmt: skip
MEMBER = Rule(
    "developer-member", "Members are who they are said to be", "block",
    "The id gives the power, the login only tells people whose it is. If they belong to different "
    "accounts, one of them is a mistake or a trick.",
)  # fmt: skip
CONTROL = Rule(
    "owner-repository", "The developer controls the repository", "person",
    "Anybody can write down somebody else's repository. A repository that belongs to a member is "
    "theirs; any other shows by a file on its default branch, or in its owner's `.github`, whom it "
    "lets submit it. Where neither is seen, a maintainer looks at the first submission.",
)  # fmt: skip
RULES = (AUTHOR, UNKNOWN, PATH, SELF, MEMBER, CONTROL)


def check(change: Proposed) -> Iterator[Finding]:
    """Yield what the author may not do."""
    if change.is_conflicting:
        return
    if change.subject.extension is not None:
        yield from _extension(change)
    if change.subject.developer is not None:
        yield from _developer(change)


def _extension(change: Proposed) -> Iterator[Finding]:
    identity = change.subject.extension
    assert identity is not None  # noqa: S101  for the type checker: our caller looked
    file = f"registry/extensions/{identity.path}/extension.yaml"
    old, new = change.old_extension, change.new_extension
    owners = old.owners if old else (identity.developer,)
    unknown = sorted({*owners, *(new.owners if new else ())} - set(change.developers))
    for name in unknown:
        yield UNKNOWN.finding(
            at=f"{file}: owners",
            problem=f"there is no developer {name} in the registry",
            remedy=f"submit registry/developers/{name}.yaml in a pull request of its own; this one "
            "is looked at again by itself once that is merged",
        )
    if new and identity.developer not in new.owners:
        yield PATH.finding(
            at=f"{file}: owners",
            problem=f"{identity} lies in {identity.developer}'s directory, but its owners are "
            f"{', '.join(new.owners)}",
            remedy=f"add {identity.developer} to the owners",
        )
    members = [change.developers[name] for name in owners if name in change.developers]
    if members and not any(_is_member(change.author, developer) for developer in members):
        yield AUTHOR.finding(
            at="the pull request",
            problem=f"{identity} belongs to {', '.join(owners)}, and {_who(change.author)} is a "
            "member of none of them",
            remedy="ask a member to open this pull request, or to add you to their developer record",
        )

    if new and old is None:
        yield from _control(identity, change)


def _control(identity: ExtensionId, change: Proposed) -> Iterator[Finding]:
    """Asked once, when the repository comes in; that it moves is another rule's."""
    fact, developer = change.repository, change.developers.get(identity.developer)
    if developer is None or not isinstance(fact, RepositoryFact):
        return
    if fact.owner in developer.member_ids or is_claimed(
        identity.developer, developer, change.claims
    ):
        return
    yield CONTROL.finding(
        at=f"registry/extensions/{identity.path}/extension.yaml: repository",
        problem=f"https://github.com/{fact.full_name} belongs to none of the members of "
        f"{identity.developer}",
        remedy=f"put {CLAIM_FILE} with `developer: {identity.developer}` and `account:` with your "
        "numeric id on its default branch, and nobody needs to look; otherwise a maintainer does",
    )


def is_claimed(name: str, developer: Developer, claims: tuple[Claim, ...]) -> bool:
    """Whether somebody who may lends `name` to one of the members of `developer`."""
    return any(
        claim.developer == name and claim.account in developer.member_ids for claim in claims
    )


def _developer(change: Proposed) -> Iterator[Finding]:
    name = change.subject.developer
    file = f"registry/developers/{name}.yaml"
    old, new = change.old_developer, change.new_developer
    if old and not _is_member(change.author, old):
        yield SELF.finding(
            at=file,
            problem=f"the developer {name} belongs to others; {_who(change.author)} is not a member",
            remedy="choose another name, or ask one of its members to add you",
        )
    if not old and new and not _is_member(change.author, new):
        yield SELF.finding(
            at=f"{file}: members",
            problem=f"no member has the author's id; the author is {_who(change.author)}",
            remedy="add yourself to the members, with your login and this numeric id",
        )
    for member in added_members(change):
        yield from _identity(file, member, change)


def added_members(change: Proposed) -> tuple[Member, ...]:
    """Return the members the new record has and the old one had not, by id."""
    known = (
        {member.id for member in change.old_developer.members} if change.old_developer else set()
    )
    after = change.new_developer.members if change.new_developer else ()
    return tuple(member for member in after if member.id not in known)


def _identity(file: str, member: Member, change: Proposed) -> Iterator[Finding]:
    if change.author and member.id == change.author.id:
        actual: int | None = (
            None if member.login.lower() != change.author.login.lower() else member.id
        )
    else:
        actual = change.accounts.get(member.login)
    if actual == member.id:
        return
    said = (
        "nobody on GitHub has that login" if actual is None else f"that login has the id {actual}"
    )
    if change.author and member.id == change.author.id:
        said = f"the account {member.id} has the login {change.author.login}"
    yield MEMBER.finding(
        at=f"{file}: members",
        problem=f"{member.login} is listed with the id {member.id}, but {said}",
        remedy="put the login and the numeric id of the same account",
    )


def _is_member(author: Author | None, developer: Developer) -> bool:
    return author is not None and author.id in developer.member_ids


def _who(author: Author | None) -> str:
    if author is None:
        return "its author, whose account no longer exists,"
    return f"{author.login} (id {author.id})"
