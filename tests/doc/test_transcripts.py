"""What the pages of doc/ show of a terminal is what a terminal shows: blocks of ```console.

"$ " begins a command, a backslash continues it; the lines below are its standard output.  "..." on
a line of its own stands for any lines.  Words have to be the same, numbers to 2 per cent or to two
units of their last digit.  The commands of a page run in order, in one folder with a copy of data/.

--write puts what is printed now in place of outputs without "..." ('make transcripts')."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import docs
from tap import EISFIT, TOP, WORK, done, ok

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def parts(block):
    """(command, output) of a block."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif found and not found[-1][1] and found[-1][0].endswith("\\"):
            found[-1][0] += "\n" + line
        elif found:
            found[-1][1].append(line)
    return found


def folder():
    where = tempfile.mkdtemp(dir=WORK)
    shutil.copytree(os.path.join(TOP, "data"), os.path.join(where, "data"))
    os.symlink(os.path.join(TOP, "models"), os.path.join(where, "models"))
    return where


def run(command, where):
    """(exit code, standard output, standard error)"""
    env = dict(os.environ, PATH=os.path.dirname(EISFIT) + os.pathsep + os.environ["PATH"])
    r = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=where,
                       env=env, universal_newlines=True, timeout=300)
    return r.returncode, r.stdout, r.stderr


def last_digit(text):
    mantissa, _, exponent = text.lower().partition("e")
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def close(a, b):
    x, y = float(a), float(b)
    return abs(x - y) <= max(0.02 * max(abs(x), abs(y)), 2.01 * max(last_digit(a), last_digit(b)))


def same_line(want, found):
    """The same words, about the same numbers; any number of blanks."""
    a, b = " ".join(want.split()), " ".join(found.split())
    return NUMBER.sub("#", a) == NUMBER.sub("#", b) and \
        all(map(close, NUMBER.findall(a), NUMBER.findall(b)))


def same(want, found):
    """Lines of the page against lines of the program, '...' = any lines."""
    if not want:
        return not found
    if want[0].strip() == "...":
        return any(same(want[1:], found[k:]) for k in range(len(found) + 1))
    return bool(found) and same_line(want[0], found[0]) and same(want[1:], found[1:])


def trimmed(text):
    return [line.rstrip() for line in text.rstrip("\n").split("\n")] if text.strip() else []


def check(page):
    """Runs the commands of a page; their number."""
    where, count = folder(), 0
    for block in BLOCK.findall(docs.text(page)):
        for command, want in parts(block):
            code, out, err = run(command, where)
            found = trimmed(out)
            first = next((k for k, pair in enumerate(zip(want, found)) if not same_line(*pair)),
                         min(len(want), len(found)))
            ok(code in (0, 1) and same(want, found), "%s: %s" % (page, command.splitlines()[0]),
               "exit %d; 'make transcripts' puts the output of now into the page" % code,
               "page:    " + "\n         ".join(want[first:first + 3]),
               "program: " + "\n         ".join(found[first:first + 3]), err)
            count += 1
    return count


def write(page):
    where = folder()

    def renewed(m):
        lines = []
        for command, want in parts(m.group(1)):
            _, out, _ = run(command, where)
            lines += ["$ " + command] + (want if "..." in map(str.strip, want) else trimmed(out))
        return "```console\n" + "\n".join(lines) + "\n```"

    old = docs.text(page)
    new = BLOCK.sub(renewed, old)
    if new != old:
        with open(os.path.join(TOP, page), "w", encoding="utf-8") as f:
            f.write(new)
        print("%s: other output than before" % page)


if sys.argv[1:] == ["--write"]:
    for name in docs.pages():
        write(name)
    sys.exit(0)
ok(same(["a 1.00 b"], ["a  1.01 b"]) and not same(["a 1.00 b"], ["a 1.10 b"]) and
   not same(["a 1.00 b"], ["a 1.00 c"]), "numbers are compared as numbers, words as words")
ok(same(["x", "...", "z"], ["x", "1", "2", "z"]) and not same(["x", "...", "z"], ["x", "1"]) and
   not same(["x"], ["x", "y"]), "'...' stands for any lines, and nothing else does")
total = sum(check(name) for name in docs.pages())
ok(total >= 20, "there are commands with their output (%d)" % total)
done()
