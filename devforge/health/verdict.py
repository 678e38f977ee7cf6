"""Decides what reports say of one version: nothing, that it is fine, or that it fails. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from devforge.model.health import HealthRules, Tally

# From so many times the failures that matter, a version is told of, whatever share of the rest says ok.
_MANY = 5
# More words of success than so many times all words about the version before are not believed.
_PLAUSIBLE = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fails` is worth a halt; `odd` a person's look; `fine` and `unknown` nothing."""

    kind: Literal["fails", "odd", "fine", "unknown"]
    why: str


def judge(now: Tally, before: Tally, hits: int, rules: HealthRules) -> Verdict:
    """Return what `now`, a version's reports, say beside those of the version `before` it.

    Args:
        hits: requests that said it failed, however few networks they came from.
    """
    least = rules.minimum_failed
    if now.failed < least:
        if hits >= _MANY * least:
            why = (
                f"was said {hits} times to fail, from {now.failed} networks alone: a client says it "
                "once, so either addresses are hidden behind a proxy, or somebody plays with the beacon"
            )
            return Verdict("odd", why)
        return Verdict("unknown", f"{_failed(now)}, too few to tell")
    believed, doubt = _believed(now, before, least)
    is_bad = now.failed * 100 >= rules.failed_percent * believed.heard
    if is_bad and not _is_worse(believed, before, rules):
        return Verdict("odd", f"{_failed(now)}; but the version before {_failed(before)}")
    if is_bad:
        compared = f", the version before {_failed(before)}" if before.heard else ""
        return Verdict("fails", f"{_failed(now)}{compared}{doubt}")
    if now.failed >= _MANY * least:
        return Verdict("odd", f"{_failed(now)}: a small share, but many")
    return Verdict("fine", _failed(now))


def _believed(now: Tally, before: Tally, least: int) -> tuple[Tally, str]:
    """Return `now` without successes that nobody can have had, and what is to be said of it."""
    most = _PLAUSIBLE * before.heard
    if before.heard < least or now.ok <= most:
        return now, ""
    return Tally(ok=0, failed=now.failed), f"; {now.ok} words of success are not believed"


def _is_worse(now: Tally, before: Tally, rules: HealthRules) -> bool:
    """Whether it fails so many times as often as the version before; where nothing is known of that, it does."""
    if before.heard < rules.minimum_failed:
        return True
    return now.failed * before.heard >= rules.times_before * before.failed * now.heard


def _failed(tally: Tally) -> str:
    return f"failed in {tally.failed} networks, started in {tally.ok}"
