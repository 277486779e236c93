"""eisfit campaign: killed, interrupted, out of room, two at a time, in shards."""
import fcntl
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import time

from tap import ARC, EISFIT, WORK, done, ok, on_terminal, one_arc, path, read, run, skip, table, write

CELLS, EACH = 8, 24
lines = ["file,sweep,cell"]
for cell in range(CELLS):
    rows = ["cycle number,freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm"]
    for c in range(1, EACH + 1):
        text = table(lambda w: one_arc(w, r1=80 + 5 * cell + c), n=25, high=5, low=0, noise=0.1,
                     seed=100 * cell + c)
        for line in text.splitlines()[1:]:
            f, re_, im = (float(x) for x in line.split(","))
            rows.append("%d,%.12g,%.12g,%.12g" % (c, f, re_, -im))
    write("c%d.csv" % cell, "\n".join(rows) + "\n")
    lines.append("c%d.csv,all,cell %d" % (cell, cell))
write("m.csv", "\n".join(lines) + "\n")
TOTAL = CELLS * EACH
ARGS = ["campaign", "run", "m.csv", "-c", ARC]


def hash_of(store):
    return run("campaign", "status", store, "--hash").out.strip()


def stored(store):
    db = sqlite3.connect(path(store))
    try:
        return db.execute("SELECT count(*), count(DISTINCT file || sweep) FROM spectra").fetchone()
    except sqlite3.Error:
        return (0, 0)
    finally:
        db.close()


start = time.time()
r = run(*ARGS, "--store", "whole.db", "-j1")
seconds = time.time() - start
whole = hash_of("whole.db")
ok(r.code == 0 and stored("whole.db") == (TOTAL, TOTAL), "the campaign as it should be", r)

# ---- killed at any moment: 50 times, over as many campaigns as that takes
rng = random.Random(4)
kills = completed = parts = 0
wrong, messages = [], []
store, before, reach = "k0.db", 0, 0.6
while kills < 50 and completed < 60:
    p = subprocess.Popen([EISFIT] + ARGS + ["--store", store, "-j2", "-q"], cwd=WORK,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        p.wait(timeout=rng.uniform(0, reach) * seconds)
    except subprocess.TimeoutExpired:
        p.kill()
        kills += 1
    message = p.communicate()[1].decode()
    if p.returncode not in (0, -signal.SIGKILL):
        messages.append("exit %d: %s" % (p.returncode, message))
    n, distinct = stored(store) if os.path.exists(path(store)) else (0, 0)
    if n < before or n != distinct:
        wrong.append("%s: %d spectra, %d different, %d before" % (store, n, distinct, before))
    # later when kills come before anything is stored, earlier when they come too late
    reach *= 0.8 if p.returncode == 0 else 1.1 if n == before else 1
    parts += before < n < TOTAL
    before = n
    if p.returncode == 0:
        if hash_of(store) != whole or n != TOTAL:
            wrong.append("%s: other results" % store)
        completed += 1
        store, before = "k%d.db" % completed, 0
ok(kills == 50, "killed %d times, %d campaigns completed" % (kills, completed))
r = run(*ARGS, "--store", store)
ok(r.code == 0 and hash_of(store) == whole and stored(store) == (TOTAL, TOTAL),
   "a last run completes it", r)
ok(parts >= 3, "some kills left a part of the campaign (%d)" % parts)
ok(not wrong, "nothing is lost, nothing is there twice, the results are the same", *wrong)
ok(not messages, "a run after a kill complains about nothing", *messages)

# ---- on a terminal
try:
    shown, _ = on_terminal(*ARGS, "--store", "tty.db", "-j1", "--drt", "--starts", "400")
except (ImportError, OSError):
    skip("progress on a terminal", "there are no pseudo-terminals")
else:
    ok(re.search(r"\r\x1b\[K\d+ of %d spectra, [\d.e+]+/s, \d+ s left" % TOTAL, shown),
       "progress on a terminal: done, rate, time left", shown[:400])

# ---- Ctrl-C
p = subprocess.Popen([EISFIT] + ARGS + ["--store", "int.db", "-j1"], cwd=WORK,
                     stderr=subprocess.PIPE)
limit = time.time() + 60
while time.time() < limit and p.poll() is None:
    if os.path.exists(path("int.db")) and stored("int.db")[0] > 0:
        p.send_signal(signal.SIGINT)
        break
    time.sleep(0.002)
err = p.communicate(timeout=60)[1].decode()
ok(p.returncode == 130 or (p.returncode == 0 and stored("int.db")[0] == TOTAL),
   "Ctrl-C ends with 130", p.returncode, err)
ok(p.returncode == 0 or "are done and kept, the same command goes on" in err, "and says what is kept", err)
r = run(*ARGS, "--store", "int.db")
ok(r.code == 0 and hash_of("int.db") == whole, "the same command goes on", r)

# ---- no room
r = run(*ARGS, "--store", "/dev/full")
ok(r.code in (3, 5), "a device is no store", r)


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (150000, 150000))


p = subprocess.run([EISFIT] + ARGS + ["--store", "small.db", "-j2"], cwd=WORK, preexec_fn=small_files,
                   stderr=subprocess.PIPE, timeout=120)
err = p.stderr.decode()
ok(p.returncode == 5 and "can't write 'small.db'" in err, "a limit of the size of files: exit 5",
   p.returncode, err)
n, distinct = stored("small.db")
ok(n == distinct and n < TOTAL, "what was stored is whole", n, distinct)
r = run(*ARGS, "--store", "small.db")
ok(r.code == 0 and hash_of("small.db") == whole, "with room it goes on", r)

mounted = False
os.mkdir(path("disk"))
if os.geteuid() == 0 and shutil.which("mount"):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", path("disk")],
                             stderr=subprocess.DEVNULL).returncode == 0
if mounted:
    r = run(*ARGS, "--store", "disk/full.db")
    ok(r.code == 5 and "can't write 'disk/full.db': the disk is full; what was stored is kept" in r.err,
       "a full disk: exit 5", r)
    for name in os.listdir(path("disk")):
        shutil.copy(path("disk/" + name), path(name))
    subprocess.run(["umount", path("disk")])
    n, distinct = stored("full.db")
    r = run(*ARGS, "--store", "full.db")
    ok(n == distinct and r.code == 0 and hash_of("full.db") == whole, "elsewhere it goes on", n, r)
else:
    skip("a full disk", "no small file system can be mounted here")

# ---- two at a time
p = subprocess.Popen([EISFIT] + ARGS + ["--store", "busy.db", "-j1", "-q"], cwd=WORK,
                     stderr=subprocess.PIPE)
clash = None
limit = time.time() + 30
while time.time() < limit and p.poll() is None:
    if os.path.exists(path("busy.db-lock")):
        clash = run(*ARGS, "--store", "busy.db")
        break
    time.sleep(0.001)
p.communicate(timeout=60)
ok(clash is None or clash.code == 0 or
   (clash.code == 3 and "busy.db: another process is writing to this store; wait for its end" in
    clash.err), "one run at a time", clash)
lock = open(path("held.db-lock"), "w")
fcntl.flock(lock, fcntl.LOCK_EX)
r = run(*ARGS, "--store", "held.db")
ok(r.code == 3 and "held.db: another process is writing to this store; wait for its end" in r.err and
   not os.path.exists(path("held.db")), "a store that is being written is left alone", r)
lock.close()
r = run(*ARGS, "--store", "held.db", "-j2")
ok(r.code == 0 and hash_of("held.db") == whole, "once the other one is gone it goes on", r)

# ---- shards
for k in (1, 2, 3):
    r = run(*ARGS, "--store", "s%d.db" % k, "--shard", "%d/3" % k)
    ok(r.code == 0 and 0 < stored("s%d.db" % k)[0] < TOTAL, "shard %d of 3" % k, r)
r = run("campaign", "merge", "s3.db", "s1.db", "--store", "merged.db")
ok(r.code == 1 and "of %d spectra are in 'merged.db'" % TOTAL in r.err, "two of three: exit 1", r)
r = run("campaign", "merge", "s2.db", "s1.db", "--store", "merged.db")
ok(r.code == 0 and "s1.db: 0 spectra added" in r.err and
   "%d of %d spectra are in 'merged.db'" % (TOTAL, TOTAL) in r.err, "the third; nothing twice", r)
ok(hash_of("merged.db") == whole, "three shards: the same results")
r = run(*ARGS, "--store", "merged.db")
ok(r.code == 0 and "%d spectra were done before" % TOTAL in r.err, "a merged store is a store", r)
run("campaign", "run", "m.csv", "-c", "R0-p(R1,C1)", "--store", "other.db", "--shard", "1/9")
r = run("campaign", "merge", "other.db", "--store", "merged.db")
ok(r.code == 3 and "other.db: belongs to another campaign than 'merged.db': their options differ" in
   r.err, "a shard of another campaign", r)
write("c0.csv", read("c1.csv"))
run(*ARGS, "--store", "later.db", "--shard", "1/3")
r = run("campaign", "merge", "later.db", "--store", "merged.db")
ok(r.code == 3 and "later.db: belongs to another state of the campaign than 'merged.db'" in r.err,
   "a shard of other files", r)
ok(hash_of("merged.db") == whole, "neither has left a trace")
r = run("campaign", "merge", "s1.db")
ok(r.code == 2 and "campaign merge needs stores and --store FILE" in r.err, "merge into nothing", r)
r = run("campaign", "merge", "nothing.db", "--store", "merged.db")
ok(r.code == 3 and "nothing.db: can't open: No such file or directory" in r.err, "merge nothing", r)
done()
