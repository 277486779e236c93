"""models, elements, formats: lists, details, and that they agree with the rest."""
import re

import schema
from tap import done, ok, run

r = run("models")
names = re.findall(r"^  (\S+) +\S", r.out, re.M)
ok(r.code == 0 and "scl-randles" in names and "zarc" in names, "models", r)
for name in names:
    d = run("models", name)
    ok(d.code == 0 and d.out.startswith(name + ": ") and "parameter" in d.out, "models " + name, d)
    circuits = {v["name"]: v["circuit"] for v in
                schema.lines(run("models", name, "--json").out)[0]["variants"]}
    for variant, circuit in circuits.items():
        back = run("simulate", "-c", circuit, "-q")
        ok(back.code == 0, "%s/%s: its circuit is one" % (name, variant), back, circuit)
r = run("elements")
symbols = [line.split()[0] for line in r.out.splitlines()[1:] if line and "'" not in line]
ok(r.code == 0 and {"R", "C", "L", "CPE", "W"} <= set(symbols), "elements", r)
docs = schema.lines(run("elements", "--json").out)
for e in docs:
    d = run("elements", e["symbol"])
    ok(d.code == 0 and d.out.startswith("%s: %s" % (e["symbol"], e["name"])) and
       all(p["doc"][:20] in d.out for p in e["parameters"]), "elements " + e["symbol"], d)
    ok(all(p["lower"] < p["upper"] for p in e["parameters"] if p["lower"] is not None and
           p["upper"] is not None), e["symbol"] + ": bounds in order")
two = run("elements", "R", "C")
ok("R: " in two.out and "C: " in two.out, "two elements at once", two)
ok(run("elements", "Q").out == run("elements", "CPE").out, "an element by its other name")
r = run("formats")
keys = [d["key"] for d in schema.lines(run("formats", "--json").out)]
ok(r.code == 0 and len(keys) >= 5 and all(k in r.out for k in keys), "formats", r)
done()
