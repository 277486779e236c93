"""Size of files and functions, calls a library does not make, words that mean unfinished work."""
import os
import re

from source import TOP, bare, files, functions, line_of, plain, prototypes, table_lines, text
from tap import done, ok

FILE_LINES = 600        # without tables
FUNCTION_LINES = 60
ARGUMENTS = 6
PROTOTYPES = 25         # of one header

code = files("src", "include", "bench", "tests")
lib = [p for p in code if p.startswith("src" + os.sep) and not p.startswith("src/cli/")]

bad = []
for p in code:
    n = text(p).count("\n")
    tables = table_lines(plain(text(p))) if n > FILE_LINES else 0
    if n - tables > FILE_LINES:
        bad.append("%s: %d lines, %d of them tables" % (p, n, tables))
ok(not bad, "files have at most %d lines outside tables" % FILE_LINES, *bad)

every = [f for p in code for f in functions(p)]
own = [f for f in every if not f.path.startswith("tests" + os.sep)]
ok(len(own) > 500, "functions are found (%d)" % len(every))
bad = ["%s: %d lines" % (f.where, f.lines) for f in every if f.lines > FUNCTION_LINES]
ok(not bad, "functions have at most %d lines outside tables" % FUNCTION_LINES, *bad)
lengths = sorted(f.lines for f in own)
middle, long_ = lengths[len(lengths) // 2], lengths[len(lengths) * 9 // 10]
ok(middle <= 15, "the median function has at most 15 lines (%d)" % middle)
ok(long_ <= 45, "nine of ten functions have at most 45 lines (%d)" % long_)

declared = {}
for p in code:
    for line, name, n, _, _ in prototypes(p) if p.endswith(".h") else ():
        declared["%s:%d: %s" % (p, line, name)] = n
bad = ["%s: %d" % (f.where, f.n_args) for f in every if f.n_args > ARGUMENTS]
bad += ["%s: %d" % item for item in declared.items() if item[1] > ARGUMENTS]
ok(not bad, "functions have at most %d arguments" % ARGUMENTS, *bad)

bad = []
for p in code:
    n = len(prototypes(p)) if p.endswith(".h") else 0
    if n > PROTOTYPES:
        bad.append("%s: %d" % (p, n))
ok(not bad, "headers have at most %d prototypes" % PROTOTYPES, *bad)


def lines_with(paths, pattern, of=bare):
    found = []
    for p in paths:
        s = of(text(p))
        found += ["%s:%d: %s" % (p, line_of(s, m.start()), m.group(0).strip())
                  for m in re.finditer(pattern, s)]
    return found


bad = lines_with(lib, r"\b(?:_?exit|quick_exit|_Exit|abort|assert|raise|kill|atexit)\s*\(")
ok(not bad, "the library does not end the program", *bad)
bad = lines_with(lib, r"\b(?:v?printf|puts|putchar|perror|psignal)\s*\(|\b(?:stdout|stderr)\b")
ok(not bad, "the library does not print", *bad)
silent = [p for p in lib if not p.startswith("src/report/")]
bad = lines_with(silent, r"\b(?:v?fprintf|fputs|fputc|putc|fwrite)\s*\(")
ok(not bad, "only the report layer writes to files that were given", *bad)
bad = lines_with(lib, r"\b(?:setlocale|uselocale|signal|sigaction|srand|rand|random|strtok|"
                 r"gmtime|localtime|asctime|ctime|putenv|setenv)\s*\(")
ok(not bad, "the library changes nothing that belongs to the process", *bad)
bad = lines_with(lib, r"\b(?:atof|atoi|s?scanf|sprintf|strcpy|strcat|gets)\s*\(")
bad += lines_with([p for p in lib if p != "src/base/number.c"], r"\bstrtod\w*\s*\(")
ok(not bad, "numbers of a file are read in base/number.c only, and sizes are not ignored", *bad)

prose = files("src", "include", "bench", "tests", "doc", "models", "data", "scripts",
              ext=(".c", ".h", ".py", ".md", ".1", ".json", ".model", ".ini", ".sh"))
prose += [n for n in ("README", "NEWS", "CONTRIBUTING.md", "check", "quickstart", "configure.ac",
                      "Makefile.am") if os.path.exists(os.path.join(TOP, n))]
prose = [p for p in prose if os.path.basename(p) != os.path.basename(__file__)]
bad = lines_with(prose, r"\b(?:TODO|FIXME|XXX|HACK)\b|(?i:\bfor now\b|\bstubs?\b)", str)
ok(not bad, "nothing is marked as unfinished", *bad)
done()
