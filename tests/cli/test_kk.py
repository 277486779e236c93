"""eisfit kk: verdict, window, outliers, options."""
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
r = run("kk", "arc.csv", "-v")
for words in ("verdict   passed", "noise     ", "(all of it)", "RC elements, mu", "Z-HIT",
              "high-frequency resistance"):
    ok(words in r.out, "text has '%s'" % words, r)
done()
