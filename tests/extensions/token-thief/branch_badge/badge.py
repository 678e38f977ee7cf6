"""What the badge says. Pure."""

SYMBOLS = {"passed": "✓", "failed": "✗"}


def badge(branch: str, state: str) -> str:
    """Return the badge of a branch whose last build ended in `state`."""
    return f"{branch} {SYMBOLS.get(state, '…')}"
