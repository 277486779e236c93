#!/usr/bin/env python3
"""Size and speed of the report of a campaign of 2,000 spectra made here: how long eisfit takes to write it,
and a headless Chromium to load it, to filter and sort its table and to open a spectrum.
usage: report_page.py EISFIT [SPECTRA]"""
import cmath
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

EISFIT = os.path.abspath(sys.argv[1])
SPECTRA = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
CELLS, POINTS, RUNS = 8, 61, 3
WORK = tempfile.mkdtemp(prefix="eisfit-report-")
DRIVER = """<script>
addEventListener("load", () => {
  const $ = id => document.getElementById(id), t = {"ready": ready, "loaded": performance.now()};
  const timed = (name, act) => {
    const a = performance.now();
    act();
    document.body.getBoundingClientRect(); // layout
    t[name] = performance.now() - a;
  };
  const change = (id, value) => { $(id).value = value; $(id).dispatchEvent(new Event("change")); };
  timed("filter", () => change("t-cell", "3"));
  timed("all rows", () => change("t-cell", ""));
  timed("sort", () => { const h = $("table").tHead.rows[0].cells; h[h.length - 3].click(); });
  timed("charts, first time", () => dispatchEvent(new Event("beforeprint")));
  timed("chart", () => change("x-axis", "0"));
  timed("processes", () => change("p-cell", "3"));
  timed("first spectrum", () => $("table").tBodies[0].rows[5].click());
  timed("next spectrum", () => $("s-next").click());
  document.title = JSON.stringify(t);
});
document.body.getBoundingClientRect();
const ready = performance.now();
</script></body>"""


def spectrum(rng, cell, cycle):
    lines = ["frequency_Hz,Zreal_ohm,Zimag_ohm"]
    r1, r2 = (20 + cell) * (1 + 0.002 * cycle), 60 * (1 + 0.05 * cycle ** 0.5)
    for k in range(POINTS):
        f = 10 ** (6 - 8 * k / (POINTS - 1))
        s = 2j * cmath.pi * f
        z = 8 + 1 / (1 / r1 + 1e-6 * s ** 0.9) + 1 / (1 / r2 + 1e-3 * s ** 0.85)
        z += abs(z) * 0.002 * complex(rng.gauss(0, 1), rng.gauss(0, 1))
        lines.append("%.10g,%.10g,%.10g" % (f, z.real, z.imag))
    return "\n".join(lines) + "\n"


def make():
    rng = random.Random(1)
    rows = ["file,cell,group,cycle"]
    for i in range(SPECTRA):
        cell, cycle = i % CELLS, i // CELLS
        name = "s%05d.csv" % i
        with open(os.path.join(WORK, name), "w") as f:
            f.write(spectrum(rng, cell, cycle))
        rows.append("%s,c%d,%s,%d" % (name, cell, "coated" if cell % 2 else "bare", cycle))
    with open(os.path.join(WORK, "manifest.csv"), "w") as f:
        f.write("\n".join(rows) + "\n")


def eisfit(*args):
    start = time.monotonic()
    p = subprocess.run([EISFIT] + list(args), cwd=WORK)
    if p.returncode > 1:
        sys.exit("eisfit %s: exit code %d" % (args[0], p.returncode))
    return time.monotonic() - start


def browse(page):
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        return None
    p = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                        "--user-data-dir=" + os.path.join(WORK, "profile"), "--window-size=1300,1000",
                        "--dump-dom", "file://" + page], stdout=subprocess.PIPE,
                       stderr=subprocess.DEVNULL, universal_newlines=True, timeout=300)
    m = re.search(r"<title>(\{.*?\})</title>", p.stdout)
    return json.loads(m.group(1)) if m else None


try:
    make()
    eisfit("campaign", "run", "manifest.csv", "--circuit", "R0-p(R1,CPE1)-p(R2,CPE2)", "--drt", "--store",
           "results.db", "-q")
    took = eisfit("report", "results.db", "-o", "report.html")
    path = os.path.join(WORK, "report.html")
    with open(path, encoding="utf-8") as f:
        page = f.read()
    print("%d spectra: written in %.1f s, %.1f MB, %.1f kB per spectrum" %
          (SPECTRA, took, len(page) / 1e6, len(page) / 1e3 / SPECTRA))
    driven = os.path.join(WORK, "driven.html")
    with open(driven, "w", encoding="utf-8") as f:
        f.write(page.replace("</body>", DRIVER))
    found = [t for t in (browse(driven) for _ in range(RUNS)) if t]
    if not found:
        print("no chromium that runs here: not loaded")
    for key in found[0] if found else ():
        times = sorted(t[key] for t in found)
        print("%-18s %6.0f ms   (%s)" % (key, times[len(times) // 2], ", ".join("%.0f" % x for x in times)))
finally:
    shutil.rmtree(WORK, True)
