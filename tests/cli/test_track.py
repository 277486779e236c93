"""eisfit campaign track: the table tracks of a store, what it says, and when it is made again."""
import json
import math
import os
import re
import shutil
import sqlite3

from tap import done, ok, parallel, path, read, run, table, write

SOCS, AGES = 6, 4


def arcs(w, cell, soc, age):
    """Bulk 20, a layer that grows at constant tau, charge transfer over SOC."""
    layer = 12 * (1 + 0.1 * cell) * (1 + 0.3 * math.sqrt(age))
    ct = 60 * 0.5 / math.sqrt((0.95 - 0.6 * soc) * (0.05 + 0.6 * soc))
    return 20 + parallel(layer, 1 / (1j * w * 3e-4 / layer)) + parallel(ct, 1 / (1j * w * 2e-4))


lines = ["file,cell,soc,cycle,area_cm2,temperature_C"]
for cell in range(2):
    for age in range(AGES):
        for k in range(SOCS):
            soc = k / (SOCS - 1)
            name = "c%d_%d_%d.csv" % (cell, age, k)
            write(name, table(lambda w: arcs(w, cell, soc, age), n=51, high=6, low=-1, noise=0.2,
                              seed=1 + 100 * cell + 10 * age + k))
            lines.append("%s,c%d,%g,%d,1,25" % (name, cell, soc, 10 * age))
write("m.csv", "\n".join(lines) + "\n")
RUN = ("campaign", "run", "m.csv", "--drt")
TOTAL = 2 * SOCS * AGES


def hash_of(store):
    return run("campaign", "status", store, "--hash").out.strip()


def rows(store, sql):
    db = sqlite3.connect(path(store))
    got = db.execute(sql).fetchall()
    db.close()
    return got


r = run(*RUN, "--store", "one.db", "-j1")
ok(r.code == 0 and "processes followed in 2 cells; one sum of processes describes %d of %d spectra" %
   (TOTAL, TOTAL) in r.err, "a run with --drt follows the processes", r)
got = rows("one.db", "SELECT s.cell, s.soc, s.cycle / 10, t.track, t.R, t.R_error, t.tau, t.process, t.process_probability"
           " FROM tracks t JOIN spectra s ON s.id = t.spectrum")
ok(len(got) == 3 * TOTAL and {g[3] for g in got} == {0, 1, 2}, "three tracks, each in every spectrum", len(got))
bad = []
for cell, soc, age, track, R, error, tau, _, _ in got:
    c = int(cell[1:])
    want = {0: 20, 1: 12 * (1 + 0.1 * c) * (1 + 0.3 * math.sqrt(age)),
            2: 30 / math.sqrt((0.95 - 0.6 * soc) * (0.05 + 0.6 * soc))}[track]
    if abs(R - want) > max(4 * error, 0.02 * want) or not 0 < error < 0.1 * want:
        bad.append((cell, soc, age, track, R, error, want))
ok(not bad, "R is that of the simulation, with errors", *bad[:5])
ok({(g[3], g[7]) for g in got} >= {(0, "SE_bulk"), (1, "CEI"), (2, "CT")} and all(0 < g[8] <= 1 for g in got),
   "names from how R and C change", {(g[3], g[7]) for g in got})

# ---- the same however it is done
r = run(*RUN, "--store", "two.db", "-j2")
ok(hash_of("one.db") == hash_of("two.db"), "one and two threads: the same tracks", r)
ok(rows("one.db", "SELECT * FROM tracks ORDER BY spectrum, track") ==
   rows("two.db", "SELECT * FROM tracks ORDER BY spectrum, track"), "the same rows of tracks", r)
for threads in ("-j1", "-j3"):
    r = run("campaign", "track", "two.db", "--redo", threads)
    ok(r.code == 0 and "followed in 2 cells" in r.err and hash_of("one.db") == hash_of("two.db"),
       "followed again with " + threads, r)
r = run(*RUN, "--store", "bare.db", "--no-track")
ok(r.code == 0 and "followed" not in r.err and not rows("bare.db", "SELECT * FROM tracks") and
   hash_of("bare.db") != hash_of("one.db"), "--no-track", r)
r = run("campaign", "track", "bare.db")
ok(r.code == 0 and hash_of("bare.db") == hash_of("one.db"), "track afterwards: the same", r)
for k in (1, 2):
    r = run(*RUN, "--store", "s%d.db" % k, "--shard", "%d/2" % k)
    ok(r.code == 0 and not rows("s%d.db" % k, "SELECT * FROM tracks"), "a shard is not followed", r)
r = run("campaign", "merge", "s2.db", "s1.db", "--store", "whole.db")
ok(r.code == 0 and "processes followed in 2 cells" in r.err and hash_of("whole.db") == hash_of("one.db"),
   "merged: the same tracks", r)
run("campaign", "track", "s1.db")
os.remove(path("whole.db"))
r = run("campaign", "merge", "s1.db", "s2.db", "--store", "whole.db")
ok(r.code == 0 and hash_of("whole.db") == hash_of("one.db"), "tracks of a shard do not get in the way", r)
r = run("campaign", "merge", "s1.db", "s2.db", "--store", "plain.db", "--no-track")
ok(r.code == 0 and not rows("plain.db", "SELECT * FROM tracks"), "merge --no-track", r)

# ---- again, and what changed
r = run("campaign", "track", "one.db")
ok(r.code == 0 and "tracks of 2 cells are up to date" in r.err, "what did not change is left alone", r)
r2 = run("campaign", "track", "one.db", "--redo", "-o", "t.txt")
ok(r2.code == 0 and "processes followed in 2 cells" in r2.err and r2.out == "" and
   read("t.txt").decode() == r.out and hash_of("one.db") == hash_of("two.db"), "--redo: the same again", r2)
write("c0_0_0.csv", table(lambda w: arcs(w, 0, 0, 3), n=51, high=6, low=-1, noise=0.2, seed=9))
r = run(*RUN, "--store", "one.db")
ok("processes followed in 1 cell;" in r.err, "a changed file: its cell is followed again", r)
run(*RUN, "--store", "fresh.db")
ok(hash_of("one.db") == hash_of("fresh.db") != hash_of("two.db"), "as if done from the beginning")
run(*RUN, "--store", "one.db", "--fmax", "100 kHz", "--redo")
r = run(*RUN, "--store", "one.db", "--redo", "--no-track")
r = run("campaign", "track", "one.db")
ok("processes followed in 2 cells" in r.err and hash_of("one.db") == hash_of("fresh.db"),
   "other options and back: followed again", r)
shutil.copy(path("two.db"), path("old.db"))
db = sqlite3.connect(path("old.db"))
db.execute("DROP TABLE tracks")
db.execute("CREATE TABLE tracks(cell TEXT NOT NULL, track INTEGER NOT NULL, spectrum INTEGER NOT NULL)")
db.execute("DELETE FROM campaign WHERE key GLOB 'tracks of *'")
db.commit()
db.close()
r = run("campaign", "track", "old.db")
ok(r.code == 0 and hash_of("old.db") == hash_of("two.db"), "a table of an earlier form is made anew", r)

# ---- what it shows
r = run("campaign", "track", "two.db")
ok("no column 'electrolyte': processes are named as those of a solid-state cell" in r.err, "what the names suppose", r)
out = r.out
ok(re.search(r"^c0: 24 spectra$", out, re.M) and re.search(r"^ +0 +SE_bulk .* 24 +series resistance$", out, re.M) and
   re.search(r"^ +1 +CEI ", out, re.M), "one line for each track", out)
ok("R over SOC, mean of the spectra at each" in out and re.search(r"^ +SOC +SE_bulk +CEI +CT$", out, re.M) and
   re.search(r"^ +0\.2 +\S+ ± \S+ Ω +\S+ ± \S+ Ω +\S+ ± \S+ Ω$", out, re.M), "R over SOC with errors", out)
r = run("trend", "two.db", "--from", "tracks", "--where", "cell=c0", "--where", "soc=0.4", "-p", "R_CEI", "--json")
docs = [json.loads(line) for line in r.out.splitlines()]
ok(len(docs) == 1 and docs[0]["parameter"] == "R_CEI", "trend --from tracks", r)
export = run("campaign", "export", "two.db", "--table", "tracks").out.splitlines()
ok(len(export) == 3 * TOTAL + 1 and export[0].endswith(",track,peak,process,process_probability,tau,"
                                                       "log10_tau_error,R,R_error,C,shared"), "export", export[0])

lines = ["file,cell,cycle,temperature_C"]
for k in range(30):
    name = "t%d.csv" % k
    write(name, table(lambda w: arcs(w, 0, 0.5, 1), n=41, high=6, low=-1, noise=0.2, seed=500 + k))
    lines.append("%s,t,%d,%d" % (name, k, 24 if k < 26 else 60))
write("t.csv", "\n".join(lines) + "\n")
run("campaign", "run", "t.csv", "--drt", "--store", "t.db")
out = run("campaign", "track", "t.db").out
ok("R over T in °C, mean of the spectra at each\n" in out, "over temperature where SOC does not change", out)
db = sqlite3.connect(path("t.db"))
db.execute("UPDATE spectra SET soc = id / 100.0")
db.commit()
db.close()
out = run("campaign", "track", "t.db").out
ok("R over SOC, mean of the spectra at each, at 24 °C\n" in out and "  and more: the first 24 of them\n" in out,
   "one of several temperatures; what is left out is said", out)

# ---- messages
run("campaign", "run", "m.csv", "-c", "R0-p(R1,C1)", "--store", "fit.db")
for args, code, text in (
        (("track",), 2, "campaign track needs one store: eisfit campaign track results.db"),
        (("track", "one.db", "two.db"), 2, "campaign track needs one store"),
        (("track", "none.db"), 3, "none.db: can't open: No such file or directory"),
        (("track", "fit.db"), 3, "fit.db: there are no distributions of relaxation times to follow; run the "
         "campaign with --drt"),
        (("track", "one.db", "--drt"), 2, "option '--drt' means nothing to 'campaign track'"),
        (("status", "one.db", "--no-track"), 2, "option '--no-track' means nothing to 'campaign status'")):
    r = run("campaign", *args)
    ok(r.code == code and text in r.err and r.out == "", "campaign %s: %s" % (" ".join(args), text), r)
done()
