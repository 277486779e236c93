"""eisfit trend and eisfit arrhenius: tables of both shapes, laws, drift, figures, every mistake."""
import math
import os
import random
import shutil

import schema
from tap import TOP, done, ok, path, read, run, skip, write

AGING = os.path.join(TOP, "data", "aging-sample.csv")
HEAT = os.path.join(TOP, "data", "temperature-sample.csv")


def objects(r):
    return schema.lines(r.out)


def trend(*args):
    return run("trend", *args, "--json")


def valid(docs, what):
    bad = [e for d in docs for e in schema.validate(d)]
    ok(docs and not bad, what + ": the schema holds (%d)" % len(docs), *bad[:5])


# ---- the sample: square-root growth, constant tau ----
r = trend(AGING, "-p", "R_cei", "--where", "soc=0.5", "--end-of-life", "3x")
docs = objects(r)
valid(docs, "trend")
ok(r.code == 0 and len(docs) == 10 and r.err == "", "one series per cell", r)
ok([d["best"] for d in docs].count("sqrt") >= 9, "square root found", [d["best"] for d in docs])
# y0 (1 + 0.12 sqrt(n)) = 3 y0 at (2/0.12)^2 = 278 cycles, coated (2/0.06)^2 = 1111
ends = {d["series"]: [law for law in d["laws"] if law["law"] == "sqrt"][0]["end_interval"] for d in docs}
inside = [a <= (278 if "U" in s else 1111) <= b for s, (a, b) in ends.items()]
ok(sum(inside) >= 9, "end of life inside its interval", ends)
drift = [d["drift"] for d in docs]
ok(all("CEI growth" in d["possible"] and "contact loss" in d["possible"] and
       "kinetics" not in d["possible"] for d in drift), "the CEI keeps tau", drift[0])
ok(sum("CEI growth" in d["favoured"] for d in drift) >= 8, "its square root speaks for growth")
slope = [d["slope"] for d in drift]
ok(abs(sum(slope) / 10 + 1) < 0.05, "slope -1", slope)
r = run("trend", AGING, "-p", "R_cei", "--where", "soc=0.5")
for words in ("R_cei over cycle", "cell U1, soc 0.5", "dlnC/dlnR", "CEI growth, contact loss"):
    ok(words in r.out, "the text has '%s'" % words, r)
ok(all(len(line) < 110 for line in r.out.splitlines()), "the text fits the screen")
r = run("trend", AGING, "-p", "R_cei", "--where", "soc=0.5", "--where", "cell=U2")
for words in ("AICc", "y0 + k sqrt(t)", "shown", "drift of R_cei and C_cei",
              "R grows with the square root of age"):
    ok(words in r.out, "one series at length: '%s'" % words, r)
ok(run("trend", AGING, "-p", "R_cei", "--where", "soc=0.5", "--where", "cell=U2",
       "--no-drift").out.count("drift") == 0, "--no-drift")
r = run("trend", AGING, "-p", "R_cei", "--where", "soc=0.2:0.5", "--where", "cell=U1", "--csv")
rows = [line.split(",") for line in r.out.splitlines()]
ok(len(rows) == 1 + 2 * 8 and rows[0][1] == "parameter", "CSV: a row per series and law", len(rows))
r = trend(AGING, "-p", "R_if", "--by", "cell", "--where", "soc=0.5", "--correlate", "capacity_mAh_g")
docs = objects(r)
valid(docs, "rank correlation")
ok(all(d["rank"]["spearman"] < -0.3 and d["rank"]["exact"] for d in docs), "R up, capacity down")
ok("not whether one causes the other" in
   run("trend", AGING, "-p", "R_if", "--where", "soc=0.5", "--correlate", "capacity_mAh_g").out,
   "what a correlation is not")
r = run("trend", AGING, "-p", "R_if", "--where", "soc=0.5", "--correlate", "soc")
ok("R_if with soc, cell U1, soc 0.5: one of them does not change, 7 pairs" in r.out and
   "nan" not in r.out, "a column that does not change", r)
r = trend(AGING, "-p", "R_b", "--by", "cell", "--law", "constant,linear")
ok([law["law"] for law in objects(r)[0]["laws"]] == ["constant", "linear"], "--law", r)

# ---- tidy tables: fits joined with metadata ----
rng = random.Random(8)
# R scatters and does not change; tau is known, so that C = tau/R has a slope of -1 by the errors alone
off = [3, -2, 1, -4, 2, 4, -1, -3, 2, -2, 0, 1]
write("still.csv", "cell,cycle,R_x,C_x\n" + "".join(
    "a,%d,%.5f,%.8g\n" % (10 * i, 10 + 0.1 * k, 1e-4 / (10 + 0.1 * k)) for i, k in enumerate(off)))
d = schema.lines(run("trend", "still.csv", "-p", "R_x", "--json").out)[0]
ok(d["best"] == "constant" and abs(d["drift"]["slope"] + 1) < 1e-6 and not d["drift"]["moved"] and
   d["drift"]["possible"] == [] and "does not change with age" in d["drift"]["words"][0],
   "errors that R and C share are no drift", d["drift"])

# a bare circuit: the time constant of the arc says which capacitance belongs to R1; C1 is that of another arc.  Contact is
# lost: R ~ 1/area ~ P^-0.7, at two pressures
rows = ['cell,cycle,pressure_MPa,R1,C1,"C_eff(CPE2)","tau(R1,CPE2)","tau(R2,C1)"']
for cycle in (0, 10, 20, 50, 100, 200):
    for pressure in (5, 20):
        area = (1 - 0.02 * math.sqrt(cycle)) * (pressure / 20) ** 0.7
        rows.append("a,%d,%d,%.6g,%.6g,%.6g,3e-5,1e-4" % (cycle, pressure, 30 / area * rng.gauss(1, 0.002), 1e-6,
                                                        1e-6 * area * rng.gauss(1, 0.002)))
write("bare.csv", "\n".join(rows) + "\n")
docs = objects(trend("bare.csv", "-p", "R1"))
ok([d["drift"]["partner"] for d in docs] == ["C_eff(CPE2)"] * 2, "the capacitance of the same arc", docs)
ok(all(d["drift"]["favoured"] == ["contact loss"] and "R ~ P^-0.7" in " ".join(d["drift"]["words"]) for d in docs),
   "two pressures tell contact from CEI", docs[0]["drift"])

rows = ["file,sweep,best,name,value,stderr,unit,fixed,at_bound,identifiable,verdict,temperature_K"]
meta = ["file;cell;group;time_h;pressure_MPa"]
for k in range(8):
    name = "a%d.csv" % k
    meta.append("%s;A;x;%d;%g" % (name, 30 * k, 5 * 2 ** (k % 4)))
    tail = "ohm,0,0,1,converged,"
    r_c = (20 + 2 * math.sqrt(30 * k)) * math.exp(rng.gauss(0, 0.01))
    rows.append("%s,1,1,R_c,%.6g,%.3g,%s" % (name, r_c, 0.01 * r_c, tail))
    rows.append("%s,1,1,C_c,%.6g,%.3g,%s" % (name, 1e-4 / r_c, 1e-6 / r_c, tail))
    rows.append("%s,1,0,R_c,%.6g,1,%s" % (name, 999, tail))
    rows.append("%s,1,1,R_x,5,0.1,ohm,0,1,1,converged," % name)
write("fits.csv", "\n".join(rows) + "\n")
write("meta.csv", "\n".join(meta) + "\n")
r = trend("fits.csv", "--meta", "meta.csv")
docs = objects(r)
ok(r.code == 1 and [d["series"] for d in docs] == ["pressure_MPa %d" % p for p in (5, 10, 20, 40)],
   "pressure tells series apart, two points are no trend", r)
ok("16 rows left out: fixed, at a bound, not identifiable, not of the best model" in r.err,
   "what was left out is said", r)
r = trend("fits.csv", "--meta", "meta.csv", "--by", "cell")
docs = objects(r)
ok(docs[0]["unit"] == "ohm" and docs[0]["x"] == "time_h" and len(docs) == 1 and
   docs[0]["best"] == "sqrt" and docs[0]["drift"]["partner"] == "C_c", "joined by file", r)
ok(any("does not depend on pressure" in w or "square root" in w for w in docs[0]["drift"]["words"]),
   "pressure and age are facts", docs[0]["drift"])
write("some.csv", "\n".join(meta[:7]) + "\n")
r = trend("fits.csv", "--meta", "some.csv", "--by", "cell")
ok("8 of 32 rows have no metadata in 'some.csv', the first of them of 'a6.csv'" in r.err and
   "2 rows left out: no time_h" in r.err, "rows without metadata are said", r)
# one file under other names: "./x", a detour (the file need not be there), a link, the whole path
whole = trend("fits.csv", "--meta", "meta.csv")
write("a3.csv", "there\n")
write("a4.csv", "there\n")
os.symlink("a3.csv", path("link.csv"))
names = ["./a0.csv", "no//such/../../a1.csv", ".//./a2.csv", "link.csv", path("a4.csv")]
other = meta[:]
for k, name in enumerate(names):
    other[k + 1] = name + meta[k + 1][len("a0.csv"):]
write("spelled.csv", "\n".join(other) + "\n")
r = trend("fits.csv", "--meta", "spelled.csv")
ok(r.code == whole.code and r.out == whole.out and
   "metadata" not in r.err, "the same file under another name", r)
write("more.csv", "\n".join(meta + ["b7.csv;B;x;1;5"]) + "\n")
r = trend("fits.csv", "--meta", "more.csv")
ok(r.out == whole.out and "1 row of 'more.csv' matches nothing, the first of them 'b7.csv'" in r.err,
   "a row of the metadata that matches nothing is said", r)

# ---- pressure: a power law ----
write("press.csv", "cell,pressure_MPa,R_if,R_if_stderr\n" + "".join(
    "A,%g,%.6g,%.3g\n" % (p, 80 * p ** -0.5 * math.exp(rng.gauss(0, 0.005)), 0.4 * p ** -0.5)
    for p in (2, 5, 10, 20, 40, 80)))
d = objects(trend("press.csv", "--against", "pressure_MPa"))[0]
ok(d["best"] == "scaling" and [x["law"] for x in d["laws"]] == ["constant", "scaling"],
   "over a pressure: constant or power law", d)
b = d["laws"][1]["parameters"][1]
ok(b["name"] == "b" and abs(b["value"] + 0.5) < 3 * b["stderr"], "exponent", b)

# ---- a wide table without errors, decimal commas ----
write("plain.csv", "age;R1\n" + "".join("%d;%s\n" % (t, ("%.3f" % (5 + 0.5 * t)).replace(".", ","))
                                         for t in range(12)))
d = objects(trend("plain.csv", "-p", "R1"))[0]
ok(d["best"] == "linear" and d["series"] == "", "decimal commas, one series without a name", d)
write("short.csv", "cell,cycle,R1,R1_stderr\n" + "A,0,5,.1\nA,1,6,.1\nB,0,5,.1\n")
r = run("trend", "short.csv")
ok(r.code == 1 and "a trend needs at least 4 points, there are 2" in r.out, "too few points: exit 1", r)
d = objects(trend("short.csv"))[0]
ok(d["best"] is None and "at least 4 points" in d["why_not"] and not schema.validate(d), "and in JSON")
ok("at least 4 points" in run("trend", "short.csv", "--csv").out, "and in CSV")

# ---- Arrhenius ----
r = run("arrhenius", HEAT, "--json")
docs = objects(r)
valid(docs, "arrhenius")
ok(r.code == 0 and len(docs) == 4, "two parameters, two cells", r)
for d, ea in zip(docs, (0.35, 0.35, 0.60, None)):
    if ea:
        a, b = d["line"]["Ea_ci95"]
        ok(a <= ea <= b and not d["break"]["found"], "%s %s: %g eV" % (d["parameter"], d["series"], ea),
           d["line"])
bend = docs[3]["break"]
ok(bend["found"] and abs(bend["Ea_cold_eV"] - 0.6) < 0.03 and abs(bend["Ea_hot_eV"] - 0.45) < 0.03 and
   abs(bend["T_K"] - 300) < 5, "the break of cell A2", bend)
r = run("arrhenius", HEAT)
for words in ("Ea / eV", "kJ/mol", "break", "two slopes fit better", "where it does not depend on Ea"):
    ok(words in r.out, "the text has '%s'" % words, r)
d = objects(run("arrhenius", HEAT, "--form", "T/R", "-p", "R_b", "--temperature-error", "0.5",
                "--json"))[0]
ok(d["form"] == "T/R" and abs(d["line"]["Ea_eV"] - 0.35 - 8.617e-5 * 290) < 0.004,
   "T/R: larger by kT", d["line"])
ok(len(run("arrhenius", HEAT, "--csv").out.splitlines()) == 5, "CSV: a row per series")
write("kelvin.csv", "T_K,sigma,sigma_stderr\n" + "".join(
    "%d,%.6g,%.3g\n" % (t, 5e3 * math.exp(-0.4 / 8.617333262e-5 / t), 1) for t in range(260, 330, 10)))
d = objects(run("arrhenius", "kelvin.csv", "--temperature", "T_K", "-p", "sigma", "--form", "sigma",
                "--json"))[0]
ok(abs(d["line"]["Ea_eV"] - 0.4) < 1e-6, "conductivities over kelvin", d["line"])
write("two.csv", "temperature_C,R1,R1_stderr\n20,5,.1\n20,5.1,.1\n30,4,.1\n")
r = run("arrhenius", HEAT, "-p", "R_b", "--form", "sigma")
ok(r.code == 0 and "Ea is negative: the conductivity falls" in r.out and
   "the values are resistances: their form is 1/R" in " ".join(r.out.split()), "resistances taken for "
   "conductivities", r)
write("metal.csv", "temperature_C,R_x\n0,10\n20,10.8\n40,11.6\n60,12.4\n")
r = run("arrhenius", "metal.csv", "-p", "R_x")
ok("Ea is negative: the resistance rises" in r.out, "and the other way round", r)
r = run("arrhenius", "two.csv")
ok(r.code == 1 and "at least 3 different temperatures, there are 2" in r.out, "two temperatures: exit 1",
   r)
ok("3 different temperatures" in run("arrhenius", "two.csv", "--json").out, "and in JSON")

# ---- figures ----
if shutil.which("gnuplot"):
    r = run("trend", AGING, "-p", "R_cei,R_if", "--where", "soc=0.5", "--plot", "t.svg",
            "--keep-plot-script", "t.gp")
    ok(r.code == 0 and b"</svg>" in read("t-1.svg") and b"</svg>" in read("t-2.svg") and
       b"$points9" in read("t-1.gp"), "a figure per parameter", r)
    r = run("arrhenius", HEAT, "-p", "R_if", "--plot", "a.png")
    ok(r.code == 0 and read("a.png")[:4] == b"\x89PNG", "Arrhenius figure", r)
    write("quote.csv", "cell,cycle,R1,R1_stderr\n" + "".join("it's `x`,%d,%d,.1\n" % (i, 5 + i)
                                                             for i in range(6)))
    r = run("trend", "quote.csv", "--plot", "q.svg")
    ok(r.code == 0 and b"</svg>" in read("q.svg"), "names with quotation marks", r)
else:
    skip("figures", "there is no gnuplot")

# ---- every mistake ----
write("twice.csv", "a,a\n1,2\n")
write("ragged.csv", "cell,cycle,R1\nA,1,2\nA,2\n")
write("words.csv", "cell,cycle,R1\nA,one,2\nA,2,3\n")
write("value.csv", "cell,cycle,R1\nA,1,high\nA,2,3\n")
write("head.csv", "cell,cycle,R1\n")
write("noage.csv", "cell,R1,R1_stderr\nA,2,.1\nA,3,.1\n")
write("bound.csv", "name,value,at_bound,cycle\nR1,2,1,1\nR1,3,1,2\n")
write("double.csv", "file,cell\na0.csv,A\na0.csv,B\n")
write("other.csv", "file,cell\nzzz.csv,A\n")
write("nofile.csv", "cell,x\nA,1\n")
write("unit.csv", "heat,R1,R1_stderr\n20,2,.1\n30,3,.1\n")
MISTAKES = [
    (["trend"], 2, "trend takes one table of parameters (CSV) or one store; '-' is standard input"),
    (["trend", "a.csv", "b.csv"], 2, "trend takes one table"),
    (["trend", "none.csv"], 3, "none.csv: can't open"),
    (["trend", "head.csv"], 3, "head.csv: a table needs a line of column names and rows below it"),
    (["trend", "twice.csv"], 3, "twice.csv:1:3: there are two columns 'a'"),
    (["trend", "ragged.csv"], 3, "ragged.csv:3:3: the row has 2 cells, the names 3"),
    (["trend", "words.csv", "-p", "R1", "--against", "cycle"], 3,
     "words.csv:2:3: 'one' in column 'cycle' is not a number"),
    (["trend", "value.csv", "-p", "R1"], 3, "value.csv:2:5: 'high' in column 'R1' is not a number"),
    (["trend", "noage.csv"], 3, "noage.csv: no column time_h, cycle, age, age_d or time_s that changes; "
     "say over what with --against COLUMN"),
    (["trend", "ragged.csv", "-p", "R1", "--where", "soc"], 3, "ragged.csv"),
    (["trend", "plain.csv"], 2, "the table has neither columns 'name' and 'value' nor a column R... with"),
    (["trend", "plain.csv", "-p", "Q*"], 3, "plain.csv: no row is left: no column of that name; the columns are "),
    (["trend", "fits.csv", "-p", "Q*"], 3, "fits.csv: no row is left: no parameter of that name"),
    (["trend", "bound.csv"], 3, "bound.csv: none of 2 rows can be used: fixed, at a bound"),
    (["trend", AGING, "--where", "soc"], 2, "condition 'soc': expected COLUMN=VALUE or COLUMN=FROM:TO"),
    (["trend", AGING, "--where", "sox=1"], 3, "there is no column 'sox' for a condition; did you mean 'soc'?"),
    (["trend", AGING, "--where", "soc=high"], 2, "'high' is neither a number nor a range FROM:TO"),
    (["trend", AGING, "--where", "soc=7"], 3, "no row is left where the conditions hold"),
    (["trend", AGING, "--against", "zzzzzzzz"], 3, "there is no column 'zzzzzzzz' for --against; the columns "
     "are cell, group, cycle"),
    (["trend", AGING, "--by", "cel"], 3, "there is no column 'cel' to tell series apart; did you mean 'cell'?"),
    (["trend", AGING, "--by", "cell,group,cycle,soc,R_b,R_if,C_cei,R_cei,R_b_stderr"], 2,
     "more than 8 columns to tell series apart"),
    (["trend", AGING, "--law", "sqr"], 2, "unknown law 'sqr'; did you mean 'sqrt'? There are constant, sqrt, "),
    (["trend", AGING, "--end-of-life", "soon"], 2, "option '--end-of-life': 'soon' is neither a value nor a "
     "factor like 2x"),
    (["trend", AGING, "--end-of-life", "1x"], 2, "the end of life at 1 times the first value makes no sense"),
    (["trend", AGING, "--horizon", "0"], 2, "option '--horizon': '0' is not a number from 1 to 10000"),
    (["trend", AGING, "--correlate", "capacity"], 3, "there is no column 'capacity' for --correlate"),
    (["trend", AGING, "--json", "--csv"], 2, "--json and --csv can't go together"),
    (["trend", AGING, "--plot", "x.jpg"], 2, "can't tell the kind of figure from 'x.jpg'"),
    (["trend", AGING, "--plot", "no/such/x.svg"], 5, "can't write 'no/such/x.svg'"),
    (["trend", AGING, "--keep-plot-script", "no/such/x.gp"], 5, "can't write 'no/such/x.gp'"),
    (["trend", "fits.csv", "--meta", "none.csv"], 3, "none.csv: can't open"),
    (["trend", "fits.csv", "--meta", "double.csv"], 3, "double.csv:3:1: 'a0.csv' stands in two rows"),
    (["trend", "fits.csv", "--meta", "other.csv"], 3, "other.csv: no row of 'fits.csv' has a file that is "
     "named here"),
    (["trend", "fits.csv", "--meta", "nofile.csv"], 3, "there is no column 'file' to join it by"),
    (["trend", AGING, "--meta", "other.csv"], 3, "there is no column 'file' to join the metadata by"),
    (["arrhenius"], 2, "arrhenius takes one table"),
    (["arrhenius", AGING], 3, "no column temperature_C or temperature_K that changes; name it with"),
    (["arrhenius", "unit.csv", "--temperature", "heat"], 2, "column 'heat': the name has to end in _C or _K"),
    (["arrhenius", HEAT, "--form", "rho"], 2, "option '--form': 'rho' is not one of: 1/R, T/R, sigma, sigma-T"),
    (["arrhenius", HEAT, "--temperature-error", "-1"], 2, "option '--temperature-error': '-1' is not a number"),
    (["arrhenius", HEAT, "--temperature", "temp_C"], 3, "there is no column 'temp_C' for --temperature"),
]
for args, code, words in MISTAKES:
    r = run(*args)
    ok(r.code == code and words in r.err and "eisfit: error: " in r.err and r.out == "",
       "%s -> %d" % (" ".join(os.path.basename(a) for a in args), code), r)
r = run("trend", "-", "-p", "R1", stdin=open(path("plain.csv")).read())
ok(r.code == 0 and "linear" in r.out, "standard input", r)
# ---- what the numbers rest on
HEAD = "cell,cycle,flags,model,name,value,stderr,unit\n"
LINE = "c,%d,%s,%s,R1,%d,0.1,%s\n"
write("rest.csv", HEAD + "".join(LINE % (k, "kk" if k % 3 == 0 else "", "a" if k < 4 else "b", 10 + k, "ohm")
                                 for k in range(9)))
r = run("trend", "rest.csv", "-p", "R1")
ok(r.code == 0 and "3 of 9 values are of spectra with flags" in r.err and "come from several models" in r.err,
   "flags and models are told", r)
r = run("trend", "rest.csv", "-p", "R1", "--where", "flags=", "--where", "model=b")
ok(r.code == 0 and r.err == "" and "over cycle" in r.out, "and left out where that is asked for", r)
write("units.csv", HEAD + "".join(LINE % (k, "", "a", 10 + k, "ohm" if k < 4 else "ohm cm2") for k in range(9)))
r = run("trend", "units.csv", "-p", "R1")
ok(r.code == 3 and "R1 is in 'ohm' and in 'ohm cm2'" in r.err and r.out == "", "two units are not one series", r)
r = run("trend", "units.csv", "-p", "R1", "--where", "unit=ohm cm2")
ok(r.code == 0 and r.err == "", "one of them is", r)
a, b = (run("trend", AGING, "--correlate", "soc", "--by", "cell", "--json").raw for _ in range(2))
ok(a == b and a, "the same bytes twice")
done()
