"""Wait until the API and the workers behind it are ready; runs in the API's container."""  # noqa: INP001 - a script

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request

URL = "http://127.0.0.1:8080/readyz"
SECONDS = 60


def look() -> dict[str, object]:
    """What `/readyz` says, whatever its status."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(URL, timeout=5) as answer:
            found: dict[str, object] = json.load(answer)
    except urllib.error.HTTPError as error:
        found = json.load(error)
    except OSError as error:
        found = {"status": str(error)}
    return found


def missing(found: dict[str, object]) -> str:
    """What is waited for; empty where all is there."""
    if "redis" not in found:
        return f"the API: {found['status']}"
    if found.get("sandbox_problems"):
        return f"the sandbox: {found['sandbox_problems']}"
    names = {"workers": "workers", "symbolic_math": "symbolic math", "sandboxes": "the sandbox"}
    told = [said for name, said in names.items() if not found.get(name)]
    if found["redis"] != "ok":
        told = ["the queue"]
    return ", ".join(told) or ("" if found["status"] == "ready" else "the service")


def main() -> None:
    """Say what is waited for, until nothing is; exit with 1 where that takes too long."""
    until = time.monotonic() + SECONDS
    said = ""
    while wanted := missing(found := look()):
        if wanted != said:
            sys.stdout.write(f"waiting for {wanted}\n")
            sys.stdout.flush()
            said = wanted
        if time.monotonic() > until:
            sys.exit(f"not ready after {SECONDS} s; the containers are left as they are")
        time.sleep(0.5)
    sys.stdout.write(f"ready: {json.dumps(found['workers'])}\n")


if __name__ == "__main__":
    main()
