"""write_page.py TEMPLATE OUTPUT WASM SCENARIO…: index.html with the size of the WebAssembly and the scenarios in words."""

import html
import os
import sys
import tomllib


def entry(path):
    with open(path, "rb") as file:
        scenario = tomllib.load(file)
    name = os.path.splitext(os.path.basename(path))[0]
    scenario = scenario.get("scenario", scenario)
    protocols = scenario.get("protocols") or [scenario.get("protocol", "omnipaxos")]
    title = html.escape(scenario.get("title", name))
    summary = html.escape(" ".join(scenario.get("summary", "").split()))
    return f'      <dt><a href="#v1/{name}/{protocols[0]}">{title}</a></dt>\n      <dd>{summary}</dd>\n'


def main(template, output, wasm, *scenarios):
    page = open(template, encoding="utf-8").read()
    page = page.replace("@WASM_BYTES@", str(os.path.getsize(wasm)))
    page = page.replace("@SCENARIOS@\n", "".join(entry(path) for path in scenarios))
    with open(output, "w", encoding="utf-8") as file:
        file.write(page)


main(*sys.argv[1:])
