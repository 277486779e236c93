"""Which lines of src/ ran, after `make check' in a build with --enable-coverage.  Used by `make coverage'.

    python3 coverage.py BUILD SOURCE [LEAST]

Prints a table by layer, and each file of the library with its lines that did not run.  Exit code 1 when less than
LEAST per cent of the lines of the library ran.
"""
import collections
import json
import os
import subprocess
import sys

build, source = (os.path.abspath(p) for p in sys.argv[1:3])
least = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
counts = collections.defaultdict(dict)  # file -> line -> how often
notes = []
for folder, _, names in os.walk(os.path.join(build, "src")):
    notes += [os.path.join(folder, n) for n in names if n.endswith(".gcno")]
for k in range(0, len(notes), 50):
    p = subprocess.run(["gcov", "--json-format", "--stdout"] + notes[k:k + 50], cwd=build, stdout=subprocess.PIPE,
                       stderr=subprocess.DEVNULL, check=True)
    for document in p.stdout.splitlines():
        for f in json.loads(document)["files"]:
            name = os.path.relpath(os.path.join(build, f["file"]), source)
            if not name.startswith("src" + os.sep):
                continue
            for line in f["lines"]:
                seen = counts[name]
                seen[line["line_number"]] = max(seen.get(line["line_number"], 0), line["count"])
if not counts:
    sys.exit("coverage: no .gcno files in %s/src: configure with --enable-coverage" % build)


def share(files):
    lines = [c for f in files for c in counts[f].values()]
    return sum(c > 0 for c in lines), len(lines)


def row(name, files):
    ran, n = share(files)
    print("%-12s %5d of %5d lines  %5.1f %%" % (name, ran, n, 100.0 * ran / n if n else 100))
    return 100.0 * ran / n if n else 100


def ranges(lines):
    """1-3, 7"""
    found = []
    for n in lines:
        if found and n == found[-1][1] + 1:
            found[-1][1] = n
        else:
            found.append([n, n])
    return ", ".join("%d" % a if a == b else "%d-%d" % (a, b) for a, b in found)


layers = collections.defaultdict(list)
for f in sorted(counts):
    layers[f.split(os.sep)[1]].append(f)
library = [f for f in sorted(counts) if not f.startswith("src/cli/")]
for name in sorted(layers):
    if name != "cli":
        row(name, layers[name])
total = row("library", library)
row("cli", layers["cli"])
print()
for f in library:
    missing = sorted(n for n, c in counts[f].items() if not c)
    if missing:
        ran, n = share([f])
        print("%s  %.1f %%: %s" % (f, 100.0 * ran / n, ranges(missing)))
sys.exit(1 if total < least else 0)
