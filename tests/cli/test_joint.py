"""eisfit joint: one model for the spectra of a manifest; text, JSON, CSV, figure, comparison, mistakes."""
import csv
import io
import os
import re
import shutil

import schema
from tap import TOP, WORK, done, ok, read, run, skip, write

for name in ("joint-sample.csv", "joint-manifest.csv"):
    shutil.copy(os.path.join(TOP, "data", name), WORK)

# the truth stands in data/PROVENANCE.md
TRUTH = {"SCL_if_dphi.theta": 0.53986, "SCL_if_dphi.E_fb": 3.6522, "SCL_if_n0": 6.3005e24, "SCL_if_CH": 0.1218,
         "SCL_if_RF.ref": 5.5096e-4, "SCL_if_RF.Ea": 0.5214, "Zarc_cei_R.ref": 2.8105, "Zarc_cei_R.Ea": 0.4333,
         "R_b.ref": 1 / 0.030722}

r = run("joint", "joint-manifest.csv", "-m", "joint-scl,joint-ct,joint-cei-growth", "--variant", "bulk-arc",
        "--no-profile", "--json")
doc = schema.lines(r.out)[0] if r.code == 0 else {}
ok(r.code == 0 and not schema.validate(doc), "a comparison is valid JSON", r, *(schema.validate(doc) if doc else []))
scl, ct, growth = doc["hypotheses"]
numbers = {n["name"]: n for n in scl["shared"]}
for name, truth in TRUTH.items():
    n = numbers[name]
    ok(abs(n["value"] - truth) < 4 * n["stderr"] and n["identifiable"], "%s is found" % name, n, truth)
ok(doc["choice"]["best"] == "joint-scl" and doc["choice"]["strength"] == "decisive", "space charge is chosen",
   doc["choice"])
ok(growth["error"] and "'time_h'" in growth["error"] and "spectra" not in growth,
   "a hypothesis without its column is not tested, and why", growth)
ok(len(scl["spectra"]) == 33 and all(len(s["parameters"]) == len(scl["parameter_names"]) for s in scl["spectra"]),
   "33 spectra with their parameters")
full = [s["space_charge"] for s, x in zip(scl["spectra"], doc["columns"]["soc"]) if x == 1]
empty = [s["space_charge"] for s, x in zip(scl["spectra"], doc["columns"]["soc"]) if x == 0]
ok(all(s["identifiable"] and 0.3 < s["share"] < 0.8 for s in full), "identifiable when charged", full)
ok(not any(s["identifiable"] for s in empty), "not identifiable when empty", empty)
ok(len(scl["covariance"]) == len(scl["shared"]) == len(scl["directions"][0]["components"]), "sizes agree")

# text
r = run("joint", "joint-manifest.csv", "-m", "joint-scl,joint-ct,joint-cei-growth", "--variant", "bulk-arc")
for words in ("33 spectra, 990 points", "hypothesis", "ΔBIC", "not tested: it needs the column", "decisively favoured",
              "SCL_if_dphi.theta", "profile", "Δφ / mV", "too small", "the share of R_scl in the interface is identifiable",
              "only A sqrt(n0) is measured", "potential of the cathode from table NCM"):
    ok(words in r.out, "text has '%s'" % words, r)
ok(max(len(line) for line in r.out.splitlines()) < 130, "lines are not endless")

# CSV
r = run("joint", "joint-manifest.csv", "-m", "joint-scl", "--variant", "bulk-arc", "--no-profile", "--csv")
rows = list(csv.DictReader(io.StringIO(r.out)))
shared = [x for x in rows if x["level"] == "shared"]
ok(len(shared) == len(scl["shared"]) and len({x["sweep"] for x in rows if x["level"] == "spectrum"}) == 33,
   "CSV has the shared numbers and 33 spectra", len(shared))
ok(all(None not in x and None not in x.values() for x in rows), "every row has every column")
theta = [x for x in shared if x["name"] == "SCL_if_dphi.theta"][0]
ok(abs(float(theta["value"]) - numbers["SCL_if_dphi.theta"]["value"]) < 1e-6, "CSV and JSON agree", theta)
ok(sum(x["name"] == "share" for x in rows) == 33, "a share for every spectrum")

# laws and parameters from the command line
r = run("joint", "joint-manifest.csv", "-m", "joint-ct", "--law", "R_ct=each", "--law", "R_b=group(temperature_C)",
        "--fix", "C_if=1u", "--fmax", "100 kHz", "--json")
doc = schema.lines(r.out)[0] if r.code in (0, 1) else {}
ok(r.code in (0, 1) and not schema.validate(doc), "--law --fix --fmax", r)
h = doc["hypotheses"][0]
groups = sorted(n["group"] for n in h["shared"] if n["name"] == "R_b")
ok(groups == ["0", "25", "50"], "a value for every temperature", groups)
k = h["parameter_names"].index("R_ct")
ok(len({s["parameters"][k] for s in h["spectra"]}) == 33, "R_ct of every spectrum")
ok("C_if is fixed at 1e-06: its law is not used" in h["decisions"], "a fixed parameter has no law", h["decisions"])

# what is fixed stays so: also at the value that the element has anyway, and against a column of the manifest
r = run("joint", "joint-manifest.csv", "-m", "joint-scl", "--variant", "bulk-arc", "--no-profile", "--fix",
        "SCL_if_CH=1e30", "--fix", "SCL_if_area=5e-5", "--json")
h = schema.lines(r.out)[0]["hypotheses"][0]
k, a = (h["parameter_names"].index("SCL_if_" + p) for p in ("CH", "area"))
ok(all(s["parameters"][k] == 1e30 and s["parameters"][a] == 5e-5 for s in h["spectra"]) and
   "SCL_if_CH is fixed at 1e+30: its law is not used" in h["decisions"], "--fix at a default, and against a column", h["decisions"])

# a wrong model is not trusted: no compact layer where there is one
ok(h["statistics"]["missed"] and any("neighbouring points scatter by" in w for w in h["warnings"]) and
   any("if the model were right" in w for w in h["identifiability"]), "the misfit is more than noise, and said so",
   h["statistics"], h["warnings"])
truth = {s["sweep"]: s["space_charge"]["share"] for s in scl["spectra"]}
ok(all(abs(s["space_charge"]["share"] / truth[s["sweep"]] - 1) < 0.1 for s in h["spectra"] if s["space_charge"]["identifiable"]),
   "and where the share is called identifiable all the same it is right", [s["space_charge"] for s in h["spectra"]])
ok(not scl["statistics"]["missed"] and abs(scl["statistics"]["scatter_percent"] - 0.3) < 0.02, "the right model misses nothing",
   scl["statistics"])

r = run("joint", "joint-manifest.csv", "-m", "joint-scl", "--variant", "bulk-arc", "-w", "error-model", "--profile-all", "--json")
h = schema.lines(r.out)[0]["hypotheses"][0]
ok(all(s["space_charge"]["dphi_profiled"] for s in h["spectra"]) and
   not any(s["space_charge"]["dphi_profiled"] for s in scl["spectra"]), "--profile-all", r.err)
n = {x["name"]: x for x in h["shared"]}["SCL_if_dphi.theta"]
ok(abs(n["value"] - TRUTH["SCL_if_dphi.theta"]) < 4 * n["stderr"], "-w error-model", n)
r = run("joint", "joint-manifest.csv", "-m", "joint-scl", "--ocv", "LFP", "--no-profile", "--starts", "3")
ok("from table LFP" in r.out, "--ocv", r)
write("mine.csv", "soc,E\n0,3.4\n50,3.8\n100,4.3\n")
r = run("joint", "joint-manifest.csv", "-m", "joint-scl", "--ocv", "mine.csv", "--no-profile", "--starts", "3", "--seed", "4")
ok("from table mine" in r.out, "--ocv with a file of one's own", r)
a = run("joint", "joint-manifest.csv", "-m", "joint-scl", "--no-profile", "--starts", "3", "--json")
b = run("joint", "joint-manifest.csv", "-m", "joint-scl", "--no-profile", "--starts", "3", "--json")
ok(a.out == b.out, "twice the same")
n = run("joint", "joint-manifest.csv", "-m", "joint-scl", "--variant", "bulk-arc", "--no-profile", "--numeric", "--json")
exact = {x["name"]: x for x in schema.lines(n.out)[0]["hypotheses"][0]["shared"]}
ok(all(abs(exact[k]["value"] - numbers[k]["value"]) < 2 * numbers[k]["stderr"] for k in TRUTH) and
   exact["SCL_if_n0"]["value"] != numbers["SCL_if_n0"]["value"], "--numeric is near, and not the same", n.err)
r = run("joint", "joint-manifest.csv", "-m", "joint-ct", "-w", "unit", "--max-time", "2 min", "--bound", "R_b=1:1e4",
        "--set", "C_b=50p", "-v")
ok(r.code in (0, 1), "--weight --max-time --bound --set -v", r)

# a column of very small values has its digits, not zeros
for k in (1, 2, 3):
    run("simulate", "-c", "R0-p(R1,CPE1)", "--set", "R0=10", "--set", "R1=%d00" % k, "--set", "CPE1_Q=%de-7" % k,
        "--set", "CPE1_alpha=0.9", "--noise", "0.2", "--seed", k, "-o", "small%d.csv" % k, "-q")
write("small-manifest.csv", "file,soc,cell\n" + "".join("small%d.csv,0.%d,A\n" % (k, k) for k in (1, 2, 3)))
write("small.model", "[model]\nname = small\ntitle = one arc\ncircuit = R_b-p(R_ct,CPE_dl)\nwhen = small capacitances\n"
      "reference = none\n\n[roles]\nR_b = bulk\nR_ct = interface.R: charge transfer\n")
r = run("joint", "small-manifest.csv", "-m", "small.model")
shown = [(float(v), float(e)) for v, e in re.findall(r"([\d.]+e-07) ± ([\d.]+e-\d+)", r.out)]
ok(r.code == 0 and len(shown) == 3 and
   all(0 < e < 0.05 * v and abs(v - k * 1e-7) < 4 * e for k, (v, e) in enumerate(shown, 1)),
   "very small values: exponents, and near the truth", r)

# what is missing from the manifest, from the command line
write("bare.csv", "file,sweep,soc\n" + "".join("joint-sample.csv,%d,%g\n" % (k + 12, k / 10) for k in range(11)))
r = run("joint", "bare.csv", "-m", "joint-scl")
ok(r.code == 3 and "it needs the column 'thickness_um', which the data do not have" in r.err and "joint-scl.model:" in r.err,
   "missing covariate: file, line and what there is", r)
r = run("joint", "bare.csv", "-m", "joint-scl", "--area", "1 cm2", "--thickness", "100 um", "--temperature", "25 C")
ok(r.code == 0 and "one temperature only" in r.out, "area, thickness and temperature given", r)

if shutil.which("gnuplot"):
    for ending in ("svg", "png", "pdf"):
        r = run("joint", "joint-manifest.csv", "-m", "joint-scl", "--no-profile", "--plot", "j." + ending)
        ok(r.code == 0 and os.path.getsize(os.path.join(WORK, "j." + ending)) > 3000, "figure ." + ending, r)
    r = run("joint", "joint-manifest.csv", "-m", "joint-ct", "--law", "R_ct=each", "--plot", "k.svg", "--keep-plot-script", "k.gp")
    ok("R_ct / Ω" in read("k.gp").decode() and "state of charge" in read("k.svg").decode(), "figure of a model without a layer", r)
else:
    skip("figures", "there is no gnuplot")

# mistakes
write("mine.model", "[model]\nname = mine\ntitle = t\ncircuit = R_b-p(R_1,C_1)\n[joint]\nR_1 = exp(pressure)\n")
write("holes.csv", "file,sweep,soc\njoint-sample.csv,1,0\njoint-sample.csv,2,\njoint-sample.csv,3,0.2\n")
write("falling.csv", "soc,E\n0,4.2\n1,3.4\n")
write("nothing.csv", "file\nnot-there.csv\n")
for args, code, words in (
        ((), 2, "joint takes one manifest"),
        (("joint-manifest.csv", "bare.csv", "-m", "joint-ct"), 2, "joint takes one manifest"),
        (("joint-manifest.csv",), 2, "joint needs a model: --model joint-scl"),
        (("joint-manifest.csv", "-m", "joint-xyz"), 2, "unknown model 'joint-xyz'"),
        (("joint-manifest.csv", "-m", "joint-ct", "--variant", "x"), 2, "none of the models has a variant 'x'"),
        (("joint-manifest.csv", "-m", "joint-ct", "--law", "R_9=each"), 2, "no circuit of this model has a parameter 'R_9'"),
        (("joint-manifest.csv", "-m", "joint-ct", "--law", "R_b"), 2, "'R_b' is no law"),
        (("joint-manifest.csv", "-m", "joint-ct", "--law", "R_b=each*often"), 2, "unknown law 'often'"),
        (("joint-manifest.csv", "-m", "joint-ct", "--fix", "R_9"), 2, "R_9"),
        (("joint-manifest.csv", "-m", "joint-ct", "--loss", "huber"), 2, "a robust loss has no likelihood"),
        (("joint-manifest.csv", "-m", "joint-ct", "--profile-all", "--no-profile"), 2, "contradict each other"),
        (("joint-manifest.csv", "-m", "joint-scl", "--ocv", "NMC"), 2, "unknown OCV table 'NMC'"),
        (("joint-manifest.csv", "-m", "joint-scl", "--ocv", "falling.csv"), 3, "depth of discharge"),
        (("joint-manifest.csv", "-m", "mine.model"), 3, "it needs the column 'pressure'"),
        (("holes.csv", "-m", "joint-ct"), 3, "the column 'soc' is empty for"),
        (("nothing.csv", "-m", "joint-ct"), 3, "not-there.csv"),
        (("joint-manifest.csv", "-m", "joint-ct", "--json", "--csv"), 2, "--csv"),
        (("joint-manifest.csv", "-m", "joint-ct", "--plot", "x.bmp"), 2, "bmp"),
        (("joint-manifest.csv", "-m", "joint-ct", "-o", "no/such/place"), 5, "no/such/place")):
    r = run("joint", *args)
    ok(r.code == code and words in r.err, "refused: " + " ".join(args), r)
done()
