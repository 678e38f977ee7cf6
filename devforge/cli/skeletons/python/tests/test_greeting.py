from types import SimpleNamespace

from __PACKAGE__.extension import activate
from __PACKAGE__.greeting import Greeter


def test_a_name_is_greeted_and_counted():
    greeter = Greeter()

    assert greeter.greet("Ada") == "Hello, Ada! (greeting number 1)"
    assert greeter.greet("Ada").endswith("2)")


def test_a_blank_name_greets_the_world():
    assert Greeter().greet("  ").startswith("Hello, world!")


def test_the_command_writes_the_greeting():
    commands, written = {}, []
    activate(
        SimpleNamespace(
            commands=SimpleNamespace(register=commands.__setitem__),
            output=SimpleNamespace(write=written.append),
        )
    )

    commands["__NAME__.greet"]("Grace")

    assert written == ["Hello, Grace! (greeting number 1)"]
