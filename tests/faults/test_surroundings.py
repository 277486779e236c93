"""Locales, closed and full streams, limits, signals, files that vanish, many points."""
import os
import resource
import shutil
import signal
import subprocess
import time

from faulty import EISFIT, FULL, WORK, ok
from tap import ARC, done, one_arc, path, read, run, skip, table, write

sanitized = b"__asan_init" in open(EISFIT, "rb").read() # its memory says nothing
write("a.csv", table(one_arc, n=31, noise=0.2))
FIT = ["fit", "a.csv", "-c", ARC]

# ---- locales: made here, where localedef and its sources are
folder = path("locales")
os.mkdir(folder)
plain = {c: run(*a, env={"LC_ALL": "C"}) for c, a in
         (("fit", FIT), ("json", FIT + ["--json"]), ("csv", FIT + ["--csv"]), ("drt", ["drt", "a.csv"]))}
for source, name in (("de_DE", "de_DE.UTF-8"), ("tr_TR", "tr_TR.UTF-8")):
    made = shutil.which("localedef") and subprocess.run(
        ["localedef", "-i", source, "-f", "UTF-8", os.path.join(folder, name)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    if not made:
        skip(name, "it can't be made with localedef")
        continue
    env = {"LOCPATH": folder, "LC_ALL": name}
    point = subprocess.run(["locale", "decimal_point"], env=dict(os.environ, **env), stdout=subprocess.PIPE).stdout
    ok(point.strip() == b",", "%s has a decimal comma" % name, point)
    for c, a in (("fit", FIT), ("json", FIT + ["--json"]), ("csv", FIT + ["--csv"]), ("drt", ["drt", "a.csv"])):
        r = run(*a, env=env)
        ok(r.raw == plain[c].raw and r.code == 0, "%s: %s is the same" % (name, c), r)
    write("i.csv", "FREQ/HZ,RE(Z)/OHM,IM(Z)/OHM\n" + table(one_arc, n=31).split("\n", 1)[1])
    r = run("fit", "i.csv", "-c", ARC, env=env)
    ok(r.code == 0, "%s: headers in capitals, I and i" % name, r)
    r = run(*FIT, "--plot", "l.svg", env=env)
    ok(r.code == 0 and b"</svg>" in read("l.svg"), "%s: a figure" % name, r)

# ---- streams
sh = "exec '%s' fit a.csv -c '%s' %s" % (EISFIT, ARC, "%s")


def shell(redirection, more=""):
    p = subprocess.run(["sh", "-c", sh % more + " " + redirection], cwd=WORK, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=60)
    return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")


for how, more, codes in ((">&-", "", (5,)), (">/dev/full", "", (5,)), ("<&-", "", (0,)), ("2>&-", "", (0,)),
                         ("2>/dev/full", "", (0,)), (">&- 2>&-", "", (5,)), ("<&- >&- 2>&-", "-o out.txt", (0, 5)),
                         (">/dev/full", "--json", (5,)), (">/dev/full", "--csv", (5,))):
    code, out, err = shell(how, more)
    ok(code in codes and (code == 0 or "2>" in how or "can't write 'standard output'" in err),
       "%s %s: exit %s" % (how, more, codes), code, err)
if os.path.exists(path("out.txt")):
    ok(read("out.txt").decode() == plain["fit"].out, "closed streams do not get into a file that is written")
p = subprocess.run("'%s' fit %s -c '%s' | head -c 20 >/dev/null; exit ${PIPESTATUS:-0}" %
                   (EISFIT, "a.csv " * 40, ARC), shell=True, cwd=WORK, executable="/bin/bash", stderr=subprocess.PIPE, timeout=60)
ok(b"Broken pipe" not in p.stderr, "a reader that goes away is no news", p.stderr)

# ---- slow writer, slow reader
p = subprocess.Popen([EISFIT, "fit", "-", "-c", ARC], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=WORK)
data = read("a.csv")
for k in range(0, len(data), 200):
    p.stdin.write(data[k:k + 200])
    p.stdin.flush()
    time.sleep(0.005)
p.stdin.close()
p.stdin = None
out = b""
while True:
    piece = os.read(p.stdout.fileno(), 100)
    if not piece:
        break
    out += piece
    time.sleep(0.005)
ok(p.wait(timeout=60) == 0 and out.replace(b"-: ", b"a.csv: ").splitlines()[1:] == plain["fit"].raw.splitlines()[1:],
   "slow pipes give the same", out[:300])

# ---- limits
def limited(what, n, *args):
    q = subprocess.run([EISFIT] + list(args), cwd=WORK, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                       preexec_fn=lambda: resource.setrlimit(what, (n, n)))
    return q.returncode, q.stderr.decode("utf-8", "replace")


code, err = limited(resource.RLIMIT_FSIZE, 1000, *FIT, "--report", "big.html")
ok(code == 5 and "can't write" in err and not os.path.exists(path("big.html")), "a limit of the size of files", code, err)
code, err = limited(resource.RLIMIT_NOFILE, 4, *FIT, "--plot", "no.svg")
ok(code == 5 and not os.path.exists(path("no.svg")), "no temporary file for the figure", code, err)

# ---- files that vanish: a campaign is done again where it could not read
write("m.csv", "file,cell\na.csv,c1\nb.csv,c2\n")
write("b.csv", table(one_arc, n=31, noise=0.2, seed=5))
CAMPAIGN = ["campaign", "run", "m.csv", "-c", ARC, "--store"]
ok(run(*CAMPAIGN, "whole.db").code == 0, "a campaign")
whole = run("campaign", "status", "whole.db", "--hash").out
before = read("b.csv")
os.remove(path("b.csv"))
r = run(*CAMPAIGN, "part.db")
ok(r.code == 3 and "m.csv:3:1: there is no file 'b.csv'" in r.err, "a file that is not there is told before anything is done", r)
write("b.csv", b"")
r = run(*CAMPAIGN, "part.db")
ok(r.code == 1, "a file is empty", r)
write("b.csv", before)
r = run(*CAMPAIGN, "part.db")
ok(r.code == 0 and run("campaign", "status", "part.db", "--hash").out == whole, "it is there again: the same results", r)

# ---- a folder that can't be written
os.mkdir(path("locked"), 0o555)
if os.geteuid() == 0:
    skip("a folder that can't be written", "root can write everywhere")
else:
    r = run(*FIT, "-o", "locked/x.txt")
    ok(r.code == 5 and "can't write 'locked/x.txt': Permission denied" in r.err, "a folder that can't be written", r)
r = run(*FIT, "-o", "/proc/x.txt")
ok(r.code == 5 and "can't write '/proc/x.txt'" in r.err, "a file system that takes no files", r)

# ---- signals
def usual_signals():
    """A test that runs in the background, or under nohup, would hand on signals that are ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def leftover():
    return [n for n in os.listdir(WORK) if n.startswith("sig.txt.")]


for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    p = subprocess.Popen([EISFIT, "fit"] + ["a.csv"] * 400 + ["-c", ARC, "-j1", "--ci", "bootstrap", "-o", "sig.txt", "-q"],
                         cwd=WORK, stderr=subprocess.PIPE, preexec_fn=usual_signals)
    end = time.monotonic() + 20
    while not leftover() and p.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    p.send_signal(number)
    p.communicate(timeout=60)
    ok(p.returncode == 130, "%s: 130" % number.name, p.returncode)
    ok(not leftover(), "%s: no temporary file is left" % number.name, leftover())

p = subprocess.Popen([EISFIT] + FIT + ["-o", "hup.txt"], cwd=WORK, stderr=subprocess.PIPE,
                     preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
p.send_signal(signal.SIGHUP)
p.communicate(timeout=60)
ok(p.returncode == 0 and os.path.exists(path("hup.txt")), "SIGHUP that is ignored stays so (nohup)", p.returncode)

rows = table(one_arc, n=100001, noise=0.2)
write("many.csv", rows)


def twice():
    """The exit code when a second Ctrl-C comes while the first is waited for: the file alone takes longer to read."""
    p = subprocess.Popen([EISFIT, "kk", "many.csv", "-o", "sig.txt", "-q"], cwd=WORK, stderr=subprocess.PIPE,
                         preexec_fn=usual_signals)
    end = time.monotonic() + 20
    while not leftover() and p.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    for _ in range(2):
        p.send_signal(signal.SIGINT)
        time.sleep(0.05)
    p.communicate(timeout=60)
    for name in leftover():
        os.remove(path(name))
    return p.returncode


codes = [twice() for _ in range(3)]
ok(-signal.SIGINT in codes and set(codes) <= {-signal.SIGINT, 130}, "the second Ctrl-C ends at once", codes)
ok(not os.path.exists(path("sig.txt")), "and writes no file")

# ---- many points
for command in (["kk"], ["fit", "-c", ARC], ["drt"]):
    p = subprocess.Popen([EISFIT, command[0], "many.csv"] + command[1:] + ["-j1"], cwd=WORK, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    out, err = p.communicate(timeout=120)
    ok(p.returncode in (0, 1) and b"100001 points" in out, "100001 points: %s" % command[0], p.returncode, out[:300], err[:300])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
ok(peak < 1500, "100001 points take less than 1.5 GB", peak)

# ---- a file that is larger than any spectrum
def measured(*args, stdin=None):
    """Exit code, standard error, largest memory in MiB."""
    q = subprocess.Popen([EISFIT] + list(args), cwd=WORK, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    err = q.stderr.read().decode("utf-8", "replace")
    _, status, used = os.wait4(q.pid, 0)
    q.returncode = os.waitstatus_to_exitcode(status)
    return q.returncode, err, used.ru_maxrss / 1024


with open(path("huge.csv"), "wb") as f:
    f.write(rows.encode())
    f.truncate((1 << 30) + 4096)
code, err, mib = measured("fit", "huge.csv", "-c", ARC)
ok(code == 3 and "file is larger than 1024 MiB; split it" in err, "a file of more than 1 GiB is refused", code, err)
ok(sanitized or mib < 200, "and not read: %.0f MiB of memory" % mib)
os.remove(path("huge.csv"))
if not FULL:
    skip("a stream of more than 1 GiB, a file of 256 MiB", "only with EISFIT_FULL=1")
else:
    with subprocess.Popen("yes '1,2,-3' | head -c 1200000000", shell=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as p:
        code, err, mib = measured("fit", "-", "-c", "R0", stdin=p.stdout)
        p.stdout.close()
    ok(code == 3 and "larger than 1024 MiB" in err, "so is such a stream", err)
    ok(sanitized or mib < 2600, "%.0f MiB of memory, less than 2.5 times what was read" % mib)
    # the same hundred thousand points, sweep after sweep
    head, body = rows.split("\n", 1)
    with open(path("large.csv"), "wb") as f:
        f.write((head + "\n").encode())
        while f.tell() < 1 << 28:
            f.write(body.encode())
        size = f.tell() / (1 << 20)
    code, err, mib = measured("convert", "large.csv", "-o", "large.out")
    ok(code == 0, "%.0f MiB of CSV are read" % size, code, err)
    ok(sanitized or mib < 6.5 * size, "%.0f MiB of memory, in proportion to the file" % mib)
    os.remove(path("large.csv"))
    os.remove(path("large.out"))
done()
