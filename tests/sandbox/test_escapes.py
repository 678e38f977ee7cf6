"""Attempts to get out of the sandbox. Each one succeeds where its defence is taken away."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sandbox.conftest import LIMITS, Attack

from devforge.adapters.sandbox import View

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file anybody on this machine may read."""
    for directory in (tmp_path, *tmp_path.parents):
        if directory.stat().st_uid == os.geteuid() and directory != Path("/"):
            directory.chmod(directory.stat().st_mode | 0o055)
    path = tmp_path / "secret.txt"
    path.write_text("the secret")
    return path


def test_no_tcp_connection_reaches_this_machine(attack: Attack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        outcome = attack(f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)")
        with pytest.raises(TimeoutError):
            server.accept()

    assert "ConnectionRefusedError" in outcome.output


def test_no_datagram_reaches_this_machine(attack: Attack) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0.2)
        port = receiver.getsockname()[1]
        attack(f"import socket; socket.socket(2, 2).sendto(b'hello', ('127.0.0.1', {port}))")
        with pytest.raises(TimeoutError):
            receiver.recv(10)


def test_no_abstract_socket_of_this_machine_can_be_connected_to(attack: Attack) -> None:
    name = f"\0devforge-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        outcome = attack(f"import socket; socket.socket(1).connect({name!r})")

    assert "ConnectionRefusedError" in outcome.output


def test_no_socket_file_of_this_machine_can_be_connected_to(attack: Attack, secret: Path) -> None:
    path = secret.with_name("s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        path.chmod(0o777)
        outcome = attack(f"import socket; socket.socket(1).connect({str(path)!r})")

    assert "FileNotFoundError" in outcome.output


def test_there_is_no_way_to_other_machines_and_no_name_is_looked_up(attack: Attack) -> None:
    outcome = attack("""
        import socket
        for family, address in ((2, ("192.0.2.1", 53)), (10, ("2001:db8::1", 53))):
            try:
                socket.socket(family, 2).sendto(b"?", address)
            except OSError as error:
                print(error.strerror)
        try:
            socket.getaddrinfo("example.com", 80)
        except socket.gaierror:
            print("no name")
    """)

    assert outcome.output.count("unreachable") == 2
    assert "no name" in outcome.output


@pytest.mark.parametrize(
    "family", [17, 31, 40], ids=["packets", "bluetooth", "host of the machine"]
)
def test_sockets_that_no_namespace_holds_cannot_be_made(attack: Attack, family: int) -> None:
    outcome = attack(f"import socket; socket.socket({family}, 3 if {family} == 17 else 1)")

    assert outcome.status == 1
    assert "Address family not supported" in outcome.output or "not permitted" in outcome.output


def test_every_namespace_is_its_own(attack: Attack) -> None:
    kinds = ("pid", "net", "ipc", "uts", "mnt", "cgroup")
    ours = {kind: str(Path(f"/proc/self/ns/{kind}").readlink()) for kind in kinds}
    outcome = attack(f"import os\nfor k in {kinds}: print(k, os.readlink(f'/proc/self/ns/{{k}}'))")
    theirs = dict(line.split(" ") for line in outcome.output.splitlines())

    assert theirs.keys() == ours.keys()
    assert [kind for kind in kinds if theirs[kind] == ours[kind]] == []


def test_a_socket_of_its_own_works(attack: Attack) -> None:
    outcome = attack("""
        import socket
        server = socket.create_server(("127.0.0.1", 0))
        socket.create_connection(server.getsockname(), 2)
        print("connected")
    """)

    assert outcome.output == "connected\n"


def test_no_environment_of_ours_can_be_read(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_do_not_leak")
    outcome = attack("""
        import os, pathlib
        print(dict(os.environ))
        for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
            try:
                print(path, path.read_bytes())
            except OSError as error:
                print(path, error.strerror)
    """)

    assert "/proc/1/environ" in outcome.output
    assert "ghs_do_not_leak" not in outcome.output


def test_no_process_of_ours_can_be_seen_or_signalled(attack: Attack) -> None:
    outcome = attack(f"""
        import os, signal
        print("seen", sorted(int(p) for p in os.listdir("/proc") if p.isdigit()))
        try:
            os.kill({os.getpid()}, signal.SIGKILL)
        except ProcessLookupError:
            print("no such process")
        os.kill(-1, signal.SIGKILL)
    """)

    seen = outcome.output.split("[")[1].split("]")[0].split(", ")
    assert len(seen) <= 4
    assert "no such process" in outcome.output


def test_no_file_of_ours_can_be_read_by_its_path(attack: Attack, secret: Path) -> None:
    places = [
        str(secret),
        str(REPOSITORY),
        str(Path.home() / ".ssh"),
        "/etc/shadow",
        "/var",
        "/run",
    ]
    outcome = attack(f"""
        import os
        print([path for path in {places!r} if os.path.exists(path)], sorted(os.listdir("/")))
        for path in ("/proc/1/root", "/proc/1/cwd", "/proc/self/root/.."):
            try:
                print(path, os.path.exists(path + {str(secret)!r}))
            except OSError:
                print(path, False)
    """)

    assert outcome.output.startswith("[] ")
    assert "True" not in outcome.output


def test_a_link_in_the_source_leads_nowhere(attack: Attack, secret: Path) -> None:
    source = secret.parent / "source"
    source.mkdir()
    (source / "link").symlink_to(secret)
    (source / "up").symlink_to("../secret.txt")
    outcome = attack(
        "import os; print(sorted(os.listdir()), os.path.exists('link'), os.path.exists('up'))",
        view=View(source=source),
    )

    assert outcome.output == "['link', 'up'] False False\n"


def test_the_source_outside_stays_as_it_is(attack: Attack, secret: Path) -> None:
    source = secret.parent / "source"
    source.mkdir()
    (source / "a.txt").write_text("ours")
    (source / "a.txt").chmod(0o666)
    outcome = attack(
        """
        open("a.txt", "w").write("theirs")
        print(open("a.txt").read())
        for path in ("/source/a.txt", "/source/b.txt", "/usr/b", "/etc/passwd", "/etc/b", "/dev/b", "/b"):
            try:
                open(path, "w")
                print("wrote", path)
            except OSError as error:
                print(error.strerror)
        """,
        view=View(source=source),
    )

    assert outcome.output.startswith("theirs\n")
    assert "wrote" not in outcome.output
    assert sorted(path.name for path in source.iterdir()) == ["a.txt"]
    assert (source / "a.txt").read_text() == "ours"


def test_nothing_one_run_wrote_is_there_for_the_next(attack: Attack) -> None:
    write = "[open(p + '/left', 'w').write('x') for p in ('/tmp', '/work', '/dev/shm')]"
    read = "import os; print([p for p in ('/tmp', '/work', '/dev/shm') if os.listdir(p)])"

    assert attack(write).is_success
    assert attack(read).output == "[]\n"


def test_there_are_no_powers_and_no_way_to_get_any(attack: Attack) -> None:
    outcome = attack("""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        status = dict(l.split(":\\t", 1) for l in open("/proc/self/status").read().splitlines() if ":\\t" in l)
        print({name: status[name] for name in ("CapEff", "CapPrm", "CapBnd", "NoNewPrivs", "Seccomp")})
        print("account", os.getuid() == 0, os.geteuid() == 0, os.getgroups())
        for what, call in {
            "setuid": lambda: libc.setuid(0),
            "user namespace": lambda: libc.unshare(0x10000000),
            "mount namespace": lambda: libc.unshare(0x00020000),
            "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
            "ptrace": lambda: libc.ptrace(16, os.getppid(), 0, 0),
            "keyring": lambda: libc.syscall(250 if os.uname().machine == "x86_64" else 219, 0, -3, 0),
            "chroot": lambda: libc.chroot(b"/tmp"),
        }.items():
            print(what, call())
    """)

    none = "0000000000000000"
    assert f"'CapEff': '{none}', 'CapPrm': '{none}'" in outcome.output
    assert "'NoNewPrivs': '1', 'Seccomp': '2'" in outcome.output
    assert "account False False" in outcome.output
    assert [line.rsplit(" ", 1)[1] for line in outcome.output.splitlines()[2:]] == ["-1"] * 7


def test_set_uid_programs_give_nothing(attack: Attack) -> None:
    outcome = attack("""
        import subprocess
        for command in (["su", "-c", "id"], ["mount", "-t", "tmpfs", "x", "/tmp"], ["passwd", "-d", "root"]):
            done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
            print(command[0], done.returncode != 0, "uid=0" in done.stdout)
    """)

    assert outcome.output == "su True False\nmount True False\npasswd True False\n"


def test_there_is_no_terminal_and_nothing_to_read(attack: Attack) -> None:
    outcome = attack("""
        import os, sys
        print(repr(sys.stdin.read()))
        try:
            os.open("/dev/tty", os.O_RDWR)
        except OSError as error:
            print(error.strerror)
    """)

    assert outcome.output == "''\nNo such device or address\n"


def test_a_process_that_cuts_itself_loose_does_not_outlive_the_run(attack: Attack) -> None:
    marker = f"devforge-daemon-{os.getpid()}-{time.monotonic_ns()}"
    outcome = attack(f"""
        import os, sys
        print("starting", flush=True)
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for fd in range(64):
                    try:
                        os.close(fd)
                    except OSError:
                        pass
                os.execv("/bin/sh", ["{marker}", "-c", "sleep 30; true"])
            os._exit(0)
        os.wait()
    """)

    assert outcome.output == "starting\n"
    assert not running(marker)


def test_a_run_does_not_outlive_whoever_started_it() -> None:
    marker = f"devforge-orphan-{os.getpid()}-{time.monotonic_ns()}"
    program = (
        "from devforge.adapters.sandbox import run, View\n"
        "from sandbox.conftest import LIMITS\n"
        f"run(['sh', '-c', 'sleep 30; true', '{marker}'], View(), LIMITS)"
    )
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'tests'}"}
    starter = subprocess.Popen([sys.executable, "-c", program], env=environment)
    assert eventually(lambda: any(b"sleep" in line for line in running(marker)))
    starter.send_signal(signal.SIGKILL)
    starter.wait(10)

    assert eventually(lambda: not running(marker))


def test_the_limits_are_the_ones_that_were_asked_for(attack: Attack) -> None:
    outcome = attack("""
        import resource
        for name in ("NPROC", "CORE", "MEMLOCK", "FSIZE", "DATA"):
            print(name, *resource.getrlimit(getattr(resource, f"RLIMIT_{name}")))
    """)

    assert outcome.output.splitlines() == [
        "NPROC 24 24",
        "CORE 0 0",
        "MEMLOCK 0 0",
        f"FSIZE {LIMITS.disk_bytes} {LIMITS.disk_bytes}",
        f"DATA {LIMITS.memory_bytes} {LIMITS.memory_bytes}",
    ]


def running(marker: str) -> list[bytes]:
    """Command lines on this machine that carry `marker`, but for the one that starts them."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if marker.encode() in line and b"sandbox.conftest" not in line:
            found.append(line)
    return found


def eventually(is_true, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.02)
    return False
