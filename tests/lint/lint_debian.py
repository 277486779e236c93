"""debian/ says what the build says: version, soname, exported symbols, packages that are needed."""
import os
import re
import subprocess

from source import TOP, text
from tap import EISFIT, WORK, done, ok, skip

LIBRARY = os.path.join(os.path.dirname(EISFIT), ".libs", "libeisfit.so")
configure = text("configure.ac")
version = re.search(r"AC_INIT\(\[eisfit\], \[([\d.]+)\]", configure).group(1)
current, _, age = map(int, re.search(r"EISFIT_LT_VERSION\], \[(\d+):(\d+):(\d+)\]", configure).groups())

if not os.path.isdir(os.path.join(TOP, "debian")):
    skip("debian/", "a tarball has no packaging")
    done()

changelog = re.match(r"eisfit \(([\d.]+)-0upstream\d+\) ", text("debian/changelog"))
ok(changelog and changelog.group(1) == version, "debian/changelog is of version %s" % version)
ok(text("NEWS").startswith(version + "\n"), "NEWS begins with version %s" % version)
package = "libeisfit%d" % (current - age)
ok("Package: %s\n" % package in text("debian/control"), "the package of the library is %s" % package)
ok(os.path.exists(os.path.join(TOP, "debian", package + ".symbols")), "and it has its symbols file")

control = text("debian/control")
build = text("scripts/build.sh")
needed = re.search(r'BENCH_PACKAGES="([^"]*)"', build).group(1).split()
tools = {"gcc", "make", "autoconf", "automake", "libtool"}
missing = [p for p in needed if p not in tools and not re.search(r"^\s+%s\b" % re.escape(p), control, re.M)]
ok(len(needed) > 8 and not missing, "what quickstart installs is in Build-Depends", missing)

if not os.path.exists(LIBRARY):
    skip("exported symbols", "there is no shared library")
else:
    listed = text("debian/%s.symbols" % package)
    copy = os.path.join(WORK, package + ".symbols")
    with open(copy, "w") as f:
        f.write(listed)
    r = subprocess.run([os.environ.get("PYTHON3", "python3"), os.path.join(TOP, "scripts", "debian_symbols.py"),
                        LIBRARY, copy, version], stderr=subprocess.PIPE, universal_newlines=True)
    with open(copy) as f:
        now = f.read()
    new = sorted(set(now.splitlines()) ^ set(listed.splitlines()))
    ok(r.returncode == 0 and now == listed,
       "debian/%s.symbols is up to date ('make debian-symbols' makes it so)" % package, r.stderr, *new)
    gone = now.replace(" %s\n" % version, " 0.0.1\n") + " eis_gone@Base 0.0.1\n"
    with open(copy, "w") as f:
        f.write(gone)
    r = subprocess.run([os.environ.get("PYTHON3", "python3"), os.path.join(TOP, "scripts", "debian_symbols.py"),
                        LIBRARY, copy, version], stderr=subprocess.PIPE, universal_newlines=True)
    ok(r.returncode != 0 and "eis_gone" in r.stderr and "soname" in r.stderr,
       "a function of an earlier release can't vanish unnoticed", r.stderr)
    with open(copy) as f:
        ok(f.read() == gone, "and the file stays as it was")
    soname = subprocess.run(["readelf", "-d", LIBRARY], stdout=subprocess.PIPE,
                            universal_newlines=True).stdout
    ok("[libeisfit.so.%d]" % (current - age) in soname, "the library's soname is libeisfit.so.%d" %
       (current - age), soname)
done()
