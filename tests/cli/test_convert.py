"""eisfit convert: canonical CSV and JSON, there and back; circuits to other programs."""
import os

import schema
from tap import ARC, done, ok, one_arc, read, run, skip, standard_files, table, write

standard_files()
r = run("convert", "arc.csv")
ok(r.code == 0 and r.out.startswith("frequency_Hz,Zreal_ohm,Zimag_ohm\n"), "canonical CSV", r)
write("again.csv", r.out)
ok(run("convert", "again.csv").out == r.out, "a second time changes nothing")
semi = "\n".join(line.replace(",", ";").replace(".", ",") for line in
                 table(one_arc).splitlines()) + "\n"
write("german.csv", semi)
d = schema.lines(run("convert", "german.csv", "--json").out)[0]
e = schema.lines(run("convert", "--json", write("plain.csv", table(one_arc))).out)[0]
ok(d["data"] == e["data"], "decimal comma and semicolon", d["input"])
up = "\n".join(table(one_arc).splitlines()[:1] + table(one_arc).splitlines()[:0:-1]) + "\n"
write("up.csv", up)
d = schema.lines(run("convert", "up.csv", "--json").out)[0]
ok(d["data"] == e["data"], "ascending order is turned round")
r = run("convert", "arc.csv", "two.csv")
ok(r.out.count("frequency_Hz") == 2 and "\n\n" in r.out, "two spectra, an empty line between", r)
write("both.csv", r.out)
ok(run("convert", "both.csv").out == r.out, "one file of two spectra is read as two")
write("more.csv", "\n".join(line + ",7" if line[0].isdigit() else line for line in table(one_arc).splitlines()) + "\n")
r = run("convert", "more.csv")
ok(r.code == 0 and "more.csv: warning: " in r.err and "behind the last name" in r.err, "warnings are said beside CSV", r)
r = run("convert", "arc.csv", "--fmin", "100", "--exclude", "1")
ok(len(r.out.splitlines()) < 45, "input options work here too", r)

for dialect, words in (("cdc", "R0(R1Q1)"), ("impedance.py", "R0-p(R1,CPE1)"), ("boukamp", "R(RQ)"),
                       ("autoeis", "R0-[R1,P"), ("pyimpspec", "R")):
    r = run("convert", "--circuit", ARC, "--to", dialect)
    ok(r.code == 0 and words in r.out and r.err == "", "--to " + dialect, r)
r = run("convert", "-c", ARC, "--to", "impedance.py", "--set", "R0=10,R1=100")
ok(r.code == 0 and "10" in r.out and len(r.out.splitlines()) >= 2, "--set writes values", r)
r = run("convert", "-c", ARC, "--to", "impedance.py", "--set", "R0=10", "--topology")
ok(r.out == "R0-p(R1,CPE1)\n", "--topology leaves them out", r)
r = run("convert", "-c", "R(RQ)", "--from", "boukamp", "--to", "impedance.py")
ok(r.code == 0 and "p(" in r.out, "--from boukamp", r)

shared = os.environ.get("EISFIT_SHARED")
for name in ("impedance_py", "gamry_decimal_comma", "pyeis"):
    folder = os.path.join(shared, "data", name) if shared else ""
    if not os.path.isdir(folder):
        skip("real files of " + name, "EISFIT_SHARED has none")
        continue
    count, bad = 0, []
    for root, _, files in os.walk(folder):
        for f in sorted(files):
            if not f.lower().endswith((".mpt", ".dta", ".z")):
                continue
            r = run("convert", os.path.join(root, f), "--json", "-q")
            count += 1
            if r.code == 0:
                errors = [x for doc in schema.lines(r.out) for x in schema.validate(doc)]
                bad += [(f, errors[:2])] if errors else []
            elif r.code != 3:
                bad.append((f, r.code, r.err))
    ok(count and not bad, "%d real files of %s: read or refused with words" % (count, name), bad)
done()
