"""eisfit compare: the sample campaign, words for every situation, every mistake."""
import math
import os
import random
import re
import shutil
import subprocess
import sys

import schema
from tap import TOP, WORK, done, ok, read, run, skip, write

AGING = os.path.join(TOP, "data", "aging-sample.csv")


def compare(*args):
    r = run("compare", *args, "--json")
    return r, schema.lines(r.out)


def valid(docs, what):
    bad = [e for d in docs for e in schema.validate(d)]
    ok(docs and not bad, what + ": the schema holds (%d)" % len(docs), *bad[:5])


def table(name, groups, spectra=10, effect=1.0, spread=0.05, seed=1, soc=None, extra=""):
    """groups: cells of each group; R1 of the second group is `effect` times that of the first."""
    rng = random.Random(seed)
    rows = ["cell,group,soc,R1,R1_stderr" + extra]
    for g, cells in enumerate(groups):
        for c in range(cells):
            u = rng.gauss(0, spread)
            for k in range(spectra):
                s = soc(g, k) if soc else 0.1 * k
                v = 20 * effect ** g * math.exp(u + rng.gauss(0, 0.02) + 0.3 * (s or 0))
                rows.append("%s%d,%s,%s,%.6g,%.3g" % ("uvw"[g], c, ("plain", "coated", "third")[g],
                                                      "" if s is None else "%.4g" % s, v, 0.01 * v))
    write(name, "\n".join(rows) + "\n")
    return name


# ---- the samples are what their script makes ----
subprocess.run([sys.executable, os.path.join(TOP, "scripts", "make_samples.py"), WORK], check=True)
for name in ("aging-sample.csv", "temperature-sample.csv"):
    with open(os.path.join(TOP, "data", name), "rb") as f:
        ok(f.read() == read(name), name + " is what scripts/make_samples.py writes")

# ---- the sample: truth 0.67 for R_if, none for R_b ----
r, docs = compare(AGING, "--reference", "uncoated")
valid(docs, "compare")
found = {d["parameter"]: d["effects"][0] for d in docs}
ok(r.code == 0 and sorted(found) == ["R_b", "R_cei", "R_if"], "all parameters with errors", r)
ok(found["R_if"]["ci95"][0] <= 0.67 <= found["R_if"]["ci95"][1] and found["R_if"]["p_holm"] < 0.05,
   "R_if: 0.67 inside its interval", found["R_if"])
ok(found["R_b"]["ci95"][0] <= 1 <= found["R_b"]["ci95"][1] and found["R_b"]["p"] > 0.05, "R_b: no effect")
ok(found["R_cei"]["p_permutation"] >= 2 / 252 - 1e-12 and found["R_cei"]["permutation_exact"],
   "252 ways to deal ten cells", found["R_cei"])
ok(all(e["p"] <= e["p_bh"] <= e["p_holm"] <= 1 for e in found.values()), "p <= BH <= Holm")
ok(docs[0]["adjusted_for"] == "soc (at equal values), cycle (at equal values)", "adjusted by itself")
ok(len(docs[0]["cells"]) == 10 and sum(c["spectra"] for c in docs[0]["cells"]) == 210, "every cell")
# the adjusted log means of balanced data are the plain ones
rows = [line.split(",") for line in open(AGING)][1:]
mean = sum(math.log(float(x[11])) for x in rows if x[0] == "U1") / 21
near = [c for d in docs if d["parameter"] == "R_if" for c in d["cells"] if c["cell"] == "U1"][0]["mean"]
ok(abs(near / math.exp(mean) - 1) < 0.01, "mean of a cell", near, math.exp(mean))
back, docs2 = compare(AGING, "--reference", "coated", "-p", "R_if")
ok(abs(docs2[0]["effects"][0]["ln_ratio"] + found["R_if"]["ln_ratio"]) < 1e-9, "--reference turns the ratio")
r = run("compare", AGING, "--reference", "uncoated")
for words in ("compared with 'uncoated' by group; the cell is the unit", "adjusted for soc",
              "R_if is 2", "lower in 'coated' than in 'uncoated' (95 % interval: ",
              "R_b: no difference shown; in 'coated' it may be from", "it takes 3 cells per group",
              "corrected for the number of comparisons", "cells differ by"):
    ok(words in " ".join(r.out.split()), "the text has '%s'" % words, r)
ok(all(len(line) < 110 for line in r.out.splitlines()), "the text fits the screen")
r = run("compare", AGING, "--csv")
ok(len(r.out.splitlines()) == 4 and "p_holm" in r.out.splitlines()[0], "CSV: a row per parameter", r)
for option, value, key in (("--detect", "1.05", "detect"), ("--power", "0.95", "power")):
    d = compare(AGING, "-p", "R_b", option, value)[1][0]
    e = d["effects"][0]
    ok(d[key] == float(value) and (e["cells_needed"] > 3 or e["detectable_ratio"] >
                                   found["R_b"]["detectable_ratio"]), option, e)
d = compare(AGING, "-p", "R_b", "--permutations", "100", "--seed", "4")[1][0]["effects"][0]
ok(not d["permutation_exact"] and d["p_permutation_smallest"] < 0.01, "--permutations", d)
same = [run("compare", AGING, "--permutations", "150", "--seed", "4", "--json").raw for _ in range(2)]
ok(same[0] == same[1], "the same bytes twice")

# ---- one cell per group, few cells ----
r = run("compare", table("one.csv", (1, 1), effect=0.7, spectra=40))
text = " ".join(r.out.split())
ok(r.code == 1 and "R1 is 3" in text and "with 1 and 1 cell nobody can say whether that is the group or just "
   "the cell" in text, "one cell per group: refused, exit 1", r)
ok("a group has only one cell: how much cells of one kind differ is not known" in text, "and why", r)
r, docs = compare("one.csv")
valid(docs, "refused")
e = docs[0]["effects"][0]
ok(docs[0]["refused"] and e["p"] is None and e["ci95"] == [None, None] and e["ratio"] > 0, "no p", e)
r, docs = compare(table("three.csv", (1, 3)))
ok(r.code == 1 and docs[0]["refused"], "one cell against three: refused, too", r)
r = run("compare", table("few.csv", (2, 2), effect=0.5))
text = " ".join(r.out.split())
ok(r.code == 0 and "With 2 + 2 cells no permutation test can give p below 0.33." in text, "2 + 2 cells", r)
r = run("compare", table("uneven.csv", (3, 7), effect=0.8, seed=5))
ok(r.code == 0 and "3 + 7" in r.out or "7 + 3" in r.out, "unbalanced groups", r)
r, docs = compare(table("groups.csv", (4, 4, 4), effect=0.8), "--reference", "plain")
ok([e["group"] for e in docs[0]["effects"]] == ["coated", "third"] and r.code == 0, "three groups", r)
r = run("compare", table("hint.csv", (4, 4), effect=2.5))
ok(re.search(r"R1 is 2\.[456] times as high in 'coated' as in 'plain'", " ".join(r.out.split())),
   "a large ratio in words", r)
r = run("compare", "hint.csv", "--reference", "coated")
ok(re.search(r"R1 is (58|59|60|61|62) % lower in 'plain' than in 'coated'", " ".join(r.out.split())),
   "and the other way round", r)

r = run("compare", AGING, "-p", "*", "--no-adjust", "--where", "cycle=0:50")
ok("_stderr" not in r.out, "columns of errors are no parameters", r)
write("wild.csv", "cell,group,R1,R1_stderr\nA,x,1e-20,0\nB,x,1e20,0\nC,y,1,0\nD,y,5,0\n")
r = run("compare", "wild.csv")
ok(r.code == 0 and "more than 10000 times lower to more than 10000 times as high" in
   " ".join(r.out.split()) and "inf" not in r.out, "no infinite factors", r)

# ---- SOC: missing, not common, rounded ----
r = run("compare", table("gaps.csv", (4, 4), soc=lambda g, k: None if k == 3 else 0.1 * k))
ok("8 of 80 spectra left out: no soc" in r.out, "spectra without SOC are said", r)
# nowhere; of some cells; of one group; of both groups, but only in the files of a campaign
r = run("compare", table("never.csv", (4, 4), soc=lambda g, k: None))
ok(r.code == 0 and "no column that is filled in says how these differ (soc, temperature_C" in r.err and
   "adjusted for" not in r.out, "no SOC at all is said", r)
rows = read(table("somecells.csv", (4, 4), soc=lambda g, k: 0.1 * k)).decode().splitlines()
head = rows[0].split(",")
first = rows[1].split(",")[head.index("cell")]
for i, line in enumerate(rows):
    cells = line.split(",")
    if cells[head.index("cell")] == first:
        cells[head.index("soc")] = ""
        rows[i] = ",".join(cells)
write("somecells.csv", "\n".join(rows) + "\n")
r = run("compare", "somecells.csv")
ok(r.code == 0 and "10 of 80 spectra left out: no soc; of 1 cell these were all" in r.out and
   ("3 + 4" in r.out or "4 + 3" in r.out), "a cell without SOC is lost, and that is said", r)
r = run("compare", table("onegroup.csv", (4, 4), soc=lambda g, k: None if g else 0.1 * k))
ok(r.code == 3 and "states its soc, so the groups can't be compared at the same soc: fill it in" in r.err
   and "no spectrum of '" in r.err, "a group without SOC is named", r)
ok(run("compare", "onegroup.csv", "--no-adjust").code == 0, "and --no-adjust compares all the same")
r = run("compare", table("part.csv", (4, 4), soc=lambda g, k: 0.1 * k + 0.3 * g))
text = " ".join(r.out.split())
ok("24 of 80 spectra left out: their soc does not occur in every group" in text, "common SOC only", r)
r = run("compare", table("apart.csv", (4, 4), soc=lambda g, k: 0.1 if g else 0.9 - 0.01 * k))
ok(r.code == 3 and "the groups have no common value of 'soc'" in r.err, "no common SOC", r)
name = table("near.csv", (4, 4), soc=lambda g, k: 0.1 * k + 0.013 * g)
ok(run("compare", name, "--match", "soc").code == 3 and
   compare(name, "--match", "soc:0.1")[1][0]["spectra"] == 80, "--match soc:0.1 rounds")
r, docs = compare(name, "--covariate", "soc")
ok(docs[0]["adjusted_for"] == "soc (linear)" and docs[0]["spectrum_sd"] < 0.03, "--covariate", docs)
slope = docs[0]["covariates"][0]
r = run("compare", name, "--covariate", "soc")
ok(slope["name"] == "soc" and slope["ln_slope_ci95"][0] < slope["ln_slope"] < slope["ln_slope_ci95"][1]
   and re.search(r"    soc: from 0 to 0.913 a factor of [0-9.]+ \(95 % interval [0-9.]+ to [0-9.]+\), p ",
                 r.out), "the slope of a straight line", slope, r)
r, docs = compare(name, "--no-adjust")
ok(docs[0]["adjusted_for"] == "" and docs[0]["spectrum_sd"] > 0.05, "--no-adjust", docs)

long = "g" * 140 # names that differ behind the 127th letter
write("long.csv", "cell,group,note,R1\n" + "".join("%s%d,%s,%s,%g\n" % (g, k, g, long + tail, 10 + k)
                                                    for g in "ab" for k in range(3) for tail in "xy"))
r = run("compare", "long.csv", "-p", "R1", "--where", "note=" + long + "x", "--json")
ok(r.code == 0 and '"spectra":6,' in r.out, "a condition on a long text is about all of it", r)
r, docs = compare(AGING, "--where", "soc=0.5")
ok(docs and all(d["adjusted_for"] == "cycle (at equal values)" for d in docs),
   "not adjusted for what does not vary where the conditions hold", r)

# ---- which parameters, when none is named ----
rows = ["cell,group,name,value,stderr,unit"]
for areas in (1, 2):
    rows = rows[:1]
    for c in range(6):
        for name, v in (("R_b", 10), ("Zarc_cei_R", 20), ("R_arcs", 30), ("Zarc_cei_alpha", 0.9)):
            v *= 1 + 0.03 * c
            rows.append("c%d,%s,%s,%g,%g,ohm" % (c, "xy"[c % 2], name, v, 0.01 * v))
        for name, v in (("R_area(R_b)", 10), ("R_area(Zarc_cei)", 20)):
            v *= (1 + 0.03 * c) * (1 + (areas - 1) * c) * 1e-4
            rows.append("c%d,%s,%s,%g,%g,ohm m2" % (c, "xy"[c % 2], name, v, 0.01 * v))
    write("areas.csv", "\n".join(rows) + "\n")
    r, docs = compare("areas.csv")
    names = sorted(d["parameter"] for d in docs)
    ok(names == (["R_arcs", "R_b", "Zarc_cei_R"] if areas == 1 else ["R_arcs", "R_area(R_b)", "R_area(Zarc_cei)"]),
       "resistances, per area only where areas differ (%d)" % areas, names, r)
write("alone.csv", "\n".join(row for row in rows if row[:2] in ("ce", "c0", "c1")) + "\n")
r = run("compare", "alone.csv")
ok(r.code == 1 and r.out.count("a group has only one cell") == 1 and r.out.count("nobody can say") == 3 and
   "finds" not in r.out.split("R_arcs is")[0].split("geometric means")[1],
   "one cell per group: said of each parameter, explained once", r)

# ---- figures ----
if shutil.which("gnuplot"):
    r = run("compare", AGING, "--plot", "c.svg", "--keep-plot-script", "c.gp")
    script = read("c.gp").decode()
    ok(r.code == 0 and b"</svg>" in read("c.svg"), "figure", r)
    block = script.split("$cells0 << EOD\n")[1].split("EOD")[0]
    ok(len(block.splitlines()) == 10, "every cell is a point", block)
    r = run("compare", "one.csv", "--plot", "one.png")
    ok(r.code == 1 and read("one.png")[:4] == b"\x89PNG", "figure of a refused comparison", r)
else:
    skip("figures", "there is no gnuplot")

# ---- values at an end of their range ----
rows = ["cell,group,name,value,stderr,at_bound"]
for k in range(8):
    g = "coated" if k % 2 else "bare"
    for i in range(5):
        end = g == "coated" and i < 2
        rows.append("c%d,%s,R1,%g,%g,%d" % (k, g, 0.001 if end else 10 + k + 0.1 * i, 0.1, end))
write("ends.csv", "\n".join(rows) + "\n")
r = run("compare", "ends.csv")
ok("8 of 20 values of R1 in group 'coated' are at the lower end of their range and left out: without them the mean "
   "of the group is too large, and the ratio to the reference is an upper limit" in " ".join((r.out + r.err).split()),
   "values at the lower end", r)
r = run("compare", "ends.csv", "--reference", "coated")
ok("the ratio to the reference is a lower limit" in " ".join((r.out + r.err).split()), "of the reference", r)

def note(name, *args):
    r = run("compare", name, *args)
    return " ".join((r.out + r.err).split()), r


def ends(name, groups, head="cell,group,name,value,stderr,at_bound", tail=""):
    write(name, head + "\n" + "".join(
        "%s%d,%s,R1,%g,0.1,%d%s\n" % (g, k, g, low + k if k < n_used else end, k >= n_used, tail)
        for g, low, n_used, end in groups for k in range(5)))


ends("gone.csv", [("A", 10, 5, 0), ("B", 12, 5, 0), ("C", 0, 0, 0.001)])
text, r = note("gone.csv")
ok(r.code == 0 and "group 'C' is not compared: all its values of R1 are at an end of their range; widen the range, or "
   "compare tracks" in text, "a group of which nothing is left", r)
ends("alone.csv", [("A", 10, 5, 0), ("C", 0, 0, 0.001)])
text, r = note("alone.csv")
ok(r.code == 3 and "R1: all values in group 'C' are at an end of their range, which leaves nothing to compare" in text, "and only one is left", r)
ends("low.csv", [("A", 0.5, 5, 0), ("B", 12, 3, 1)])
text, r = note("low.csv", "--reference", "A")
ok("2 of 5 values of R1 in group 'B' are at the lower end" in text and "is an upper limit" in text,
   "the lower end of its own values", r)
ends("two.csv", [("A", 10, 4, 0.1), ("B", 12, 3, 0.1)])
text, r = note("two.csv", "--reference", "A")
ok("the ratio to the reference may be wrong either way, as values of the reference are left out, too" in text,
   "both at their lower ends", r)
ends("own.csv", [("A", 10, 5, 0), ("B", 12, 3, 0.001)], "cell,group,name,eisfit_value,stderr,at_bound,value", ",100")
text, r = note("own.csv", "--reference", "A")
ok("2 of 5 values of R1 in group 'B' are at the lower end" in text, "a column 'value' of the user's", r)

# ---- every mistake ----
write("nogroup.csv", "cell,R1,R1_stderr\nA,1,.1\nB,2,.1\n")
write("hole.csv", "cell,group,R1,R1_stderr\nA,x,1,.1\n,y,2,.1\n")
write("hole2.csv", "cell,group,R1,R1_stderr\nA,x,1,.1\nB,,2,.1\n")
write("empty.csv", "cell,group,R1,R1_stderr\nA,,1,.1\nB,,2,.1\n")
write("caps.csv", "cell,group,soc,p,R1,R1_stderr\n" + "".join(
    "%s%d,%s,%g,%d,%g,.1\n" % (g, k, g, soc, k + 3 * soc, 5 + k)
    for g in ("coated", "Coated") for k in range(3) for soc in (0, 1)))
r = run("compare", "caps.csv")
ok("the groups 'coated' and 'Coated' differ in capitals only and are taken as two" in r.err,
   "a slip of the shift key", r)
r = run("compare", "caps.csv", "--covariate", "p")
ok("soc varies and is not adjusted for, as --match or --covariate name other columns: add --match soc"
   in r.err, "what is left open is said", r)
r = run("compare", "caps.csv", "--covariate", "p", "--match", "soc")
ok("not adjusted" not in r.err and run("compare", "caps.csv", "--covariate", "p", "--no-adjust").err.count(
    "not adjusted") == 0, "and not what was asked for", r)
write("both.csv", "cell,group,R1,R1_stderr\nA,x,1,.1\nA,y,2,.1\n")
write("minus.csv", "cell,group,R1,R1_stderr\nA,x,1,.1\nB,x,2,.1\nC,y,-1,.1\nD,y,-2,.1\n")
MISTAKES = [
    (["compare"], 2, "compare takes one table of parameters (CSV) or one store"),
    (["compare", "nogroup.csv"], 3, "nogroup.csv: there is no column 'group' with the groups (--by)"),
    (["compare", AGING, "--cell", "cells"], 3, "there is no column 'cells' with the cells (--cell); did you "
     "mean 'cell'?"),
    (["compare", AGING, "--by", "cell"], 2, "--by and --cell name the same column 'cell'"),
    (["compare", "hole.csv"], 3, "hole.csv: row 2 below the names has no 'cell'"),
    (["compare", "hole2.csv"], 3, "hole2.csv: row 2 below the names has no 'group'"),
    (["compare", "empty.csv"], 3, "empty.csv: the column 'group' is empty: name the column with the groups by --by"),
    (["compare", "both.csv"], 3, "both.csv: cell 'A' is in 'x' and in 'y'; a cell belongs to one group"),
    (["compare", "minus.csv"], 3, "minus.csv: R1: a group has no usable spectrum"),
    (["compare", AGING, "--where", "group=coated"], 3, "a comparison needs two groups at least, there is 1"),
    (["compare", AGING, "--reference", "bare"], 2, "option '--reference': no group 'bare'; there are: uncoated, "
     "coated"),
    (["compare", AGING, "--match", "so"], 3, "there is no column 'so' for --match"),
    (["compare", AGING, "--match", "soc:x"], 2, "'soc:x': expected COLUMN or COLUMN:STEP with a step above zero"),
    (["compare", AGING, "--covariate", "soc:0.1"], 2, "'soc:0.1': expected COLUMN"),
    (["compare", AGING, "--covariate", "group"], 2, "'group' tells cells or groups apart"),
    (["compare", AGING, "--match", "soc,soc,soc,soc,soc,soc,soc,soc,soc"], 2, "more than 8 columns to adjust"),
    (["compare", AGING, "--match", "R_b"], 3, "'R_b' has more than 60 different values: it can't be matched"),
    (["compare", AGING, "--detect", "1"], 2, "a ratio of 1 can't be looked for"),
    (["compare", AGING, "--detect", "0"], 2, "option '--detect': '0' is not a number from 0.001 to 1000"),
    (["compare", AGING, "--power", "1"], 2, "option '--power': '1' is not a number from 0.1 to 0.999"),
    (["compare", AGING, "--permutations", "5"], 2, "option '--permutations': '5' is not a whole number from 100"),
    (["compare", AGING, "--seed", "x"], 2, "option '--seed': 'x' is not a whole number"),
    (["compare", AGING, "--plot", "c.gif"], 2, "can't tell the kind of figure from 'c.gif'"),
]
for args, code, words in MISTAKES:
    r = run(*args)
    ok(r.code == code and words in r.err and "eisfit: error: " in r.err and r.out == "",
       "%s -> %d" % (" ".join(os.path.basename(a) for a in args), code), r)
done()
