"""JavaScript by Node.js."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="javascript",
    aliases=("js", "node", "nodejs", "ecmascript"),
    source="main.js",
    run=(
        *("node", "--v8-pool-size=1", "--single-threaded-gc", "--stack-size=60000"),
        *("--max-old-space-size={memory_mb}", f"{PROGRAM_FOLDER}/main.js"),
    ),
    echo="console.log(require('fs').readFileSync(0, 'utf8').trim());\n",
    processes=32,
)
