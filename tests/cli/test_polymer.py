"""Solid polymer electrolytes measured elsewhere (169 spectra, <shared>/data/spoc_polymer): a campaign from the
folder to the report, and the bulk resistance against what the authors read off their plots.

The spectra were chosen with a bias towards agreement (see the PROVENANCE of the data): the figures say how well two
ways of reading agree, not how right either is.  The comments of the output have the figures and every
outlier with its kind."""
import csv
import os
import sqlite3
import statistics

from tap import done, ok, path, read, run, skip

FOLDER = os.path.join(os.environ.get("EISFIT_SHARED", ""), "data", "spoc_polymer")
if not os.path.isdir(FOLDER):
    skip("polymer electrolytes against their authors", "EISFIT_SHARED has no data/spoc_polymer")
    done()

r = run("campaign", "init", os.path.join(FOLDER, "spectra"), "-o", "manifest.csv")
ok(r.code == 0 and "169 files with 169 spectra" in r.err, "init proposes a manifest", r)
r = run("campaign", "run", "manifest.csv", "--model", "blocking-cell", "--store", "polymer.db", timeout=300)
ok(r.code == 1 and "'polymer.db' has 169 spectra" in r.err and ", 0 of them failed" in r.err, "run", r)
r = run("report", "polymer.db", "-o", "polymer.html")
ok(r.code == 0 and len(read("polymer.html")) > 300000, "report", r)

authors = {}
for row in csv.DictReader(open(os.path.join(FOLDER, "oracle_resistance.csv"))):
    authors.setdefault(row["file"], []).append(row)
db = sqlite3.connect(path("polymer.db"))
spectra = db.execute(
    "SELECT s.id, s.file, s.flags, s.f_min_hz, p.value, f.warnings FROM spectra s JOIN fits f ON f.spectrum = s.id AND"
    " f.best = 1 LEFT JOIN parameters p ON p.spectrum = s.id AND p.model = f.model AND p.name = 'R_bulk'").fetchall()
ok(all(x[4] for x in spectra), "every spectrum has a bulk resistance", [x[1] for x in spectra if not x[4]])


def total(spectrum):
    """All resistances together: where an electrode arc was read as electrolyte."""
    return sum(v for v, in db.execute("SELECT value FROM parameters WHERE spectrum = ? AND derived = 0 AND"
                                      " name IN ('R_hf', 'R_1', 'R_2')", (spectrum,)))


def kind(spectrum, rows, found, flags, f_min, warnings):
    """Why a spectrum does not agree: the first that applies."""
    author, minimum = float(rows[0]["R_author_ohm"]), rows[0]["R_at_minimum_ohm"]
    if len(rows) > 1:
        return "two values of the authors, %s ohm, for one file" % " and ".join(x["R_author_ohm"] for x in rows)
    if "is extrapolated" in warnings:
        return "the sweep ends at %.3g kHz, before the top of the arc: extrapolated, and said" % (f_min / 1e3)
    if flags:
        return "flagged: " + flags
    if minimum and abs(float(minimum) / author - 1) < 0.25 and found < author < 1.25 * total(spectrum):
        return "read at the minimum of -Im Z, behind arcs that are electrodes by their capacitance"
    return "not explained"


off, signed, outliers = [], [], []
for spectrum, name, flags, f_min, found, warnings in spectra:
    rows = authors[os.path.basename(name)]
    d, sign = min((abs(found / float(x["R_author_ohm"]) - 1), found > float(x["R_author_ohm"])) for x in rows)
    off.append(d)
    signed.append(d if sign else -d)
    if d > 0.25:
        outliers.append((kind(spectrum, rows, found, flags, f_min, warnings), os.path.basename(name), found,
                         rows[0]["R_author_ohm"]))


def within(limit):
    return 100 * sum(d <= limit for d in off) / len(off)


print("# %d spectra: median deviation %.1f %% (with its sign %+.1f %%); within 5 %% %.0f %%, 10 %% %.0f %%, 25 %% %.0f %%" % (
    len(off), 100 * statistics.median(off), 100 * statistics.median(signed), within(0.05), within(0.10),
    within(0.25)))
for why, name, found, author in sorted(outliers):
    print("# %s: %.3g ohm, authors %s ohm: %s" % (name, found, author, why))
ok(len(off) == 169 and statistics.median(off) < 0.07 and within(0.10) > 74 and within(0.25) > 90,
   "bulk resistances agree with the authors")
ok(not [x for x in outliers if x[0] == "not explained"], "every outlier has a reason", outliers)
done()
