"""Clocks that jump by hours while a campaign, a fit with a limit of time or a trend is under way."""
import os
import re
import sqlite3
import subprocess
import sys

from faulty import EISFIT, WORK, ok, usable
from tap import ARC, done, on_terminal, one_arc, path, run, skip, table, write

CLOCK = os.path.join(os.path.dirname(EISFIT), "tests", "faults", ".libs", "clock.so")
SPECTRA = 60
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


def jumping(how):
    return {"LD_PRELOAD": CLOCK, "EISFIT_CLOCK": how}


def runs(store):
    db = sqlite3.connect(path(store))
    try:
        return db.execute("SELECT started, ended, n_done, n_failed, outcome FROM runs ORDER BY id").fetchall()
    finally:
        db.close()


def hash_of(store):
    return run("campaign", "status", store, "--hash").out


def campaigns():
    lines = ["file,cell"]
    for k in range(SPECTRA):
        write("c%d.csv" % k, table(one_arc, n=25, noise=0.2, seed=k))
        lines.append("c%d.csv,a" % k)
    write("m.csv", "\n".join(lines) + "\n")
    args = ["campaign", "run", "m.csv", "-c", ARC, "--starts", "100", "--store"]
    ok(run(*args, "whole.db").code == 0, "a campaign with clocks that go as they should")
    whole = hash_of("whole.db")
    for how in ("steady", "leap", "back"):
        for jobs in ("-j1", "-j2"):
            store = "%s%s.db" % (how, jobs)
            try:
                shown, code = on_terminal(*args, store, jobs, env=jumping(how))
            except (ImportError, OSError):
                skip("%s, %s" % (how, jobs), "there are no pseudo-terminals")
                continue
            ok(code == 0 and hash_of(store) == whole, "%s, %s: the same results" % (how, jobs), code, shown[-500:])
            lines = [line for line in shown.split("\r") if " left" in line]
            ok(not re.search(r"nan|inf|-\d", "".join(lines), re.I),
               "%s, %s: %d lines of progress without negative or undefined numbers" % (how, jobs, len(lines)), *lines[:5])
            started, ended, n_done, n_failed, outcome = runs(store)[-1]
            ok(STAMP.match(started) and STAMP.match(ended) and started <= ended and
               (n_done, n_failed, outcome) == (SPECTRA, 0, "done"),
               "%s, %s: the run is recorded, no end before its beginning" % (how, jobs), runs(store))
    r = run("campaign", "run", "m.csv", "-c", ARC, "--starts", "100", "--store", "steady-j1.db", env=jumping("steady"))
    ok(r.code == 0 and "%d spectra were done before" % SPECTRA in r.err, "nothing is done again", r)


def single():
    write("a.csv", table(one_arc, n=31, noise=0.2))
    plain = run("fit", "a.csv", "-c", ARC, "--json")
    r = run("fit", "a.csv", "-c", ARC, "--json", env=jumping("steady"))
    ok(r.code == 0 and r.out == plain.out, "a fit is the same, whatever the wall says", r)
    for how in ("steady", "back"):
        r = run("fit", "a.csv", "-c", ARC, "--max-time", "60", env=jumping(how))
        ok(r.code == 0, "%s: a limit of time is measured by the other clock" % how, r)
    r = run("fit", "a.csv", "-c", "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-W1", "--max-time", "60", "--starts", "5000",
            env=jumping("leap"))
    ok(r.code == 1 and "time" in r.out + r.err, "leap: the limit is reached, said, and no result is lost", r)
    r = run("fit", "a.csv", "-c", ARC, "--report", "r.html", env=jumping("back"))
    ok(r.code == 0 and os.path.getsize(path("r.html")) > 1000, "back: a report", r)


def jumps():
    """Does the library do what it says?"""
    p = subprocess.run([sys.executable, "-c", "import time; print(time.time(), time.time(), time.time())"],
                       env=dict(os.environ, **jumping("steady")), stdout=subprocess.PIPE)
    a, b, c = (float(x) for x in p.stdout.split())
    return abs(b - a) > 3000 and abs(c - b) > 3000


if usable():
    skip("clocks", usable())
else:
    ok(jumps(), "the clock of the wall jumps")
    single()
    campaigns()
done()
