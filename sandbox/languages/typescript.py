"""TypeScript: esbuild takes the types away (it does not check them), Node.js runs the rest."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="typescript",
    aliases=("ts",),
    source="main.ts",
    compile=(
        *("esbuild", "main.ts", "--outfile=main.js", "--format=cjs", "--platform=node"),
        "--log-level=warning",
    ),
    run=(
        *("node", "--v8-pool-size=1", "--single-threaded-gc", "--stack-size=60000"),
        *("--max-old-space-size={memory_mb}", f"{PROGRAM_FOLDER}/main.js"),
    ),
    echo="""\
import { readFileSync } from 'fs';
const line: string = readFileSync(0, 'utf8').trim();
console.log(line);
""",
    environment={"GOMAXPROCS": "1"},
    processes=32,
)
