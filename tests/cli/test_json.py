"""JSON Lines: strict JSON, valid against doc/schema, %.17g, null for what is not known."""
import os

import schema
from tap import ARC, done, ok, run, standard_files, table, one_arc, write

standard_files()
write("m\xe9ta.csv", table(one_arc, noise=0.2, extra={"cell": "A-1"}))
RUNS = [
    ["fit", "arc.csv", "-c", ARC],
    ["fit", "arc.csv", "-c", ARC, "--no-kk"],
    ["fit", "arc.csv", "two.csv", "missing.csv", "-c", ARC],
    ["fit", "arc.csv", "-c", ARC, "-c", "R0-p(R1,C1)"],
    ["fit", "arc.csv", "-m", "scl-randles", "--electrolyte", "LPSCl", "--area", "1 cm2"],
    ["fit", "arc.csv", "-c", "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)", "--starts", "2"],
    ["fit", "arc.csv", "-c", ARC, "--tie", "R1=10*R0"],
    ["kk", "arc.csv", "ind.csv"],
    ["kk", "arc.csv", "--no-others", "--rule", "mu"],
    ["simulate", "-c", ARC, "--noise", "1", "--drift", "2"],
    ["simulate", "-c", ARC, "--repeat", "3"],
    ["convert", "arc.csv", "two.csv"],
    ["convert", "m\xe9ta.csv"],
    ["models"],
    ["models", "scl-randles", "zarc"],
    ["elements"],
    ["elements", "CPE", "Wo"],
    ["formats"],
]
for args in RUNS:
    r = run(*args, "--json")
    try:
        docs = schema.lines(r.out)
    except ValueError as e:
        ok(False, " ".join(args) + ": JSON", e, r)
        continue
    errors = [e for d in docs for e in schema.validate(d)]
    ok(docs and not errors, " ".join(args) + ": valid", *(errors or [r]))

one = run("fit", "arc.csv", "-c", ARC, "--json")
ok(one.out.count("\n") == 1 and one.out.endswith("}\n"), "one object, one line")
for value in ("nan", "inf"):
    ok(value not in one.out.lower().replace("r_inf", "").replace("information", ""), "no " + value)
doc = schema.lines(one.out)[0]
ok(list(doc)[:4] == ["schema", "version", "input", "warnings"], "members in the order of the contract")
ok(len(doc["input"]["sha256"]) == 64, "sha256 of the file")
n = len(doc["parameters"])
ok(len(doc["correlation"]) == n and all(len(row) == n for row in doc["correlation"]), "correlation")
ok(all(abs(doc["correlation"][i][i] - 1) < 1e-12 for i in range(n)), "its diagonal is one")
f = float(next(line.split(",")[0] for line in table(one_arc).splitlines()[2:]))
ok(doc["data"]["f_hz"][1] == f, "numbers come back to the last bit")
ok(doc["data"]["f_hz"] == sorted(doc["data"]["f_hz"], reverse=True), "descending frequency")

# the checker itself must see mistakes
broken = dict(doc, verdict="fine")
ok(schema.validate(broken), "checker: enum")
broken = dict(doc)
del broken["statistics"]
ok(schema.validate(broken), "checker: required")
ok(schema.validate(dict(doc, extra=1)), "checker: nothing undeclared")
ok(schema.validate(dict(doc, parameters=[{"name": 1}])), "checker: nested")
for name in sorted(os.listdir(schema.ROOT)):
    ok(schema.load(name)["$id"] == name, name + " is JSON and knows its name")
done()
