"""Every subcommand, and where it is written. A command's module is imported when it is the one asked for."""

from __future__ import annotations

from importlib import import_module

import click

from devforge.cli.options import Group

# Panel of the help → command → module and object.
COMMANDS: dict[str, dict[str, str]] = {
    "For developers": {
        "new": "new:new",
        "init": "init:init",
        "check": "check:check",
        "explain": "explain:explain",
        "schema": "schema:schema",
        "pack": "pack:pack",
        "submit": "submit:submit",
    },
    "For users": {
        "search": "search:search",
        "show": "show:show",
        "install": "install:install",
        "list": "listing:list_",
        "remove": "remove:remove",
    },
    "Updates and the way back": {
        "outdated": "outdated:outdated",
        "changes": "changes:changes",
        "update": "update:update",
        "rollback": "rollback:rollback",
        "history": "history:history",
        "pin": "pin:pin",
        "unpin": "pin:unpin",
        "hold": "pin:hold",
        "why": "why:why",
        "enable": "enable:enable",
        "disable": "enable:disable",
        "config": "config:config",
        "verify": "verify:verify",
        "doctor": "doctor:doctor",
    },
    "For the operator": {
        "advisories": "advisories:app",
        "index": "index:app",
        "keys": "keys:app",
        "local": "local:app",
        "operator": "operator:app",
    },
}
# What other programs call them: whoever is to type one here is told ours.
_CALLED = {
    "add": "install", "delete": "remove", "downgrade": "rollback", "info": "show", "ls": "list",
    "undo": "rollback", "unhold": "unpin", "uninstall": "remove", "upgrade": "update",
}  # fmt: skip
_PLACES = {name: place for commands in COMMANDS.values() for name, place in commands.items()}


class Commands(Group):
    """The commands of the table, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_PLACES)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; of one that is not there, say which may have been meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from devforge.updates.similar import meant  # noqa: PLC0415 - only for a mistyped one

            said = error.message.removesuffix(".") + meant(args[0], _PLACES, _CALLED)
            raise click.UsageError(said, ctx) from error

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _PLACES:
            return None
        module, _, name = _PLACES[cmd_name].partition(":")
        found: click.Command = getattr(import_module(f"devforge.cli.{module}"), name)
        found.name = cmd_name
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands under the words of their panels."""
        for panel, names in COMMANDS.items():
            found = ((name, self.get_command(ctx, name)) for name in names)
            rows = [(name, one.get_short_help_str(58)) for name, one in found if one]
            with formatter.section(panel):
                formatter.write_dl(rows)
