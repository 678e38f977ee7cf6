"""The part of the operator's policy that says how the index is signed and a version rolled out."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from devforge.model.base import Percent, Positive, Strict
from devforge.model.records import Rollout


class SigningRules(Strict):
    """How long signatures hold, and how early they are renewed."""

    timestamp_days: Positive
    """How long the timestamp holds: as long as a client may be kept from news unnoticed."""
    timestamp_margin_days: Positive
    """It is renewed when it holds for fewer days than these."""
    days: Positive
    """How long everything else holds that the online key signs."""
    margin_days: Positive
    """It is renewed when it holds for fewer days than these."""
    alarm_days: Positive
    """The operator is told when anything of the online key holds for fewer days than these."""
    offline_alarm_days: Positive
    """The operator is told when root or another offline signature holds for fewer days than these."""

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        for name, days, margin in (
            ("timestamp_days", self.timestamp_days, self.timestamp_margin_days),
            ("days", self.days, self.margin_days),
        ):
            if not self.alarm_days <= margin < days:
                raise ValueError(f"must have a margin below {name} and not below alarm_days")
        return self


class Publishing(Strict):
    """The index and the roll-out."""

    bins: Literal[256, 1024, 4096]
    """How many bins the index's extensions are divided into when keys are next made or changed."""
    signing: SigningRules
    """How long signatures hold, and how early they are renewed."""
    keep_percent: Percent
    """The share of extensions a publish must leave in the index."""
    rollout: Rollout
    """How versions reach users, unless their record says otherwise."""
    cautious_rollout: Rollout
    """How versions with something new to be trusted reach users."""
