"""Simulated campaigns through the whole program, again and again: how often is the effect of the coating
inside its interval, and how often is one found that is not there?

usage: campaign_repeat.py EISFIT CAMPAIGN_TRIAL REPETITIONS FIRST_SEED [fit] [KEY=VALUE ...]

Each repetition makes new cells (campaign_trial make KEY=VALUE ...), runs 'eisfit campaign run --drt' on their
spectra (with `fit`: a circuit instead, without tracks), and scores the store.  The processes that the coating
does not touch, and all of them with effect=0, count for false positives."""
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile

CIRCUIT = "L-R_b-Zarc_scl-Zarc_cei-Zarc_ct-Zarc_an"
LINE = re.compile(r"effect (\S+) truth (\S+) found (\S+) low (\S+) high (\S+) p (\S+) permutation (\S+) ")


class Tally:
    def __init__(self):
        self.n = self.inside = self.found = self.permutation = 0


def share(hits, n):
    if not n:
        return "-"
    p = hits / n
    return "%d of %d, %.1f %% (standard error %.1f)" % (hits, n, 100 * p, 100 * math.sqrt(p * (1 - p) / n))


def once(eisfit, trial, seed, keys, fit):
    folder = tempfile.mkdtemp(prefix="eisfit-campaign-")
    try:
        data, store = os.path.join(folder, "data"), os.path.join(folder, "store.db")
        subprocess.run([trial, "make", data, "seed=%d" % seed] + keys, check=True)
        how = ["-c", CIRCUIT] if fit else ["--drt"]
        r = subprocess.run([eisfit, "campaign", "run", os.path.join(data, "manifest.csv"), "--store", store, "-j", "1",
                            "--quiet"] + how, capture_output=True, text=True)
        if r.returncode not in (0, 1):
            raise RuntimeError(r.stderr)
        return subprocess.run([trial, "score", store, os.path.join(data, "truth.csv"),
                               "parameters" if fit else "tracks"], check=True, capture_output=True, text=True).stdout
    finally:
        shutil.rmtree(folder)


def main():
    eisfit, trial, n, first = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    fit = "fit" in sys.argv[5:]
    keys = [k for k in sys.argv[5:] if k != "fit"]
    real, none, errors, names = {}, {}, [], []
    for k in range(n):
        try:
            text = once(eisfit, trial, first + k, keys, fit)
        except KeyboardInterrupt: # what there is
            n = k
            break
        for process, truth, _, low, high, p, permutation in LINE.findall(text):
            truth, low, high, p, permutation = map(float, (truth, low, high, p, permutation))
            t = (none if abs(truth - 1) < 1e-6 else real).setdefault(process, Tally())
            t.n += 1
            t.inside += low <= truth <= high
            t.found += p < 0.05
            t.permutation += permutation <= 0.05
        errors.append([float(x) for x in re.search(r"^ *all(.*)$", text, re.M).group(1).split()][::3])
        names += [float(x) for x in re.findall(r"# tracks: \d+, name right in (\S+) %", text)]
        print("# %d of %d, seed %d: median errors %s %%" % (k + 1, n, first + k, errors[-1]), file=sys.stderr, flush=True)
    if not n:
        return
    titles = ("bulk", "space charge", "layer", "charge transfer", "anode")
    print("%d repetitions, seeds %d to %d, %s" % (n, first, first + n - 1, " ".join(keys) or "all defaults"))
    for k, title in enumerate(titles):
        at = sorted(e[k] for e in errors)
        print("  median error of the %-15s %.2f %% in the middle, %.2f to %.2f %%" % (title, at[n // 2], at[0], at[-1]))
    if names:
        print("  names of tracks right: %.1f %% in the mean, %.1f %% at worst" % (sum(names) / len(names), min(names)))
    for process, t in real.items():
        print("  %-8s effect inside its interval: %s; found: %s" % (process, share(t.inside, t.n), share(t.found, t.n)))
    for process, t in none.items():
        print("  %-8s no effect, inside: %s; p < 0.05: %s; permutation: %s" % (
            process, share(t.inside, t.n), share(t.found, t.n), share(t.permutation, t.n)))
    total = [sum(getattr(t, a) for t in none.values()) for a in ("n", "found", "permutation")]
    if total[0]:
        print("  all without effect: p < 0.05: %s; permutation: %s" % (share(total[1], total[0]), share(total[2], total[0])))


main()
