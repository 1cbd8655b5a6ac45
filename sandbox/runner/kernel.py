"""System calls for which Python has no function."""

from __future__ import annotations

import ctypes
import os
import platform

NEWNS = 0x00020000
NEWCGROUP = 0x02000000
NEWUTS = 0x04000000
NEWIPC = 0x08000000
NEWUSER = 0x10000000
NEWPID = 0x20000000
NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_SLAVE = 1 << 12, 1 << 14, 1 << 19
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_CAPABILITY_VERSION_3 = 0x20080522
_SIGCHLD = 17
_CALLS = {
    "x86_64": {"clone": 56, "pivot_root": 155, "mount_setattr": 442},
    "aarch64": {"clone": 220, "pivot_root": 41, "mount_setattr": 442},
}.get(platform.machine(), {})
# The GIL stays held: `clone` must not find it given away in the new process.
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.mount.argtypes = (*(ctypes.c_char_p,) * 3, ctypes.c_ulong, ctypes.c_char_p)
_libc.prctl.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)


def _checked(status: int, what: str) -> int:
    if status < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return status


def _call(name: str, *args: object) -> int:
    if name not in _CALLS:
        raise OSError(f"{name}: not known on {platform.machine()}")
    return _checked(_libc.syscall(ctypes.c_long(_CALLS[name]), *args), name)


def unshare(flags: int) -> None:
    """Move the calling process into namespaces of its own."""
    _checked(_libc.unshare(flags), "unshare")


def clone(flags: int) -> int:
    """Fork into new namespaces: the child's pid, or 0 in the child.

    The caller has one thread. No handlers of `os.register_at_fork` run.
    """
    nothing = ctypes.c_void_p(None)
    return _call("clone", ctypes.c_ulong(flags | _SIGCHLD), nothing, nothing, nothing, nothing)


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Attach a file system, or with MS_BIND a folder or file."""
    status = _libc.mount(
        source.encode(),
        os.fsencode(target),
        kind.encode() or None,
        flags,
        options.encode() or None,
    )
    _checked(status, f"mount {kind or source} on {target}")


def restrict(path: str, flags: int, *, recursive: bool = False) -> None:
    """Add MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC to a mount, or also to those below it."""
    attributes = (ctypes.c_uint64 * 4)(flags, 0, 0, 0)  # they have the same values in mount_attr
    at = _AT_RECURSIVE if recursive else 0
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    _call("mount_setattr", _AT_FDCWD, os.fsencode(path), at, attributes, size)


def enter_root(path: str) -> None:
    """Make a mount the root, and let go of the old one."""
    os.chdir(path)
    _call("pivot_root", b".", b".")
    _checked(_libc.umount2(b".", MNT_DETACH), "umount")
    os.chdir("/")


def control(option: int, value: int, pointer: int = 0) -> None:
    """`prctl`, with what most options take."""
    _checked(_libc.prctl(option, value, pointer, 0, 0), "prctl")


def drop_capabilities() -> None:
    """Give up every capability, for good and for every program that is executed."""
    for number in range(64):
        try:
            control(PR_CAPBSET_DROP, number)
        except OSError:
            break  # past the last that this kernel knows
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(header, none), "capset")


class Filter:
    """A compiled seccomp filter, see `sandbox.seccomp`."""

    def __init__(self, code: bytes) -> None:
        self._code = ctypes.create_string_buffer(code, len(code))

        class Program(ctypes.Structure):
            _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]

        self._program = Program(len(code) // 8, ctypes.addressof(self._code))

    def install(self) -> None:
        """Put the calling process under it for good."""
        control(PR_SET_NO_NEW_PRIVS, 1)
        control(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(self._program))
