"""C++ by GCC."""

from __future__ import annotations

from sandbox.languages.base import PROGRAM_FOLDER, Language

LANGUAGE = Language(
    name="cpp",
    aliases=("c++", "cxx", "cc", "g++", "c++17", "c++20", "cpp17", "cpp20"),
    source="main.cpp",
    # The image has bits/stdc++.h compiled beforehand, for exactly these two options.
    compile=("g++", "-O2", "-std=gnu++20", "-w", "-o", "main", "main.cpp"),
    run=(f"{PROGRAM_FOLDER}/main",),
    echo="#include <iostream>\nint main() { std::cout << std::cin.rdbuf(); }\n",
)
