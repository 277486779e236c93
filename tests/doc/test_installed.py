"""What 'make install' puts in place: program, library, manual pages, completion - and that the
examples can be built with nothing else but pkg-config."""
import json
import os
import re
import shlex
import shutil
import subprocess

import docs
from tap import EISFIT, TOP, WORK, done, ok, path, skip

BUILD = os.path.dirname(EISFIT)
ROOT = os.path.join(WORK, "root")
COMPILER = shlex.split(os.environ.get("CC") or "cc")


def call(*args, env=None, cwd=WORK):
    full = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "EISFIT"))}
    full.update(env or {})
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd, env=full,
                          universal_newlines=True, timeout=300)


def show(r):
    return "exit %d\n%s%s" % (r.returncode, r.stdout[-2000:], r.stderr[-2000:])


def setting(name):
    """A directory of the configured build, variables put in."""
    with open(os.path.join(BUILD, "Makefile"), encoding="utf-8") as f:
        values = dict(re.findall(r"^(\w+) = (.*)$", f.read(), re.M))
    text = values[name]
    while "$" in text:
        text = re.sub(r"\$[({](\w+)[)}]", lambda m: values[m.group(1)], text)
    return text


def installed(directory, *names):
    return os.path.join(ROOT, setting(directory).lstrip("/"), *names)


def sanitized():
    with open(installed("libdir", "libeisfit.so"), "rb") as f:
        return re.search(rb"__(?:asan|ubsan|tsan)_", f.read())


def check_files():
    pages = sorted(os.listdir(installed("man1dir")))
    ok(pages == sorted(os.listdir(os.path.join(TOP, "doc", "man"))), "every manual page is installed", pages)
    script = os.path.join("bash-completion", "completions", "eisfit")
    ok(os.path.exists(installed("datadir", script)), "the completion for bash, too")
    for folder, where in (("models", "models"), ("models/ocv", "models/ocv"), ("data", "data")):
        missing = [n for n in os.listdir(os.path.join(TOP, folder))
                   if os.path.isfile(os.path.join(TOP, folder, n)) and
                   not os.path.exists(installed("pkgdatadir", where, n))]
        ok(not missing, "all of %s/" % folder, missing)
    missing = [n for n in docs.pages() if n != "README" and
               not os.path.exists(installed("docdir", os.path.relpath(n, "doc")))]
    ok(not missing, "every page of doc/", missing)
    library = os.path.realpath(installed("libdir", "libeisfit.so"))
    ok(re.search(r"libeisfit\.so\.\d+\.\d+\.\d+$", library), "the library with its versions", library)


def check_program():
    env = {"EISFIT_DATADIR": installed("pkgdatadir"), "LD_LIBRARY_PATH": installed("libdir")}
    program = installed("bindir", "eisfit")
    r = call(program, "models", "--json", env=env)
    names = [json.loads(line)["name"] for line in r.stdout.splitlines()]
    ok(r.returncode == 0 and "scl-randles" in names, "the installed program has its models", show(r))
    r = call(program, installed("pkgdatadir", "data", "assb-sample.csv"), "--model", "scl-randles",
             "--json", env=env)
    ok(r.returncode == 0 and json.loads(r.stdout)["verdict"] == "converged", "it fits the sample", show(r))


def check_examples():
    env = {"PKG_CONFIG_PATH": installed("libdir", "pkgconfig"), "PKG_CONFIG_SYSROOT_DIR": ROOT,
           "LD_LIBRARY_PATH": installed("libdir"), "EISFIT_DATADIR": installed("pkgdatadir")}
    told = call("pkg-config", "--cflags", "--libs", "eisfit", env=env)
    ok(told.returncode == 0 and "-leisfit" in told.stdout and "nlopt" not in told.stdout,
       "pkg-config: programs link with the library alone", show(told))
    static = call("pkg-config", "--static", "--libs", "eisfit", env=env).stdout
    needs = ("-lnlopt", "-lfftw3", "-llapacke", "-ljansson", "-lnettle", "-lsqlite3", "-lcsv")
    ok(all(n in static.split() for n in needs), "and with all it needs when linked statically", static)
    version = call("pkg-config", "--modversion", "eisfit", env=env).stdout.strip()
    ok(call(EISFIT, "version").stdout == "eisfit %s\n" % version, "its version is that of the program", version)
    if sanitized():
        return skip("doc/examples", "a library with sanitizers can't be linked with a plain program")
    for name in ("Makefile", "fit.c", "drt.c"):
        shutil.copy(os.path.join(TOP, "doc", "examples", name), WORK)
    r = call("make", "-f", "Makefile", "CC=" + " ".join(COMPILER), env=env)
    ok(r.returncode == 0 and "warning" not in r.stderr, "doc/examples/Makefile builds the examples", show(r))
    sample = installed("pkgdatadir", "data", "assb-sample.csv")
    r = call(path("fit"), sample, env=env)
    ok(r.returncode == 0 and re.search(r"^R_cei +\S+ \+- ", r.stdout, re.M), "fit runs", show(r))
    r = call(path("drt"), sample, env=env)
    return ok(r.returncode == 0 and "# peak 1: " in r.stdout, "drt runs", show(r))


if not os.path.exists(os.path.join(BUILD, ".libs", "libeisfit.so")):
    skip("make install", "there is no shared library in " + BUILD)
    done()
r = call("make", "install", "DESTDIR=" + ROOT, cwd=BUILD)
if ok(r.returncode == 0, "make install", show(r)):
    check_files()
    check_program()
    if shutil.which("pkg-config") and shutil.which(COMPILER[0]):
        check_examples()
    else:
        skip("doc/examples", "there is no pkg-config or no compiler '%s'" % COMPILER[0])
done()
