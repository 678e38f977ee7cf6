"""The server's own controls at /_local are for who started it: they ask for its admin token."""

from __future__ import annotations

import hmac

from devforge.local.call import Call
from devforge.local.refusals import forbidden

HEADER = "X-Local-Admin"


def check_admin(call: Call) -> None:
    """Refuse whoever does not send the token that `LocalGitHub.hub.admin_token` holds."""
    sent = call.headers.get(HEADER, "")
    if not hmac.compare_digest(sent.encode(), call.hub.admin_token.encode()):
        raise forbidden(f"Send this server's admin token in the header {HEADER}")
