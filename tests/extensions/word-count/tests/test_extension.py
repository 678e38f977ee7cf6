from types import SimpleNamespace

from word_count.extension import activate


def host(files):
    """Return a stand-in for the editor, its registered commands and what was written."""
    commands, written = {}, []
    context = SimpleNamespace(
        commands=SimpleNamespace(register=commands.__setitem__),
        workspace=SimpleNamespace(files=lambda: list(files), read=files.__getitem__),
        output=SimpleNamespace(write=written.append),
    )
    activate(context)
    return commands, written


def test_one_file_is_counted():
    commands, written = host({"a.md": "one two"})

    commands["word-count.file"]("a.md")

    assert written[0].split() == ["a.md", "2", "words", "1", "lines", "1", "min"]


def test_only_texts_of_the_workspace_are_counted():
    commands, written = host({"a.md": "one", "b.png": "not a text"})

    commands["word-count.workspace"]()

    assert "a.md" in written[0]
    assert "b.png" not in written[0]
