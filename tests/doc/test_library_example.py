"""The program of doc/library.md: compiled against the headers, linked with the built library, run."""
import os
import re
import shlex
import shutil
import subprocess

import docs
from tap import EISFIT, TOP, WORK, done, ok, path, skip, write

LIBS = os.path.join(os.path.dirname(EISFIT), ".libs")
COMPILER = shlex.split(os.environ.get("CC") or "cc")


def call(*args):
    env = dict(os.environ, LD_LIBRARY_PATH=LIBS + os.pathsep + os.environ.get("LD_LIBRARY_PATH", ""))
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=WORK, env=env,
                          universal_newlines=True, timeout=300)


def missing():
    library = os.path.join(LIBS, "libeisfit.so")
    if not os.path.exists(library):
        return "there is no shared library in " + LIBS
    with open(library, "rb") as f:
        if re.search(rb"__(?:asan|ubsan|tsan)_", f.read()):
            return "a library with sanitizers can't be linked with a plain program"
    if not shutil.which(COMPILER[0]):
        return "there is no compiler '%s'" % COMPILER[0]
    return None


def show(r):
    return "exit %d\n%s%s" % (r.returncode, r.stdout, r.stderr)


def compile_and_run():
    source = re.search(r"```c\n(.*?)```", docs.text("doc", "library.md"), re.S).group(1)
    write("example.c", source)
    r = call(*COMPILER, "-std=c11", "-Wall", "-Wextra", "-Werror",
             "-I" + os.path.join(TOP, "include"), "example.c", "-L" + LIBS, "-leisfit", "-o",
             "example")
    if not ok(r.returncode == 0, "the example compiles without warnings", show(r)):
        return
    sample = os.path.join(TOP, "data", "assb-sample.csv")
    r = call(path("example"), sample)
    names = re.findall(r"^(\w+) +\S+ \+- ", r.stdout, re.M)
    ok(r.returncode == 0 and names[:2] == ["R_b", "R_cei"] and len(names) == 8 and
       "Kramers-Kronig: " in r.stdout, "it fits the sample", show(r))
    r = call(path("example"), sample, "R(RQ)(RQ)")
    ok(r.returncode == 0 and "CPE2_alpha" in r.stdout, "it fits a circuit of the caller", show(r))
    r = call(path("example"), sample, "R(RX)")
    ok(r.returncode != 0 and r.stderr.startswith("circuit:1:4: ") and "^" in r.stderr,
       "it reports an error with its place", show(r))


why = missing()
if why:
    skip("the example of doc/library.md", why)
else:
    compile_and_run()
done()
