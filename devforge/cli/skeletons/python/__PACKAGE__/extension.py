"""The entry: Dev Forge imports this file and calls `activate` once."""

from __PACKAGE__.greeting import Greeter


def activate(context):
    """Register the commands. `context` is Dev Forge's side: commands, workspace, output."""
    greeter = Greeter()

    def greet(name=""):
        context.output.write(greeter.greet(name))

    context.commands.register("__NAME__.greet", greet)
