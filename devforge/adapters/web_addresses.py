"""Says which addresses may be asked: https, or plain http to this very machine; and by which proxy.

Source: attack table B4: redirects to plain http.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from devforge.errors import Refused
from devforge.model.plaintext import shorten

_LONGEST = 8192  # signed addresses of object stores take a thousand or two


def refuse_unsafe(url: str, *, family: type[Exception] = Refused) -> None:
    """Raise `family` unless `url` is https, or plain http to this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise family(f"{shorten(url, 200)}: is not an address ({error})") from error
    if not (host and (parts.scheme == "https" or (parts.scheme == "http" and _is_here(host)))):
        raise family(
            f"{shorten(url, 200)}: only https is followed (plain http only to this machine)"
        )


def redirected(url: str, where: str) -> str:
    """Return where `url` sends us by `where`; nowhere less safe than it is itself."""
    said = shorten(url, 200)
    try:
        to = urljoin(url, where)
    except ValueError as error:
        raise Refused(f"GET {said}: redirects to what is not an address ({error})") from error
    if len(to) > _LONGEST or not (to.isascii() and to.isprintable()):
        raise Refused(f"GET {said}: redirects to what is not an address ({shorten(to)})")
    refuse_unsafe(to)
    if urlsplit(url).scheme == "https" and urlsplit(to).scheme != "https":
        raise Refused(f"GET {said}: redirects to {shorten(to, 200)}, which is less safe")
    return to


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(url: str) -> str:
    """Return the proxy the environment names for `url`, empty for none."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _is_here(host) or proxy_bypass(host):
        return ""
    return getproxies().get(parts.scheme, "")
