"""Programs that look for a gap in a sandbox: data for `sandbox.selfcheck`."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.types import Limits, Outcome

LIMITS = Limits(cpu_seconds=4, wall_seconds=12, memory_bytes=256 << 20, processes=32)
SHORT = Limits(cpu_seconds=0.5, wall_seconds=2, memory_bytes=128 << 20, processes=32)
FINE = b"fine\n"


@dataclass(frozen=True, slots=True)
class Probe:
    """A Python program and how it ends in a sandbox that holds."""

    name: str
    """What is true if it ends so."""
    source: str
    outcomes: tuple[Outcome, ...] = (Outcome.OK,)
    stdout: bytes | None = FINE
    """Exactly; None where it does not matter."""
    stdin: bytes = b""
    limits: Limits = LIMITS


_NAMES = """\
def refused(action, *kinds):
    try:
        action()
    except (kinds or OSError):
        return True
    return False
"""

PROBES = (
    # What becomes of programs.
    Probe("a program that ends well is ok", "print('fine')"),
    Probe("an exit code is a runtime error", "raise SystemExit(3)", (Outcome.RUNTIME_ERROR,), b""),
    Probe(
        "a signal is a runtime error",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
        (Outcome.RUNTIME_ERROR,),
        b"",
    ),
    Probe("what does not parse is a compile error", "print(", (Outcome.COMPILE_ERROR,), b""),
    Probe(
        "an endless loop runs out of CPU time",
        "while True: pass",
        (Outcome.TIME_LIMIT,),
        b"",
        limits=SHORT,
    ),
    Probe(
        "a sleeper runs out of wall time",
        "import time\ntime.sleep(60)",
        (Outcome.TIME_LIMIT,),
        b"",
        limits=SHORT,
    ),
    Probe(
        "CPU time of children counts",
        "import os\nfor _ in range(3):\n    if os.fork() == 0:\n        while True: pass\n"
        "import time\ntime.sleep(60)",
        (Outcome.TIME_LIMIT,),
        b"",
        limits=SHORT,
    ),
    Probe(
        "a memory bomb is the memory limit",
        "held = []\nwhile True:\n    held.append(bytearray(8 << 20))",
        (Outcome.MEMORY_LIMIT,),
        b"",
    ),
    Probe(
        "memory of children counts",
        "import os, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        held = b'x' * (60 << 20)\n"
        "        time.sleep(30)\n"
        "time.sleep(30)",
        (Outcome.MEMORY_LIMIT,),
        b"",
    ),
    Probe(
        "memory that processes share counts once",
        "import os, time\n"
        "held = b'x' * (60 << 20)\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(0.3)\n"
        "        os._exit(0)\n"
        "time.sleep(0.2)\n"
        "for _ in range(8): os.wait()\n"
        "print('fine')",
    ),
    Probe(
        "endless output is the output limit",
        "while True: print('x' * 1000)",
        (Outcome.OUTPUT_LIMIT,),
        None,
    ),
    Probe(
        "a file cannot grow past its limit",
        "try:\n"
        "    with open('f', 'wb') as file: file.write(bytes(64 << 20))\n"
        "except OSError: print('fine')",
        (Outcome.OK, Outcome.RUNTIME_ERROR),
        None,
    ),
    Probe(
        "the disk is bounded",
        "try:\n"
        "    for number in range(100):\n"
        "        with open(f'/tmp/{number}', 'wb') as file: file.write(bytes(8 << 20))\n"
        "except OSError: print('fine')",
    ),
    Probe(
        "a fork bomb is contained",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        (Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT, Outcome.RUNTIME_ERROR),
        b"",
        limits=SHORT,
    ),
    Probe(
        "processes and threads are limited",
        "import threading, time\n"
        "try:\n"
        "    for _ in range(200):\n"
        "        threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n"
        "except RuntimeError: print('fine', flush=True)\n"
        "import os\nos._exit(0)",
    ),
    # What programs can see and do.
    Probe(
        "the environment is clean",
        "import os\n"
        "known = {'HOME', 'LANG', 'LC_CTYPE', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'PATH',\n"
        "         'PYTHONDONTWRITEBYTECODE', 'PYTHONHASHSEED', 'TMPDIR'}\n"
        "print(*sorted(set(os.environ) - known) or ['fine'])",
    ),
    Probe(
        "a program is not root",
        "import os\n"
        "ids = {*os.getresuid(), *os.getresgid(), *os.getgroups()}\n"
        "print('fine' if 0 not in ids else ids)",
    ),
    Probe(
        "a program has no capability, can gain none, and is under a filter",
        "wanted = {'CapInh': 0, 'CapPrm': 0, 'CapEff': 0, 'CapAmb': 0, 'NoNewPrivs': 1,"
        " 'Seccomp': 2}\n"
        "found = dict(line.split(':\\t') for line in open('/proc/self/status'))\n"
        "wrong = [k for k, v in wanted.items() if int(found[k], 16) != v]\n"
        "print(*wrong or ['fine'])",
    ),
    Probe(
        "there is no network",
        "lines = open('/proc/net/dev').read().splitlines()[2:]\n"
        "print(*[n for l in lines if (n := l.split(':')[0].strip()) != 'lo'] or ['fine'])",
    ),
    Probe(
        "sockets are local ones",
        f"{_NAMES}import socket\n"
        "kinds = [socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET,"
        " socket.AF_VSOCK]\n"
        "socket.socketpair()\n"
        "open_ones = [k for k in kinds if not refused(lambda: socket.socket(k))]\n"
        "print(*open_ones or ['fine'])",
    ),
    Probe(
        "the system is read-only",
        f"{_NAMES}"
        "folders = ['', '/usr', '/usr/bin', '/etc', '/var', '/dev', '/proc', '/program',\n"
        "           '/program/build', '/work', '/store', '/root', '/home']\n"
        "print(*[f for f in folders if not refused(lambda: open(f'{f}/probe', 'w'))] or ['fine'])",
    ),
    Probe(
        "nothing of the machine's users is there",
        "import os\n"
        "def entries(folder):\n"
        "    try: return [f'{folder}/{name}' for name in os.listdir(folder)]\n"
        "    except OSError: return []\n"
        "print(*[*entries('/root'), *entries('/home'), *entries('/run/secrets')] or ['fine'])",
    ),
    Probe(
        "dangerous system calls are refused",
        "import ctypes\n"
        "libc = ctypes.CDLL(None)\n"
        "calls = {\n"
        "    'unshare': (0x10000000,), 'setns': (0, 0), 'chroot': (b'/',),\n"
        "    'ptrace': (0, 0, 0, 0),\n"
        "    'mount': (b'none', b'/tmp', b'tmpfs', 0, 0), 'umount2': (b'/proc', 2),\n"
        "    'shmget': (0, 4096, 0o1600), 'semget': (0, 1, 0o1600), 'msgget': (0, 0o1600),\n"
        "    'sethostname': (b'x', 1), 'personality': (0x40000,),\n"
        "    'mq_open': (b'/x', 0o102, 0o600, 0),\n"
        "    'swapon': (b'/tmp', 0), 'acct': (b'/tmp',), 'init_module': (0, 0, 0),\n"
        "}\n"
        "calls = {n: a for n, a in calls.items() if hasattr(libc, n)}\n"
        "print(*[n for n, a in calls.items() if getattr(libc, n)(*a) != -1] or ['fine'])",
    ),
    Probe(
        "no new namespace can be had by clone",
        "import ctypes, os\n"
        "number = {'x86_64': 56, 'aarch64': 220}[os.uname().machine]\n"
        "pid = ctypes.CDLL(None).syscall(number, 0x10000000 | 17, 0, 0, 0, 0)\n"
        "if pid == 0: os._exit(0)\n"
        "print('fine' if pid == -1 else pid)",
    ),
    Probe(
        "processes of the sandbox cannot be looked into",
        f"{_NAMES}import os\n"
        "me = str(os.getpid())\n"
        "pids = [p for p in os.listdir('/proc') if p.isdigit() and p != me]\n"
        "files = [f'/proc/{p}/{n}' for p in pids for n in ('environ', 'mem', 'maps', 'fd/0')]\n"
        "found = [f for f in files if not refused(lambda: open(f, 'rb').read(1))]\n"
        "links = [f'/proc/{p}/{n}' for p in pids for n in ('root', 'cwd', 'exe')]\n"
        "print(*found + [l for l in links if not refused(lambda: os.readlink(l))] or ['fine'])",
    ),
    Probe(
        "the sandbox's processes cannot be slowed down",
        f"{_NAMES}import os\n"
        "os.nice(1)\n"
        "found = not refused(lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))\n"
        "found |= not refused(lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19))\n"
        "found |= not refused(lambda: os.sched_setaffinity(1, {0}))\n"
        "print(found or 'fine')",
    ),
    Probe(
        "signals to the sandbox's processes are harmless",
        "import os, signal\n"
        "for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT):\n"
        "    for pid in (1, os.getppid(), -1):\n"
        "        try: os.kill(pid, number)\n"
        "        except OSError: pass\n"
        "print('fine')",
    ),
    Probe(
        "only the program's own file descriptors are open",
        "import os\nopened = sorted(map(int, os.listdir('/proc/self/fd')))[:-1]\n"
        "print('fine' if opened == [0, 1, 2] else opened)",
    ),
    Probe(
        "standard streams can be opened by name",
        "open('/dev/stdout', 'w').write(open('/dev/stdin').read())",
        stdin=FINE,
    ),
    Probe(
        "the usual devices are there",
        "open('/dev/null', 'w').write('x')\n"
        "assert open('/dev/zero', 'rb').read(2) == b'\\0\\0'\n"
        "assert len(open('/dev/urandom', 'rb').read(9)) == 9\n"
        "import os, tempfile\n"
        "with tempfile.NamedTemporaryFile() as file: assert file.name.startswith('/tmp/')\n"
        "open('/dev/shm/x', 'w').write('x')\nopen('x', 'w').write('x')\n"
        "print('fine' if os.listdir('.') == ['x'] else os.listdir('.'))",
    ),
    Probe(
        "processes, threads, pipes and locks work",
        "import multiprocessing, subprocess\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with multiprocessing.Pool(2) as pool: assert pool.map(abs, [-1, 2]) == [1, 2]\n"
        "with ThreadPoolExecutor(4) as some: assert list(some.map(abs, [-1, 2])) == [1, 2]\n"
        "assert subprocess.run(['sh', '-c', 'echo $0'], stdout=-1).stdout == b'sh\\n'\n"
        "print('fine')",
    ),
    Probe(
        "string hashes are the same everywhere",
        "print('fine' if hash('a') == 4644417185603328019 or __import__('sys').hash_info.algorithm"
        " != 'siphash13' else hash('a'))",
    ),
)

LEAVING = """\
import os, socket, subprocess
for folder in ('.', '/tmp', '/dev/shm', '/dev/mqueue', os.environ['HOME']):
    for name in ('left', '.hidden', 'with\\nnewline', '-rf', '\\udcff'):
        try:
            open(os.path.join(folder, name), 'w').close()
        except OSError:
            pass
home = os.getcwd()
os.chdir('/tmp')
for _ in range(1500):
    os.mkdir('d')
    os.chdir('d')
os.chdir(home)
os.makedirs('/tmp/locked/inner')
os.chmod('/tmp/locked', 0)
os.symlink('/', '/tmp/root')
name = '/tmp/.flattened-1/x'
os.makedirs(name)
end = socket.socket(socket.AF_UNIX)
end.bind('\\0left')
end.listen()
subprocess.Popen(['sleep', '300'], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        end.accept()
    os._exit(0)
print('fine')
"""
"""Leaves behind what it can, in every place and of every kind."""

SEARCHING = """\
import os, socket, time
found = [os.path.join(f, n) for f in ('.', '/tmp', '/dev/shm', '/dev/mqueue')
         if os.path.isdir(f) for n in os.listdir(f)]
end = socket.socket(socket.AF_UNIX)
try:
    end.connect('\\0left')
    found.append('socket')
except OSError:
    pass
for pid in os.listdir('/proc'):
    if pid.isdigit():
        try:
            found += [pid] if b'sleep' in open(f'/proc/{pid}/cmdline', 'rb').read() else []
        except OSError:
            pass
for folder in ('/program/kept', '/store', '/work/referee'):
    try:
        found += [f'{folder}/{name}' for name in os.listdir(folder)]
    except OSError:
        pass
print(*found or ['fine'])
"""
"""Looks for what another has left."""
