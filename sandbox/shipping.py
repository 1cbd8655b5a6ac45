"""The runner's source on its way into the sandbox, so that no image has to hold it."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

_MODULES = (
    "sandbox.protocol",
    "sandbox.values",
    "sandbox.runner",
    "sandbox.runner.processes",
    "sandbox.runner.people",
    "sandbox.runner.kernel",
    "sandbox.runner.rooms",
    "sandbox.runner.launcher",
    "sandbox.runner.cleaning",
    "sandbox.runner.environments",
    "sandbox.runner.python",
    "sandbox.runner.child",
    "sandbox.runner.zygote",
    "sandbox.runner.execution",
    "sandbox.runner.main",
)

_LOADER = """\
import json, os, sys
from importlib.machinery import ModuleSpec
def read(n):
    parts = []
    while n:
        part = os.read(0, n)
        if not part: os._exit(3)
        parts.append(part); n -= len(part)
    return b"".join(parts)
sources = json.loads(read(int(read(8), 16)))
class Sent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in sources:
            package = any(other.startswith(name + ".") for other in sources)
            return ModuleSpec(name, Sent, origin="<runner>/" + name, is_package=package)
    @staticmethod
    def create_module(spec): return None
    @staticmethod
    def exec_module(module):
        name = module.__name__
        exec(compile(sources[name], "<runner>/" + name, "exec", dont_inherit=True), vars(module))
sys.meta_path.insert(0, Sent)
sys.path[:] = [folder for folder in sys.path if folder]
"""
_RUNNER = """\
from sandbox.runner.main import main
sys.meta_path.remove(Sent)
"""

OPTIONS = ("-s", "-B", "-c")
"""Of the interpreter in a sandbox, before one of the following. Not -I: PYTHONHASHSEED counts."""
BY_UID = f"{_LOADER}from sandbox.runner.people import People\n{_RUNNER}main(People)\n"
"""The runner for where it is root; each of these reads `shipment` from stdin first."""
BY_NAMESPACE = f"{_LOADER}from sandbox.runner.rooms import Rooms\n{_RUNNER}main(Rooms)\n"
"""The runner for where it is nobody, but may make namespaces."""
LAUNCHER = f"{_LOADER}from sandbox.runner.launcher import main\nmain()\n"
"""What makes a sandbox out of a process on the host, and then a runner in it."""


@cache
def shipment() -> bytes:
    """The modules of the runner, as the bootstrap reads them."""
    sources = {"sandbox": ""}
    for name in _MODULES:
        folder, _, module = name.rpartition(".")
        files = resources.files(folder)
        package = files / module / "__init__.py"
        path = package if package.is_file() else files / f"{module}.py"
        sources[name] = path.read_text("utf-8")
    content = json.dumps(sources).encode()
    return b"%08x" % len(content) + content
