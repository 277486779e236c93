"""A simulated campaign with known resistances (bench/campaign_trial: cells through the numerical solver), from its
files to the processes that were followed: names, resistances, ageing law."""
import os
import re
import sqlite3
import subprocess

from tap import done, ok, path, read, run

TRIAL = os.path.abspath(os.environ.get("EISFIT_TRIAL", "bench/campaign_trial"))


def trial(*args):
    return subprocess.run([TRIAL] + list(args), capture_output=True, text=True, timeout=120)


r = trial("make", path("campaign"), "seed=11", "cells=4", "socs=4", "ages=7")
manifest = read("campaign/manifest.csv").decode().splitlines()
truth = read("campaign/truth.csv").decode().splitlines()
ok(r.returncode == 0 and len(manifest) == len(truth) == 113, "112 spectra, a manifest and the truth", r.stderr)
r = trial("make", path("campaign"), "seed=11")
ok(r.returncode != 0 and "campaign: File exists" in r.stderr, "a folder that is there is left alone", r.stderr)
r = trial("make", path("other"), "ages=many")
ok(r.returncode == 2 and "'ages=many' is no KEY=VALUE" in r.stderr, "a key that can't be read", r.stderr)

r = run("campaign", "run", "campaign/manifest.csv", "--drt", "--store", "truth.db")
ok(r.code == 0, "the campaign runs", r)
r = trial("score", path("truth.db"), path("campaign/truth.csv"))
score = re.search(r"^ *all(.*)$", r.stdout, re.M)
errors = [float(x) for x in score.group(1).split()][::3] if score else []
found = [float(x) for x in score.group(1).split()][1::3] if score else []
ok(len(errors) == 5 and max(errors[:3]) < 5, "bulk, space charge and layer within 5 % in the median", r.stdout, r.stderr)
ok(found and min(found) > 95, "found in nearly all spectra", found)
inside = [float(x) for x in score.group(1).split()][2::3] if score else []
ok(inside and min(inside[:3]) >= 85, "truth in the 95 % interval of bulk, space charge and layer", inside)
scale = re.search(r"# rms of \(R - truth\)/error: SE_bulk (\S+) SCL (\S+) CEI (\S+)", r.stdout)
ok(scale and all(0.5 < float(x) < 1.4 for x in scale.groups()), "errors are as large as they are said to be", r.stdout)
names = re.search(r"# tracks: (\d+), name right in (\S+) %", r.stdout)
ok(names and int(names.group(1)) >= 4 * 112 and float(names.group(2)) >= 95, "names of the tracks", r.stdout)
law = re.search(r"# law of the layer \(sqrt\): 16 series, among the plausible ones in (\S+) %", r.stdout)
ok(law and float(law.group(1)) >= 90, "ageing law of the layer", r.stdout)
ok(r.stdout.count("\neffect ") == 5, "all five resistances are compared", r.stdout)

# a cell without space charge that has a fixed arc in its place
r = trial("make", path("without"), "seed=12", "cells=2", "socs=4", "ages=4", "no_scl=1", "r_extra=10", "tau_extra=3e-5")
ok(r.returncode == 0, "another kind of cell", r.stderr)
r = run("campaign", "run", "without/manifest.csv", "--drt", "--store", "without.db")
named = sqlite3.connect(path("without.db")).execute(
    "SELECT process, process_probability, tau FROM tracks WHERE tau BETWEEN 1e-5 AND 1e-4").fetchall()
ok(r.code == 0 and len(named) >= 28, "the arc is followed", r, named)
ok(not [x for x in named if x[0] == "SCL" and x[1] > 0.5], "and not taken for space charge", named)
done()
