"""Posts to addresses an operator gave: public ones alone, over TLS, without following anywhere.

The name is resolved once, every address it has must be public, and the connection goes to the very
address that was looked at: a name that changes its mind in between gains nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import urllib3

from devforge.errors import Refused, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Kind = Literal["generic", "discord", "slack"]
SIGNATURE, TIMESTAMP, DELIVERY = "X-DevForge-Signature-256", "X-DevForge-Timestamp", "X-DevForge-Delivery"  # fmt: skip
_ANSWER_BYTES = 4096
# Source: RFC 4291, RFC 6052.
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Unsure(Unavailable):
    """The message was sent and no answer came: it may have been taken."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where to post. `secret` signs what a `generic` receiver gets; it can tell that it is ours."""

    name: str
    kind: Kind
    url: str
    secret: str = ""


def is_public(address: Address) -> bool:
    """Whether an address belongs to the whole internet: no loopback, private, link-local or shared one.

    Of IPv6 that is global unicast alone, and what stands for an IPv4 address counts as that address.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        return address in _UNICAST and address.is_global
    return address.is_global and not address.is_multicast


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return the signature over `<timestamp>.<body>`, as `sha256=<hexadecimal>`."""
    mac = hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256)
    return f"sha256={mac.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts one message at a time. `permits` says which addresses may be connected to."""

    permits: Callable[[Address], bool] = is_public
    trust: str | None = None  # a file of certificates; None: the system's

    def post(self, hook: Hook, message: object, *, delivery: str, timestamp: int) -> None:
        """Post `message` as JSON.

        Args:
            delivery: names this message for the receiver, the same for every try.
            timestamp: seconds since 1970, signed with the body.

        Raises:
            Refused: the address is none we post to, or the receiver said no.
            Unavailable: it was not reached, or asks to be left alone for now.
            Unsure: it was reached and did not answer.
        """
        body = json.dumps(message, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "devforge-registry"}
        if hook.kind == "generic":
            headers |= {TIMESTAMP: str(timestamp), DELIVERY: delivery}
            headers[SIGNATURE] = sign(hook.secret, timestamp, body)
        status = self._send(hook, body, headers)
        if status in (408, 425, 429) or status >= 500:
            raise Unavailable(f"{hook.name}: answered {status}")
        if not 200 <= status < 300:
            raise Refused(f"{hook.name}: answered {status}; redirects are not followed")

    def _send(self, hook: Hook, body: bytes, headers: dict[str, str]) -> int:
        parts = urlsplit(hook.url)
        host, port = self._place(hook)
        address = self._resolved(hook.name, host, port)
        pool = urllib3.HTTPSConnectionPool(
            str(address), port, server_hostname=host, assert_hostname=host, maxsize=1,
            timeout=urllib3.Timeout(connect=10, read=20), retries=False,
            ssl_context=ssl.create_default_context(cafile=self.trust),
        )  # fmt: skip
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = headers | {"Host": host if port == 443 else f"{host}:{port}"}
        try:
            answer = pool.request(
                "POST", target, body=body, headers=headers, redirect=False, preload_content=False
            )
            answer.read(_ANSWER_BYTES)
            answer.close()
            return int(answer.status)
        except (
            urllib3.exceptions.NewConnectionError,
            urllib3.exceptions.ConnectTimeoutError,
        ) as error:
            raise Unavailable(f"{hook.name}: could not be reached") from error
        except urllib3.exceptions.SSLError as error:
            raise Refused(f"{hook.name}: its certificate is not for {host}") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unsure(f"{hook.name}: took the message and did not answer") from error
        finally:
            pool.close()

    @staticmethod
    def _place(hook: Hook) -> tuple[str, int]:
        """Return host and port; the address itself is a secret and is never said."""
        try:
            parts = urlsplit(hook.url)
            host, port = parts.hostname or "", parts.port or 443
        except ValueError as error:
            raise Refused(f"{hook.name}: its address cannot be read") from error
        plain = re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", host)
        if parts.scheme != "https" or not plain or parts.username or parts.password:
            raise Refused(f"{hook.name}: its address is not https://HOST/…")
        return host, port

    def _resolved(self, name: str, host: str, port: int) -> Address:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unavailable(f"{name}: its host has no address") from error
        addresses = [ipaddress.ip_address(entry[4][0]) for entry in found]
        if not addresses or not all(map(self.permits, addresses)):
            raise Refused(f"{name}: its host is not on the public internet")
        return addresses[0]
