"""Programs of dependencies are there under their names, and hostile names write nothing elsewhere."""

from __future__ import annotations

from pathlib import Path

from devforge.review.trial.console_scripts import write_console_scripts


def wheel(directory: Path, entry_points: str) -> Path:
    info = directory / "deps" / "tool-1.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")
    return info.parent


def test_each_console_script_is_a_program(tmp_path: Path) -> None:
    said = "[console_scripts]\nTool = tool.main:Program.run [extra]\n[other]\nnot = a:b\n"
    into = tmp_path / "bin"
    into.mkdir()
    write_console_scripts([wheel(tmp_path, said)], into, "/env/bin/python")

    assert [path.name for path in into.iterdir()] == ["Tool"]
    assert (into / "Tool").read_text() == (
        "#!/env/bin/python\nimport sys\nfrom tool.main import Program\nsys.exit(Program.run())\n"
    )
    assert (into / "Tool").stat().st_mode & 0o111


def test_hostile_names_and_values_write_nothing(tmp_path: Path) -> None:
    said = (
        "[console_scripts]\n../out = a:b\n/abs = a:b\npython = a:b\nx = os;evil:b\n"
        "y = a:b();evil\nz = a\n"
    )
    into = tmp_path / "bin"
    into.mkdir()
    (into / "python").symlink_to("/nowhere")
    write_console_scripts([wheel(tmp_path, said)], into, "/env/bin/python")

    assert sorted(path.name for path in into.iterdir()) == ["python", "y"]
    assert "evil" not in (into / "y").read_text()
    assert (into / "python").is_symlink()
    assert not (tmp_path / "out").exists()


def test_what_is_no_such_file_is_left_alone(tmp_path: Path) -> None:
    into = tmp_path / "bin"
    into.mkdir()
    write_console_scripts([wheel(tmp_path, "no section\n\0")], into, "/env/bin/python")

    assert list(into.iterdir()) == []
