"""Which lines of src/ ran, after `make check' in a build with --enable-coverage.  Used by `make coverage'.

    python3 coverage.py BUILD SOURCE [LEAST [PAGE]]

Prints a table by layer, and each file of the library with its lines that did not run; writes the page (doc/coverage.md)
with what did not run by file and kind, and the functions by name.  Exit code 1 when less than LEAST per cent of the
lines of the library ran.
"""
import collections
import json
import os
import re
import subprocess
import sys

# what a line that did not run is there for: the first kind whose words are in it, or in the condition above it
KINDS = (
    ("memory", "memory that is missing: tests/faults tries it outside of this count, call by call",
     r"MEMORY|memory|\bfailed\b|eisi_new|eisi_grow|strdup|eisi_text_take"),
    ("system", "a call of the system or of a library that fails: opening, writing, starting, SQLite, LAPACK, gnuplot",
     r"errno|ERROR_OUTPUT|SQLITE|sqlite|fclose|unlink|close\(|pthread|spawn|waitpid|info != 0|fail\("),
    ("numbers", "what rounding or a search without an end would need",
     r"NAN|INFINITY|HUGE_VAL|isfinite|isnan|ERROR_NUMERIC|return false|return 0;|return -1|max_iter|rank"),
    ("messages", "an error of input with a message", r"eis_error_set|eis_error_at|_error\("),
    ("handed on", "an error of another function that is handed on, with the clearing up it needs",
     r"\bst\b|return NULL|free\(|_clear\(|break;|goto|continue;"),
    ("rest", "everything else", r""))


def read_gcov(build, source):
    """file -> line -> count, and file -> names of functions that never ran."""
    counts, functions, notes = collections.defaultdict(dict), collections.defaultdict(dict), []
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
                for function in f["functions"]:
                    seen = functions[name]
                    seen[function["name"]] = max(seen.get(function["name"], 0), function["execution_count"])
    if not counts:
        sys.exit("coverage: no .gcno files in %s/src: configure with --enable-coverage" % build)
    return counts, {f: sorted(n for n, c in seen.items() if not c) for f, seen in functions.items()}


def ranges(lines):
    """1-3, 7"""
    found = []
    for n in lines:
        if found and n == found[-1][1] + 1:
            found[-1][1] = n
        else:
            found.append([n, n])
    return ", ".join("%d" % a if a == b else "%d-%d" % (a, b) for a, b in found)


def kind_of(text, n):
    """By the line, then by the one above it."""
    for words in (text[n - 1], " ".join(text[max(0, n - 3):n])):
        for name, _, pattern in KINDS[:-1]:
            if re.search(pattern, words):
                return name
    return "rest"


class Report:
    def __init__(self, build, source):
        self.source = source
        self.counts, self.functions = read_gcov(build, source)
        self.library = [f for f in sorted(self.counts) if not f.startswith("src/cli/")]
        self.layers = collections.defaultdict(list)
        for f in sorted(self.counts):
            self.layers[f.split(os.sep)[1]].append(f)

    def share(self, files):
        lines = [c for f in files for c in self.counts[f].values()]
        return sum(c > 0 for c in lines), len(lines), 100.0 * sum(c > 0 for c in lines) / max(len(lines), 1)

    def missing(self, f):
        return sorted(n for n, c in self.counts[f].items() if not c)

    def rows(self):
        for name in sorted(self.layers):
            if name != "cli":
                yield name, self.share(self.layers[name])
        yield "library", self.share(self.library)
        yield "cli", self.share(self.layers["cli"])

    def show(self):
        for name, (ran, n, percent) in self.rows():
            print("%-12s %5d of %5d lines  %5.1f %%" % (name, ran, n, percent))
        print()
        for f in self.library:
            if self.missing(f):
                print("%s  %.1f %%: %s" % (f, self.share([f])[2], ranges(self.missing(f))))

    def page(self):
        """doc/coverage.md"""
        keys = [k[0] for k in KINDS]
        out = ["# What the tests do not run", "",
               "Written by `make coverage` (doc/faults.md says in what build), from what `make check` runs. Lines:", "",
               "| layer | run | of | |", "|---|---|---|---|"]
        out += ["| %s | %d | %d | %.1f %% |" % ((name,) + figures) for name, figures in self.rows()]
        out += ["", "Why lines of the library do not run, by the words in them and in the condition above:", "",
                "| kind | what it is |", "|---|---|"]
        out += ["| %s | %s |" % (k, words) for k, words, _ in KINDS]
        out += ["", "| file | run | not run | %s |" % " | ".join(keys), "|---|---|---|%s" % ("---|" * len(keys))]
        sums = collections.Counter()
        for f in self.library:
            lines = self.missing(f)
            if not lines:
                continue
            with open(os.path.join(self.source, f), encoding="utf-8") as source:
                text = source.read().splitlines()
            kinds = collections.Counter(kind_of(text, n) for n in lines)
            sums.update(kinds)
            out.append("| %s | %.1f %% | %d | %s |" % (f, self.share([f])[2], len(lines),
                                                      " | ".join(str(kinds[k] or "") for k in keys)))
        out.append("| all | %.1f %% | %d | %s |" % (self.share(self.library)[2], sum(sums.values()),
                                                   " | ".join(str(sums[k]) for k in keys)))
        whole = ["`%s` (%s)" % (n, f) for f in self.library for n in self.functions.get(f, [])]
        out += ["", "Functions of the library that never ran: %s." % (", ".join(whole) or "none")]
        out += ["", "Files whose lines all ran: %d of %d." % (sum(not self.missing(f) for f in self.library), len(self.library))]
        return "\n".join(out) + "\n"


def main():
    build, source = (os.path.abspath(p) for p in sys.argv[1:3])
    report = Report(build, source)
    report.show()
    if len(sys.argv) > 4:
        with open(sys.argv[4], "w", encoding="utf-8") as f:
            f.write(report.page())
    least = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
    return 1 if report.share(report.library)[2] < least else 0


if __name__ == "__main__":
    sys.exit(main())
