"""eisfit simulate: numbers against the formula, noise, series, and back through fit."""
import math

import schema
from tap import ARC, done, ok, one_arc, read, run, write

VALUES = ["--set", "R0=10,R1=100,CPE1_Q=1u,CPE1_alpha=0.85"]


def points(text):
    rows = [line.split(",") for line in text.splitlines()[1:] if line]
    return [(float(r[0]), complex(float(r[1]), float(r[2]))) for r in rows]


r = run("simulate", "-c", ARC, *VALUES)
p = points(r.out)
ok(r.code == 0 and len(p) == 81 and r.err == "", "81 points, silent when all values are given", r)
ok(r.out.startswith("frequency_Hz,Zreal_ohm,Zimag_ohm"), "canonical header")
worst = max(abs(z - one_arc(2 * math.pi * f)) / abs(z) for f, z in p)
ok(worst < 1e-13, "the formula to 13 digits", worst)
ok(p[0][0] == 1e6 and abs(p[-1][0] - 0.01) < 1e-12, "both ends of the range")
p = points(run("simulate", "-c", ARC, *VALUES, "--fmin", "1 Hz", "--fmax", "1 kHz",
               "--per-decade", "5").out)
ok(len(p) == 16 and p[0][0] == 1000 and p[-1][0] == 1, "--fmin, --fmax, --per-decade", len(p))
r = run("simulate", "-c", ARC)
ok(r.code == 0 and "typical values are used" in r.err and "--set R0=" in r.err,
   "typical values are said", r)
r = run("simulate", "-c", "R0{R=12}(R1{R=5}C1{C=1e-6})")
ok(r.code == 0 and r.err == "", "values inside the circuit", r)

noisy = run("simulate", "-c", ARC, *VALUES, "--noise", "1", "--seed", "3").out
ok(noisy == run("simulate", "-c", ARC, *VALUES, "--noise", "1", "--seed", "3").out, "seed repeats")
ok(noisy != run("simulate", "-c", ARC, *VALUES, "--noise", "1", "--seed", "4").out, "seed matters")
rel = [abs(z - one_arc(2 * math.pi * f)) / abs(one_arc(2 * math.pi * f)) for f, z in points(noisy)]
rms = math.sqrt(sum(x * x for x in rel) / len(rel) / 2)
ok(0.008 < rms < 0.012, "--noise 1 is one per cent per part", rms)
for kind, level in (("component", "1"), ("absolute", "0.1"), ("modulus", "0.5")):
    r = run("simulate", "-c", ARC, *VALUES, "--noise", level, "--noise-kind", kind)
    ok(r.code == 0 and len(points(r.out)) == 81, "--noise-kind " + kind, r)
z = points(run("simulate", "-c", ARC, *VALUES, "--drift", "10").out)
ok(abs(abs(z[-1][1]) / 110 - 1.1) < 0.02, "--drift 10: the last point is ten per cent off", z[-1])
z = points(run("simulate", "-c", ARC, *VALUES, "--drift", "10", "--drift-param", "R1").out)
ok(abs(abs(z[-1][1]) - 120) < 1, "--drift-param R1", z[-1])
r = run("simulate", "-c", ARC, *VALUES, "--noise", "1", "--repeat", "3")
blocks = r.out.split("\n\n")
ok(len(blocks) == 3 and len(set(blocks)) == 3, "--repeat 3: three blocks, three noises")
docs = schema.lines(run("simulate", "-c", ARC, *VALUES, "--repeat", "2", "--json").out)
ok([d["input"]["sweep"] for d in docs] == [1, 2], "--repeat in JSON")
write("three.csv", r.out)
back = schema.lines(run("convert", "three.csv", "--json").out)
ok(len(back) == 3, "three blocks are read back as three sweeps", len(back))

r = run("simulate", "-m", "zarc", "-o", "model.csv")
ok(r.code == 0 and b"frequency_Hz" in read("model.csv"), "--model", r)
run("simulate", "-c", ARC, *VALUES, "-o", "clean.csv")
d = schema.lines(run("fit", "clean.csv", "-c", ARC, "--json").out)[0]
for p, truth in zip(d["parameters"], (10, 100, 1e-6, 0.85)):
    ok(abs(p["value"] / truth - 1) < 1e-6, "fit of clean data returns %s" % p["name"], p)
done()
