"""embed_scenarios.py OUTPUT_FOLDER FILE…: the built-in scenarios as C++ (builtin.h, builtin.cpp), in the given order."""

import os
import sys

HEADER = """// Written by the build. The scenarios that come with the program, the same on every platform.
#pragma once

#include <cstddef>

namespace paxoscope {

struct BuiltinScenario {
  const char* id;    ///< file name without extension
  const char* toml;  ///< the file, ending in NUL
  size_t size;       ///< bytes of `toml` without the NUL
};

/// All of them, in the order in which to show them.
const BuiltinScenario* builtin_scenarios(size_t* count);

}  // namespace paxoscope
"""


def literal(line):
    text = ""
    for byte in line:
        char = chr(byte)
        if char in '\\"?' or byte < 32 or byte > 126:
            text += f"\\{byte:03o}"
        else:
            text += char
    return f'    "{text}"\n'


def main(folder, *files):
    os.makedirs(folder, exist_ok=True)
    rows = ""
    for path in files:
        data = open(path, "rb").read()
        name = os.path.splitext(os.path.basename(path))[0]
        lines = "".join(literal(line) for line in data.splitlines(keepends=True))
        rows += f'    {{"{name}",\n{lines}    ,{len(data)}}},\n'
    with open(f"{folder}/builtin.h", "w", encoding="utf-8") as out:
        out.write(HEADER)
    with open(f"{folder}/builtin.cpp", "w", encoding="utf-8") as out:
        out.write('#include "scenarios/builtin.h"\n\nnamespace paxoscope {\n\n'
                  "const BuiltinScenario* builtin_scenarios(size_t* count) {\n")
        if files:
            out.write("  static const BuiltinScenario kAll[] = {\n" + rows + "  };\n"
                      "  *count = sizeof(kAll) / sizeof(kAll[0]);\n  return kAll;\n}\n")
        else:
            out.write("  *count = 0;\n  return nullptr;\n}\n")
        out.write("\n}  // namespace paxoscope\n")


main(*sys.argv[1:])
