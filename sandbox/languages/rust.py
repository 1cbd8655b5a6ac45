"""Rust."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="rust",
    aliases=("rs", "rustc"),
    source="main.rs",
    compile=(
        "rustc",
        "--edition=2021",
        "-O",
        "-C",
        "codegen-units=1",
        "--cap-lints=allow",
        "-o",
        "main",
        "main.rs",
    ),
    run=(f"{PROGRAM_FOLDER}/main",),
    echo="""\
fn main() {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    print!("{}", line);
}
""",
)
