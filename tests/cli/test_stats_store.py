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

write("no.db", "SQLite format 3\0" + "x" * 200)
for args, code, words in (
        (["trend", "no.db"], 3, "no.db"),
        (["trend", "p.csv", "--from", "tracks"], 2, "--from tracks needs a store; 'p.csv' is none"),
        (["arrhenius", "s.db"], 3, "s.db: no column temperature_C or temperature_K that changes"),
        (["trend", "s.db", "--where", "cell=C9"], 3, "s.db: no row is left: no parameter of that name where")):
    r = run(*args)
    ok(r.code == code and words in r.err and r.out == "", "%s -> %d" % (" ".join(args), code), r)
done()
