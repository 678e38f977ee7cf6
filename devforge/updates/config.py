"""`config.yaml` of a home: how its owner wants updates. Theirs to edit, or with `devforge config`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from devforge.errors import BadInput
from devforge.model.fields import Misfits, Within, from_plain
from devforge.model.names import ExtensionId
from devforge.model.plain import to_plain
from devforge.updates.schedule import Window

FILE = "config.yaml"
Policy = Literal["auto", "notify", "pinned"]
_SWITCH = {"on": True, "off": False}
_HEADER = (
    "# How this home is updated. Edit it, or use `devforge config`, which keeps no comments.\n"
)


@dataclass(frozen=True, slots=True)
class Own:
    """What holds for one extension alone."""

    policy: Policy | None = None
    """`auto` updates it unasked, `notify` only tells, `pinned` keeps its version whatever else asks."""
    held_until: str | None = None
    """No update of it before this moment, unless it is named; `always` until `devforge unpin`."""


@dataclass(frozen=True, slots=True)
class Config:
    """`config.yaml`."""

    policy: Literal["auto", "notify"] = "auto"
    """What is done with extensions that have no policy of their own."""
    cooldown_hours: Annotated[int, Within(0, 720)] = 24
    """How long after its publication a version waits; releases that mend a security hole do not."""
    cooldown_excludes: Annotated[tuple[str, ...], Within(0, 1000)] = ()
    """Extensions (`acme.ink`) and developers (`acme`) whose versions do not wait."""
    windows: Annotated[tuple[Window, ...], Within(0, 50)] = ()
    """When updates may be made unasked, in your own time: `22:00-06:00`, `sat,sun 09:00-18:00`."""
    metered: bool = False
    """Whether you pay for what is downloaded: then nothing is, unasked."""
    keep_megabytes: Annotated[int, Within(0, 1_000_000)] = 500
    """How much disk versions that are no longer in use may take, so that there is a way back."""
    health_reports: bool = False
    """Whether the registry's operator is told which versions start here, and which do not."""
    extensions: dict[ExtensionId, Own] = field(default_factory=dict)
    """What holds for one extension alone."""

    def own(self, extension: ExtensionId) -> Own:
        return self.extensions.get(extension, Own())

    def policy_of(self, extension: ExtensionId) -> Policy:
        return self.own(extension).policy or self.policy

    def waits(self, extension: ExtensionId) -> bool:
        """Whether versions of `extension` wait for the cooldown."""
        excluded = {str(extension), extension.developer} & set(self.cooldown_excludes)
        return self.cooldown_hours > 0 and not excluded


def read_config(content: bytes | None, *, file: str) -> Config:
    """Return what `config.yaml` says; the defaults for none.

    Raises:
        BadRecord: with each wrong line; nothing is guessed, because a pin may be among them.
    """
    if content is None or not content.strip():
        return Config()
    if all(line.lstrip().startswith(b"#") for line in content.splitlines() if line.strip()):
        return Config()
    from devforge.updates.wishes import read_yaml  # noqa: PLC0415 - many homes have no such file

    return read_yaml(content, Config, file=file)


def render_config(config: Config) -> bytes:
    """Return the file that says `config`."""
    import yaml  # noqa: PLC0415 - only to write

    values = to_plain(config, sparse=True)
    return (_HEADER + (yaml.safe_dump(values, sort_keys=True) if values else "")).encode()


def with_own(config: Config, extension: ExtensionId, **changes: str | None) -> Config:
    """Return `config` with fields of one extension's part set; None takes them out."""
    own = from_plain(Own, to_plain(config.own(extension)) | changes)
    others = {id: part for id, part in config.extensions.items() if id != extension}
    return replace(config, extensions=others if own == Own() else others | {extension: own})


def with_setting(config: Config, name: str, text: str) -> Config:
    """Return `config` with one setting changed, as `devforge config NAME VALUE` gives it.

    Lists are written with commas between (`windows` with semicolons); `default` takes a setting out.

    Raises:
        BadInput: no such setting, or no such value.
    """
    if name not in settings():
        raise BadInput(f"{name!r} is no setting; there are {', '.join(settings())}")
    if text == "default":
        return replace(config, **{name: getattr(Config(), name)})
    value: Any = text
    if name in ("cooldown_excludes", "windows"):
        mark = ";" if name == "windows" else ","
        value = [part.strip() for part in text.split(mark) if part.strip() not in ("", "none")]
    elif name.endswith(("_hours", "_megabytes")):
        value = int(text) if text.isascii() and text.isdigit() else text
    elif isinstance(getattr(config, name), bool):
        if text not in _SWITCH:
            raise BadInput(f"{name} {text!r}: there are on, off and default")
        value = _SWITCH[text]
    try:
        return from_plain(Config, to_plain(config) | {name: value})
    except Misfits as error:
        raise BadInput(f"{name} {text!r}: {error.misfits[0].wrong}") from error


def settings() -> tuple[str, ...]:
    """The names `devforge config` knows."""
    return tuple(f.name for f in dataclasses.fields(Config) if f.name != "extensions")


def with_policy(config: Config, extension: ExtensionId, text: str) -> Config:
    """Return `config` with one extension's policy set; `default` takes it out.

    Raises:
        BadInput: no such policy.
    """
    try:
        return with_own(config, extension, policy=None if text == "default" else text)
    except Misfits as error:
        raise BadInput(f"policy {text!r}: there are auto, notify, pinned and default") from error


def render_settings(config: Config, name: str | None) -> str:
    """Return all settings with what they mean, or one.

    Raises:
        BadInput: no such setting.
    """
    if name is not None and name not in settings():
        raise BadInput(f"{name!r} is no setting; there are {', '.join(settings())}")
    lines = [f"{key:<18} {_text(config, key)}" for key in settings() if name in (None, key)]
    for id, own in sorted(config.extensions.items()) if name in (None, "policy") else ():
        until = "`devforge unpin`" if own.held_until == "always" else own.held_until
        held = f"held until {until}" if until else ""
        lines.append(f"  {id!s:<26} {', '.join(filter(None, (own.policy, held)))}")
    return "\n".join(lines)


def _text(config: Config, name: str) -> str:
    value: object = getattr(config, name)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ("; " if name == "windows" else ", ").join(map(str, value)) or "none"
    return str(value)
