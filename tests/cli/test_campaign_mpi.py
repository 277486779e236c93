"""eisfit campaign under mpirun: the same results, clear failures, a killed rank."""
import os
import shutil
import signal
import sqlite3
import subprocess
import time

from tap import EISFIT, WORK, cpe, done, ok, parallel, path, run, skip, table, write

PROGRAM = os.environ.get("EISFIT_MPI", "")
MPIRUN = shutil.which("mpirun")
# Open MPI keeps what MPI_Init set up in plugins that are unloaded when LeakSanitizer looks: it can't be told
# by name from leaks of ours, which tests/cli/test_campaign.py would show
ENV = dict(os.environ, ASAN_OPTIONS="detect_leaks=0", OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
           OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_mpi_yield_when_idle="1",
           OMPI_MCA_btl_vader_single_copy_mechanism="none", PRTE_ALLOW_RUN_AS_ROOT="1",
           TMPDIR=os.environ.get("TMPDIR", "/tmp"))
NAMES = ("the same results", "a killed rank", "messages")


def give_up(why):
    for name in NAMES:
        skip(name, why)
    done()


if not MPIRUN:
    give_up("there is no mpirun")
if not os.access(PROGRAM, os.X_OK):
    give_up("there is no program with MPI (Open MPI was not found when this was built)")


def mpirun(n, *args, program=PROGRAM):
    p = subprocess.run([MPIRUN, "--oversubscribe", "-n", str(n), program, "campaign"] + list(args),
                       cwd=WORK, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return p.returncode, p.stderr.decode("utf-8", "replace")


if subprocess.run([MPIRUN, "-n", "1", "true"], env=ENV, cwd=WORK, stdout=subprocess.DEVNULL,
                  stderr=subprocess.DEVNULL, timeout=60).returncode != 0:
    give_up("mpirun does not run here")

CELLS, EACH = 12, 16
lines = ["file,cell"]
for cell in range(CELLS):
    rows = ["cycle number,freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm"]
    for c in range(EACH):
        def z(w):
            return (5 + parallel(20 + c, cpe(1e-6, 0.9, w)) + parallel(30 + cell, cpe(1e-4, 0.85, w)) +
                    parallel(40, cpe(1e-2, 0.8, w)))
        for line in table(z, n=61, high=6, low=-2, noise=0.1, seed=100 * cell + c).splitlines()[1:]:
            f, re_, im = (float(x) for x in line.split(","))
            rows.append("%d,%.12g,%.12g,%.12g" % (c, f, re_, -im))
    write("c%d.csv" % cell, "\n".join(rows) + "\n")
    lines.append("c%d.csv,%d" % (cell, cell))
write("m.csv", "\n".join(lines) + "\n")
TOTAL = CELLS * EACH
ARGS = ["run", "m.csv", "-c", "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)", "--drt"]


def hash_of(store):
    return run("campaign", "status", store, "--hash").out.strip()


def stored(store):
    try:
        db = sqlite3.connect("file:%s?mode=ro" % path(store), uri=True)
        n = db.execute("SELECT count(*), count(DISTINCT file || '/' || sweep) FROM spectra").fetchone()
        db.close()
        return n
    except sqlite3.Error:
        return (0, 0)


r = run("campaign", *ARGS, "--store", "one.db", "-j1")
whole = hash_of("one.db")
ok(r.code in (0, 1) and stored("one.db") == (TOTAL, TOTAL), "one process", r)
code, err = mpirun(3, *ARGS, "--store", "three.db")
ok(code == r.code and "%d spectra in" % TOTAL in err, "three processes", code, err)
ok(hash_of("three.db") == whole, "the same results", hash_of("three.db"), whole)


def tracks_of(store):
    db = sqlite3.connect("file:%s?mode=ro" % path(store), uri=True)
    found = db.execute("SELECT * FROM tracks ORDER BY spectrum, track").fetchall()
    db.close()
    return found


ok(len({t[0] for t in tracks_of("one.db")}) == CELLS and tracks_of("three.db") == tracks_of("one.db"),
   "the same tracks", len(tracks_of("three.db")), len(tracks_of("one.db")))
code, err = mpirun(3, *ARGS, "--store", "three.db")
ok(code == r.code and "%d spectra were done before" % TOTAL in err, "nothing is done twice", err)

# ---- a rank is killed
def find_rank(rank, store):
    for pid in os.listdir("/proc"):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as f:
                command = f.read().split(b"\0")
            with open("/proc/%s/environ" % pid, "rb") as f:
                env = f.read().split(b"\0")
        except OSError:
            continue
        if command[0] == PROGRAM.encode() and store.encode() in command and \
                b"OMPI_COMM_WORLD_RANK=%d" % rank in env:
            return int(pid)
    return None


for rank in (1, 0):
    store = "kill%d.db" % rank
    p = subprocess.Popen([MPIRUN, "--oversubscribe", "-n", "3", PROGRAM, "campaign"] + ARGS +
                         ["--store", store], cwd=WORK, env=ENV, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    killed = False
    limit = time.time() + 60
    while time.time() < limit and p.poll() is None and not killed:
        if os.path.exists(path(store)) and stored(store)[0] > 0:
            pid = find_rank(rank, store)
            if pid:
                os.kill(pid, signal.SIGKILL)
                killed = True
        time.sleep(0.005)
    out, err = p.communicate(timeout=90)
    err = err.decode("utf-8", "replace")
    n, distinct = stored(store)
    ok(not killed or n == TOTAL or p.returncode != 0, "rank %d killed: a failure" % rank, p.returncode, err)
    ok(not killed or n == TOTAL or "signal 9" in err or "did not answer" in err,
       "rank %d killed: the message says so" % rank, err)
    ok(n == distinct, "rank %d killed: what is stored is whole" % rank, n, distinct)
    limit = time.time() + 30
    while find_rank(0, store) and time.time() < limit:
        time.sleep(0.05)
    r2 = run("campaign", *ARGS, "--store", store, "-j2")
    ok(r2.code == r.code or r2.code == 0, "rank %d killed: it goes on" % rank, r2)
    ok(hash_of(store) == whole, "rank %d killed: the same results" % rank)

# ---- messages: once, not from every rank
code, err = mpirun(3, "run", "nothing.csv", "--drt", "--store", "x.db")
ok(code == 3 and err.count("nothing.csv: can't open: No such file or directory") == 1,
   "a manifest that is not there", code, err)
code, err = mpirun(2, "run", "m.csv", "--store", "x.db")
ok(code == 2 and err.count("campaign run needs --model NAME") == 1, "a wrong command line", code, err)
code, err = mpirun(3, *ARGS, "--seed", "7", "--store", "one.db")
ok(code == 2 and err.count("was made with other options") == 1, "other options", code, err)
if "mpi" not in subprocess.run([EISFIT, "--version"], stdout=subprocess.PIPE).stdout.decode():
    code, err = mpirun(2, *ARGS, "--store", "x.db", program=EISFIT)
    ok(code in (1, 2) and ("2 processes were started, but this eisfit was built without MPI" in err or
                           "spectra in" in err), "a program without MPI says so", code, err)
done()
