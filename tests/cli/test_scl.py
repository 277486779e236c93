"""eisfit scl: the calculators against the oracle tables and formulas written down here, their output in all
forms, what they refuse."""
import csv
import io
import json
import math
import os
import re

import schema
from tap import done, ok, path, run, skip

E, KB, EPS0 = 1.602176634e-19, 1.380649e-23, 8.8541878128e-12
VT = KB * 298.15 / E


def table(*args):
    r = run("scl", *args, "--json")
    docs = schema.lines(r.out)
    ok(r.code == 0 and len(docs) == 1, "scl " + " ".join(args), r)
    return docs[0]


def near(a, b, tolerance):
    return a is not None and abs(a - b) <= tolerance * abs(b)


# ---- debye: the formula, for all materials ----
d = table("debye")
bad = [r for r in d["rows"] if not near(r["lambda0"], math.sqrt(r["eps_r"] * EPS0 * KB * 298.15 / r["n0"]) / E, 1e-12)
       or not near(r["Gamma"], r["l_B"] / r["spacing"], 1e-12)
       or not near(r["l_B"], E * E / (4 * math.pi * r["eps_r"] * EPS0 * KB * 298.15), 1e-12)]
ok(len(d["rows"]) >= 10 and not bad, "debye: lengths and Gamma of %d materials" % len(d["rows"]), *bad)
one = run("scl", "debye", "--material", "LiPON")
ok("1.535" in one.out and "assumption" in one.out, "debye: one material with its source", one)

# ---- T7 of the oracle: R, C, width, f_peak and the inverse ----
oracle = os.path.join(os.environ.get("EISFIT_SHARED", ""), "oracles", "mpnp.md")
if os.path.exists(oracle):
    text = open(oracle).read().split("# T7 ")[1].split("# T8 ")[0]
    blocks = re.split(r"\n(?=\S)", text)[1:]
    rows = stars = 0
    for b in blocks:
        head = b.splitlines()[0]
        m = re.search(r" eps(\d[\d.]*) n([\d.e+]+)", head)
        if not m:
            continue
        nu = re.search(r" nu(\S+)", head)
        D = re.search(r" D(\S+)", head)
        n0 = float(m.group(2))
        sigma = E * E * float(D.group(1)) * n0 / (KB * 298.15) if D else float(head.split("|")[2])
        what = ["--set", "eps_r=%s,n0=%s,sigma=%r%s" % (m.group(1), m.group(2), sigma,
                                                       ",nu=%g" % float(nu.group(1)) if nu else "")]
        got = {round(r["dphi"], 6): r for r in
               table("resistance", "--dphi=0.05,0.1,0.3,0.5,-0.05,-0.1,-0.3", *what)["rows"]}
        for line in b.splitlines()[1:]:
            v = re.findall(r"-?\d[\d.]*(?:e[+-]?\d+)?", line)
            if "dphi*" in line:
                inv = table("inverse", "1,10,100", *what)["rows"]
                want = [float(x) for x in re.findall(r"'([\d.]+)'", line)]
                good = all(abs(r["dphi_R_scl"] - w) < 6e-5 for r, w in zip(inv, want))
                ok(good and len(want) == 3, "inverse: " + head.split(" eps")[0], inv, want)
                stars += 1
            elif len(v) == 5:
                v = [float(x) for x in v]
                r = got[v[0]]
                rows += near(r["R_scl"] * 1e4, v[1], 6e-6) and near(r["C_scl"] * 100, v[2], 6e-6) and \
                    near(r["width"] * 1e9, v[3], 6e-5) and (v[4] < 0 or near(r["f_peak"], v[4], 6e-4))
    ok(rows == 63 and stars == 9, "resistance: %d rows of T7, %d lines of dphi*" % (rows, stars))
else:
    skip("T7", "no oracle tables")

# ---- tau ratio: section 0.5 ----
d = table("tau-ratio", "10,1e2,1e3,1e4,1e5", "--material", "LiPON")
ok([round(r["dphi"], 3) for r in d["rows"]] == [0.098, 0.179, 0.249, 0.315, 0.380], "tau-ratio", d["rows"])
ok(any("R_F << R1" in n and "C_H >> C_scl" in n for n in d["notes"]), "tau-ratio: its conditions")

# ---- ea: an own temperature series, R from the table at T +- 0.5 K ----
def R_at(T, dphi):
    sigma = 0.03 * 298.15 / T * math.exp(-0.30 / (KB / E) * (1 / T - 1 / 298.15))
    args = ("resistance", "--material", "oxide", "--set", "sigma=%.17g" % sigma, "--set", "nu=0", "--dphi", str(dphi),
            "-T", "%r K" % T)
    return schema.lines(run("scl", *args, "--json").out)[0]["rows"][0]["R_scl"]


d = table("ea", "--material", "oxide", "--set", "nu=0", "--ea", "0.3", "--dphi", "0.1,0.2,0.3")
for r in d["rows"]:
    a, b = R_at(297.65, r["dphi"]), R_at(298.65, r["dphi"])
    Ea = math.log(a / b) / (E / KB * (1 / 297.65 - 1 / 298.65))
    ok(near(r["E_R_scl"], Ea, 2e-6), "ea at %g V: series %.6f, table %.6f eV" % (r["dphi"], Ea, r["E_R_scl"]))
ok(abs(d["rows"][1]["E_R_scl"] - 0.4438) < 1e-4 and abs(d["rows"][1]["E_estimate"] - 0.4486) < 6e-5,
   "ea: 0.4438 and 0.4486 eV at 0.2 V", d["rows"][1])
hot = table("resistance", "--material", "LiPON", "-T", "60 C", "--dphi", "0.1")
want = 2e-4 * 298.15 / 333.15 * math.exp(-0.55 / (KB / E) * (1 / 333.15 - 1 / 298.15))
ok(near(hot["facts"]["sigma"], want, 1e-9), "sigma follows the temperature where Ea is known", hot["facts"])
cold = run("scl", "resistance", "--material", "oxide", "-T", "60 C", "--dphi", "0.1")
ok(cold.code == 0 and "the activation energy is not known, give --ea" in cold.err, "and where not, that is said", cold)

# ---- field, review ----
d = table("field", "--material", "oxide", "--dphi", "0.1")
r = d["rows"][0]
ok(near(r["field"], 5.2e7, 0.02) and near(r["Q"], r["field"] * 10 * EPS0, 1e-9), "field", r)
d = table("review")
v = {r["estimate"]: r for r in d["rows"]}
ok(near(v["oxide λ0 / nm (one carrier)"]["computed_low"], 1.06578, 1e-5) and
   near(v["sulfide dphi/λ0 at 0.3-0.5 V, V/m"]["computed_high"], 2.967e9, 2e-4) and
   near(v["sulfide wall field, depletion, V/m"]["computed_low"], 4.982e8, 2e-4) and
   near(v["oxide wall field, depletion, V/m"]["computed_high"], 5.818e7, 2e-4), "review: T12", d["rows"])
ok(len([n for n in d["notes"] if "not several" in n]) == 1, "review: discrepancies in words", *d["notes"])

# ---- validate: what section 2.6 of the physics says ----
d = table("validate", "--material", "LiPON", "--dphi=-0.3:0.3:0.05")
rows = {r["dphi"]: r for r in d["rows"]}
ok(all(r["arc"] < 1.8e-2 and r["arc_units"] < 4.3 for r in d["rows"]), "validate: SCL within its bounds", d["rows"])
ok(all(w <= rows[x]["frozen"] < 1.1 * w for x, w in ((0.1, 0.056), (0.15, 0.26), (0.2, 0.55), (0.3, 0.76))),
   "validate: frozen carriers", rows)
d = table("validate", "--material", "LiPON", "--dphi", "0.2", "--rf", "2", "--ch", "4.8")
ok(d["rows"][0]["arc"] < 0.018 < 0.02 < d["rows"][0]["series"], "validate: two arcs in series", d["rows"])

# ---- profile ----
d = table("profile", "--material", "LiPON", "--dphi", "0.2")
first, last = d["rows"][0], d["rows"][-1]
ok(near(first["phi"], 0.2, 1e-9) and near(first["c"], math.exp(-0.2 / VT), 1e-9) and near(last["c"], 1, 1e-3),
   "profile: both ends", first, last)
d = table("profile", "--material", "LiPON", "--cell", "--dphi=0.2,-0.1", "--set", "nu=0.1", "--thickness", "60 nm")
ok(near(d["rows"][-1]["phi"], -0.1, 1e-9) and near(d["rows"][-1]["x"], 60e-9, 1e-9), "profile: two electrodes")
d = table("profile", "--material", "LiPON", "--coating",
          "eps_r=20,n0=1e26,sigma=1e-5 S/m,thickness=5 nm,offset=0.1", "--dphi", "0.25")
faces = [r for r in d["rows"] if near(r["x"], 5e-9, 1e-9)]
ok(len(faces) == 2 and faces[0]["c"] != faces[1]["c"], "profile: a coating has a face with a jump", faces)

# ---- two mobile ions: table T3 of the reference (D- = 0.01 D+), ohm m^2 ----
BINARY = ("--set", "eps_r=16.6,n0=1e25,nu=0,sigma=1.87078528759e-4 S/m", "--cell", "--blocking", "--thickness", "1 um")
r = run("scl", "spectrum", *BINARY, "--dphi=0", "--anion", "sigma=1.87078528759e-6 S/m", "--fmin", "1 Hz", "--fmax", "100 Hz",
        "--per-decade", "0.5", "--area", "1 m2", "--extrapolate")
rows = list(csv.DictReader(io.StringIO(r.out)))
ok(r.code == 0 and len(rows) == 2 and near(float(rows[0]["Zreal_ohm"]), 6.66831586503e-3, 1e-5) and
   near(float(rows[0]["Zimag_ohm"]), -2.52661554019e-2, 1e-6) and near(float(rows[1]["Zreal_ohm"]), 2.26953065587e-2, 1e-5) and
   near(float(rows[1]["Zimag_ohm"]), -2.36880961929, 1e-6), "spectrum: --anion is the table T3", r, rows)
r = run("scl", "spectrum", *BINARY, "--bias", "0.1", "--anion", "sigma=1e-6 S/m,n0=5e24,nu=0.1", "--fmin", "1 Hz")
ok(r.code == 0 and "bias_V" in r.out.splitlines()[0] and "dphi_V" not in r.out, "spectrum: a bias is called so", r)
d = table("profile", "--material", "LiPON", "--anion", "sigma=1e-6 S/m", "--dphi", "0.1")
first = d["rows"][0]
ok(near(first["anion"] * first["c"], 1, 1e-9) and near(first["anion"], math.exp(0.1 / VT), 1e-9), "profile: anions", first)

# ---- polymer: numbers of a 40-digit bisection (tests/unit/test_scl_junction.c) ----
SOFT = "eps_r=10,D=1e-12,dphi=-0.35,c_ref=%r" % (1e26 / 6.02214076e26)
HARD = ("--set", "eps_r=60,n0=1e25,sigma=0.2,nu=0,T_ref=343.15 K")
d = table("polymer", "%r,%r" % (1e26 / 6.02214076e26, 1e25 / 6.02214076e26), *HARD, "--polymer", SOFT, "--rf", "10")
a, b = d["rows"]
ok(near(a["salt"], 1e26, 1e-12) and near(a["dphi_L"], 0.291709179637828, 1e-10) and near(a["R_int"], 0.00107590282676919, 1e-10)
   and near(a["C_int"], 0.0371264800517621, 1e-10) and near(b["R_P"], -2.89312734594661e-05, 1e-10)
   and near(b["dphi_P"], -0.119345865744967, 1e-10), "polymer", a, b)
ok(any("not a published formula" in n for n in d["notes"]), "polymer: what it rests on", *d["notes"])
r = run("scl", "polymer", *HARD, "--polymer", "eps_r=10,D=1e-12,dphi=0.3", "--csv")
rows = list(csv.reader(io.StringIO(r.out.decode() if isinstance(r.out, bytes) else r.out)))
falls = [float(x[rows[0].index(next(k for k in rows[0] if k.startswith("R_P")))]) for x in rows[1:]]
ok(len(falls) == 6 and falls == sorted(falls, reverse=True), "polymer: a poor polymer's resistance falls with salt", r)

# ---- kmc ----
d = table("kmc", "--material", "LICGC", "--bias", "0.1", "--planes", "60", "--width", "10", "--settle", "2000",
          "--sweeps", "8000", "--seed", "5")
f = d["facts"]
ok(len(d["rows"]) == 60 and abs(f["Q"] - f["Q_mpnp"]) < 5 * f["Q_err"] and d["rows"][0]["c"] < 0.5, "kmc", f)
ok(any("standard errors from the continuum" in n for n in d["notes"]), "kmc: in words", *d["notes"])

# ---- spectrum: file that other commands read, against SCLX in a circuit ----
r = run("scl", "spectrum", "--material", "LiPON", "--dphi", "0.15", "--thickness", "1 um", "--rf", "3", "--ch", "20",
        "--fmin", "1 Hz", "--fmax", "10 MHz", "--extrapolate", "-o", "mpnp.csv")
ok(r.code == 0, "spectrum", r)
kk = run("kk", "mpnp.csv")
ok(kk.code == 0 and "passed" in kk.out, "spectrum: kk reads it and it passes", kk)
fit = run("fit", "mpnp.csv", "--circuit", "p(R0,C0)-p(R1,C1)", "--json")
p = {q["name"]: q["value"] for q in json.loads(fit.out.splitlines()[0])["parameters"]}
res = table("resistance", "--material", "LiPON", "--dphi", "0.15")["rows"][0]
ok(near(p["R1"], (res["R1"] + 3e-4) / 1e-4, 0.01), "spectrum: its arc is R1 + RF", p, res)
ok(schema.lines(run("scl", "spectrum", "--material", "LiPON", "--json").out)[0]["data"]["f_hz"][0] == 1e9,
   "spectrum --json")
bias = run("scl", "spectrum", "--material", "LiPON", "--cell", "--blocking", "--bias", "0.3", "--fmin", "1", "-q")
ok(bias.code == 0 and bias.out.count("\n") > 80, "spectrum under a bias", bias)

# ---- forms ----
r = run("scl", "resistance", "--material", "oxide", "--dphi=-0.1,0,0.1", "--csv")
lines = list(csv.DictReader(io.StringIO(r.out)))
ok(r.code == 0 and len(lines) == 3 and near(float(lines[2]["R_scl_ohm_m2"]), 9.27102e-7, 1e-5) and
   lines[0]["f_peak_Hz"] == "", "CSV", r)
ok(next(csv.reader(io.StringIO(run("scl", "review", "--csv").out)))[0] == "estimate", "CSV with labels")
r = run("scl", "resistance", "--material", "LPSCl", "--dphi=-0.3:0.6:0.3")
for words in ("mean field is outside its range", "less than the distance of sites", "beyond 20 kT/e",
              "nu is not known", "permittivity is not constant"):
    ok(words in " ".join(r.out.split()), "warning: " + words, r)
figures = [("resistance", "--material", "oxide"), ("profile", "--material", "LiPON"), ("field", "--material", "oxide"),
           ("ea", "--material", "LiPON"), ("inverse", "1,10,100", "--material", "oxide"),
           ("tau-ratio", "--material", "oxide"), ("spectrum", "--material", "LiPON")]
for f in figures:
    r = run("scl", *f, "--keep-plot-script", "x.gp", "-o", "x.txt")
    ok(r.code == 0 and "plot $" in open(path("x.gp")).read(), "figure of " + f[0], r)

# ---- refusals ----
M = ("--material", "oxide")
for args, code, words in (
        ((), 2, "scl needs to know what to calculate: expected one of debye"),
        (("resistence",) + M, 2, "unknown calculator 'resistence'; did you mean 'resistance'?"),
        (("xyzzy",) + M, 2, "unknown calculator: expected one of debye, field"),
        (("resistance",), 2, "eps_r is not known: give --material NAME"),
        (("resistance", "--set", "eps_r=10,n0=1e25"), 2, "sigma is not known"),
        (("resistance", "--material", "unobtainium"), 2, "unknown material 'unobtainium': there are"),
        (("resistance", "--set", "nu=1.5") + M, 2, "nu = 1.5 is out of range"),
        (("resistance", "--set", "n0=-1") + M, 2, "n0 = -1 is out of range"),
        (("resistance", "--dphi", "1.5") + M, 3, "dphi = 1.5 V is 58.4 kT/e"),
        (("validate", "--dphi", "1.5") + M, 3, "dphi = 1.5 V is 58.4 kT/e"),
        (("resistance", "--dphi", "0.1;0.2") + M, 2, "--dphi '0.1;0.2' is not a list of numbers"),
        (("resistance", "--dphi", "0:1:0") + M, 2, "--dphi '0:1:0' is not a list"),
        (("resistance", "--dphi", "0:1:-0.1") + M, 2, "is not a list of numbers"),
        (("resistance", "--dphi", "1e999") + M, 2, "--dphi '1e999' is not a list of numbers"),
        (("resistance", "--dphi", "0:1:1e-4") + M, 2, "at most 10000 of them"),
        (("inverse", ",".join(["1"] * 10001)) + M, 2, "at most 10000 of them"),
        (("resistance", "--dphi", "0:1") + M, 2, "is not a list of numbers"),
        (("resistance", "0.3") + M, 2, "'resistance' takes no '0.3'"),
        (("inverse", "much") + M, 2, "resistances in ohm cm2 'much' is not a list of numbers"),
        (("tau-ratio", "0.5") + M, 3, "tau_scl/tau_b = 0.5 is not possible: expected 1 (flat band) or more"),
        (("ea",) + M, 2, "the activation energy of sigma is not known for oxide: give --ea 0.35"),
        (("profile", "--thickness", "-1 nm") + M, 2, "'-1 nm' is not positive"),
        (("spectrum", "--area", "-1 cm2") + M, 2, "'-1 cm2' is not positive"),
        (("profile", "--dphi", "0.1,0.2,0.3") + M, 2, "--dphi has 3 values: expected one, or with --cell"),
        (("spectrum", "--fmin", "10 Hz", "--fmax", "1 Hz") + M, 2, "--fmin 10 Hz is not below --fmax 1 Hz"),
        (("spectrum", "--per-decade", "1e4", "--fmin", "1e-12 Hz") + M, 2, "makes more than 100000 points"),
        (("spectrum", "--blocking", "--rf", "3") + M, 2, "--blocking and --rf contradict"),
        (("spectrum", "--bias", "0.1", "--dphi", "0.1") + M, 2, "--bias and --dphi can't go together"),
        (("spectrum", "--bias", "0.1") + M, 3, "a bias needs a whole cell with one layer and two blocking"),
        (("spectrum", "--bias", "4", "--blocking") + M, 3, "bias = 4 V bends the bands by more than 40 kT/e"),
        (("profile", "--anion", "n0=1e25") + M, 2, "expected the conductivity of the anions"),
        (("debye", "--anion", "sigma=1") + M, 2, "'debye' does not depend on --anion"),
        (("profile", "--coating", "eps_r=20") + M, 2, "--coating needs eps_r, n0, sigma and thickness"),
        (("profile", "--coating", "eps_r=20,offset=x") + M, 2, "'x' is not a number of volts"),
        (("profile", "--coating", "thickness=5") + M, 2, "5"),
        (("debye", "--dphi", "0.1"), 2, "'debye' does not depend on --dphi; leave it out"),
        (("resistance", "--rf", "3") + M, 2, "'resistance' does not depend on --rf"),
        (("validate", "--coating", "eps_r=3") + M, 2, "'validate' does not depend on --coating"),
        (("profile", "--area", "1 cm2") + M, 2, "'profile' does not depend on --area"),
        (("kmc", "--planes", "10", "--width", "2", "--material", "LICGC"), 3, "expected 20 or more"),
        (("kmc", "--dphi", "0.1", "--material", "LICGC"), 2, "'kmc' does not depend on --dphi"),
        (("polymer",) + M, 2, "nothing is given: 'polymer' needs --polymer with eps_r, D (m^2/s) and dphi"),
        (("polymer", "--polymer", "eps_r=10,D=1e-12") + M, 2, "eps_r=10,D=1e-12: 'polymer' needs --polymer"),
        (("polymer", "--polymer", "eps_r=10,salt=1") + M, 2, "salt=1: 'polymer' needs --polymer"),
        (("polymer", "--polymer", "eps_r=1x") + M, 2, "eps_r=1x: 'polymer' needs --polymer"),
        (("polymer", "0", "--polymer", "eps_r=10,D=1e-12,dphi=0.2") + M, 3, "salt concentration = 0 1/m^3 is not usable"),
        (("polymer", "--blocking", "--polymer", "eps_r=10,D=1e-12,dphi=0.2") + M, 2, "'polymer' does not depend on --blocking"),
        (("profile", "--polymer", "eps_r=3") + M, 2, "'profile' does not depend on --polymer"),
        (("debye", "--json", "--csv"), 2, "--json and --csv can't go together"),
        (("debye", "--plot", "x.svg"), 2, "there is no figure of 'debye'"),
        (("resistance", "--dphi", "0.1", "--plot", "x.svg") + M, 2, "with 1 row: give a range"),
        (("resistance", "--keep-plot-script", "s.gp", "--plot", "it's.svg") + M, 2, "without quotes and line ends")):
    r = run("scl", *args)
    ok(r.code == code and words in " ".join(r.err.split()), "refused: scl " + " ".join(args), words, r)
done()
