"""What every record shares: frozen, and strict."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Percent = Annotated[int, Field(ge=0, le=100, strict=True)]
Count = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(gt=0, strict=True)]

# What each pattern means, for whoever wrote something that does not match it.
MEANINGS: dict[str, str] = {}


def shape(pattern: str, meaning: str, **limits: Any) -> Any:
    """Return a field constraint whose refusal reads `must be <meaning>`, and its schema too."""
    MEANINGS[pattern] = meaning
    return Field(pattern=pattern, description=meaning[0].upper() + meaning[1:], **limits)


class Strict(BaseModel):
    """A frozen record; a key we do not know is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Foreign(BaseModel):
    """A frozen view of somebody else's payload; what we do not use is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
