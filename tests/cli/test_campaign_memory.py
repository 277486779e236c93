"""A long manifest takes no more memory than a short one; where it goes instead, and when that is full."""
import os
import resource
import signal
import subprocess
import sys

from tap import EISFIT, WORK, done, ok, path, run, table, two_arcs, write

SHORT, LONG = 1000, 10000
sanitized = b"__asan_init" in open(EISFIT, "rb").read()  # its memory says nothing

os.mkdir(path("many"))
one = write("one.csv", table(two_arcs, n=12))
for k in range(LONG):
    os.link(path(one), path("many/%05d.csv" % k))
REMARK = 20 * "measured in the glove box by the second channel; " + "%05d times over and over again"


def manifest(name, n):
    write(name, "file,cell,group,cycle,remark\n" + "".join(
        "many/%05d.csv,cell%d,%s,%d,%s\n" % (k, k // 50, "ab"[k // 50 % 2], k % 50, REMARK % k) for k in range(n)))
    return name


# what a process has taken counts for the program that it becomes: it has to be a small one
MEASURE = """import os, sys
pid = os.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
_, status, used = os.wait4(pid, 0)
print(used.ru_maxrss, status)"""


def peak(*args):
    """Largest resident memory in kB, status, what was said."""
    p = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE, EISFIT] + list(args), cwd=WORK, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, timeout=120)
    said = p.stdout.decode().splitlines()
    kb, status = said[-1].split()
    return int(kb), int(status), "\n".join(said[:-1])


manifest("short.csv", SHORT)
manifest("long.csv", LONG)
write("glob.csv", "file,group\nmany/*.csv,a\n")
base, status, said = peak("campaign", "check", "short.csv")
ok(status == 0, "a manifest of %d lines" % SHORT, said)
for name in ("long.csv", "glob.csv"):
    kb, status, said = peak("campaign", "check", name)
    ok(status == 0 and "%d spectra, %d files" % (LONG, LONG) in said, "%s: %d files" % (name, LONG), said)
    # names, sums and remarks are 12 MB in the first
    ok(sanitized or kb < base + 3000, "no more memory than for %d" % SHORT, "%d kB, %d kB" % (kb, base))
ok(not [n for n in os.listdir(WORK) if "etilqs" in n], "no temporary file is left")


def limit():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200000, 200000))


p = subprocess.run([EISFIT, "campaign", "check", "long.csv"], cwd=WORK, stdout=subprocess.PIPE,
                   stderr=subprocess.PIPE, preexec_fn=limit, timeout=120)
text = p.stderr.decode()
ok(p.returncode == 5 and "can't keep the table of the manifest in a temporary file: " in text and
   "TMPDIR can name a folder with room for it" in text, "no room for the temporary file: exit 5", p.returncode, text)
r = run("campaign", "check", "short.csv", env={"TMPDIR": "/nowhere"})
ok(r.code == 0, "a short manifest needs no temporary file", r)
done()
