"""What takes too much is ended, told apart by why, and costs the one who watches little."""

from __future__ import annotations

import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sandbox.conftest import LIMITS, MEBIBYTE, Attack

from devforge.adapters.sandbox import View, available, run
from devforge.adapters.sandbox.ending import plain
from devforge.adapters.sandbox.seccomp import seccomp_program
from devforge.errors import Unavailable


def test_a_program_that_hangs_is_stopped_when_its_time_is_over(attack: Attack) -> None:
    limits = LIMITS.model_copy(update={"seconds": 1})
    outcome = attack("import time; print('begun', flush=True); time.sleep(60)", limits=limits)

    assert (outcome.ending, outcome.status, outcome.output) == ("timed out", None, "begun\n")
    assert 1.0 <= outcome.seconds < 3.0


def test_ignoring_every_signal_does_not_help(attack: Attack) -> None:
    limits = LIMITS.model_copy(update={"seconds": 1})
    outcome = attack(
        """
        import signal, time
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        while True:
            time.sleep(60)
        """,
        limits=limits,
    )

    assert outcome.ending == "timed out"
    assert outcome.seconds < 3.0


def test_processor_time_is_counted(attack: Attack) -> None:
    outcome = attack(
        "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass"
    )

    assert 0.2 < outcome.cpu_seconds < 2.0


def test_one_process_cannot_take_more_memory_than_allowed(attack: Attack) -> None:
    outcome = attack("x = bytearray(1_000_000_000)")

    assert outcome.status == 1
    assert "MemoryError" in outcome.output


def test_many_processes_cannot_take_more_memory_than_allowed_together(attack: Attack) -> None:
    outcome = attack("""
        import os, time
        for _ in range(8):
            if os.fork() == 0:
                x = bytearray(100_000_000)
                time.sleep(60)
        time.sleep(60)
    """)

    assert outcome.ending == "memory"
    assert outcome.peak_memory_bytes > LIMITS.memory_bytes
    assert outcome.seconds < 3.0


@pytest.mark.parametrize("call", ["memfd_create(b'x', 0)", "shmget(0, 1 << 20, 0o1600)"])
def test_memory_that_nobody_would_count_cannot_be_had(attack: Attack, call: str) -> None:
    outcome = attack(f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        print(libc.{call}, ctypes.get_errno())
    """)

    assert outcome.output == "-1 38\n"


def test_a_fork_bomb_runs_out_of_processes(attack: Attack) -> None:
    outcome = attack("""
        import os, time
        born = 0
        try:
            while True:
                if os.fork() == 0:
                    time.sleep(30)
                born += 1
        except BlockingIOError:
            print("born", born, flush=True)
            os._exit(0)
    """)

    assert 10 <= int(outcome.output.split()[1]) <= LIMITS.processes
    assert outcome.seconds < 3.0


def test_two_runs_at_once_do_not_share_their_processes(attack: Attack) -> None:
    code = """
        import os, time
        for _ in range(15):
            if os.fork() == 0:
                time.sleep(0.5)
                os._exit(0)
        print("all")
    """
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(attack, code) for _ in range(3)]

    assert [each.result().output for each in runs] == ["all\n"] * 3


def test_the_disk_fills_up_at_the_limit_and_nowhere_else(attack: Attack) -> None:
    outcome = attack("""
        import os
        total = 0
        for place in ("/work", "/tmp", "/dev/shm", "/", "/dev", "/etc"):
            for number in range(8):
                try:
                    with open(f"{place}/{number}", "wb", buffering=0) as out:
                        while wrote := out.write(bytes(1 << 20)):
                            total += wrote
                except OSError:
                    pass
        print(total)
    """)

    assert LIMITS.disk_bytes // 2 <= int(outcome.output) <= LIMITS.disk_bytes * 3 // 2


def test_a_gigabyte_of_output_is_cut_off_and_its_end_is_kept(attack: Attack) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = attack("""
        import os
        for _ in range(16384):
            os.write(1, b"x" * 65535 + b"\\n")
    """)

    assert outcome.ending == "output flood"
    assert len(outcome.output) <= LIMITS.output_bytes
    assert outcome.seconds < 3.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


def test_of_much_output_the_last_is_kept(attack: Attack) -> None:
    outcome = attack("print('x' * 100_000); print('the end')")

    assert outcome.ending == "exited"
    assert outcome.output.endswith("xxx\nthe end\n")
    assert len(outcome.output) == LIMITS.output_bytes


def test_a_flood_of_the_result_channel_is_stopped(attack: Attack) -> None:
    outcome = attack("import os\nwhile True: os.write(3, b'x' * 65536)")

    assert outcome.ending == "output flood"
    assert len(outcome.result) < 10 * MEBIBYTE


def test_what_a_terminal_would_obey_is_taken_out(attack: Attack) -> None:
    outcome = attack(r"""
        print("\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b]8;;http://x\x1b\\link \x1b[2J\x1b[1;1Hmoved")
        print("right\u202eleft\u200bzero\x00\x9b31mc1\rover\x08\x7f")
    """)

    assert outcome.output == "red link moved\nrightleftzeroc1\nover\n"


def test_an_unfinished_escape_hides_nothing_that_follows() -> None:
    assert plain("a\x1b]0;title\nb") == "a\nb"
    assert plain("a\x1b\nb") == "a\nb"
    assert plain("a\x1b[3\nb") == "a3\nb"


def test_exit_status_and_signals_are_told_apart(attack: Attack) -> None:
    ended = attack("raise SystemExit(7)")
    killed = attack("import os; os.kill(os.getpid(), 11)")

    assert (ended.ending, ended.status) == ("exited", 7)
    assert (killed.ending, killed.status) == ("killed", 128 + 11)


def test_without_bubblewrap_nothing_runs_and_the_reason_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = available()

    assert missing is not None
    assert missing.reason == "bwrap is not installed: install the bubblewrap package"
    with pytest.raises(Unavailable, match="could not be started"):
        run(["touch", str(tmp_path / "ran")], View(), LIMITS)
    assert not (tmp_path / "ran").exists()


def test_a_sandbox_that_cannot_be_set_up_runs_nothing(tmp_path: Path) -> None:
    """bubblewrap itself fails: what it says is passed on, and the command never starts."""
    start = time.monotonic()
    with pytest.raises(Unavailable, match=r"did not start: bwrap: .*no-such-directory"):
        run(["true"], View(mounts={"/x": tmp_path / "no-such-directory"}), LIMITS)
    assert time.monotonic() - start < LIMITS.seconds / 2


def test_where_namespaces_are_forbidden_the_reason_is_bubblewraps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bwrap that fails as it does where an ordinary user may not make namespaces."""
    said = "bwrap: setting up uid map: Permission denied"
    fake = tmp_path / "bwrap"
    fake.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    missing = available()

    assert missing is not None
    assert said in missing.reason


def test_the_filter_is_whole_instructions_on_known_machines_only() -> None:
    known = [seccomp_program("x86_64"), seccomp_program("aarch64")]

    assert all(program and len(program) % 8 == 0 for program in known)
    assert seccomp_program("pdp11") is None
