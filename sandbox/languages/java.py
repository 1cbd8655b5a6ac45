"""Java by OpenJDK."""

from __future__ import annotations

import re

from sandbox.languages.base import PROGRAM_FOLDER, Language

_PUBLIC = re.compile(r"\bpublic\s+(?:(?:final|abstract|strictfp)\s+)*(?:class|enum|record)\s+(\w+)")
_CLASS = re.compile(r"\b(?:class|enum|record|interface)\s+(\w+)")
_MAIN = re.compile(r"\bstatic\s+(?:final\s+)?(?:public\s+)?void\s+main\s*\(")


def main_class(source: str) -> str:
    """The public class, whose name the file must have; else the one that holds `main`."""
    public = _PUBLIC.search(source)
    if public:
        return public.group(1)
    entry = _MAIN.search(source)
    before = _CLASS.findall(source, 0, entry.start()) if entry else []
    return before[-1] if before else "Main"


LANGUAGE = Language(
    name="java",
    aliases=("java17", "openjdk"),
    source="{main}.java",
    main=main_class,
    # The archive holds javac's own classes, already loaded; without it javac only takes longer.
    compile=(
        *("javac", "-J-XX:SharedArchiveFile=/opt/javac.jsa", "-J-XX:+UseSerialGC", "-J-Xmx512m"),
        *(
            "-J-XX:TieredStopAtLevel=1",
            "-J-XX:ActiveProcessorCount=1",
            "-proc:none",
            "-nowarn",
            "-encoding",
            "UTF-8",
        ),
        "{main}.java",
    ),
    run=(
        *("java", "-XX:+UseSerialGC", "-Xshare:auto", "-Xss64m", "-Xmx{memory_mb}m"),
        *(
            "-XX:-UsePerfData",
            "-XX:ActiveProcessorCount=1",
            "-Dfile.encoding=UTF-8",
            "-cp",
            PROGRAM_FOLDER,
            "{main}",
        ),
    ),
    echo="""\
public class Main {
    public static void main(String[] arguments) {
        System.out.println(new java.util.Scanner(System.in).nextLine());
    }
}
""",
    processes=32,
)
