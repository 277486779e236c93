"""eisfit campaign: run, status, export; the same results however the work is done."""
import json
import os
import re
import sqlite3

import schema
from tap import ARC, done, ok, one_arc, path, read, run, standard_files, table, two_arcs, write


def stacked(name, cycles, seed):
    """One file with a column of cycles; the arc grows."""
    lines = ["cycle number,freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm"]
    for c in range(1, cycles + 1):
        text = table(lambda w: one_arc(w, r1=100 + 3 * c), n=41, high=5, low=0, noise=0.1,
                     seed=seed + c)
        for line in text.splitlines()[1:]:
            f, re_, im = (float(x) for x in line.split(","))
            lines.append("%d,%.12g,%.12g,%.12g" % (c, f, re_, -im))
    write(name, "\n".join(lines) + "\n")


standard_files()
stacked("stack.csv", 40, 10)
write("broken.csv", "no spectrum\n")
HOSTILE = "<script>alert(1)</script>&'.csv"
write(HOSTILE.replace("/", "_"), read("arc.csv"))
HOSTILE = HOSTILE.replace("/", "_")
write("m.csv", 'file,sweep,cell,group,soc,note\nstack.csv,all,A,coated,,"<b>bold</b>, \'x\'"\n'
      'arc.csv,,B,bare,50,\nbroken.csv,,B,bare,60,\ntwo.csv,,B,bare,70,"a ""quoted"" word"\n'
      '%s,,B,bare,80,\n' % HOSTILE)

RUN = ("campaign", "run", "m.csv", "-c", ARC, "--drt")


def hash_of(store):
    return run("campaign", "status", store, "--hash").out.strip()


r = run("campaign", "check", "m.csv")
ok(r.code == 0 and r.out == "m.csv: 44 spectra, 5 files, 2 cells; columns: cell, group, soc, note\n",
   "check counts", r)
ok("soc is taken as per cent (line 3 has 50)" in r.err and
   "1 of 5 files can't be read as spectra" in r.err, "check says what it decided", r)

r = run(*RUN, "--store", "one.db", "-j1")
ok(r.code == 1 and r.out == "", "a run with an unreadable file ends with 1", r)
ok(re.search(r"^eisfit: 44 spectra in .* s \(.*/s\)$", r.err, re.M) and
   "eisfit: 'one.db' has 44 spectra: 42 passed, 2 flagged, 1 of them failed\n" in r.err,
   "and says so", r)
two = run(*RUN, "--store", "two.db", "-j2")
ok(len(hash_of("one.db")) == 64 and hash_of("one.db") == hash_of("two.db"),
   "one and two threads: the same results", hash_of("one.db"), hash_of("two.db"))
ok(not [n for n in os.listdir(path(".")) if n.startswith("one.db-")], "the store is one file")

# ---- what is in it
db = sqlite3.connect(path("one.db"))
row = db.execute("SELECT status, reason, sweep, soc, n_points FROM spectra WHERE file = 'broken.csv'"
                 ).fetchone()
ok(row[0] == "failed" and row[1].startswith("broken.csv") and row[2:] == (0, 0.6, None),
   "the unreadable file is recorded with the reason", row)
rows = db.execute("SELECT cycle, value, stderr FROM best_parameters WHERE cell = 'A' AND name = 'R1'"
                  " ORDER BY position").fetchall()
ok(len(rows) == 40 and [c for c, _, _ in rows] == list(range(1, 41)), "cycles from the file", rows[:3])
bad = [row for row in rows if abs(row[1] - 100 - 3 * row[0]) > 4.5 * row[2]]
ok(not bad, "the parameters are those of the simulation", *bad)
ok(db.execute("SELECT count(*) FROM fits WHERE warm = 1").fetchone()[0] >= 35 and
   db.execute("SELECT count(*) FROM fits WHERE warm IS NULL").fetchone()[0] == 3,
   "fits start at the spectrum before, except the first of a block",
   db.execute("SELECT warm, count(*) FROM fits GROUP BY warm").fetchall())
ok(db.execute("SELECT count(*) FROM blocks").fetchone()[0] == 3, "blocks of at most 32 spectra")
ok(db.execute("SELECT text FROM metadata WHERE spectrum = 1 AND name = 'note'").fetchone()[0] ==
   "<b>bold</b>, 'x'", "text goes through as it is")
ok(db.execute("SELECT count(*) FROM spectra WHERE file = ?", (HOSTILE,)).fetchone()[0] == 1,
   "names go through as they are")
size = os.path.getsize(path("one.db")) / 44
ok(size < 20000, "less than 20 kB per spectrum with distribution of relaxation times (%d)" % size)
db.close()

# a fit by itself finds the same
single = json.loads(run("fit", "arc.csv", "-c", ARC, "--json").out)
db = sqlite3.connect(path("one.db"))
stored = dict(db.execute("SELECT name, value FROM best_parameters p JOIN spectra s ON s.id = p.spectrum"
                         " WHERE s.file = 'arc.csv' AND NOT derived"))
bad = [p["name"] for p in single["parameters"] if abs(p["value"] / stored[p["name"]] - 1) > 1e-6]
ok(not bad, "the same parameters as eisfit fit", *bad)
db.close()

# ---- again, and what changed
again = run(*RUN, "--store", "one.db")
ok(again.code == 1 and "44 spectra were done before" in again.err and
   "eisfit: nothing to do" in again.err and "exit code 1 says that not all in the store passed, not that the run "
   "went wrong" in again.err, "nothing is done twice, and the code is about the store", again)
before = hash_of("one.db")
write("two.csv", table(two_arcs, noise=0.2, seed=77))
r = run(*RUN, "--store", "one.db")
ok("4 spectra changed, moved or are not in the manifest any more" in r.err and
   "40 spectra were done before" in r.err and "eisfit: 4 spectra in" in r.err,
   "a changed file is noticed; its block is done again", r)
run(*RUN, "--store", "fresh.db")
ok(hash_of("one.db") == hash_of("fresh.db") != before, "as if done from the beginning")
manifest = read("m.csv").decode().splitlines()
write("m.csv", "\n".join([manifest[0], "ind.csv,,Z,,,"] + manifest[1:]) + "\n")
r = run(*RUN, "--store", "one.db")
ok("44 spectra were done before" in r.err and "eisfit: 1 spectrum in" in r.err,
   "a new line in front: only that is done", r)
os.remove(path("fresh.db"))
run(*RUN, "--store", "fresh.db")
ok(hash_of("one.db") == hash_of("fresh.db"), "numbers follow the manifest")
write("m.csv", "\n".join(manifest[:2]) + "\n")
r = run(*RUN, "--store", "one.db")
ok(r.code == 0 and "5 spectra changed, moved or are not in the manifest any more" in r.err,
   "lines that are gone: their results go", r)
os.remove(path("fresh.db"))
run(*RUN, "--store", "fresh.db")
ok(hash_of("one.db") == hash_of("fresh.db"), "and nothing of them stays")

r = run(*RUN, "--store", "one.db", "--seed", "2")
ok(r.code == 2 and "'one.db' was made with other options ('--drt yes', now '--seed 2'); give another "
   "--store, or --redo" in r.err, "other options are noticed", r)
r = run(*RUN, "--store", "one.db", "--seed", "2", "--redo")
ok(r.code == 0 and "eisfit: 40 spectra in" in r.err, "--redo does all again", r)
os.remove(path("fresh.db"))
run(*RUN, "--store", "fresh.db", "--fmax", "10 kHz")
r = run(*RUN, "--store", "one.db", "--fmax", "10 kHz", "--redo")
ok(hash_of("one.db") == hash_of("fresh.db"), "and leaves nothing of what was there", r)

# ---- export
write("m.csv", "\n".join(manifest) + "\n")
run(*RUN, "--store", "e.db")
tables = {}
for name in ("spectra", "fits", "parameters", "peaks", "tracks", "quality"):
    r = run("campaign", "export", "e.db", "--table", name)
    lines = r.out.splitlines()
    tables[name] = lines
    ok(r.code == 0 and lines and (len(lines) > 40 or name == "tracks"), "export " + name, r)
    j = run("campaign", "export", "e.db", "--table", name, "--json")
    rows = [json.loads(line) for line in j.out.splitlines()]
    bad = [e for x in rows for e in schema.validate(x)]
    ok(len(rows) == len(lines) - 1 and all(x["table"] == name for x in rows) and not bad,
       "as JSON Lines", j, *bad[:5])
ok(tables["spectra"][0].startswith("spectrum,file,sweep,cell,position,group,cycle,time_h,soc,"),
   "columns have names", tables["spectra"][0])
numbers = [x for line in tables["parameters"][1:] for x in line.split(",") if "." in x and x.replace(".", "").isdigit()]
ok(len(numbers) > 100 and all(x == repr(float(x)) for x in numbers), "numbers have no more digits than they need",
   [x for x in numbers if x != repr(float(x))][:5])
ok(len(tables["spectra"]) == 45 and len(tables["quality"]) == 44, "failed ones are in spectra only")
r = run("campaign", "export", "e.db", "--table", "parameters", "-o", "p.csv")
ok(r.code == 0 and r.out == "" and read("p.csv").decode().splitlines() == tables["parameters"],
   "export to a file")
r = run("campaign", "status", "e.db")
ok(r.code == 0 and "e.db: 44 of 44 spectra, 2 cells, from m.csv" in r.out and
   "failed              1  can't be read" in r.out and "43 fits, 43 distributions" in r.out,
   "status", r)
j = json.loads(run("campaign", "status", "e.db", "--json").out)
ok(not schema.validate(j) and j["planned"] == 44 and j["failed"] == 1 and j["hash"] == hash_of("e.db"), "status as JSON", j)

# ---- the gate
drift = "frequency_Hz,Zreal_ohm,Zimag_ohm\n"
for k, line in enumerate(table(one_arc, n=61, noise=0.02).splitlines()[1:]):
    f, re_, im = (float(x) for x in line.split(","))
    drift += "%.17g,%.17g,%.17g\n" % (f, re_ * (1.05 if k > 45 else 1), im)
write("drift.csv", drift)
write("g.csv", "file\ndrift.csv\narc.csv\n")
for gate, want in (("flag", ("ok", 61)), ("window", ("ok", None)), ("skip", ("failed", 61))):
    r = run("campaign", "run", "g.csv", "-c", ARC, "--kk-gate", gate, "--store", gate + ".db")
    db = sqlite3.connect(path(gate + ".db"))
    row = db.execute("SELECT status, n_points, reason, flags FROM spectra WHERE file='drift.csv'"
                     ).fetchone()
    ok(r.code == 1 and row[0] == want[0] and "kk" in row[3] and
       (row[1] == want[1] if want[1] else 8 <= row[1] < 61), "--kk-gate " + gate, row, r)
    if gate == "skip":
        ok(row[2].startswith("left out: Kramers-Kronig failed ("), "the reason of the gate", row)
    db.close()
r = run("campaign", "run", "g.csv", "-c", ARC, "--tolerance", "5", "--store", "tol.db")
ok(r.code == 0, "--tolerance lets more pass", r)
r = run("campaign", "run", "g.csv", "--drt", "--store", "drt.db")
ok(r.code == 1 and run("campaign", "export", "drt.db", "--table", "fits").out.count("\n") == 1,
   "without a model: distribution of relaxation times only", r)

r = run("campaign", "run", "m.csv", "--drt", "--processes", "--store", "named.db")
db = sqlite3.connect(path("named.db"))
rows = db.execute("SELECT process, process_probability FROM peaks").fetchall()
ok(len(rows) >= 43 and all(name and 0 < p <= 1 for name, p in rows), "--processes names the peaks", rows[:5])
db.close()

# ---- messages
open(path("none.db"), "w").close()
db = sqlite3.connect(path("newer.db"))
db.execute("CREATE TABLE t(x)")
db.execute("PRAGMA application_id = 0x45495346")
db.execute("PRAGMA user_version = 2")
db.commit()
db.close()
db = sqlite3.connect(path("foreign.db"))
db.execute("CREATE TABLE t(x)")
db.commit()
db.close()
write("text.db", "this is no database at all, but it is long enough to be looked at\n" * 20)
whole = bytearray(read("e.db"))
for k in range(4096, len(whole) - 4096):
    whole[k] = 0x55
write("damaged.db", bytes(whole))
write("bad.csv", "file,cell,soc\narc.csv,A,x\nnot.csv,A,1\n")
for args, code, text in (
        ((), 2, "campaign needs an action: "),
        (("rum", "m.csv"), 2, "unknown action 'campaign rum'; did you mean 'run'?"),
        (("status",), 2, "campaign status needs one store"),
        (("export", "e.db"), 2, "campaign export needs --table with one of spectra, fits, parameters"),
        (("export", "e.db", "--table", "peak"), 2, "unknown table 'peak'; did you mean 'peaks'?"),
        (("status", "e.db", "--drt"), 2, "option '--drt' means nothing to 'campaign status'"),
        (("run", "m.csv", "--table", "fits"), 2, "option '--table' means nothing to 'campaign run'"),
        (("run", "m.csv", "-c", ARC), 2, "campaign run needs --store FILE"),
        (("run", "m.csv", "--store", "x.db"), 2, "campaign run needs --model NAME or --circuit STRING"),
        (("run", "--store", "x.db", "--drt"), 2, "campaign run needs one manifest"),
        (("run", "m.csv", "--drt", "--store", "x.db", "--shard", "4/3"), 2,
         "option '--shard': '4/3' is no K/N with K from 1 to N"),
        (("run", "m.csv", "-c", ARC, "--store", "x.db", "--processes"), 2, "--processes needs --drt"),
        (("run", "m.csv", "--drt", "--store", "x.db", "--sweep", "1"), 2,
         "--sweep means nothing to a campaign"),
        (("run", "bad.csv", "--drt", "--store", "x.db"), 3,
         "bad.csv:2:11: soc 'x' is not a number"),
        (("run", "bad.csv", "--drt", "--store", "x.db"), 3, "bad.csv:3:1: there is no file 'not.csv'"),
        (("run", "bad.csv", "--drt", "--store", "x.db"), 3, "2 problems; nothing was run"),
        (("check", "nothing.csv"), 3, "nothing.csv: can't open: No such file or directory"),
        (("status", "nothing.db"), 3, "nothing.db: can't open: No such file or directory"),
        (("status", "none.db"), 3, "none.db: this is no eisfit store"),
        (("status", "foreign.db"), 3, "foreign.db: this is no eisfit store"),
        (("run", "g.csv", "--drt", "--store", "foreign.db"), 3, "foreign.db: this is no eisfit store"),
        (("status", "text.db"), 3, "text.db: this is no eisfit store"),
        (("check", "."), 3, ".: is a folder, not a manifest: 'eisfit campaign init . -o manifest.csv'"),
        (("run", ".", "-c", ARC, "--store", "never.db"), 3, ".: is a folder, not a manifest"),
        (("status", "."), 3, ".: is a directory, not a store"),
        (("export", "damaged.db", "--table", "fits"), 3, "damaged.db: the store is damaged ("),
        (("status", "newer.db"), 3, "newer.db: the store is of version 2, this eisfit knows version 1"),
        (("run", "g.csv", "--drt", "--store", "newer.db"), 3, "it was written by a newer eisfit"),
        (("run", "g.csv", "--drt", "--store", "no/such/folder/x.db"), 5, "can't write 'no/such/folder/x.db")):
    r = run("campaign", *args)
    ok(r.code == code and text in r.err, "campaign %s: %s" % (" ".join(args), text), r)
ok(not os.path.exists(path("x.db")), "nothing was made where nothing was run")
# ---- the electrolyte of the manifest, and that of the command line
write("el.csv", "file,cell,electrolyte\narc.csv,A,LPSCl\ntwo.csv,B,LLZO\n")
for args, what in (
        ((), "the column 'electrolyte' (LPSCl) is kept and names processes; dphi and R_scl of the fits "
             "need --electrolyte NAME"),
        (("--electrolyte", "LPSCl"), "the manifest says 'LLZO' for 1 spectra (the first in line 3): dphi and "
                                     "R_scl of all fits are those of --electrolyte LPSCl"),
        (("--drt", "--redo"), None)):
    model = () if "--drt" in args else ("-m", "scl-randles")
    r = run("campaign", "run", "el.csv", *model, *args, "--store", "el%d.db" % len(args))
    said = "eisfit: " + what in r.err if what else "need --electrolyte" not in r.err
    ok(r.code in (0, 1, 3) and said, "electrolytes: %s" % " ".join(args), r)
done()
