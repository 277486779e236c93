"""Interfaces along the wall of a thick composite cathode: what a simple arc makes of them, what the
program says about it, and what the line with a space-charge wall gives back."""
import cmath
import math

import schema
from tap import done, ok, read, run

LINE = "R_b-TL2_c{Re=1e-6f}(p(R_if,C_if))"


def made(name, *args):
    r = run("simulate", *args, "--fmin", "0.1", "--fmax", "1 MHz", "-o", name)
    ok(r.code == 0, "simulated: " + name, r)
    return name


def fit(file, *args):
    r = run("fit", file, "--json", *args)
    docs = schema.lines(r.out)
    d = docs[0]
    d["by"] = {p["name"]: p for p in d.get("parameters", [])}
    return d, " ".join(run("fit", file, *args).out.split())


def line(Ri, R, *more):
    return made("line%g.csv" % Ri, "-c", LINE, "--set", "R_b=20,TL2_c_Ri=%g,R_if=%g,C_if=10u" % (Ri, R),
                "--noise", "0.3", "--seed", "11", *more)


SIMPLE = ("-m", "scl-randles", "--variant", "interface-no-diffusion")
WORDS = "'R_if,CPE_if' looks like the interface of a thick composite cathode, spread along a line"

# the wall has 100 ohm; the simple arc returns R_ion coth(beta)/beta, beta = sqrt(R_ion/R_wall)
for Ri in (100, 1000, 10000):
    d, text = fit(line(Ri, 100), *SIMPLE)
    R, alpha = d["by"]["R_if"]["value"], d["by"]["CPE_if_alpha"]["value"]
    beta = math.sqrt(Ri / 100)
    whole = Ri / math.tanh(beta) / beta
    ok(abs(R / whole - 1) < 0.1, "R_ion %g: R of the arc is R_ion coth(beta)/beta" % Ri, (R, whole))
    ok(R > 1.25 * 100, "R_ion %g: biased" % Ri, R)
    ok(0.5 < alpha < 0.7, "R_ion %g: exponent" % Ri, alpha)
    ok(WORDS in text and "about sqrt(R_ion R_wall), not R_wall" in text
       and "--model scl-randles,composite-cathode-tlm" in text, "R_ion %g: said" % Ri, text)
ok(abs(R / math.sqrt(10000 * 100) - 1) < 0.1, "far along: sqrt(R_ion R_wall)", R)

# the arc among others, as the lowest BIC would have it
d, text = fit("line1000.csv", "-m", "scl-randles")
ok(WORDS in text, "said in the best variant too", text)
# thickness and conductivity of the cathode given: R_ion 30 of 100 ohm in the wall (beta 0.55), where the shape says nothing
d, text = fit(line(30, 100), *SIMPLE, "--area", "1 cm2", "--cathode", "thickness=60 um,sigma=0.2 mS/cm")
R, beta = d["by"]["R_if"]["value"], math.sqrt(0.3)
ok("the cathode has 30 ohm of ionic resistance" in text and WORDS not in text, "R_ion of --cathode", text)
low, high = 0.01, 10
for _ in range(80):
    mid = (low + high) / 2
    low, high = (mid, high) if 1 / (math.tanh(mid) * mid) > R / 30 else (low, mid)
factor = low / math.tanh(low)
ok("overstates its resistance by a factor of %.2f, R_wall = %.3g ohm" % (factor, R / factor) in text and
   abs(R / factor / 100 - 1) < 0.05 < R / 100 - 1, "the wall behind the arc", text, R)
ok("dphi by %.0f mV" % (25.6926 * math.log(factor)) in text, "and what it does to dphi", text)
d, text = fit("line30.csv", *SIMPLE, "--area", "1 cm2", "--cathode", "thickness=60 um,sigma=10 mS/cm")
ok("its interface is not spread along the cathode" in text, "a good cathode", text)
d, text = fit("line30.csv", *SIMPLE, "--cathode", "thickness=60 um,sigma=10 mS/cm")
ok("does to 'R_if,CPE_if' needs an area" in text, "no area", text)
for bad, words in (("thickness=60 um", "expected thickness and effective ionic conductivity"), ("sigma=1 S/m,nu=0.1", "--cathode"),
                   ("thickness=60,sigma=1", "60"), ("sigma=-1,thickness=6 um", "sigma = -1")):
    r = run("fit", "line30.csv", *SIMPLE, "--cathode", bad)
    ok(r.code == 2 and words in r.err, "refused: --cathode " + bad, r)
# the model of that note
d, text = fit("line1000.csv", "-m", "scl-randles,composite-cathode-tlm")
wall = d["by"]["R_if"]
ok("model composite-cathode-tlm, variant" in text, "BIC chooses the line", text)
ok(abs(wall["value"] - 100) < 3 * wall["stderr"] + 1 and WORDS not in text, "its wall is right", wall)

# no false alarm: a short line, and a depressed arc that is an arc
d, text = fit(line(1, 100), *SIMPLE)
ok(abs(d["by"]["R_if"]["value"] - 100.3) < 1 and WORDS not in text, "R_ion << R_wall: right, nothing said", text)
d, text = fit(made("zarc.csv", "-c", "R_b-p(R_if,CPE_if)", "--set", "R_b=20,R_if=100,CPE_if_Q=30u,CPE_if_alpha=0.66",
                   "--noise", "0.3"), *SIMPLE)
ok(abs(d["by"]["R_if"]["value"] - 100) < 3 and WORDS not in text, "a ZARC is not a line", text)

# the line with a space-charge wall: spectrum from our own formulas, TL2 with Re -> 0
TRUE = {"R_b": 20.0, "TL2_c_Ri": 15.0, "SCL_if_n0": 1e25, "SCL_if_dphi": 0.4}
sets = ",".join("%s=%g" % kv for kv in TRUE.items())
scl = made("scl.csv", "-m", "composite-cathode-scl", "--set", sets)
e, kT, eps, sigma, area = 1.602176634e-19, 1.380649e-23 * 298.15, 10 * 8.8541878128e-12, 0.03, 0.01
y, lam = e * 0.4 / kT, math.sqrt(eps * kT / (e * e * 1e25))


def root(t):
    return math.sqrt(2 * (math.exp(-t) + t - 1)) if t > 1e-4 else t * (1 - t / 6)


n = 200000
h = y / n
R_hat = sum((math.expm1((i + 0.5) * h)) / root((i + 0.5) * h) for i in range(n)) * h
C_hat = (1 - math.exp(-y)) / root(y)
R1, C = lam / sigma * (R_hat + 1 / C_hat) / area, eps / lam * C_hat * area
worst = 0
for row in read(scl).decode().splitlines():
    if row[0].isdigit():
        f, re, im = (float(x) for x in row.split(",")[:3])
        wall = 1 / (1 / R1 + 2j * math.pi * f * C)
        b = cmath.sqrt(15.0 / wall)
        z = 20 + 15.0 / (b * cmath.tanh(b))
        worst = max(worst, abs(complex(re, im) - z) / abs(z))
ok(worst < 1e-6, "composite-cathode-scl is the line over (R1 || C_int)", worst)

noisy = made("sclnoise.csv", "-m", "composite-cathode-scl", "--set", sets, "--noise", "0.2", "--seed", "5")
d, text = fit(noisy, "-m", "composite-cathode-scl", "--variant", "line+scl")
for name, truth in TRUE.items():
    p = d["by"][name]
    ok(abs(p["value"] - truth) < 4 * p["stderr"] and p["stderr"] < 0.1 * truth, "given back: " + name, p)
R_scl = {q["name"]: q for q in d["derived"]}["R_scl(SCL_if)"]
want = lam / sigma * R_hat
ok(abs(R_scl["value"] - want) < 4 * R_scl["stderr"] and R_scl["stderr"] < 0.1 * want, "R_scl along the line", R_scl)
simple, text = fit(noisy, *SIMPLE)
ok(simple["by"]["R_if"]["value"] > 1.5 * R1, "the simple arc overestimates it",
   (simple["by"]["R_if"]["value"], R1))

# coated wall: CEI in series inside the line
coated = made("coated.csv", "-m", "composite-cathode-scl", "--variant", "line+cei+scl", "--set",
              sets + ",R_cei=3,CPE_cei_Q=2u,CPE_cei_alpha=0.95", "--noise", "0.1", "--seed", "6")
d, text = fit(coated, "-m", "composite-cathode-scl")
ok("variant line+cei+scl" in text, "the coating is found", text)
p = d["by"]["SCL_if_dphi"]
ok(abs(p["value"] - 0.4) < 4 * p["stderr"] and p["stderr"] < 0.02, "dphi beside a coating", p)
done()
