"""A campaign made here: 6 cells, 3 of them coated, 3 temperatures, 4 cycles.  R1 of coated cells is 0.7 of
the others, its activation energy 0.40 eV, and it grows as 1 + 0.02 cycle."""
import math

from tap import one_arc, run, table, write

EA, RATIO, GROWTH = 0.40, 0.70, 0.02
TEMPERATURES, CYCLES = (20, 35, 50), (0, 10, 20, 30)
SPREAD = (0.97, 1.0, 1.03)


def r1(cell, temperature, cycle):
    """In ohm."""
    t = temperature + 273.15
    return (100 * SPREAD[cell % 3] * (RATIO if cell < 3 else 1) * (1 + GROWTH * cycle) *
            math.exp(EA / 8.617333262e-5 * (1 / t - 1 / 308.15)))


def make(hostile=None):
    """manifest.csv, its spectra and results.db; a hostile name stands for a file, a cell and a column."""
    lines = ["file,cell,group,temperature_C,cycle,remark"]
    for cell in range(6):
        for temperature in TEMPERATURES:
            for cycle in CYCLES:
                name = "c%d_%d_%d.csv" % (cell, temperature, cycle)
                write(name, table(lambda w: one_arc(w, r1=r1(cell, temperature, cycle)), n=41, noise=0.2,
                                  seed=1000 * cell + 10 * temperature + cycle))
                lines.append("%s,c%d,%s,%d,%d," % (name, cell, "coated" if cell < 3 else "bare",
                                                   temperature, cycle))
    if hostile:
        write(hostile, table(one_arc, n=41, noise=0.2))
        lines.append('"%s","%s",%s,35,0,"%s"' % (hostile, "</script>" + hostile, "bare", hostile))
        write("broken.csv", "nothing\n")
        lines.append("broken.csv,c5,bare,35,40,")
    write("manifest.csv", "\n".join(lines) + "\n")
    return run("campaign", "run", "manifest.csv", "--circuit", "R0-p(R1,CPE1)", "--drt", "--store", "results.db",
               "-q")
