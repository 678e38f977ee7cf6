"""`devforge doctor`: what is wrong with a home, and mending it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from devforge.cli.opening import now, open_updates
from devforge.cli.options import Place, command, placed, platform_option
from devforge.errors import DevForgeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devforge.updates.doctor import Trouble
    from devforge.updates.home import Home as InstalledHome


@command
@click.option(
    "--fix", is_flag=True, help="Mend what can be; what is damaged is moved aside, not deleted."
)
@platform_option
@placed
def doctor(fix: bool, place: Place, as_json: bool) -> None:
    """Look for damage in a home: lists, records, files, clock. With --fix, mend it."""
    from devforge.updates import doctor as surgery  # noqa: PLC0415
    from devforge.updates.apply import move, repair  # noqa: PLC0415
    from devforge.updates.installed import Installed  # noqa: PLC0415
    from devforge.updates.rollout import is_believable  # noqa: PLC0415

    done: list[str] = []
    with open_updates(place) as updates:
        here = updates.platform

        def again(entry: Installed) -> None:
            if entry.platform in (None, here):
                repair(updates.home, updates.index, entry)
            else:
                move(updates.home, updates.index, entry, platform=here, now=now())

        fetch = again if place.index else None
        if fix:
            done, left = surgery.mend(updates.home, fetch=fetch, platform=here)
        else:
            left = surgery.examine(updates.home, fetch=fetch, platform=here)
    if not is_believable(now()):
        left.append(
            surgery.Trouble(
                f"this machine's clock shows {now():%Y-%m-%d}",
                "set it; until then roll-outs and cooldowns keep new versions away",
            )
        )
    harmless = [trouble for trouble in left if trouble.is_left_over]
    left = [trouble for trouble in left if not trouble.is_left_over]
    reports = _reports(updates.home)
    if as_json:
        answer = {
            "health_reports": reports,
            "mended": done,
            "left": [
                {"what": t.what, "remedy": t.remedy, "can_mend": t.mend is not None} for t in left
            ],
            "left_over": [{"what": t.what, "remedy": t.remedy} for t in harmless],
        }
        click.echo(json.dumps(answer, indent=2))
    else:
        lines = [*done, *(trouble.line for trouble in left)]
        if not left:
            lines.append(f"{updates.home.given}: nothing is wrong")
        elif not fix and any(trouble.mend for trouble in left):
            lines.append("`devforge doctor --fix` mends what can be mended")
        word = "on" if reports else "off"
        lines += [*_left_over(harmless), f"health reports are {word} (`devforge config health_reports`)"]  # fmt: skip
        click.echo("\n".join(lines))
    raise Exit(1 if left else 0)


def _left_over(harmless: list[Trouble]) -> Iterator[str]:
    yield from (f"left over: {trouble.line}" for trouble in harmless)
    if harmless:
        yield "nothing is lost by it: the next change sees to that, or `devforge doctor --fix` now"


def _reports(home: InstalledHome) -> bool:
    """Whether anything is reported; nothing is while the wishes cannot be read."""
    try:
        return home.config().health_reports
    except DevForgeError:
        return False
