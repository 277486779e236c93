"""Tidy CSV: one header, one row per spectrum and quantity, metadata columns repeated."""
import csv
import io

import schema
from tap import ARC, done, ok, one_arc, run, standard_files, table, write

standard_files()
write("a.csv", table(one_arc, noise=0.2, extra={"cell": "A", "soc": "0.5"}))
write("b,b.csv", table(one_arc, noise=0.2, seed=4, extra={"cell": "B", "cycle": 7}))


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


r = run("fit", "a.csv", "b,b.csv", "-c", ARC, "--csv")
t = rows(r.out)
ok(r.code == 0 and {x["file"] for x in t} == {"a.csv", "b,b.csv"}, "two files, quoted name", r)
ok(all(None not in x and None not in x.values() for x in t), "as many fields as columns in each row")
ok({"cell", "soc", "cycle"} <= set(t[0]), "metadata of all files are columns", sorted(t[0]))
ok([x["cell"] for x in t if x["name"] == "R1"] == ["A", "B"], "metadata repeated")
ok([x["cycle"] for x in t if x["name"] == "R1"] == ["", "7"], "absent metadata are empty")
write("own.csv", table(one_arc, noise=0.2, extra={"name": "Anna", "unit": "no", "batch": "7"}))
for command in (["fit", "own.csv", "-c", ARC], ["drt", "own.csv"], ["kk", "own.csv"]):
    r = run(*command, "--csv", "-q")
    head = r.out.split("\n")[0].split(",")
    ok(len(set(head)) == len(head) and "batch" in head, "no name twice: %s" % command[0], r)
    ok(command[0] != "fit" or {"name", "file_name", "unit", "file_unit"} <= set(head),
       "metadata called like a column of eisfit", head)
j = schema.lines(run("fit", "a.csv", "b,b.csv", "-c", ARC, "--json").out)
for doc in j:
    for p in doc["parameters"]:
        x = [x for x in t if x["file"] == doc["input"]["file"] and x["name"] == p["name"]][0]
        ok(float(x["value"]) == p["value"] and float(x["stderr"]) == p["stderr"],
           "%s of %s as in JSON" % (p["name"], doc["input"]["file"]))
ok({x["kind"] for x in t} == {"parameter", "derived"}, "parameters and derived values")
ok(all(x["verdict"] == "converged" and x["kk_passed"] == "1" for x in t), "verdicts in every row")
r = run("fit", "a.csv", "-c", ARC, "-c", "R0-p(R1,C1)", "--csv")
t = rows(r.out)
ok({x["best"] for x in t if "CPE" in x["circuit"]} == {"1"} and
   {x["best"] for x in t if "CPE" not in x["circuit"]} == {"0"}, "best is marked", r)
r = run("fit", "arc.csv", "-c", ARC, "--fix", "R0=10", "--csv")
x = [x for x in rows(r.out) if x["name"] == "R0"][0]
ok(x["fixed"] == "1" and x["stderr"] == "" and x["value"] == "10", "fixed: no error, empty field", x)
r = run("fit", "a.csv", "-c", "R0-p(R1,C1)", "--csv", "--area", "0.5 cm2", "--temperature", "25 C")
t = rows(r.out)
ok(t[0]["area_m2"] == "5e-05" and t[0]["temperature_K"] == "298.15" and
   t[0]["soc"] == "0.5" and t[0]["thickness_m"] == "", "conditions, soc from the file", t[0])
ok(r.out.splitlines()[0].split(",").count("soc") == 1, "no column twice", r.out.splitlines()[0])
ok(float(t[0]["misfit_percent"]) > 2 and 0.05 < float(t[0]["kk_noise_percent"]) < 0.5 and
   "the model misses" in t[0]["warnings"] and
   t[0]["verdict"] == "converged, but the model misses the data", "misfit, noise, warnings", t[0])
r = run("kk", "a.csv", "b,b.csv", "--csv")
t = rows(r.out)
ok(len(t) == 2 and all(x["passed"] == "1" for x in t) and t[1]["cell"] == "B", "kk --csv", r)
# more files than are held in memory at a time; the column of the last one is in the head, and the standard
# input, which can't be read twice, has its place among them
for i in range(520):
    write("many%03d.csv" % i, table(one_arc, n=9, noise=0.2, extra={"last": "yes"} if i == 519 else {"cell": i}))
many = ["many%03d.csv" % i for i in range(520)]
r = run("kk", *many[:300], "-", "gone.csv", *many[300:], "--csv", "-q",
        stdin=table(one_arc, n=9, noise=0.2, extra={"piped": "this"}))
t = rows(r.out)
ok([x["file"] for x in t] == many[:300] + ["<stdin>"] + many[300:], "kk --csv of many files and a pipe, in order", r)
ok(t[519 + 1]["last"] == "yes" and t[0]["last"] == "" and t[300]["piped"] == "this" and t[7]["cell"] == "7",
   "columns of all of them", t[520])
ok(r.code == 1 and r.err.count("gone.csv") >= 1 and r.out.count("file,") == 1, "a missing file does not end it", r.err)
r = run("fit", "missing.csv", "-c", ARC, "--csv")
ok(r.code == 3 and r.out == "", "no table without data", r)
done()
