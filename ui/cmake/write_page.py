"""write_page.py TEMPLATE OUTPUT APP SCENARIO…: index.html with the size of the packed app, the titles of all scenarios, and
the first of them in words: the rest would weigh more on a first visit than it tells."""

import html
import os
import sys
import tomllib


TOLD = 6


def entry(path, told):
    with open(path, "rb") as file:
        scenario = tomllib.load(file)
    name = os.path.splitext(os.path.basename(path))[0]
    scenario = scenario.get("scenario", scenario)
    protocols = scenario.get("protocols") or [scenario.get("protocol", "omnipaxos")]
    title = html.escape(scenario.get("title", name))
    text = f'      <dt><a href="#v1/{name}/{protocols[0]}">{title}</a></dt>\n'
    if told:
        summary = html.escape(" ".join(scenario.get("summary", "").split()))
        text += f"      <dd>{summary}</dd>\n"
    return text


def main(template, output, app, *scenarios):
    page = open(template, encoding="utf-8").read()
    page = page.replace("@APP_BYTES@", str(os.path.getsize(app)))
    page = page.replace("@SCENARIOS@\n", "".join(entry(path, i < TOLD) for i, path in enumerate(scenarios)))
    with open(output, "w", encoding="utf-8") as file:
        file.write(page)


main(*sys.argv[1:])
