"""Each attack twice: it fails, and it succeeds against a launcher that lacks just the defence.

An attack prints ESCAPED where it got what it was after. What cannot be let loose safely (a fork bomb, a
flood) is let loose against a larger limit instead: that it gets further shows which limit held it.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sandbox.conftest import LIMITS, MEBIBYTE, Attack
from sandbox.launchers import edited, without, without_filter, without_sizes
from sandbox.test_escapes import eventually, running

from devforge.adapters.sandbox import View
from devforge.adapters.sandbox import running as launching

Removal = Callable[[pytest.MonkeyPatch], None]
ESCAPED = "ESCAPED"


def no_network_of_its_own(patch: pytest.MonkeyPatch) -> None:
    without(patch, "--unshare-net")


@contextlib.contextmanager
def listener(kind: str) -> Iterator[str]:
    """A socket of this machine's; yields Python that gets through to it, or raises."""
    family, type_, address = {
        "TCP over IPv4": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        "TCP over IPv6": (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
        "abstract": (socket.AF_UNIX, socket.SOCK_STREAM, f"\0devforge-{os.getpid()}"),
        "abstract datagram": (socket.AF_UNIX, socket.SOCK_DGRAM, f"\0devforge-d-{os.getpid()}"),
    }[kind]
    with socket.socket(family, type_) as server:
        try:
            server.bind(address)
        except OSError as error:
            pytest.skip(f"this machine has no {kind}: {error}")
        if type_ == socket.SOCK_STREAM:
            server.listen()
        name = server.getsockname()
        name = name.decode() if isinstance(name, bytes) else name
        yield f"""
            import socket
            caller = socket.socket({int(family)}, {int(type_)})
            caller.settimeout(2)
            try:
                caller.connect({name!r})
                print("{ESCAPED}")
            except OSError as error:
                print(error)
        """


@pytest.mark.parametrize(
    "kind", ["TCP over IPv4", "TCP over IPv6", "abstract", "abstract datagram"]
)
def test_no_socket_of_this_machine_is_reached(
    kind: str, attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listener(kind) as code:
        assert ESCAPED not in attack(code).output
        no_network_of_its_own(monkeypatch)
        assert ESCAPED in attack(code).output


def test_no_datagram_gets_out(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0.3)
        port = receiver.getsockname()[1]
        code = f"import socket; socket.socket(2, 2).sendto(b'hello', ('127.0.0.1', {port}))"
        attack(code)
        with pytest.raises(TimeoutError):
            receiver.recv(10)
        no_network_of_its_own(monkeypatch)
        attack(code)
        assert receiver.recv(10) == b"hello"


def test_neither_a_cloud_s_metadata_nor_a_name_server_can_be_asked(attack: Attack) -> None:
    """By the same defence as above; without it, nothing is sent from a test."""
    outcome = attack("""
        import socket
        for address in (("169.254.169.254", 80), ("168.63.129.16", 80), ("127.0.0.53", 53), ("1.1.1.1", 53)):
            try:
                socket.create_connection(address, 1)
                print("ESCAPED", address)
            except OSError as error:
                print(error.strerror)
        print([name for _, name in socket.if_nameindex()])
    """)

    assert ESCAPED not in outcome.output
    assert outcome.output.endswith("['lo']\n")


def test_a_socket_file_that_is_not_shown_is_not_there(attack: Attack, open_folder: Path) -> None:
    path = open_folder / "s"
    code = f"""
        import socket
        for place in ({str(path)!r}, "/shown/s"):
            try:
                socket.socket(1).connect(place)
                print("{ESCAPED}")
            except OSError as error:
                print(error)
    """
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        path.chmod(0o777)
        assert ESCAPED not in attack(code).output
        assert ESCAPED in attack(code, view=View(mounts={"/shown": open_folder})).output


def test_descriptors_of_ours_are_not_inherited(
    attack: Attack, monkeypatch: pytest.MonkeyPatch, open_folder: Path
) -> None:
    secret = open_folder / "secret"
    secret.write_text("the secret")
    code = f"""
        import os
        for number in range(3, 256):
            try:
                found = os.pread(number, 100, 0)
            except OSError:
                continue
            if b"the secret" in found:
                print("{ESCAPED}")
    """
    with secret.open("rb") as file:
        os.set_inheritable(file.fileno(), True)
        assert ESCAPED not in attack(code).output

        def leaky(*args: object, **kwargs: object) -> subprocess.Popen[bytes]:
            kept = {key: value for key, value in kwargs.items() if key != "pass_fds"}
            for number in kwargs.get("pass_fds", ()):
                os.set_inheritable(number, True)
            return popen(*args, **kept, close_fds=False)

        popen = subprocess.Popen
        monkeypatch.setattr(launching.subprocess, "Popen", leaky)
        assert ESCAPED in attack(code).output


def test_the_environment_is_made_from_nothing(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_secret")
    code = f"import os; print('{ESCAPED}' if 'ghs_secret' in os.environ.values() else 'clean')"
    assert ESCAPED not in attack(code).output

    popen = subprocess.Popen
    monkeypatch.setattr(
        launching.subprocess,
        "Popen",
        lambda *args, **kwargs: popen(*args, **{**kwargs, "env": dict(os.environ)}),
    )
    assert ESCAPED not in attack(code).output  # one defence is left
    without(monkeypatch, "--clearenv")
    assert ESCAPED in attack(code).output


def test_our_processes_cannot_be_seen(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = f"devforge-seen-{os.getpid()}-{time.monotonic_ns()}"
    code = f"""
        import os
        for pid in os.listdir("/proc"):
            try:
                line = open(f"/proc/{{pid}}/cmdline", "rb").read()
            except OSError:
                continue
            if b"{marker}" in line and str(os.getpid()) != pid and b"import os" not in line:
                print("{ESCAPED}")
    """
    other = subprocess.Popen(["sh", "-c", "sleep 60; true", marker])
    try:
        assert ESCAPED not in attack(code).output
        without(monkeypatch, "--unshare-pid")
        assert ESCAPED in attack(code).output
    finally:
        other.kill()
        other.wait()


def test_our_processes_cannot_be_signalled(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked with signal 0, which only asks. Without a list of its own, the kernel finds the process;
    where root starts the run, its account is still another's."""
    code = f"""
        import os
        try:
            os.kill({os.getpid()}, 0)
            print("{ESCAPED}")
        except ProcessLookupError:
            print("not there")
        except PermissionError:
            print("{ESCAPED} as far as its account")
    """
    assert attack(code).output == "not there\n"
    without(monkeypatch, "--unshare-pid")
    assert ESCAPED in attack(code).output


def test_a_program_cut_loose_ends_with_the_run(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = f"devforge-loose-{os.getpid()}-{time.monotonic_ns()}"
    code = f"""
        import os, signal
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in set(signal.Signals) - {{signal.SIGKILL, signal.SIGSTOP}}:
                    signal.signal(number, signal.SIG_IGN)
                for number in range(64):
                    try:
                        os.close(number)
                    except OSError:
                        pass
                os.execv("/bin/sh", ["{marker}", "-c", "sleep 30; true"])
            os._exit(0)
        os.wait()
    """
    attack(code)
    assert not running(marker)
    without(monkeypatch, "--unshare-pid", "--die-with-parent")
    attack(code)
    try:
        assert eventually(lambda: bool(running(marker)), seconds=5)
    finally:
        for pid in pids_of(marker):
            os.kill(pid, signal.SIGKILL)


SYSCALLS = {
    "the keyring": "libc.syscall(250, 0, -3, 0) > 0",
    "io_uring": "(libc.syscall(425, 1, room), ctypes.get_errno())[1] != 38",
    "being traced": "libc.syscall(101, 0, 0, 0, 0) == 0",
    "memory in no file system": "libc.syscall(319, b'x', 0) > 0",
    "shared memory of System V": "libc.syscall(29, 0, 4096, 0o1600) >= 0",
    "a user namespace": "libc.syscall(272, 0x10000000) == 0",
    "a mount namespace inside one": "libc.syscall(272, 0x10020000) == 0",
    "the kernel's programs": "(libc.syscall(321, 0, room, 64), ctypes.get_errno())[1] != 38",
    "counting events": "(libc.syscall(298, room, 0, -1, -1, 0), ctypes.get_errno())[1] != 38",
    "faults of memory": "(libc.syscall(323, 0), ctypes.get_errno())[1] != 38",
    "handles of files": "(libc.syscall(304, -100, room, 0), ctypes.get_errno())[1] != 1",
    "another's memory": "(libc.syscall(310, 1, room, 1, room, 1, 0), ctypes.get_errno())[1] != 1",
}


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are of x86-64")
@pytest.mark.parametrize("what", SYSCALLS)
def test_doors_of_the_kernel_are_shut(
    what: str, attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        room = ctypes.create_string_buffer(256)
        print("{ESCAPED}" if {SYSCALLS[what]} else "shut")
    """
    if what in ("handles of files", "another's memory"):  # forbidden twice: without powers too
        assert ESCAPED not in attack(code).output
        return
    assert ESCAPED not in attack(code).output
    without_filter(monkeypatch)
    assert ESCAPED in attack(code).output


def test_the_machines_own_sockets_cannot_be_made(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"""
        import socket
        for family, kind in ((40, 1), (17, 3), (38, 5), (31, 3), (21, 5), (30, 1), (44, 2)):
            try:
                socket.socket(family, kind)
                print("{ESCAPED}", family)
            except OSError as error:
                # 97: the filter says there is no such family; else the kernel itself was asked.
                print("{ESCAPED}" if error.errno == 1 else "shut", family)
    """
    assert ESCAPED not in attack(code).output
    without_filter(monkeypatch)
    assert ESCAPED in attack(code).output


@pytest.mark.parametrize(
    "what", ["os.fork() == 0", "threading.Thread(target=time.sleep, args=(30,)).start()"]
)
def test_bombs_go_as_far_as_the_limit(what: str, attack: Attack) -> None:
    code = f"""
        import os, threading, time
        born = 0
        try:
            while born < 500:
                if {what}:
                    time.sleep(30)
                born += 1
        except (BlockingIOError, RuntimeError):
            pass
        print("born", born, flush=True)
        os._exit(0)
    """
    roomy = LIMITS.model_copy(update={"memory_bytes": 1024 * MEBIBYTE})
    few = attack(code, limits=roomy)
    more = attack(code, limits=roomy.model_copy(update={"processes": 60}))

    assert int(few.output.split()[-1]) <= LIMITS.processes
    assert LIMITS.processes < int(more.output.split()[-1]) <= 60


def test_the_disk_is_as_large_as_it_was_made(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 4 * LIMITS.disk_bytes
    code = f"""
        total = 0
        for number in range({most // MEBIBYTE}):
            for place in ("/work", "/tmp", "/dev/shm"):
                try:
                    with open(f"{{place}}/{{number}}", "wb", buffering=0) as out:
                        total += out.write(bytes(1 << 20))
                except OSError:
                    pass
        print(total)
    """
    assert int(attack(code).output) <= LIMITS.disk_bytes * 3 // 2
    without_sizes(monkeypatch)
    assert int(attack(code).output) > LIMITS.disk_bytes * 2


def test_empty_files_are_counted_too(attack: Attack) -> None:
    code = """
        for number in range(30_000):
            open(f"/tmp/{number}", "w").close()
        import time; time.sleep(0.3)
        print("all of them")
    """
    larger = LIMITS.model_copy(update={"disk_bytes": 64 * MEBIBYTE})

    assert attack(code).ending == "file flood"
    assert attack(code, limits=larger).output == "all of them\n"


def test_a_file_of_a_terabyte_cannot_be_made(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"""
        import os, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        out = os.open("/tmp/large", os.O_CREAT | os.O_WRONLY)
        try:
            os.ftruncate(out, 1 << 40)
            print("{ESCAPED}")
        except OSError as error:
            print(error)
    """
    assert ESCAPED not in attack(code).output
    without(monkeypatch, "--fsize")
    assert ESCAPED in attack(code).output


@pytest.mark.parametrize("kind", ["0o060644, os.makedev(8, 0)", "0o020644, os.makedev(1, 1)"])
def test_no_device_can_be_made(kind: str, attack: Attack) -> None:
    outcome = attack(f"import os; os.mknod('/tmp/device', {kind})")

    assert "PermissionError" in outcome.output


def test_links_lead_nowhere_and_what_is_shown_cannot_be_written(
    attack: Attack, monkeypatch: pytest.MonkeyPatch, open_folder: Path
) -> None:
    source = open_folder / "source"
    source.mkdir(mode=0o777)
    source.chmod(0o777)
    (source / "ours").write_text("ours")
    (source / "ours").chmod(0o666)
    code = """
        import os
        for act in (
            lambda: open("/source/ours", "w").write("theirs"),
            lambda: os.symlink("/etc/passwd", "/source/link"),
            lambda: os.link("/source/ours", "/source/hard"),
            lambda: os.mkfifo("/source/pipe"),
            lambda: os.rename("/source/ours", "/source/gone"),
        ):
            try:
                act()
            except OSError as error:
                print(error.strerror)
    """
    attack(code, view=View(source=source))
    assert [path.name for path in source.iterdir()] == ["ours"]
    assert (source / "ours").read_text() == "ours"

    def writable(arguments: list[str]) -> list[str]:
        at = arguments.index(str(source)) - 1
        return [*arguments[:at], "--bind", *arguments[at + 1 :]]

    edited(monkeypatch, writable)
    attack(code, view=View(source=source))
    assert (source / "pipe").is_fifo()


def test_one_run_leaves_nothing_for_the_next(
    attack: Attack, monkeypatch: pytest.MonkeyPatch, open_folder: Path
) -> None:
    write, read = "open('/tmp/left', 'w').write('x')", "import os; print(os.listdir('/tmp'))"
    attack(write)
    assert attack(read).output == "[]\n"

    shared = open_folder / "shared"
    shared.mkdir()
    shared.chmod(0o777)

    def keeping(arguments: list[str]) -> list[str]:
        at = next(i for i in range(len(arguments)) if arguments[i : i + 2] == ["--tmpfs", "/tmp"])
        # Before it stand its permissions and its size.
        return [*arguments[: at - 4], "--bind", str(shared), *arguments[at + 1 :]]

    monkeypatch.setattr(launching, "WRITABLE", ())  # that disk's files are not the run's
    edited(monkeypatch, keeping)
    attack(write)
    assert attack(read).output == "['left']\n"


def test_a_crash_leaves_no_core(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    own = resource.getrlimit(resource.RLIMIT_CORE)[1]
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[1])"
    assert attack(code).output == "0\n"
    without(monkeypatch, "--core")
    assert attack(code).output == f"{own}\n"


def test_time_is_up_whatever_a_program_ignores(attack: Attack) -> None:
    code = """
        import signal, time
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        time.sleep(2)
        print("ESCAPED")
    """
    short = LIMITS.model_copy(update={"seconds": 1})

    assert attack(code, limits=short).ending == "timed out"
    assert ESCAPED in attack(code).output


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A directory anybody on this machine may enter."""
    for directory in (tmp_path, *tmp_path.parents):
        if directory != Path("/") and directory.stat().st_uid == os.geteuid():
            directory.chmod(directory.stat().st_mode | 0o055)
    return tmp_path


def pids_of(marker: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes().startswith(marker.encode()):
                found.append(int(path.parent.name))
    return found
