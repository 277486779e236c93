"""Makes data/aging-sample.csv and data/temperature-sample.csv: parameters as fits of a small campaign of
simulated cells would give them.  Python's own generator with a fixed seed: the same bytes everywhere.

    python3 scripts/make_samples.py data
"""
import math
import os
import random
import sys

K_EV = 8.617333262e-5  # Boltzmann constant, eV/K


def number(v):
    return "%.5g" % v


def measured(rng, value, relative):
    """Value with the error of a fit, and the error the fit states."""
    return value * math.exp(rng.gauss(0, relative)), value * relative


def write(path, head, rows):
    with open(path, "w") as f:
        f.write(",".join(head) + "\n")
        for row in rows:
            f.write(",".join(v if isinstance(v, str) else number(v) for v in row) + "\n")


def aging(rng):
    """Ten cells, five of them coated.  The CEI grows with the square root of the number of cycles, half
    as fast under the coating, at constant tau = R C; the interface resistance (space charge and charge
    transfer) depends on SOC and is a third lower when coated; bulk and capacity know nothing of it."""
    for k in range(10):
        coated = k >= 5
        bulk, cei, face = (math.exp(rng.gauss(0, s)) for s in (0.05, 0.06, 0.12))
        for cycle in (0, 10, 25, 50, 100, 150, 200):
            growth = 1 + (0.06 if coated else 0.12) * math.sqrt(cycle) * math.exp(rng.gauss(0, 0.01))
            for soc in (0.2, 0.5, 0.8):
                r_b = measured(rng, 21 * bulk, 0.003)
                r_cei = measured(rng, 7.5 * cei * growth, 0.015)
                c_cei = measured(rng, 2.4e-5 / (7.5 * cei * growth), 0.03)
                r_if = 28 * face * (0.67 if coated else 1) * math.exp(1.1 * (soc - 0.5)) * \
                    (1 + 0.0004 * cycle) * math.exp(rng.gauss(0, 0.02))
                r_if = measured(rng, r_if, 0.01)
                capacity = 150 - 1.1 * (growth - 1) * 7.5 - 0.02 * cycle + rng.gauss(0, 0.3)
                yield ("%s%d" % ("C" if coated else "U", k % 5 + 1),
                       "coated" if coated else "uncoated", "%d" % cycle, number(soc), capacity,
                       *r_b, *r_cei, *c_cei, *r_if)


def temperatures(rng):
    """Two cells from -20 to 60 C: bulk 0.35 eV; interface 0.60 eV, in the second cell 0.45 eV above
    300 K."""
    for k in range(2):
        for t in range(-20, 61, 8):
            kelvin = t + 273.15
            u = (1 / kelvin - 1 / 300.0) / K_EV
            r_b = measured(rng, (20, 23)[k] * math.exp(0.35 * u), 0.01)
            ea = 0.60 if k == 0 or kelvin < 300 else 0.45
            r_if = measured(rng, (30, 26)[k] * math.exp(ea * u), 0.02)
            yield ("A%d" % (k + 1), "%d" % t, *r_b, *r_if)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "data"
    write(os.path.join(folder, "aging-sample.csv"),
          ["cell", "group", "cycle", "soc", "capacity_mAh_g", "R_b", "R_b_stderr", "R_cei",
           "R_cei_stderr", "C_cei", "C_cei_stderr", "R_if", "R_if_stderr"],
          aging(random.Random(20261125)))
    write(os.path.join(folder, "temperature-sample.csv"),
          ["cell", "temperature_C", "R_b", "R_b_stderr", "R_if", "R_if_stderr"],
          temperatures(random.Random(60)))


main()
