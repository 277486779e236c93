"""C code looks as .clang-format says, tables and macros of several lines excepted: those are aligned by
hand where that reads better.  Checked with clang-format 14 only, since every version has its own idea.

--fix formats everything ('make format') and notes in .clang-format that it is checked from then on."""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

from source import TOP, files, line_of, outermost, plain, text
from tap import done, ok, skip

STYLE = os.path.join(TOP, ".clang-format")
CHECKED, NOT_CHECKED = "# checked: yes", "# checked: no"


def program():
    """clang-format of version 14, None = there is none."""
    for name in ("clang-format-14", "clang-format"):
        if shutil.which(name):
            said = subprocess.run([name, "--version"], stdout=subprocess.PIPE, universal_newlines=True).stdout
            if re.search(r"version 14\.", said):
                return name
    return None


def by_hand(path):
    """(first, last) lines of tables and of macros that go over several lines."""
    code, found = plain(text(path)), []
    for m in re.finditer(r"=\s*\{", code):
        depth = 0
        for b in re.finditer(r"[{}]", code[m.start():]):
            depth += 1 if b.group(0) == "{" else -1
            if depth == 0:
                break
        first, last = line_of(code, m.start()), line_of(code, m.start() + b.start())
        if last > first:
            begin = code.rfind(";", 0, m.start())
            begin = max(begin, code.rfind("}", 0, m.start()), code.rfind("{", 0, m.start()))
            head = re.match(r"\s*", code[begin + 1:m.start()]).end()
            found.append((min(first, line_of(code, begin + 1 + head)), last))
    for start, end in outermost(code):
        head = code[:start].rstrip().rsplit("\n", 1)[-1]
        if head.startswith(("enum", "typedef enum")):
            found.append((line_of(code, start), line_of(code, end - 1)))
    raw = text(path)
    found += [(line_of(raw, m.start()), line_of(raw, m.end()))
              for m in re.finditer(r"^[ \t]*#[ \t]*define\b[^\n]*\\\n(?:[^\n]*\\\n)*[^\n]*", raw, re.M)]
    return found


def ranges(path):
    """--lines arguments for what is not aligned by hand; None = nothing is left."""
    n = text(path).count("\n")
    free = [True] * (n + 2)
    for first, last in by_hand(path):
        for k in range(first, min(last, n) + 1):
            free[k] = False
    args, k = [], 1
    while k <= n:
        if free[k]:
            start = k
            while k + 1 <= n and free[k + 1]:
                k += 1
            args.append("--lines=%d:%d" % (start, k))
        k += 1
    return args


def formatted(path):
    args = ranges(path)
    if not args:
        return text(path)
    r = subprocess.run([tool, "--style=file"] + args + [path], cwd=TOP, stdout=subprocess.PIPE, check=True,
                       universal_newlines=True)
    return r.stdout


def fix(path):
    """Until nothing changes: what stands beside a table may move once more."""
    for _ in range(5):
        new = formatted(path)
        if new == text(path):
            return True
        with open(os.path.join(TOP, path), "w", encoding="utf-8") as f:
            f.write(new)
    return False


def difference(path):
    old, new = text(path).split("\n"), formatted(path).split("\n")
    if old == new:
        return None
    k = next((k for k, pair in enumerate(zip(old, new)) if pair[0] != pair[1]), min(len(old), len(new)))
    return "%s:%d: %s" % (path, k + 1, old[k].strip() if k < len(old) else "end of file")


tool = program()
every = files("src", "include", "bench", "tests", os.path.join("doc", "examples"))
if sys.argv[1:] == ["--fix"]:
    if not tool:
        sys.exit("lint_format.py: clang-format 14 is needed (Debian: clang-format-14)")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        unstable = [p for p, good in zip(every, pool.map(fix, every)) if not good]
    style = text(".clang-format")
    with open(STYLE, "w", encoding="utf-8") as f:
        f.write(style.replace(NOT_CHECKED, CHECKED))
    sys.exit("does not settle: %s" % ", ".join(unstable) if unstable else 0)

name = "C code looks as .clang-format says ('make format')"
if not os.path.exists(STYLE) or CHECKED not in text(".clang-format"):
    skip(name, ".clang-format says '%s'" % NOT_CHECKED)
elif not tool:
    skip(name, "there is no clang-format 14")
else:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        bad = [d for d in pool.map(difference, every) if d]
    ok(len(every) > 300 and not bad, name + " (%d files)" % len(every), *bad)
done()
