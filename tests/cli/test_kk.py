"""eisfit kk: verdict, window, outliers, options."""
import math
import random
import re

import schema
from tap import done, ok, one_arc, run, standard_files, table, write

standard_files()


def kk(*args):
    r = run("kk", *args, "--json")
    return r, (schema.lines(r.out) or [{}])[0]


r, d = kk("arc.csv")
ok(r.code == 0 and d["passed"] is True, "clean data pass, exit 0", r)
ok(0.1 < d["noise_percent"] < 0.4, "noise found", d["noise_percent"])
n = d["input"]["n_points"]
ok(len(d["residual_re_percent"]) == len(d["residual_im_percent"]) == len(d["f_hz"]) == n, "arrays")
ok(len(d["tau"]) == len(d["R"]) == d["m"], "m RC elements")
ok(d["valid_hz"] == [d["input"]["f_min_hz"], d["input"]["f_max_hz"]], "valid everywhere")
write("bad.csv", table(lambda w: one_arc(w) * (1.6 if 100 < w < 20000 else 1), noise=0.1))
r, d = kk("bad.csv")
ok(r.code == 1 and d["passed"] is False and len(d["reason"]) > 10, "inconsistent data: exit 1", r)
r, d = kk("arc.csv", "--rule", "fixed", "--m", "7")
ok(d["m"] == 7, "--rule fixed --m 7", d.get("m"))
r, d = kk("arc.csv", "--rule", "mu", "--mu-limit", "0.5")
ok("m" in d, "--rule mu", r)
r, d = kk("arc.csv", "--m-max", "6")
ok(d["m"] <= 6, "--m-max", d.get("m"))
for part in ("complex", "real", "imag"):
    r, d = kk("arc.csv", "--part", part)
    ok(r.code in (0, 1) and "m" in d, "--part " + part, r)
_, d = kk("arc.csv", "--no-capacitance", "--no-inductance")
ok(d["L"] in (0, None) and d["C_inv"] in (0, None), "--no-capacitance --no-inductance",
   d.get("L"), d.get("C_inv"))
for option in ("--admittance", "--unit-weight"):
    r, d = kk("arc.csv", option)
    ok(r.code in (0, 1) and "m" in d, option, r)
r, d = kk("arc.csv", "--extend", "0.5")
ok("m" in d, "--extend", r)
_, d = kk("arc.csv", "--no-others")
ok(d["hilbert"] is None, "--no-others")
_, one = kk("arc.csv", "--zhit-terms", "1")
_, three = kk("arc.csv", "--zhit-terms", "3")
ok(one["hilbert"]["zhit_percent"] != three["hilbert"]["zhit_percent"], "--zhit-terms")
lines = table(one_arc, noise=0.1).splitlines()
f, a, b = lines[31].split(",")
lines[31] = "%s,%.17g,%s" % (f, float(a) * 1.1, b)
write("spike.csv", "\n".join(lines) + "\n")
_, d = kk("spike.csv")
ok(31 in [o["row"] for o in d["outliers"]], "an outlier by its row", d.get("outliers"))
# the test alone and the one before a fit are one test
for name in ("arc.csv", "bad.csv", "spike.csv", "two.csv"):
    alone = kk(name)[1]
    both = schema.lines(run("fit", name, "-c", "R0-p(R1,CPE1)", "--json").out)[0]["kk"]
    ok(all(alone[k] == both[k] for k in both), "kk and fit agree on " + name, alone["reason"],
       both["reason"])
write("wave.csv", table(lambda w: one_arc(w) * (1 + 1e-3 * math.sin(3 * math.log(w))), noise=0.01))
loose = kk("wave.csv", "--tolerance", "5")[1]
tight = kk("wave.csv", "--tolerance", "0.001")[1]
ok(loose["passed"] and not tight["passed"], "--tolerance", loose["reason"], tight["reason"])
ok("[default: 0.15]" in run("help", "kk").out, "the default of the library is the one shown")
# valid nowhere
rng = random.Random(3)
write("noise.csv", table(lambda w: complex(rng.gauss(5, 9), rng.gauss(0, 9))))
r, d = kk("noise.csv", "--keep-imag")
ok(r.code == 1 and (d["valid_hz"] is None or d["valid_hz"][1] > 0), "no window is null, not zero", d)
t = run("kk", "noise.csv", "--keep-imag").out
ok(("no part of the range" in t) == (d["valid_hz"] is None), "and in words", t)
write("short.csv", table(one_arc, n=9, high=4, low=0, noise=0.2))
bias = re.compile(r"says nothing below ([\d.e+-]+) %")
t = run("kk", "short.csv").out
ok(all(float(b) <= 10 for b in bias.findall(t)), "worthless second opinions are left out", t)
r = run("kk", "arc.csv", "-v")
for words in ("verdict   passed", "noise     ", "(all of it)", "RC elements, mu", "Z-HIT",
              "high-frequency resistance"):
    ok(words in r.out, "text has '%s'" % words, r)
done()
