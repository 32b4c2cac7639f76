"""order_functions.py WASM_DIS WASM_AS FILE: sorts the functions of a WebAssembly file by their names and drops the names.

The optimiser sorts by use, which scatters the instances of a template. Next to each other they compress far better. The ones
used most stay in front, where a call is a byte shorter.
"""

import os
import re
import subprocess
import sys

MOST_USED = 100
FEATURES = ["--enable-bulk-memory", "--enable-sign-ext", "--enable-nontrapping-float-to-int", "--enable-mutable-globals"]


def parts(lines):
    """What stands before the functions, the functions, what stands behind them."""
    head, functions, tail = [], [], []
    inside = False
    for line in lines:
        if not inside and line.startswith(" (func $"):
            inside = True
            functions.append([])
        if inside:
            functions[-1].append(line)
            inside = line != " )\n"
        else:
            (tail if functions else head).append(line)
    return head, functions, tail


def main(dis, assemble, file):
    text = f"{file}.wat"
    subprocess.run([dis, file, "-o", text], check=True)
    with open(text, encoding="utf-8") as source:
        head, functions, tail = parts(source)
    rest = sorted(functions[MOST_USED:], key=lambda lines: re.match(r" \(func (\S+)", lines[0]).group(1))
    with open(text, "w", encoding="utf-8") as target:
        target.writelines(head)
        for lines in functions[:MOST_USED] + rest:
            target.writelines(lines)
        target.writelines(tail)
    subprocess.run([assemble, *FEATURES, text, "-o", file], check=True)
    os.remove(text)


main(*sys.argv[1:])
