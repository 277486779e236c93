"""doc/examples: compiled against the headers, linked with the built library, run."""
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import docs
from tap import EISFIT, TOP, WORK, done, ok, path, run, skip

LIBS = os.path.join(os.path.dirname(EISFIT), ".libs")
SAMPLE = os.path.join(TOP, "data", "assb-sample.csv")
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


def compiled(name):
    r = call(*COMPILER, "-std=c11", "-Wall", "-Wextra", "-Werror",
             "-I" + os.path.join(TOP, "include"), os.path.join(TOP, "doc", "examples", name + ".c"),
             "-L" + LIBS, "-leisfit", "-o", name)
    return ok(r.returncode == 0, name + ".c compiles without warnings", show(r))


def run_fit():
    r = call(path("fit"), SAMPLE)
    names = re.findall(r"^(\w+) +\S+ \+- ", r.stdout, re.M)
    ok(r.returncode == 0 and names[:2] == ["R_b", "R_cei"] and len(names) == 8 and
       "Kramers-Kronig: " in r.stdout, "it fits the sample", show(r))
    r = call(path("fit"), SAMPLE, "R(RQ)(RQ)")
    ok(r.returncode == 0 and "CPE2_alpha" in r.stdout, "it fits a circuit of the caller", show(r))
    r = call(path("fit"), SAMPLE, "R(RX)")
    ok(r.returncode != 0 and r.stderr.startswith("circuit:1:4: ") and "^" in r.stderr,
       "it reports an error with its place", show(r))


def run_drt():
    r = call(path("drt"), SAMPLE)
    told = json.loads(run("drt", SAMPLE, "--json", "--no-stability", "--no-kk").out)
    peaks = [(float(tau), float(R)) for tau, R in
             re.findall(r"^# peak \d+: tau (\S+) s, R (\S+) ", r.stdout, re.M)]
    same = len(peaks) == len(told["peaks"]) > 0 and all(
        abs(tau / p["tau"] - 1) < 6e-3 and abs(R / p["R"] - 1) < 6e-4 for (tau, R), p in zip(peaks, told["peaks"]))
    ok(r.returncode == 0 and same, "its peaks are those of the program", show(r), told["peaks"])
    rows = [line for line in r.stdout.splitlines() if line[0].isdigit()]
    ok(len(rows) == len(told["tau"]), "a row for every point of gamma", len(rows), len(told["tau"]))
    r = call(path("drt"), "nothing.csv")
    ok(r.returncode != 0 and "nothing.csv" in r.stderr and not r.stdout, "it reports an error", show(r))


blocks = re.findall(r"```c\n(.*?)```", docs.text("doc", "library.md"), re.S)
ok(blocks == [docs.text("doc", "examples", "fit.c")], "doc/library.md shows doc/examples/fit.c")

why = missing()
if why:
    skip("doc/examples", why)
else:
    if compiled("fit"):
        run_fit()
    if compiled("drt"):
        run_drt()


def run_python():
    """doc/examples/fit.py needs the program only."""
    script = os.path.join(TOP, "doc", "examples", "fit.py")
    env = dict(os.environ, EISFIT=EISFIT)

    def python(*args):
        return subprocess.run([sys.executable, script, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              cwd=WORK, env=env, universal_newlines=True, timeout=300)

    r = python()
    ok(r.returncode == 0 and re.search(r"R0 = 10 .*\n  R1 = 100 .*\n  C1 = 1e-06 ", r.stdout),
       "fit.py: a spectrum that is in memory", show(r))
    r = python(SAMPLE, "-m", "scl-randles")
    told = json.loads(run("fit", SAMPLE, "-m", "scl-randles", "--json", "-q").out)
    lines = ["  %s = %.6g" % (p["name"], p["value"]) for p in told["parameters"]]
    ok(r.returncode == 0 and len(lines) == 8 and all(line in r.stdout for line in lines),
       "fit.py: the parameters of the program", show(r))
    r = python(SAMPLE, "-c", "R(RX)")
    ok(r.returncode == 1 and "circuit:1:4: " in r.stderr and "Traceback" not in r.stderr,
       "fit.py: an error of the program", show(r))


run_python()
done()
