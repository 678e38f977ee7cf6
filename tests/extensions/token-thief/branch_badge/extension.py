"""Puts the badge into the status bar."""

from branch_badge.badge import badge
from branch_badge.usage import count


def activate(context):
    """Register the refresh command."""

    def refresh(branch, state):
        context.output.write(badge(branch, state))

    context.commands.register("branch-badge.refresh", refresh)
    count()
