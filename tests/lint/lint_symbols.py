"""What the linker sees: no writable data in the library, only eis_ in its interface."""
import os
import re
import shutil
import subprocess

from source import files, text
from tap import EISFIT, done, ok, skip

BUILD = os.path.dirname(EISFIT)
# Constant, although the linker writes addresses into it at start.
READ_ONLY = re.compile(r"\.data\.rel\.ro|\.rodata|\.text|\.eh_frame|\.init_array|\.fini_array|"
                       r"\.note|\.comment")
# A lock is no state that results depend on.
LOCKS = {(os.path.splitext(p)[0], m) for p in files("src", ext=(".c",))
         for m in re.findall(r"^static pthread_mutex_t (\w+)", text(p), re.M)}


def nm(*args):
    return subprocess.run(["nm"] + list(args), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          universal_newlines=True).stdout.splitlines()


def objects():
    """(path, source without ending) of the library's objects; position-independent ones where
    there are both."""
    found = {}
    for where, _, names in os.walk(os.path.join(BUILD, "src")):
        for name in sorted(names):
            folder = os.path.relpath(where, BUILD)
            pic = os.path.basename(folder) == ".libs"
            folder = os.path.dirname(folder) if pic else folder
            source = os.path.join(folder, re.sub(r"^lib\w+_la-", "", name)[:-2])
            if name.endswith(".o") and folder != os.path.join("src", "cli") and \
                    (pic or source not in found):
                found[source] = os.path.join(where, name)
    return found


def writable(path, source):
    for line in nm("-f", "sysv", path):
        cells = [c.strip() for c in line.split("|")]
        if len(cells) != 7 or cells[3] not in ("OBJECT", "TLS", "COMMON"):
            continue
        name, section = cells[0], cells[6]
        made_by_compiler = name.startswith((".", "__"))
        if section != "*UND*" and not READ_ONLY.match(section) and not made_by_compiler and \
                (source, name) not in LOCKS:
            yield "%s.c: %s in %s" % (source, name, section)


def lint_objects():
    name = "the library has no writable global or static variables"
    found = objects()
    if not shutil.which("nm"):
        return skip(name, "there is no nm")
    if not found:
        return skip(name, "there are no objects below " + BUILD)
    bad = [b for source, path in sorted(found.items()) for b in writable(path, source)]
    return ok(not bad, name + " (%d objects)" % len(found), *bad)


def lint_exports():
    name = "exported symbols begin with eis_"
    path = os.path.join(BUILD, ".libs", "libeisfit.so")
    if not shutil.which("nm"):
        return skip(name, "there is no nm")
    if not os.path.exists(path):
        return skip(name, "there is no shared library in " + BUILD)
    symbols = [line.split()[-1] for line in nm("-D", "--defined-only", path)]
    bad = [s for s in symbols if not s.startswith("eis_")]
    ok(symbols and not bad, name + " (%d)" % len(symbols), *bad)
    declared = set(re.findall(r"\b(eis_\w+)\s*\(", "\n".join(map(text, files("include")))))
    bad = [s for s in symbols if s not in declared]
    return ok(not bad, "exported symbols are declared in public headers", *bad)


lint_objects()
lint_exports()
done()
