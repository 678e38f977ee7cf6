"""What records mean in the words of whoever reads the site. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from devforge.model.names import Permission
from devforge.model.records import Price

_POWERS = {
    "process": (
        "Run other programs",
        "It can start any program on your machine, with your rights.",
    ),
    "secrets": ("Use stored secrets", "It can read and store secrets in Dev Forge's keychain."),
    "clipboard": ("Use the clipboard", "It can read what you copied and change it."),
    "telemetry": ("Report usage", "It can send information about how you use it to its developer."),
    "native": ("Load native code", "It brings compiled code that Dev Forge cannot confine."),
}
_FILES = {
    "read": ("Read files", "It can read files of the projects you open."),
    "write": ("Change files", "It can create, change and delete files of the projects you open."),
}
# Currencies without a minor unit, and those with three digits of it; all others have two.
# Source: ISO 4217.
_DIGITS = dict.fromkeys(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ],
    0,
) | dict.fromkeys(["bhd", "jod", "kwd", "omr", "tnd"], 3)
_BILLING = {"once": "once", "monthly": "a month", "yearly": "a year"}
HUES = 12


def power(permission: Permission) -> tuple[str, str]:
    """Return what a permission allows: in a few words, and in a sentence."""
    if permission.kind == "filesystem":
        return _FILES[permission.scope]
    if permission.kind != "network":
        return _POWERS[permission.kind]
    if permission.scope == "*":
        return "Use the network", "It can talk to any server on the internet."
    if permission.scope.startswith("*."):
        domain = permission.scope.removeprefix("*.")
        return f"Talk to {domain}", f"It can talk to every server below {domain}."
    return f"Talk to {permission.scope}", f"It can talk to {permission.scope} and no other server."


def price(amount: Price | None) -> str:
    """Return what a licence costs, `19.00 USD a month`, or `Free`."""
    if amount is None:
        return "Free"
    digits = _DIGITS.get(amount.currency, 2)
    whole, minor = divmod(amount.amount, 10**digits)
    figure = f"{whole:,}.{minor:0{digits}d}" if digits else f"{whole:,}"
    return f"{figure} {amount.currency.upper()} {_BILLING[amount.billing]}"


def monogram(name: str) -> str:
    """Return one or two letters that stand for an extension where it shows no picture."""
    letters = [word[0] for word in name.split() if word[0].isalnum()]
    return ("".join(letters[:2]) or name[:1] or "?").upper()


def hue(id: object) -> int:
    """Return which of the `HUES` colours stands for `id`; search.js works it out the same way."""
    return sum(str(id).encode()) % HUES


def category(name: str) -> str:
    """Return a category as a heading."""
    return {"ai": "AI"}.get(name, name.replace("-", " ").capitalize())


def capital(text: str) -> str:
    """Return `text` as a sentence begins; what follows the first letter stays as it is."""
    return text[:1].upper() + text[1:]


def counted(number: int, noun: str) -> str:
    """Return `1 version`, `2 versions`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def overall(scores: Iterable[int]) -> int:
    """Return the mean of a review's scores, rounded down, 0 where there are none."""
    known = list(scores)
    return sum(known) // len(known) if known else 0
