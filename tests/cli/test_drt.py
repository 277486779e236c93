"""eisfit drt: text, JSON, tables, figures, options, warnings, bad input."""
import csv
import io
import json
import math
import os
import re
import shutil

import schema
from tap import (done, ok, one_arc, path, read, run, skip, standard_files, table, two_arcs,
                 write)

standard_files()


def drt(*args):
    r = run("drt", *args, "--json")
    return r, (schema.lines(r.out) or [{}])[0]


def zarcs(w):
    return 10 + 50 / (1 + (1j * w * 1e-4) ** 0.8) + 50 / (1 + (1j * w * 0.1) ** 0.8)


# ---- what is found is what was put in
write("zarcs.csv", table(zarcs, n=81, high=6, low=-2, noise=0.2, seed=4))
r, d = drt("zarcs.csv")
ok(r.code == 0 and d["schema"] == "eisfit.drt/1" and d["method"] == "adaptive", "runs", r)
ok(abs(d["R_inf"] - 10) < 0.1 and abs(d["R_pol"] - 100) < 1, "R_inf, R_pol", d["R_inf"], d["R_pol"])
p = d["peaks"]
ok(len(p) == 2 and all(abs(q["R"] - 50) < 1 for q in p), "two peaks of 50 ohm", p)
ok(all(abs(math.log10(q["tau"] / t)) < 0.03 for q, t in zip(p, (1e-4, 0.1))), "in their places", p)
ok(all(abs(q["f_hz"] * 2 * math.pi * q["tau"] - 1) < 1e-9 and
       abs(q["C"] * q["R"] / q["tau"] - 1) < 1e-9 for q in p), "f and C belong to tau and R")
ok(all(0.5 < q["width_decades"] < 0.85 and q["probability_real"] > 0.9 and q["within_data"] and
       not q["shoulder"] for q in p), "width, probability", p)
ok(all(q["found_weaker"] and q["found_stronger"] for q in p) and d["stability"]["peaks_stable"] == 2,
   "stable", d["stability"])
step = math.log(d["tau"][1] / d["tau"][0])
ok(abs(sum(d["gamma"]) * step / d["R_pol"] - 1) < 1e-9, "the integral of gamma is R_pol")
ok(all(a <= g <= b for a, g, b in zip(d["gamma_low"], d["gamma"], d["gamma_high"])), "the band")
res = d["fit"]["residual_re_percent"][7]
z = complex(d["data"]["re_ohm"][7], d["data"]["im_ohm"][7])
ok(abs(100 * (z.real - d["fit"]["re_ohm"][7]) / abs(z) - res) < 1e-9, "residuals")
# the reconstruction is the formula
w = 2 * math.pi * d["data"]["f_hz"][40]
z = d["R_inf"] + 1j * w * d["L"] + sum(g * step / (1 + 1j * w * t) for t, g in zip(d["tau"], d["gamma"]))
ok(abs(z - complex(d["fit"]["re_ohm"][40], d["fit"]["im_ohm"][40])) < 0.02 * abs(z),
   "the spectrum that gamma gives", z)

# ---- text
t = run("drt", "zarcs.csv", "--no-color").out
for words in ("KK      passed", "method  adaptive", "R_inf", "R_pol", "integral of gamma", "2 peaks",
              "Ω", "width", "stays", "> 99 %", "lambda  2 peaks; at λ/4", "2 of 2 stay", "residuals ",
              "kHz", "ms", "µs"):
    ok(words in t, "text has '%s'" % words, t)
ok("warning" not in t, "nothing to warn of", t)
t = run("drt", "zarcs.csv", "--area", "2 cm2").out
ok("Ω cm²" in t and re.search(r"R_pol +(199|200)\.\d", t) and "F/cm²" in t, "--area", t)
ok("optimality" in run("drt", "zarcs.csv", "-v").out, "-v")

# ---- tables
rows = list(csv.DictReader(io.StringIO(run("drt", "zarcs.csv", "two.csv", "--csv", "--area", "2 cm2").out)))
ok([(x["file"], x["peak"]) for x in rows] == [("zarcs.csv", "1"), ("zarcs.csv", "2"), ("two.csv", "1"),
                                              ("two.csv", "2")], "one row per spectrum and peak", rows)
ok(abs(float(rows[0]["R_ohm_cm2"]) / float(rows[0]["R_ohm"]) - 2) < 1e-9 and
   abs(float(rows[0]["C_F_per_cm2"]) / float(rows[0]["C_F"]) - 0.5) < 1e-9, "per area", rows[0])
ok(float(rows[0]["R_ohm"]) == p[0]["R"] and rows[0]["found_weaker"] == "1" and rows[0]["kk_passed"] == "1"
   and rows[0]["n_peaks"] == "2", "the numbers of --json", rows[0])
rows = list(csv.DictReader(io.StringIO(run("drt", "zarcs.csv", "--csv", "--table", "gamma").out)))
ok(len(rows) == len(d["tau"]) and float(rows[9]["gamma_ohm"]) == d["gamma"][9] and
   float(rows[9]["gamma_low"]) == d["gamma_low"][9], "--table gamma", rows[:1])
flat = run("drt", "zarcs.csv", "--csv", "--level", "0")
rows = list(csv.DictReader(io.StringIO(flat.out)))
ok(len(rows) == 1 and rows[0]["peak"] == "" and float(rows[0]["R_pol_ohm"]) > 90 and None not in rows[0],
   "a spectrum without peaks has its row", flat)

# ---- options
r, d = drt("zarcs.csv", "--lambda", "0.001")
ok(d["method"] == "tikhonov" and d["lambda"] == 0.001 and d["criterion"] == "given", "--lambda VALUE", r)
found = {}
for c in ("evidence", "gcv", "mgcv", "rgcv", "l-curve", "re-im", "k-fold", "discrepancy"):
    r, d = drt("zarcs.csv", "--lambda", c)
    ok(r.code == 0 and d["criterion"] == c and d["lambda"] > 0, "--lambda " + c, r)
    found[c] = d["lambda"]
ok(len(set(found.values())) > 5, "criteria differ", found)
bases = [line.split()[0] for line in run("drt", "--basis", "list").out.splitlines()]
ok(len(bases) >= 8, "--basis list", bases)
for b in bases:
    r, d = drt("zarcs.csv", "--basis", b, "--lambda", "1e-6", "--order", "0")
    ok(r.code == 0 and d["basis"] == b and abs(d["R_pol"] - 100) < 2, "--basis " + b, r, d.get("R_pol"))
r, d = drt("zarcs.csv", "--order", "2")
ok(d["order"] == [0, 0, 1], "--order 2", r)
r, d = drt("zarcs.csv", "--order", "0.1,0,1")
ok(d["order"] == [0.1, 0, 1], "--order with shares", r)
parts = [drt("zarcs.csv", "--part", x, "--lambda", "1e-6")[1]["R_pol"] for x in ("complex", "real", "imag")]
ok(len(set(parts)) == 3 and all(abs(x - 100) < 5 for x in parts), "--part", parts)


def loop(w):
    return zarcs(w) - 20 / (1 + 1j * w * 3.0)


write("loop.csv", table(loop, n=81, high=6, low=-2, noise=0.1, seed=9))
r, d = drt("loop.csv", "--signed")
ok(d["signed"] and min(d["gamma"]) < -1, "--signed: a loop is negative", r, min(d["gamma"]))
r, d = drt("zarcs.csv", "--tau-range", "1 us:10 s")
ok(abs(d["tau"][0] / 1e-6 - 1) < 1e-9 and abs(d["tau"][-1] / 10 - 1) < 0.3, "--tau-range", d["tau"][0],
   d["tau"][-1])
_, d = drt("zarcs.csv", "--tau-range", "1e-6:10", "--per-decade", "20")
ok(abs(len(d["tau"]) - 141) <= 1, "--per-decade", len(d["tau"]))
_, a = drt("zarcs.csv", "--extend", "0.5")
_, b = drt("zarcs.csv", "--extend", "1.5")
ok(len(b["tau"]) - len(a["tau"]) in (19, 20, 21), "--extend", len(a["tau"]), len(b["tau"]))
_, a = drt("zarcs.csv", "--level", "0.5")
_, b = drt("zarcs.csv", "--level", "0.95")
ok(a["gamma_high"][40] < b["gamma_high"][40] and a["level"] == 0.5, "--level")
fast = drt("zarcs.csv")[1]
r, d = drt("zarcs.csv", "--band", "exact", "--samples", "400")
ok(d["band"] == "exact" and fast["band"] == "fast" and d["gamma_high"] != fast["gamma_high"] and
   all(lo <= hi for lo, hi in zip(d["gamma_low"], d["gamma_high"])), "--band exact", r)
top = max(range(len(d["gamma"])), key=lambda k: d["gamma"][k])
wide = [x["gamma_high"][top] - x["gamma_low"][top] for x in (d, fast)]
ok(0.4 < wide[0] / wide[1] < 2.5, "and is about as wide at the top", wide)
ok(drt("zarcs.csv", "--band", "exact", "--samples", "400")[0].raw == r.raw, "the same seed, the same bytes")
other = drt("zarcs.csv", "--band", "exact", "--samples", "400", "--seed", "2")[1]
more = drt("zarcs.csv", "--band", "exact", "--samples", "500")[1]
ok(other["gamma_high"] != d["gamma_high"] and more["gamma_high"] != d["gamma_high"], "--seed, --samples")
_, d = drt("zarcs.csv", "--level", "0")
ok(not d["peaks"] and not d["gamma_low"], "--level 0")
_, d = drt("zarcs.csv", "--resistance", "10", "--inductance", "none", "--capacitance", "none")
ok(d["R_inf"] == 10 and d["R_inf_stderr"] is None and d["L"] == 0 and d["C"] is None, "held terms", d)
write("coil.csv", table(lambda w: zarcs(w) + 1j * w * 2e-6 + 1 / (1j * w * 0.5), n=81, high=6, low=-2,
                        noise=0.1))
_, d = drt("coil.csv", "--inductance", "fit", "--capacitance", "fit")
ok(abs(d["L"] / 2e-6 - 1) < 0.05 and abs(d["C"] / 0.5 - 1) < 0.2, "fitted terms", d["L"], d["C"])
_, d = drt("coil.csv", "--inductance", "2 uH", "--capacitance", "0.5 F")
ok(d["L"] == 2e-6 and abs(d["C"] - 0.5) < 1e-12 and abs(d["R_pol"] - 100) < 3, "held L and C", d["R_pol"])
for weight in ("unit", "proportional"):
    r, d = drt("zarcs.csv", "--weight", weight)
    ok(r.code == 0 and d["weighting"] == weight and abs(d["R_pol"] - 100) < 5, "--weight " + weight, r)
_, d = drt("zarcs.csv", "--no-kk", "--no-stability")
ok(d["kk"] is None and d["stability"] is None and d["peaks"][0]["found_weaker"] is None, "--no-kk --no-stability")
methods = re.findall(r"^(\S+)", run("drt", "--method", "list").out, re.M)
ok("adaptive" in methods and "tikhonov" in methods, "--method list", methods)
for m in methods:
    r, d = drt("zarcs.csv", "--method", m)
    ok(r.code == 0 and d["method"] == m and abs(d["R_pol"] - 100) < 10, "--method " + m, r)

# ---- sums of processes
r, d = drt("zarcs.csv", "--method", "mrq")
q = d["parametric"]
ok(len(q["processes"]) == 2 and all(abs(x["R"] - 50) < 1 and abs(x["alpha"] - 0.8) < 0.02 for x in q["processes"])
   and q["test"]["passed"] and any(t["processes"] == 2 and t["probability"] > 0.9 for t in q["tried"]), "mrq", q)
_, d = drt("zarcs.csv", "--method", "mrq", "--number", "1")
ok(len(d["parametric"]["processes"]) == 1 and not d["parametric"]["test"]["passed"], "--number", d["parametric"])
_, d = drt("two.csv", "--method", "mrq", "--most", "1")
ok(len(d["parametric"]["processes"]) == 1, "--most", d["parametric"])
r, d = drt("zarcs.csv", "--method", "auto")
ok(d["gamma_by"] == "adaptive" and d["peaks_by"] in ("mrq", "hn") and d["verdict"] and len(d["peaks"]) == 2,
   "auto takes the peaks of the sum", d["peaks_by"], d["verdict"])
t = run("drt", "zarcs.csv", "--method", "auto").out
ok("sum     2 processes" in t and "the peaks, by" in t, "and says so", t)

# ---- what a sum can't tell is said
def halves(w):
    return 10 + 50 / (1 + (1j * w * 0.01) ** 0.85) + 50 / (1 + (1j * w * 0.031623) ** 0.85)


write("halves.csv", table(halves, n=81, high=6, low=-2, noise=1, seed=1))
t = run("drt", "halves.csv", "--method", "auto").out
ok("peaks 1 and 2 are less than 0.8 decades apart" in " ".join(t.split()), "two that are close", t)
t = run("drt", "zarcs.csv", "--method", "auto").out
ok("decades apart" not in t, "but not where they are not", t)

def ends_in_diffusion(w):
    arc = 7.5 / (1 + 7.5 * 3.2e-6 * (1j * w) ** 0.93)
    inner = 28 + 6 * 2 ** 0.5 / (1j * w) ** 0.5
    return 21 + arc + inner / (1 + inner * 42e-6 * (1j * w) ** 0.99)


write("tail.csv", table(ends_in_diffusion, n=81, high=6, low=-2, noise=0.05, seed=1))
r, d = drt("tail.csv", "--method", "mrq")
t = run("drt", "tail.csv", "--method", "mrq").out
ends = [p for p in d["peaks"] if p["log10_tau_stderr"] is None]
ok(ends and all(p["R_stderr"] is None for p in ends) and "R not known" in " ".join(t.split()), "R at a limit", t)

# ---- other methods
_, a = drt("zarcs.csv", "--method", "loewner")
_, b = drt("zarcs.csv", "--method", "loewner", "--loewner-order", "4")
ok(a["poles"] and 0 < len(b["poles"]) <= 4 and len(a["poles"]) != len(b["poles"]), "--loewner-order", len(a["poles"]),
   len(b["poles"]))
_, a = drt("zarcs.csv", "--method", "fourier")
_, b = drt("zarcs.csv", "--method", "fourier", "--cutoff", "0.5")
ok(max(b["gamma"]) < max(a["gamma"]), "--cutoff", max(a["gamma"]), max(b["gamma"]))
r, d = drt("zarcs.csv", "--method", "bht")
ok(len(d["scores"]) >= 4 and len(d["gamma_re"]) == len(d["gamma_im"]) == len(d["tau"]), "bht", d["scores"])
t = run("drt", "zarcs.csv", "--method", "bht").out
ok("scores" in t and d["scores"][0]["name"] in t, "bht shows its scores", t)
ok("poles" in run("drt", "zarcs.csv", "--method", "loewner").out, "loewner shows its poles")

# ---- a circuit that can be fitted
r = run("drt", "zarcs.csv", "--as-circuit")
circuit = r.out.strip()
ok(r.code == 0 and r.out.count("\n") == 1 and circuit.startswith("R0{"), "--as-circuit", r)
f = schema.lines(run("fit", "zarcs.csv", "-c", circuit, "--json").out)[0]
R = [x["value"] for x in f["parameters"] if x["name"] in ("R1", "R2")]
ok(f["verdict"] == "converged" and all(abs(x - 50) < 0.5 for x in R), "is fitted", f["parameters"])
ok(drt("zarcs.csv")[1]["circuit"] == circuit, "and stands in the JSON")
r = run("drt", "zarcs.csv", "two.csv", "--as-circuit")
ok(r.out.count("\n") == 2 and "zarcs.csv" in r.err, "one line per spectrum", r)

# ---- names of the peaks


def cell(w):
    """0.785 cm2: a grain boundary (1 nF/cm2), a coating (20 uF/cm2), a charge transfer (1 mF/cm2)."""
    return 40 + sum(r / (1 + (1j * w * r * c * 0.785) ** 0.93)
                    for r, c in ((30, 2e-9), (20, 2e-5), (60, 1e-3)))


write("cell.csv", table(cell, n=91, high=7, low=-2, noise=0.1, seed=6))
r, d = drt("cell.csv", "--electrolyte", "LPSCl", "--anode", "In-Li", "--area", "0.785 cm2", "--temperature", "25 C")
names = [x["process"] for x in d["peaks"]]
ok(r.code == 0 and len(names) == 3 and names[0] == "SE_gb" and names[2] in ("CT", "CT_InLi"), "names", names)
ok(all(abs(sum(y["probability"] for y in x["processes"]) - 1) < 0.02 and 0 < x["probability"] <= 1
       for x in d["peaks"]), "probabilities", d["peaks"])
ok(abs(d["cell"]["area_m2"] / 0.785e-4 - 1) < 1e-9 and d["cell"]["area_factor"] == 1 and d["cell"]["electrolyte"]["word"] == "sulfide"
   and d["cell"]["electrolyte"]["probability"] == 1, "what they rest on", d["cell"])
_, d = drt("cell.csv", "--assign")
ok(d["cell"]["area_factor"] > 1 and all(x["process"] for x in d["peaks"]), "--assign alone: the rest is guessed", d["cell"])
t = run("drt", "cell.csv", "--explain", "--area", "0.785 cm2").out
ok("process" in t and "SE_gb" in t and "peak 3" in t and "for it" in t and "guessed" in t, "--explain", t)
write("mine.ini", "[mine]\nname = my process\npresent = 0.9; prior\nC = 1.5 to 2.5 nF/cm2; prior\nf = 1e6 to 4e6 Hz; prior\n"
      "[SE_gb]\npresent = 0.001; mine\n")
r, d = drt("cell.csv", "--processes", "mine.ini", "--area", "0.785 cm2")
ok(r.code == 0 and d["peaks"][0]["process"] == "mine", "--processes FILE", r, [x["process"] for x in d["peaks"]])
rows = list(csv.DictReader(io.StringIO(run("drt", "cell.csv", "--coating", "coated", "--csv").out)))
ok(all(x["process"] and 0 < float(x["process_probability"]) <= 1 for x in rows), "--csv has them", rows[:1])
_, d = drt("cell.csv")
ok(d["cell"] is None and all(x["process"] is None and x["probability"] is None for x in d["peaks"]), "nobody asked")
write("broken.ini", "[mine]\nC = 2\n")
r = run("drt", "cell.csv", "--processes", "broken.ini")
ok(r.code == 3 and "broken.ini:" in r.err, "a table with a mistake", r)
r = run("drt", "loop.csv", "--signed", "--assign")
ok(r.code in (0, 1) and ("have no names" in r.out or "process" in r.out), "peaks below zero have no names", r)

# ---- warnings
write("bad.csv", table(lambda w: one_arc(w) * (1.6 if 100 < w < 20000 else 1), noise=0.1))
r = run("drt", "bad.csv")
ok(r.code == 1 and "fail the Kramers-Kronig test" in r.out and "may be false" in r.out,
   "data that fail the KK test: said, with what it does", r)
r = run("drt", "bad.csv", "--no-kk")
ok("Kramers-Kronig" not in r.out, "--no-kk", r)
r = run("drt", "loop.csv")
ok("inductive loop at" in r.out and "--signed" in r.out, "a loop: use --signed", r)
write("thin.csv", table(zarcs, n=20, high=6, low=-2, noise=0.1))
ok("only 2.4 points per decade" in run("drt", "thin.csv").out, "too few points per decade")
write("noise_only.csv", table(zarcs, n=81, high=6, low=-2, noise=4, seed=7))
ok("loop" not in run("drt", "noise_only.csv").out, "noise is no loop")
write("far.csv", table(lambda w: zarcs(w) * (1 if w < 4e6 else 1.3), n=81, high=6, low=-2, noise=0.05))
r = run("drt", "far.csv", "--no-color")
ok("gamma misses the data" not in r.out or "most at" in r.out, "where gamma misses the data", r)
write("tail.csv", table(lambda w: zarcs(w) + 5 / (1j * w) ** 0.5, n=81, high=6, low=-2, noise=0.2))
r, d = drt("tail.csv")
ok(any("slower than the lowest" in x for x in d["warnings"]), "a tail beyond the data", d["warnings"])
ok(all(q["R"] < 60 for q in d["peaks"][:2]), "its area is not that of a peak", d["peaks"])
write("noisy.csv", table(zarcs, n=81, high=6, low=-2, noise=2, seed=5))
r, d = drt("noisy.csv", "--lambda", "1e-7")
ok(any("depend" in x and "smoothed" in x for x in d["warnings"]), "peaks that do not stay", d["warnings"])

# ---- figures and pages
if shutil.which("gnuplot"):
    for name, magic in (("a.svg", b"<?xml"), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF")):
        r = run("drt", "zarcs.csv", "--plot", name, "-q")
        ok(r.code == 0 and read(name).startswith(magic), "--plot " + name, r)
    svg = read("a.svg").decode()
    ok("γ(ln τ)" in svg and "1/(2πτ)" in svg and re.search(r"1: (50|49\.\d)", svg), "the figure has its words")
    r = run("drt", "zarcs.csv", "two.csv", "--report", "page.html", "--area", "2 cm2", "-q")
    page = read("page-1.html").decode()
    ok(r.code == 0 and os.path.exists(path("page-2.html")) and page.count("<svg") == 1, "--report", r)
    ok("<h2>Peaks</h2>" in page and "Ω cm²" in page and "at λ/4" in page, "the page has the peaks")
    r = run("drt", "loop.csv", "--signed", "--plot", "b.svg", "--level", "0")
    ok(r.code == 0 and read("b.svg").startswith(b"<?xml"), "a figure without band and peaks", r)
else:
    skip("figures", "there is no gnuplot")
r = run("drt", "zarcs.csv", "--keep-plot-script", "s.gp", "-q")
ok(r.code == 0 and b"$gamma << EOD" in read("s.gp") and b"$lambda << EOD" in read("s.gp"),
   "--keep-plot-script", r)

# ---- bad input, each with its words
write("few.csv", table(one_arc, n=7, high=4, low=0))
write("narrow.csv", table(one_arc, n=20, high=3, low=2.2))
write("coil_only.csv", table(lambda w: 0.01 + 1j * w * 1e-3))
write("cap_only.csv", table(lambda w: 1e-9 + 1 / (1j * w * 1e-6)))
write("negative.csv", table(lambda w: -one_arc(w).conjugate()))
for name, code, words in (("few.csv", 3, "at least 8 points"), ("narrow.csv", 3, "decades"),
                          ("coil_only.csv", 3, "inductor has no distribution"),
                          ("cap_only.csv", 3, "pure capacitor"),
                          ("negative.csv", 3, "nowhere positive")):
    r = run("drt", name, "--keep-imag")
    ok(r.code == code and words in r.err and not r.out, "%s: %s" % (name, words), r)
    r = run("drt", "zarcs.csv", name, "--keep-imag", "--json")
    d = [json.loads(x) for x in r.out.splitlines()]
    ok(r.code == 1 and len(d) == 2 and d[1]["schema"] == "eisfit.error/1", name + ": the others go on", r)
for args, words in ((["--lambda", "best"], "neither a number above zero nor one of"),
                    (["--lambda", "-1"], "neither a number above zero"),
                    (["--lambda", "0"], "neither a number above zero"),
                    (["--basis", "gausian"], "did you mean 'gaussian'"),
                    (["--order", "3"], "none of 0, 1, 2"), (["--order", "0,0,0"], "none of 0, 1, 2"),
                    (["--order", "1,1"], "none of 0, 1, 2"),
                    (["--basis", "matern-c0", "--order", "2"], "no derivative of order 2"),
                    (["--method", "tikonov"], "did you mean 'tikhonov'"),
                    (["--method", "adaptive", "--signed"], "--signed belongs to --method tikhonov"),
                    (["--method", "mrq", "--lambda", "1"], "--lambda belongs to --method tikhonov"),
                    (["--number", "2"], "--number belongs to --method mrq"),
                    (["--number", "99", "--method", "mrq"], "--number"), (["--most", "0"], "--most"),
                    (["--band", "exact", "--method", "mrq"], "--band exact belongs to"),
                    (["--band", "narrow"], "--band"), (["--samples", "9"], "--samples"), (["--seed", "x"], "--seed"),
                    (["--loewner-order", "4"], "--loewner-order belongs to --method loewner"),
                    (["--cutoff", "2"], "--cutoff belongs to --method fourier"),
                    (["--anode", "Na"], "unknown anode 'Na'"), (["--electrolyte", "salt"], "unknown electrolyte"),
                    (["--coating", "gold"], "coating"),
                    (["--as-circuit", "--csv"], "output of its own"),
                    (["--as-circuit", "--level", "0"], "has none"),
                    (["--as-circuit", "--explain"], "prints the circuit only"),
                    (["--tau-range", "1"], "no colon"), (["--tau-range", "10:1"], "is not below"),
                    (["--tau-range", "-1:1"], "above zero"), (["--tau-range", "1 kg:1 s"], "--tau-range"),
                    (["--resistance", "big"], "none of auto, none, fit"),
                    (["--method", "foo"], "there is no DRT method 'foo'; there are adaptive, "),
                    (["--basis", "foo"], "there is no basis 'foo'; there are "),
                    (["--inductance", "3 F"], "no value in H"), (["--capacitance", "1 H"], "no value in F"),
                    (["--capacitance", "0"], "fixed series capacitance"),
                    (["--table", "gamma"], "--table chooses what --csv writes"),
                    (["--level", "1"], "--level"), (["--per-decade", "1"], "--per-decade"),
                    (["--extend", "9"], "--extend"), (["--part", "both"], "--part")):
    r = run("drt", "zarcs.csv", *args)
    ok(r.code == 2 and words in r.err and not r.out, " ".join(args) + ": " + words, r)
r = run("drt")
ok(r.code == 2 and "needs at least one file" in r.err, "no file", r)
for span in ("1e-30:1e30", "1e5:1e7", "1e-12:1e-9"):
    r = run("drt", "zarcs.csv", "--tau-range", span)
    ok(r.code == 2 and "the data tell of" in r.err and not r.out, "--tau-range %s has nothing to do with the data"
       % span, r)
write("loop.csv", table(lambda w: 12 + 50 / (1 + (1j * w * 1e-3) ** 0.8) + 8 * 3j * w / (1 + 3j * w), n=81, high=6, low=-2,
                        noise=0.1, seed=5))
r = run("drt", "loop.csv", "--signed")
ok("gamma rings on both sides of it" in " ".join(r.out.split()), "a signed gamma beside a loop: a word on it", r)
r = run("drt", "loop.csv", "--method", "auto")
ok(re.search(r"-8\.\d+ ± \d+\.?\d* m?Ω .*inductive loop", r.out) and "? F" not in r.out, "the loop itself, by auto", r)
r = run("drt", "-", stdin=table(zarcs, n=81, high=6, low=-2, noise=0.2))
ok(r.code == 0 and "R_pol" in r.out, "standard input", r)

# ---- the same bytes for any number of threads, whatever frequencies come between
names = [write("m%02d.csv" % i, table((zarcs, one_arc, two_arcs)[i % 3], n=60 + 7 * (i % 2), noise=0.1 * (1 + i),
                                      seed=i, extra={"cell": i})) for i in range(9)]
for mode in (["--json"], ["--csv"], []):
    one = run("drt", *names, *mode, "-j", "1")
    many = run("drt", *names, *mode, "-j", "4")
    ok(one.raw == many.raw and one.code == many.code and one.raw, "threads: " + " ".join(mode), one)
single = "".join(run("drt", n, "--json").out for n in names)
ok(single == run("drt", *names, "--json").out, "one by one or all at once")
done()
