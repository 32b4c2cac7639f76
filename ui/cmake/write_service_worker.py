"""write_service_worker.py TEMPLATE OUTPUT FILE… --later FILE…: the service worker with the SHA-256 of each file: of those a
first visit loads, and of those that are kept once they were wanted. `./` is the page itself."""

import hashlib
import json
import os
import sys


def table(paths):
    hashes = {}
    for path in paths:
        name = os.path.basename(path)
        with open(path, "rb") as file:
            hashes["./" if name == "index.html" else name] = hashlib.sha256(file.read()).hexdigest()
    return json.dumps(hashes, sort_keys=True)


def main(template, output, *paths):
    first, later = paths[:paths.index("--later")], paths[paths.index("--later") + 1:]
    with open(template, encoding="utf-8") as file:
        text = file.read()
    with open(output, "w", encoding="utf-8") as file:
        file.write(text.replace("@FIRST@", table(first)).replace("@LATER@", table(later)))


main(*sys.argv[1:])
