"""eisfit trend, arrhenius and compare on the store of a campaign: the same numbers as from its CSV."""
import math
import random
import sqlite3

import schema
from tap import ARC, done, ok, one_arc, path, run, table, write

# eight cells, four of them coated: R1 is 0.7 times as high and grows with sqrt(cycle)
rng = random.Random(12)
rows = ["file,cell,group,cycle,soc,capacity_mAh"]
for k in range(8):
    cell = math.exp(rng.gauss(0, 0.05))
    for cycle in (0, 10, 25, 50, 100, 200):
        name = "c%d-%d.csv" % (k, cycle)
        r1 = 100 * cell * (0.7 if k >= 4 else 1) * (1 + 0.05 * math.sqrt(cycle))
        write(name, table(lambda w: one_arc(w, r1=r1, q=1e-4 / r1), n=31, high=6, low=0, noise=0.3,
                          seed=1000 * k + cycle))
        rows.append("%s,C%d,%s,%d,0.5,%.4g" % (name, k, "coated" if k >= 4 else "bare", cycle,
                                               150 - 0.05 * r1))
write("m.csv", "\n".join(rows) + "\n")
r = run("campaign", "run", "m.csv", "-c", ARC, "--store", "s.db")
ok(r.code == 0, "the campaign runs", r)

r = run("compare", "s.db", "--reference", "bare", "--json")
docs = {d["parameter"]: d for d in schema.lines(r.out)}
ok(r.code == 0 and {"R0", "R1"} <= set(docs), "parameters of a store", r)
e = docs["R1"]["effects"][0]
ok(e["ci95"][0] <= 0.7 <= e["ci95"][1] and e["p_holm"] < 0.001, "the effect is inside its interval", e)
ok(docs["R1"]["unit"] == "ohm" and docs["R1"]["adjusted_for"] == "cycle (at equal values)" and
   docs["R1"]["spectra"] == 48, "unit, cycles, all spectra", docs["R1"]["adjusted_for"])
bad = [x for d in docs.values() for x in schema.validate(d)]
ok(not bad, "the schema holds", *bad)
r = run("campaign", "export", "s.db", "--table", "parameters", "-o", "p.csv")
csv = schema.lines(run("compare", "p.csv", "--reference", "bare", "-p", "R1", "--json").out)
ok(csv and csv[0]["effects"][0]["ln_ratio"] == e["ln_ratio"], "the same from the exported CSV", r)

r = run("trend", "s.db", "-p", "R1", "--correlate", "capacity_mAh", "--json")
docs = schema.lines(r.out)
ok(len(docs) == 8 and sum(d["best"] == "sqrt" for d in docs) >= 5 and docs[0]["x"] == "cycle",
   "trend of each cell", [d["best"] for d in docs])
ok(all(d["rank"]["spearman"] < -0.9 for d in docs), "a free column of the manifest", docs[0]["rank"])
r = run("trend", "s.db", "-p", "*alpha*", "--where", "flags=", "--where", "cell=C1", "--json")
ok([d["parameter"] for d in schema.lines(r.out)] == ["CPE1_alpha"], "patterns, rows without flags", r)

db = sqlite3.connect(path("s.db"))
with db:
    db.execute("UPDATE fits SET verdict = 'timeout' WHERE spectrum = 1")
r = run("compare", "s.db", "--reference", "bare", "-p", "R1", "--json")
ok(schema.lines(r.out)[0]["spectra"] == 47, "what the time limit stopped is left out", r)
with db:
    db.execute("UPDATE fits SET verdict = 'converged' WHERE spectrum = 1")
db.close()

# processes that were tracked
db = sqlite3.connect(path("s.db"))
with db:
    for i, cell, cycle in db.execute("SELECT id, cell, cycle FROM spectra").fetchall():
        R = (4 if cell < "C4" else 2) * (1 + 0.1 * math.sqrt(cycle)) * math.exp(rng.gauss(0, 0.01))
        db.execute("INSERT INTO tracks(cell, track, spectrum, process, tau, R, R_error, C)"
                   " VALUES(?, 1, ?, 'cei', 1e-4, ?, ?, ?)", (cell, i, R, 0.01 * R, 1e-4 / R))
db.close()
docs = schema.lines(run("compare", "s.db", "--from", "tracks", "--reference", "bare", "--json").out)
ok([d["parameter"] for d in docs] == ["R_cei"] and abs(docs[0]["effects"][0]["ratio"] - 0.5) < 0.02,
   "tracked processes", docs)
docs = schema.lines(run("trend", "s.db", "--from", "tracks", "--where", "cell=C0", "--json").out)
ok(docs[0]["drift"] and "CEI growth" in docs[0]["drift"]["possible"] and
   docs[0]["drift"]["partner"] == "C_cei", "their drift", docs[0]["drift"])

# columns of the user with names that eisfit has itself: the user's are meant
rows = ["file,cell,temperature_C,state,model,name,position"]
for k, (state, shift) in enumerate((("V", 1), ("free", 1.5), ("open", 2))):
    for T in (20, 40, 60):
        file = "s%d-%d.csv" % (k, T)
        r1 = 100 * shift * math.exp(0.3 / 8.617333e-5 * (1 / (T + 273.15) - 1 / 313.15))
        write(file, table(lambda w: one_arc(w, r1=r1, q=1e-4 / r1), n=31, high=6, low=0, noise=0.3,
                          seed=100 * k + T))
        rows.append("%s,T%d,%d,%s,pouch,Anna,%d" % (file, T, T, state, k + 7))
write("own.csv", "\n".join(rows) + "\n")
r = run("campaign", "run", "own.csv", "-c", ARC, "--store", "own.db")
for column, values in (("state", ["V", "free", "open"]), ("position", ["7", "8", "9"])):
    docs = schema.lines(run("arrhenius", "own.db", "-p", "R1", "--by", column, "--json").out)
    ok(len(docs) == 3 and all(abs(d["line"]["Ea_eV"] - 0.3) < 0.02 for d in docs) and
       [d["series"] for d in docs] == ["%s %s" % (column, v) for v in values],
       "--by %s is the column of the manifest" % column, docs)
for where in ("state=open", "model=pouch", "name=Anna"):
    docs = schema.lines(run("arrhenius", "own.db", "-p", "R1", "--by", "cell,state", "--where", where,
                            "--json").out)
    ok(len(docs) == (3 if where[0] == "s" else 9), "--where %s" % where, docs)
r = run("arrhenius", "own.db", "-p", "R1", "--where", "state=V")
ok(r.code == 1 and "no series has 3 temperatures, all of them together have: --by COLUMN" in r.err,
   "how cells of one temperature come into one line", r)
r = run("arrhenius", "own.db", "-p", "R1", "--where", "state=V", "--by", "")
ok(r.code == 0 and "Ea is negative" not in r.out, "--by '' is one line", r)

write("no.db", "SQLite format 3\0" + "x" * 200)
for args, code, words in (
        (["trend", "no.db"], 3, "no.db"),
        (["trend", "p.csv", "--from", "tracks"], 2, "--from tracks needs a store; 'p.csv' is none"),
        (["arrhenius", "s.db"], 3, "s.db: no column temperature_C or temperature_K that changes"),
        (["trend", "s.db", "--where", "cell=C9"], 3, "s.db: no row is left: none has 'cell=C9'; that "
         "column holds C0, C1, C2"),
        (["trend", "s.db", "-p", "R9"], 3, "no parameter of that name; there are R0, R1, CPE1_Q"),
        (["trend", "s.db", "-p", "R1", "--where", "cell=C1", "--where", "group=coated"], 3,
         "s.db: no row is left: no parameter of that name where the conditions hold")):
    r = run(*args)
    ok(r.code == code and words in r.err and r.out == "", "%s -> %d" % (" ".join(args), code), r)
done()
