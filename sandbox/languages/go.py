"""Go, by its compiler and linker without the `go` command, which would want a cache to write to."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="go",
    aliases=("golang",),
    source="main.go",
    compile=(
        *("bash", "-c"),
        "/opt/go/compile -p main -complete -pack -o main.a main.go && /opt/go/link -o main main.a",
    ),
    run=(f"{PROGRAM_FOLDER}/main",),
    echo="""\
package main

import (
    "bufio"
    "fmt"
    "os"
)

func main() {
    line, _ := bufio.NewReader(os.Stdin).ReadString('\\n')
    fmt.Print(line)
}
""",
    environment={"GOMAXPROCS": "1"},
    processes=32,
)
