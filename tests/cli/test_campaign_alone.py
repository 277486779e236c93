"""A spectrum has the same optimum in a campaign, in either order of its cell, as in eisfit fit, where it stands alone:
the parameters of the spectrum before are a start, not a habit."""
import csv
import json
import os

from tap import done, ok, path, read, run, skip

FOLDER = os.path.join(os.environ.get("EISFIT_SHARED", ""), "data", "buchicchio2022_soc", "battery_05")
CIRCUIT = "L0-R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"   # ten parameters for 14 points: many optima
if not os.path.isdir(FOLDER):
    skip("spectra of a campaign against each alone", "EISFIT_SHARED has no data/buchicchio2022_soc")
    done()

files = sorted(os.path.join(FOLDER, name) for name in os.listdir(FOLDER) if name.endswith(".csv"))
r = run("fit", *files, "-c", CIRCUIT, "--json", "-o", "alone.json")
alone = {one["input"]["file"]: one["statistics"]["S"] for one in map(json.loads, read("alone.json").splitlines())}
ok(r.code == 0 and len(alone) == 60, "60 spectra, each alone", r, len(alone))


def campaign(name, order):
    with open(path(name + ".csv"), "w") as f:
        f.write("file,cell\n" + "".join("%s,one\n" % p for p in order))
    r = run("campaign", "run", name + ".csv", "-c", CIRCUIT, "--store", name + ".db")
    out = run("campaign", "export", name + ".db", "--table", "fits").out
    S = {row["file"]: float(row["S"]) for row in csv.DictReader(out.splitlines())}
    ok(r.code == 0 and sorted(S) == files, name + ": the campaign", r)
    worse = ["%s: %g, alone %g" % (p[-20:], S[p], alone[p]) for p in files if S[p] > alone[p] * (1 + 1e-6)]
    ok(not worse, name + ": no worse optimum than alone", worse)


campaign("forward", files)
campaign("backward", files[::-1])
done()
