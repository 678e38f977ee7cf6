"""How old what we know is, and whether this computer's clock can be believed. Pure.

Source: attack table B2 (freeze) and B18 (clock skew).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from devforge.errors import Refused

_SLACK = timedelta(days=1)  # clocks of one person's computers differ, and time zones are mistaken
_LONGEST = timedelta(days=400)  # no timestamp is signed for longer
STALE = timedelta(days=4)  # a timestamp lives seven days and is renewed daily


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the registry last proved to be up to date, and what to say of it."""

    now: datetime
    verified: datetime | None
    expires: datetime | None
    is_offline: bool
    warnings: tuple[str, ...] = ()

    @property
    def age(self) -> timedelta | None:
        """How long ago it was verified."""
        return None if self.verified is None else max(self.now - self.verified, timedelta(0))

    @property
    def is_expired(self) -> bool:
        """Whether what is known is too old to install anything new by."""
        return self.expires is not None and self.now >= self.expires

    def sentence(self) -> str | None:
        """Return one line for a person, or None where everything is as it should be."""
        lines = list(self.warnings)
        if self.is_offline:
            lines.append(self._offline())
        return "; ".join(lines) or None

    def _offline(self) -> str:
        if self.verified is None or self.age is None:
            return "offline: nothing of this registry was verified yet"
        text = f"offline: this is what the registry said {spell_age(self.age)} ago"
        if self.is_expired and self.expires:
            text += (
                f"; that was good until {self.expires:%Y-%m-%d}. What is installed keeps running, "
                "nothing new is installed until the registry can be reached"
            )
        return text


def spell_age(age: timedelta) -> str:
    """Return `age` in one unit, as people say it."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if (count := int(age.total_seconds() // length)) >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"


def refuse_wrong_clock(
    now: datetime, *, signed: datetime | None, expires: datetime | None = None
) -> None:
    """Raise Refused where `now` cannot be: before the registry signed, or long before that expires.

    What this computer's own clock said before decides nothing: once set right, it is believed.
    """
    if signed is not None and now + _SLACK < signed:
        raise Refused(_disagree(now, f"on {signed:%Y-%m-%d}"))
    if expires is not None and now + _LONGEST < expires:
        raise Refused(_disagree(now, f"until {expires:%Y-%m-%d}"))


def _disagree(now: datetime, signed: str) -> str:
    return (
        f"this computer's clock says {now:%Y-%m-%d}, but the registry has signed {signed}. Set the "
        "clock and try again; if it is right, the registry's was wrong, and its operator has to sign "
        "anew. What is installed keeps running"
    )
