"""write_notices.py OUTPUT LICENSE IMGUI_FOLDER: the terms of everything in the page, from the installed packages."""

import os
import sys

DOCS = "/usr/share/doc"
SHIPPED = [
    ("tl::expected", "libexpected-dev"),
    ("Inter (a subset)", "fonts-inter"),
    ("JetBrains Mono (a subset)", "fonts-jetbrains-mono"),
    ("Font Awesome 4.7 (a subset of the font)", "fonts-font-awesome"),
    ("Emscripten runtime with musl, libc++ and compiler-rt", "emscripten"),
]


def main(output, own_license, imgui):
    parts = [("Paxoscope", open(own_license, encoding="utf-8").read())]
    parts.append(("Dear ImGui 1.86", open(os.path.join(imgui, "LICENSE.txt"), encoding="utf-8").read()))
    for title, package in SHIPPED:
        path = f"{DOCS}/{package}/copyright"
        if os.path.exists(path):
            parts.append((title, open(path, encoding="utf-8").read()))
        else:
            parts.append((title, f"The terms come with its package, {package}."))
    with open(output, "w", encoding="utf-8") as file:
        file.write("What this page ships, and under which terms.\n")
        for title, text in parts:
            file.write(f"\n\n{'=' * 80}\n{title}\n{'=' * 80}\n\n{text.strip()}\n")


main(*sys.argv[1:])
