"""eisfit campaign init: manifests from folders."""
import csv
import io
import os

from tap import ARC, done, ok, path, read, run, standard_files, write

standard_files()
arc = read("arc.csv")
count = 0


def folder(name, files):
    """Spectra (all with other bytes) under these names."""
    global count
    for f in files:
        full = os.path.join(path(name), f)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        count += 1
        with open(full, "wb") as out:
            out.write(b"# %d\n" % count + arc)


def init(*args):
    r = run("campaign", "init", *args)
    return r, list(csv.DictReader(io.StringIO(r.out)))


def column(rows, name):
    return [row[name] for row in rows]


# name of the file, and what it says
CASES = (
    ("soc", ["c_soc010.csv", "c_soc020.csv"], {"soc_percent": ["10", "20"]}),
    ("fraction", ["c_SOC_0.2.csv", "c_SOC_0,4.csv"], {"soc": ["0.4", "0.2"]}),
    ("percent", ["10%_c.csv", "20%_c.csv"], {"soc_percent": ["10", "20"]}),
    ("cycles", ["cyc2.csv", "cyc10.csv"], {"cell": ["cycles", "cycles"], "cycle": ["2", "10"]}),
    ("cycle", ["cell_7-cycle 3.csv", "cell_8-cycle 4.csv", "cell_8-cycle 5.csv"],
     {"cell": ["cell_7", "cell_8", "cell_8"], "cycle": ["3", "4", "5"]}),
    ("celsius", ["x_-10C.csv", "x_25C.csv"], {"temperature_C": ["-10", "25"]}),
    ("degree", ["x_60degC_2MPa.csv", "x_60degC_20MPa.csv"],
     {"temperature_C": ["60", "60"], "pressure_MPa": ["2", "20"]}),
    ("time", ["a_12h.csv", "a_24h.csv"], {"time_h": ["12", "24"]}),
    ("days", ["a_1days.csv", "a_7days.csv"], {"time_h": ["24", "168"]}),
    ("zhang", ["EIS_state_II_25C01.csv", "EIS_state_IV_35C02.csv"],
     {"temperature_C": ["25", "35"], "state": ["II", "IV"]}),
    ("deep", ["battery_02/temp4_soc040.csv", "battery_02/temp5_soc040.csv",
              "battery_05/temp4_soc040.csv"],
     {"cell": ["battery_02", "battery_02", "battery_05"], "temp_number": ["4", "5", "4"]}),
    ("runs", ["PEG_12,86_A1_RUN_1.csv", "PEG_12,86_A1_RUN_2.csv", "PEG_3_A1_RUN_1.csv"],
     {"cell": ["PEG_3_A1", "PEG_12,86_A1", "PEG_12,86_A1"], "run": ["1", "1", "2"]}),
    ("groups", ["coated_cell1.csv", "uncoated_cell2.csv", "uncoated_cell2_cyc3.csv"],
     {"group": ["coated", "uncoated", "uncoated"], "cell": ["cell1", "cell2", "cell2"]}),
)
for name, files, want in CASES:
    folder(name, files)
    r, rows = init(name)
    good = r.code == 0 and all(c in rows[0] and column(rows, c) == v for c, v in want.items())
    ok(good, "%s: %s" % (files[0], ", ".join(sorted(want))), r)
    write(name + ".manifest.csv", r.raw)
    c = run("campaign", "check", name + ".manifest.csv")
    ok(c.code == 0 and "%d spectra" % len(files) in c.out, "the manifest is one", c)

r, rows = init("soc")
ok("2 files with 2 spectra" in r.err and
   "soc_percent: '10' in 'c_soc010.csv'; 2 different values" in r.err, "it says how it read", r)
folder("plain", ["first.csv", "second.csv"])
r, rows = init("plain")
ok(r.out == "file\nplain/first.csv\nplain/second.csv\n" and "the names say nothing that I know" in r.err,
   "names that say nothing", r)
with open(path("plain/notes.txt"), "w") as f:
    f.write("nothing to fit\n")
r, rows = init("plain")
ok(len(rows) == 2 and "1 of 3 files left out, they are no spectra; the first: 'notes.txt': " in r.err,
   "other files are left out", r)

# ---- where it goes
os.mkdir(path("sub"))
r = run("campaign", "init", "soc", "-o", "sub/m.csv")
ok(r.code == 0 and read("sub/m.csv").decode().splitlines()[1] == "../soc/c_soc010.csv,c,10",
   "names are relative to the manifest", read("sub/m.csv"))
r = run("campaign", "check", "sub/m.csv")
ok(r.code == 0, "and lead to the files", r)
r = run("campaign", "init", "soc", "-o", "soc/m.csv")
ok(read("soc/m.csv").decode().splitlines()[1] == "c_soc010.csv,c,10", "in the folder itself")
r = run("campaign", "run", "soc/m.csv", "-c", ARC, "--store", "soc.db")
ok(r.code == 0, "and it runs", r)

# ---- patterns
folder("pat", ["X1_20.5_a.csv", "X2_30_b.csv"])
r, rows = init("pat", "--pattern", "X{cell}_{temperature_C}_{batch_name}")
ok(r.code == 0 and column(rows, "cell") == ["1", "2"] and
   column(rows, "temperature_C") == ["20.5", "30"] and column(rows, "batch_name") == ["a", "b"],
   "a pattern", r)
r, rows = init("pat", "--pattern", "X1_{temperature_C}_*")
ok(r.code == 0 and column(rows, "temperature_C") == ["20.5", ""] and
   "1 of 2 names do not fit the pattern and say nothing; the first is 'X2_30_b.csv'" in r.err,
   "a pattern that fits some", r)
folder("stars", ["a" * 60 + ".csv"])
r = run("campaign", "init", "stars", "--pattern", "{cell}" + "*a" * 24 + "*z")
ok(r.code == 2 and "fits no file" in r.err, "many stars take no longer than few", r)
folder("odd", ["#a, \"b\".csv", "[x]*.csv", "<i>&.csv"])
r, rows = init("odd")
write("odd.csv", r.raw)
ok(run("campaign", "check", "odd.csv").code == 0 and
   column(rows, "file") == ["odd/#a, \"b\".csv", "odd/<i>&.csv", "odd/[x]*.csv"], "odd names", r)
r = run("campaign", "init", "odd", "-o", "odd/m.csv")
ok(run("campaign", "check", "odd/m.csv").out.startswith("odd/m.csv: 3 spectra"),
   "a name that looks like a comment", read("odd/m.csv"))

# ---- order: as people count
folder("order", ["e_cycle10.csv", "e_cycle2.csv", "e_cycle9.csv"])
ok(column(init("order")[1], "cycle") == ["2", "9", "10"], "cycle 2 is before cycle 10")
folder("soc100", ["e_SOC100.csv", "e_SOC20.csv", "e_SOC005.csv"])
ok(column(init("soc100")[1], "soc_percent") == ["5", "20", "100"], "SOC 20 is before SOC 100")
states = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XIV", "XIX", "XX"]
folder("roman", ["EIS_state_%s_25C08.csv" % s for s in sorted(states)])
ok(column(init("roman")[1], "state") == states, "IV is before IX, and both before X")
folder("words", ["MIX_I.csv", "DIM_I.csv", "LI_I.csv"])
ok(column(init("words")[1], "file") == ["words/DIM_I.csv", "words/LI_I.csv", "words/MIX_I.csv"],
   "words of the same letters are words")
letters = ["A", "C", "E", "I", "IV", "IZ", "J", "V", "IX", "VA", "W", "X", "XI", "XYZ", "Y"]
for k in range(3):  # whatever comes first, the order is one
    folder("letters%d" % k, ["c-%s.csv" % s for s in letters[5 * k:] + letters[:5 * k]])
    ok(column(init("letters%d" % k)[1], "file") == ["letters%d/c-%s.csv" % (k, s) for s in letters],
       "numerals among letters")
folder("zero", ["a_07.csv", "a_7.csv", "a_6.csv"])
ok(column(init("zero")[1], "file") == ["zero/a_6.csv", "zero/a_07.csv", "zero/a_7.csv"], "07 and 7")

# ---- which files
folder("some", ["EIS_state_I_25C08.csv", "EIS_state_II_25C08.csv", "with_capacity/all.csv"])
r, rows = init("some", "--files", "EIS_*.csv")
ok(r.code == 0 and len(rows) == 2 and "1 of 3 files do not fit --files" in r.err, "--files", r)
r, rows = init("some", "--files", "with_capacity/*")
ok(column(rows, "file") == ["some/with_capacity/all.csv"], "--files with a folder", r)

# ---- a folder of spectra of one cell
folder("many", ["derived/spectrum_%03d.csv" % i for i in range(12)] + ["test.csv"])
r, rows = init("many")
ok("every file became a cell of its own (13 cells of 13 files)" in r.err and
   "as --pattern '{cell}/spectrum_{cycle}'" in r.err, "cells that are files are told of", r)
r, rows = init("many", "--pattern", "{cell}/spectrum_{cycle}")
write("many.csv", r.raw)
c = run("campaign", "check", "many.csv")
ok(c.code == 0 and "13 spectra, 13 files, 2 cells" in c.out and
   "1 of 13 names do not fit the pattern and say nothing; the first is 'test.csv'" in r.err,
   "the pattern that was proposed", c, r)
folder("flat", ["spec%d.csv" % i for i in range(1, 6)])
r, rows = init("flat")
ok("as --pattern '{cell}{cycle}'" in r.err, "the pattern of a flat folder", r)
r, rows = init("flat", "--pattern", "{cell}{cycle}")
ok(column(rows, "cell") == ["spec"] * 5 and column(rows, "cycle") == list("12345"), "and it fits", r)
folder("letters", ["a.csv", "b.csv", "c.csv", "d.csv"])
ok("say how their names are read with --pattern" in init("letters")[0].err, "names without numbers")
r, rows = init("soc")
ok("cell of its own" not in r.err, "nothing of that where cells are known", r)
r, rows = init("letters")
ok("the names say nothing" not in r.err and "4 files with 4 spectra" in r.err, "said once", r)
folder("one", ["only.csv"])
ok("eisfit: 1 file with 1 spectrum\n" in init("one")[0].err, "one is one")

# ---- what was left out: what may have been meant as a spectrum comes first
folder("mixed", ["z_good.csv"])
for name, text in (("README.txt", "words\n"), ("PROVENANCE.md", "words\n"), ("a.csv", ""),
                   ("b.csv", ""), ("freq.csv", "1\n2\n3\n4\n5\n6\n")):
    write("mixed/" + name, text)
r, rows = init("mixed")
lines = r.err.splitlines()
ok(len(rows) == 1 and "5 of 6 files left out, they are no spectra; the first: 'a.csv': the file is empty"
   in r.err and "left out, too: 1 like 'freq.csv': only one column of numbers" in r.err and
   "left out, too: 2 of documentation and the like, 'PROVENANCE.md' ..." in r.err, "by reason", r)

os.mkdir(path("empty"))
os.mkdir(path("none"))
with open(path("none/x.txt"), "w") as f:
    f.write("no\n")
for args, code, text in (
        ((), 2, "campaign init needs one folder"),
        (("nowhere",), 3, "nowhere: can't look into this folder: No such file or directory"),
        (("empty",), 3, "empty: there is no file in this folder"),
        (("none",), 3, "none: none of its 1 files can be read as spectra; the first: 'x.txt': "),
        (("pat", "-o", "odd.csv"), 2, "'odd.csv' is there already; remove it, or name another file"),
        (("pat", "-o", "nofolder/m.csv"), 5, "can't write 'nofolder/m.csv': there is no such folder"),
        (("pat", "--pattern", "X{cell"), 2, "'X{cell' has a '{' without '}'"),
        (("pat", "--pattern", "X{ce{cell}"), 2, "'X{ce{cell}' has a '{' within the name of a column"),
        (("pat", "--pattern", "X{}"), 2, "'X{}' has a column without a name"),
        (("pat", "--pattern", "X*"), 2, "'X*' names no column"),
        (("pat", "--pattern", "{a}" * 17), 2, "names more than 16 columns"),
        (("pat", "--files", "*.dta"), 2, "option '--files': '*.dta' fits none of 2 files; the first is 'X1_20.5_a.csv'"),
        (("pat", "--pattern", "Y{cell}"), 2, "'Y{cell}' fits no file; the first is 'X1_20.5_a.csv'")):
    r = run("campaign", "init", *args)
    ok(r.code == code and text in r.err and r.out == "", "init %s: %s" % (" ".join(args), text), r)
done()
