"""eisfit fit: every option does what its help says."""
import math
import re

import schema
from tap import ARC, cpe, done, inductive, ok, one_arc, parallel, read, run, standard_files, table, write

standard_files()
write("clean.csv", table(one_arc, noise=0.002))


def fit(*args, file="arc.csv", **kw):
    r = run("fit", file, "--json", *args, **kw)
    docs = schema.lines(r.out)
    doc = docs[0] if docs else {}
    doc["by"] = {p["name"]: p for p in doc.get("parameters", [])}
    return r, doc


def near(value, truth, relative):
    return value is not None and abs(value - truth) <= relative * abs(truth)


# the answer, without start values
r, d = fit("-c", ARC)
ok(r.code == 0 and d["verdict"] == "converged", "converged, exit 0", r)
for name, truth in (("R0", 10), ("R1", 100), ("CPE1_Q", 1e-6), ("CPE1_alpha", 0.85)):
    p = d["by"][name]
    ok(near(p["value"], truth, 0.02) and abs(p["value"] - truth) < 5 * p["stderr"],
       "%s within 2 %% and five standard errors" % name, p)
    ok(p["ci95"][0] < p["value"] < p["ci95"][1], name + " inside its interval")
ok(near(d["statistics"]["noise_percent"], 0.2, 0.3), "noise found", d["statistics"])
ok(d["kk"]["passed"] is True, "KK passed")
ok(d["weighting"] == "modulus" and d["starts"]["seed"] == 1, "weighting and seed are stated")

# arcs with more in a branch keep the better optimum, whatever the order of their time constants
WO = "L0-R0-p(R1,CPE1)-p(R2-Wo1,CPE2)"
TRUTH = ("L0=7.961e-08,R0=0.3001,R1=0.7127,CPE1_Q=0.008012,CPE1_alpha=0.8021,R2=0.102,Wo1_Z0=0.0797,Wo1_tau=0.1666,"
         "CPE2_Q=0.003028,CPE2_alpha=0.7264")
run("simulate", "-c", WO, "--set", TRUTH, "--noise", "0.5", "--seed", "2", "--per-decade", "6", "-o", "wo.csv")
S = [fit("-c", WO, *more, file="wo.csv")[1]["statistics"]["S"] for more in ((), ("--optimizer", "lm", "--set", TRUTH))]
ok(S[0] <= 1.001 * S[1], "the best optimum of arcs that are not alike", S)

# S by its definition, from what the document holds
s = 0
for re_, im_, fr, fi in zip(d["data"]["re_ohm"], d["data"]["im_ohm"], d["fit"]["re_ohm"],
                            d["fit"]["im_ohm"]):
    s += ((re_ - fr) ** 2 + (im_ - fi) ** 2) / (re_ ** 2 + im_ ** 2)
ok(near(d["statistics"]["S"], s, 1e-9), "S is sum |dZ|^2/|Z|^2 for modulus weights")
ok(near(d["statistics"]["pseudo_chi2"], s, 1e-9), "pseudo chi-squared is the same sum")
ok(d["statistics"]["dof"] == 2 * 61 - 4, "dof = 2n - free parameters")

# ways to say it
bare = run("arc.csv", "-c", ARC)
ok(bare.code == 0 and bare.out == run("fit", "arc.csv", "-c", ARC).out, "a file alone is a fit")
ok(run("-c", ARC, "arc.csv").out == bare.out, "options first is a fit too")
ok(run("fit", "--circuit=" + ARC, "--", "arc.csv").out == bare.out, "--opt=value and --")
ok(run("fit", "arc.csv", "-c" + ARC, "-qv").code == 0, "letters together")
pipe = run("fit", "-", "-c", ARC, "--json", stdin=read("arc.csv"))
ok(pipe.code == 0 and schema.lines(pipe.out)[0]["parameters"] == d["parameters"], "standard input")
pipe = run("-", "-c", ARC, stdin=read("arc.csv"))
ok(pipe.code == 0 and "R1" in pipe.out, "'-' alone is a fit of standard input", pipe)
cdc = fit("-c", "R(RQ)")[1]
ok(near(cdc["parameters"][1]["value"], d["by"]["R1"]["value"], 1e-6), "CDC notation")

# parameters
_, x = fit("-c", ARC, "--fix", "R0=9")
ok(x["by"]["R0"]["value"] == 9 and x["by"]["R0"]["fixed"] and x["by"]["R0"]["stderr"] is None,
   "--fix R0=9", x["by"]["R0"])
_, x = fit("-c", ARC, "--bound", "R1=1:90")
ok(near(x["by"]["R1"]["value"], 90, 1e-6) and x["by"]["R1"]["at_bound"], "--bound", x["by"]["R1"])
_, x = fit("-c", "R0-p(R1,C1)-p(R2,C2)", "--tie", "C2=2*C1", file="two.csv")
ok(near(x["by"]["C2"]["value"], 2 * x["by"]["C1"]["value"], 1e-12) and x["by"]["C2"]["tied"],
   "--tie", x["by"]["C2"])
r = run("fit", "two.csv", "-c", "R0-p(R1,C1)-p(R2,C2)", "--tie", "C2=2*C1", "--tie", "R2=R1")
ok(r.code in (0, 1) and "= 2 × C1" in r.out and "= R1" in r.out, "what follows another one is said", r)
_, x = fit("-c", ARC, "--set", "R0=12,CPE1_Q=2u", "--optimizer", "lm")
ok(near(x["by"]["R1"]["value"], d["by"]["R1"]["value"], 1e-4), "--set, --optimizer lm", x["by"])
_, x = fit("-c", ARC, "--set", "R0=12", "--set", "R1=50")
ok(near(x["by"]["R1"]["value"], d["by"]["R1"]["value"], 1e-4), "--set twice")

# how it is fitted
for weight in ("modulus", "unit", "proportional", "error-model"):
    _, x = fit("-c", ARC, "--weight", weight, file="clean.csv")
    ok(x["weighting"] == weight and near(x["by"]["R1"]["value"], 100, 0.05), "--weight " + weight,
       x.get("by"))
write("sigma.csv", "".join(
    line + (",sigma_ohm" if i == 0 else ",0.2") + "\n"
    for i, line in enumerate(table(one_arc, noise=0.2).splitlines())))
_, x = fit("-c", ARC, "--weight", "sigma", file="sigma.csv")
ok(x["weighting"] == "sigma" and near(x["by"]["R1"]["value"], 100, 0.05), "--weight sigma")
lines = table(one_arc, noise=0.2).splitlines()
lines[30] = "1000,900,-900"
write("outlier.csv", "\n".join(lines) + "\n")
square = fit("-c", ARC, file="outlier.csv")[1]["by"]["R1"]["value"]
for loss in ("huber", "soft-l1", "cauchy"):
    robust = fit("-c", ARC, "--loss", loss, file="outlier.csv")[1]["by"]["R1"]["value"]
    ok(abs(robust - 100) < abs(square - 100), "--loss %s bears an outlier" % loss,
       "%g, square %g" % (robust, square))
    text = run("fit", "outlier.csv", "-c", ARC, "--loss", loss).out
    ok("S = Σ|ΔZ|²/|Z|² (terms by the loss %s) = " % loss in text, "the formula of S has the loss", text)
r, x = fit("-c", ARC, "--optimizer", "nlopt:LN_SBPLX")
ok(near(x["by"]["R1"]["value"], 100, 0.02), "--optimizer nlopt:LN_SBPLX", r)
_, x = fit("-c", ARC, "--starts", "3", "--seed", "42")
ok(x["starts"]["tried"] <= 3 and x["starts"]["seed"] == 42, "--starts and --seed", x["starts"])
for ci in ("profile", "bootstrap"):
    r, x = fit("-c", ARC, "--ci", ci, "--bootstrap", "40")
    low, high = x["by"]["R1"]["ci95"]
    ok(r.code == 0 and low < 100.8 and high > 99.2 and 0.1 < high - low < 5, "--ci " + ci, low, high)
r, x = fit("-c", ARC, "--max-time", "'1 min'".strip("'"))
ok(r.code == 0, "--max-time '1 min'", r)
r, x = fit("-c", "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)", "--max-time", "1e-9")
ok(r.code == 1 and x.get("verdict") == "time limit", "time limit: verdict and exit 1", r)
r = run("fit", "--optimizer", "list")
ok(r.code == 0 and "nlopt:GN_CRS2_LM" in r.out and len(r.out.splitlines()) > 30, "--optimizer list", r)
_, x = fit("-c", ARC, "--no-kk")
ok(x["kk"] is None, "--no-kk")

# input options
_, x = fit("-c", ARC, "--fmin", "1", "--fmax", "100 kHz")
ok(x["input"]["f_min_hz"] >= 1 and x["input"]["f_max_hz"] <= 1.0000001e5, "--fmin, --fmax",
   x["input"])
_, x = fit("-c", ARC, "--exclude", "1,3-5")
ok(x["input"]["n_points"] == 57, "--exclude", x["input"])
flipped = table(lambda w: one_arc(w).conjugate(), noise=0.2)
write("flipped.csv", flipped.partition("\n")[2])
write("header.csv", flipped)
r, x = fit("-c", ARC, "--columns", "f=1,re=2,im=3", "--negate-imag", "--keep-imag",
           file="flipped.csv")
ok(r.code == 2, "contradictory sign options", r)
r, x = fit("-c", ARC, "--columns", "f=1,re=2,im=3", file="flipped.csv")
ok(r.code == 0 and near(x["by"]["R1"]["value"], 100, 0.02), "sign by physics, said in decisions",
   x.get("input"))
ok(any("sign" in t for t in x["input"]["decisions"]) and "sign" in r.err, "decision on stderr too")
r, x = fit("-c", ARC, "--no-kk", file="header.csv")
ok(any("--negate-imag" in t for t in x["warnings"]), "header against physics: a warning", r)
r, x = fit("-c", ARC, "--negate-imag", file="header.csv")
ok(r.code == 0 and near(x["by"]["R1"]["value"], 100, 0.02), "--negate-imag settles it", r)
r, x = fit("-c", ARC, "--keep-imag", "--no-kk", file="flipped.csv")
ok(x["data"]["im_ohm"][20] > 0, "--keep-imag takes it as it is", r)
kilo = "\n".join(["f,re,im"] + [
    "%.15g,%s" % (float(a) / 1e3, b)
    for a, _, b in (l.partition(",") for l in table(one_arc, noise=0.2).splitlines()[1:])]) + "\n"
write("kilo.csv", kilo)
_, x = fit("-c", ARC, "--units", "f=kHz", file="kilo.csv")
ok(near(x["input"]["f_max_hz"], 1e6, 1e-9), "--units f=kHz", x.get("input"))
_, x = fit("-c", ARC, "--format", "csv")
ok(x["input"]["format"] == "csv", "--format")

# geometry
_, x = fit("-c", ARC, "--area", "0.5 cm2", "--thickness", "650 um", "--temperature", "25 C",
           "--soc", "0.5")
c = x["conditions"]
ok(near(c["area_m2"], 5e-5, 1e-12) and near(c["thickness_m"], 6.5e-4, 1e-12) and
   near(c["temperature_K"], 298.15, 1e-12) and c["soc"] == 0.5, "conditions", c)
ok(any(q["unit"] == "ohm m^2" for q in x["derived"]), "area-specific values with an area",
   x["derived"])
_, x = fit("-c", ARC)
ok(all(v is None for v in x["conditions"].values()), "unknown conditions are null")
write("warm.csv", table(one_arc, noise=0.2, extra={"temperature_C": 60}))
_, x = fit("-c", ARC, file="warm.csv")
ok(near(x["conditions"]["temperature_K"], 333.15, 1e-9), "temperature from the file's metadata",
   x["conditions"], x["input"])

# models
r, x = fit("-m", "zarc")
ok(r.code == 0 and x["model"]["name"] == "zarc", "--model", r)
r, x = fit("-m", "scl-randles", "--electrolyte", "LPSCl", "--area", "0.785 cm2", file="two.csv")
ok(len(x["model"]["variants"]) > 1 and
   [v["name"] for v in x["model"]["variants"] if v["chosen"]] == [x["model"]["variant"]],
   "variants: the chosen one is marked", x.get("model"))
bics = [v["bic"] for v in x["model"]["variants"] if v["bic"] is not None]
chosen = [v["bic"] for v in x["model"]["variants"] if v["chosen"]][0]
ok(chosen < min(bics) + 1e-6, "the chosen variant has the lowest BIC", bics)
name = x["model"]["variants"][1]["name"]
_, x = fit("-m", "scl-randles", "--variant", name, file="two.csv")
ok(x["model"]["variant"] == name and len(x["model"]["variants"]) == 1, "--variant", x["model"])
_, x = fit("-m", "scl-randles", "--variant", "interface-no-diffusion", "--material",
           "eps_r=20,n0=1e27,nu=0.1,sigma=0.2 S/m", "--electrolyte", "LPSCl")
ok(any("dphi" in q["name"] for q in x["derived"]), "--electrolyte with --material: SCL quantities",
   x.get("derived"))
r, x = fit("-m", "scl-randles", file="ind.csv")
ok(x["model"]["inductance_added"] is True and "L_hf" in x["by"] and
   near(x["by"]["L_hf"]["value"], 2e-6, 0.05), "L_hf where the spectrum is inductive",
   x.get("model"), r)
_, x = fit("-m", "scl-randles", "--fix", "L_hf=2u", file="ind.csv")
ok(x["by"]["L_hf"]["fixed"] and x["by"]["L_hf"]["value"] == 2e-6, "--fix reaches L_hf")
_, x = fit("-m", "scl-randles")
ok(x["model"]["inductance_added"] is False, "no L_hf where it is not")
_, x = fit("-m", "scl-randles", "--set", "R_gb=10")
ok(x["model"]["name"] == "scl-randles", "--set of a parameter that only some variants have")

# comparison
three = ["-c", ARC, "-c", "R0-p(R1,CPE1)-p(R2,C2)", "-c", "R0-p(R1,CPE1)-p(R2,CPE2)"]
r, x = fit(*three, file="two.csv")
cmp = x["comparison"]
ok([c["best"] for c in cmp].count(True) == 1 and cmp[1]["best"], "the right circuit is best", cmp)
ok(near(sum(c["weight"] for c in cmp), 1, 1e-9), "Akaike weights add up to one")
ok(cmp[1]["delta_bic"] == 0 and cmp[0]["delta_bic"] > 10, "BIC differences")
ok(cmp[0]["f_test_p"] < 1e-6 and cmp[2]["f_test_p"] > 0.01 and cmp[1]["f_test_p"] is None,
   "F-test of the nested ones", [c["f_test_p"] for c in cmp])
ok(x["model"]["circuit"] == cmp[1]["model"]["circuit"], "the best one stands at the top")
_, x = fit("-m", "zarc,two-zarc", file="two.csv")
ok([c["model"]["name"] for c in x["comparison"]] == ["zarc", "two-zarc"], "models by comma")
r, x = fit("-c", "R0-p(R1,C1)", "-c", "C1-p(R1,L2)", file="two.csv")
ok(all(c.get("f_test_p") is None for c in x["comparison"]), "not nested: no F-test")

# text
r = run("fit", "two.csv", *three)
for words in ("two.csv: 61 points, 1 MHz to 100 mHz", "KK      passed", "95 % interval",
              "pseudo chi² = Σ|ΔZ|²/|Z|²", "ended in this optimum (seed 1)", "* lowest BIC",
              "reader  "):
    ok(words in r.out, "text has '%s'" % words, r)
row = re.search(r"^  R0 +([\d.]+) +± ([\d.]+) +([\d.]+) … ([\d.]+) +(\S*Ω)", r.out, re.M)
ok(row, "value ± error, interval, unit", r)
digits = lambda t: len(t.partition(".")[2])
ok(row and digits(row[1]) == digits(row[2]) and len(row[2].replace(".", "").lstrip("0")) == 2,
   "two digits of error, value rounded to match", row and row.groups())
ok(max(len(l) for l in r.out.splitlines()) <= 110, "lines fit the screen")
r = run("fit", "arc.csv", "-c", ARC, "--fix", "R0=10", "--bound", "R1=1:90")
ok("fixed" in r.out and "at your upper bound 90 Ω" in r.out, "notes: fixed, at bound", r)
r = run("fit", "arc.csv", "-c", "R0-p(R1,CPE1)-p(R2,CPE2)", "-v")
ok("evaluations of the model" in r.out, "-v", r)
r = run("fit", "arc.csv", "-c", ARC, "-q")
ok(r.err == "", "-q: nothing on stderr", r)

r = run("fit", "two.csv", *three, "-v")
ok(r.out.count("95 % interval") > run("fit", "two.csv", *three).out.count("95 % interval"),
   "-v shows all fits of a comparison", r)
r = run("fit", "two.csv", *three)
ok(0 < r.out.find("ΔAICc") < r.out.find("95 % interval"), "the comparison comes first", r)

# what the reader decided: brief, or whole with -v; unusual things always
r = run("fit", "arc.csv", "-c", ARC)
ok("  reader  csv: f 1, Z' 2, Z'' 3; sign by header, data agree\n" in r.out and r.err == "",
   "the reader in one line, and only there", r)
r = run("fit", "arc.csv", "-c", ARC, "-v")
ok("columns by header: frequency 1 'frequency_Hz'" in r.out and "columns by header" in r.err,
   "the reader in full with -v", r)
r = run("fit", "kilo.csv", "-c", ARC, "--units", "f=kHz", "--fmin", "10", "--exclude", "1")
ok("csv: f 1 in kHz, Z' 2, Z'' 3" in r.out and "1 point excluded as asked for" in r.out and
   "outside the frequency window" in r.out, "converted units and dropped points are shown", r)
r = run("fit", "flipped.csv", "-c", ARC)
ok("sign: the column holds -Im Z, negated" in r.out, "a sign that was turned is shown", r)

# the model misses the data
r, x = fit("-c", "R0-p(R1,C1)", file="two.csv")
ok(r.code == 1 and x["statistics"]["misfit"] is True and
   x["verdict"] == "converged, but the model misses the data", "misfit: verdict and exit 1",
   x["statistics"])
ok(x["statistics"]["misfit_percent"] == x["statistics"]["noise_percent"] > 2, "misfit_percent")
r = run("fit", "two.csv", "-c", "R0-p(R1,C1)")
ok("converged, but the model misses the data; misfit " in r.out and
   "errors assume random residuals; here they are systematic: too small" in r.out, "in words", r)
r = run("fit", "arc.csv", "two.csv", "arc.csv", "-c", ARC)
ok("3 spectra: 2 passed, 1 with a misfit\n" in r.err, "counted on stderr", r)
_, x = fit("-c", ARC)
ok(x["statistics"]["misfit"] is False, "no misfit")

# what the data do not show
write("less.csv", table(lambda w: one_arc(w) - 2e-7j * w, noise=0.1, seed=5))
r = run("fit", "less.csv", "-c", "R0-p(R1,CPE1)-L1", "--no-kk")
ok(re.search(r"^  L1 +≈ 0 \(not seen\)", r.out, re.M), "at the lower bound of the element", r)
write("cap.csv", table(lambda w: 10 + 1 / (1j * w * 1e-3), noise=0.1, seed=6))
r = run("fit", "cap.csv", "-c", "R0-p(R1,C1)", "--no-kk")
ok(re.search(r"^  R1 +> \de\d+ Ω \(not seen\)", r.out, re.M) or "not determined" in r.out,
   "at the upper bound of the element, or nothing known", r)
r = run("fit", "arc.csv", "-m", "zarc", "--bound", "R_1=1:90")
ok("at your upper bound 90 Ω" in r.out, "a bound of the user in a model", r)

# words for the parameters of a constant phase element
for word in ("CPE1_n", "CPE1_a", "CPE1_P", "Q1_n"):
    _, x = fit("-c", ARC, "--fix", word + "=0.85")
    ok(x["by"]["CPE1_alpha"]["fixed"], "--fix %s" % word)

# outliers
spiked = table(one_arc, noise=0.05).splitlines()
f_, a_, b_ = spiked[31].split(",")
spiked[31] = "%s,%.17g,%s" % (f_, float(a_) * 1.004, b_)
write("spiked.csv", "\n".join(spiked) + "\n")
r = run("fit", "spiked.csv", "-c", ARC)
ok(re.search(r"KK +passed \(1 point stands out by 0\.\d+ %: [\d.]+ k?Hz; used in the fit\), noise",
             r.out), "outliers in the line of the KK test", r)

# two arcs that the data would let change places, a CPE with an exponent near 1 and a capacitor: the first is the fast one
PAIR = "R0-p(R1,CPE1)-p(R2,C2)"


def pair(seed, *args, fast=(30, 1e-6, 1), slow=(80, 2e-4, 1)):
    """R1 and R2 of the fit."""
    write("pair.csv", table(lambda w: 20 + parallel(fast[0], cpe(fast[1], fast[2], w)) +
                            parallel(slow[0], cpe(slow[1], slow[2], w)), noise=0.3, seed=seed))
    r, x = fit("-c", PAIR, *args, file="pair.csv")
    ok(r.code == 0 and not any("order" in w for w in x["warnings"]), "no word about names of a bare circuit", r)
    return [p["value"] for p in x["parameters"] if p["name"] in ("R1", "R2")]


found = [pair(seed) for seed in range(8)]
ok(all(near(a, 30, 0.02) and near(b, 80, 0.02) for a, b in found), "noise does not give the names", found)
found = pair(1, "--set", "R1=80,CPE1_Q=2e-4,R2=30,C2=1e-6")
ok(near(found[0], 80, 0.02) and near(found[1], 30, 0.02), "values of the user keep their names", found)
found = pair(1, slow=(80, 2e-4, 0.8))
ok(near(found[0], 80, 0.02) and near(found[1], 30, 0.02), "where the data tell them apart, they do", found)

# bad data
write("broken_kk.csv", table(lambda w: one_arc(w) * (1.6 if 100 < w < 20000 else 1), noise=0.1))
r, x = fit("-c", ARC, file="broken_kk.csv")
ok(r.code == 1 and x["kk"]["passed"] is False, "KK failed: exit 1", r)

# several sweeps and files
write("sweeps.csv", table(one_arc, noise=0.2) + "\n" + table(one_arc, noise=0.2, seed=9))
r = run("fit", "sweeps.csv", "-c", ARC, "--json")
docs = schema.lines(r.out)
ok([d["input"]["sweep"] for d in docs] == [1, 2] and "2 sweeps" in r.err, "all sweeps, and said", r)
for which, expected in (("first", [1]), ("last", [2]), ("2", [2]), ("all", [1, 2])):
    docs = schema.lines(run("fit", "sweeps.csv", "-c", ARC, "--json", "--sweep", which).out)
    ok([d["input"]["sweep"] for d in docs] == expected, "--sweep " + which)
write("many.csv", "\n".join(table(one_arc, noise=0.2, seed=k) for k in range(5)))
for which, expected in (("1-3,5", [1, 2, 3, 5]), ("2,4", [2, 4]), ("4-4", [4])):
    docs = schema.lines(run("fit", "many.csv", "-c", ARC, "--json", "--sweep", which).out)
    ok([d["input"]["sweep"] for d in docs] == expected, "--sweep " + which)
r = run("fit", "many.csv", "-c", ARC, "--sweep", "2,7")
ok(r.code == 2 and "--sweep 2,7: 'many.csv' has 5 sweeps" in r.err, "a sweep that is not there", r)
r = run("fit", "arc.csv", "missing.csv", "two.csv", "-c", ARC, "--json")
docs = schema.lines(r.out)
ok(r.code == 1 and [d["schema"] for d in docs] == ["eisfit.fit/1", "eisfit.error/1", "eisfit.fit/1"],
   "one bad file: reported in its place, the others go on, exit 1", r)
ok("missing.csv: can't open" in r.err and "3 spectra: " in r.err and ", 1 failed" in r.err,
   "counted on stderr", r)
r = run("fit", "missing.csv", "none.csv", "-c", ARC)
ok(r.code == 3, "nothing could be read: exit 3", r)
# an electrolyte that the circuit has no use for
for how, what in (("-m", "zarc"), ("-m", "blocking-cell"), ("-m", "li-symmetric"), ("-c", ARC)):
    text = " ".join(run("fit", "arc.csv", how, what, "--electrolyte", "LPSCl").out.split())
    ok("the electrolyte LPSCl is not used: this %s says of no arc that it is the interface with the "
       "cathode" % ("model" if how == "-m" else "circuit") in text, "no use for LPSCl: " + what, text)
text = run("fit", "two.csv", "-m", "scl-randles", "--electrolyte", "LPSCl").out
ok("is not used" not in text, "scl-randles has", text)
done()
