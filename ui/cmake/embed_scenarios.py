"""embed_scenarios.py OUTPUT_FOLDER FILE…: the built-in scenarios, in the given order, as C++ (builtin.h, builtin.cpp) and
for the page (builtin_page.cpp, scenarios.json), which fetches all texts but the first when they are wanted."""

import json
import os
import sys
import tomllib

HEADER = """// Written by the build. The scenarios that come with the program, the same on every platform.
#pragma once

#include <cstddef>

namespace paxoscope {

struct BuiltinScenario {
  const char* id;     ///< file name without extension
  const char* title;  ///< as the file says
  const char* toml;   ///< the file, ending in NUL; empty where it is fetched when it is wanted
  size_t size;        ///< bytes of `toml` without the NUL
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


def title_of(name, data):
    scenario = tomllib.loads(data.decode("utf-8"))
    return scenario.get("scenario", scenario).get("title") or name


def row(name, title, data):
    lines = "".join(literal(line) for line in data.splitlines(keepends=True)) or '    ""\n'
    return f'    {{"{name}",\n{literal(title.encode("utf-8"))}    ,\n{lines}    ,{len(data)}}},\n'


def write_table(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        out.write('#include "scenarios/builtin.h"\n\nnamespace paxoscope {\n\n'
                  "const BuiltinScenario* builtin_scenarios(size_t* count) {\n")
        if rows:
            out.write("  static const BuiltinScenario kAll[] = {\n" + "".join(rows) + "  };\n"
                      "  *count = sizeof(kAll) / sizeof(kAll[0]);\n  return kAll;\n}\n")
        else:
            out.write("  *count = 0;\n  return nullptr;\n}\n")
        out.write("\n}  // namespace paxoscope\n")


def main(folder, *files):
    os.makedirs(folder, exist_ok=True)
    rows, page_rows, texts = [], [], {}
    for path in files:
        data = open(path, "rb").read()
        name = os.path.splitext(os.path.basename(path))[0]
        title = title_of(name, data)
        first = not rows
        rows.append(row(name, title, data))
        page_rows.append(row(name, title, data if first else b""))
        if not first:
            texts[name] = data.decode("utf-8")
    with open(f"{folder}/builtin.h", "w", encoding="utf-8") as out:
        out.write(HEADER)
    write_table(f"{folder}/builtin.cpp", rows)
    write_table(f"{folder}/builtin_page.cpp", page_rows)
    with open(f"{folder}/scenarios.json", "w", encoding="utf-8") as out:
        json.dump(texts, out, ensure_ascii=False)


main(*sys.argv[1:])
