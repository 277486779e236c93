"""eisfit report: the data in the page are those of the store, the tables say what is known of the made
campaign, figures are files, and what goes wrong is said."""
import base64
import html as html_text
import json
import math
import os
import re
import shlex
import shutil
import sqlite3
import struct

import campaign_made as made
from tap import ARC, TOP, WORK, done, ok, one_arc, path, read, run, skip, table, write

EVIL = "<script>alert(1)<|script>&'`touch owned`.csv"
r = made.make(EVIL)
ok(r.code == 1 and os.path.exists(path("results.db")), "the campaign is there, with a file that can't be read", r)


def usage(name, words, *args, code=2, env=None):
    p = run("report", *args, env=env)
    ok(p.code == code and words in p.err, name, p)


usage("no store", "report needs one store")
usage("nothing to write", "report needs -o FILE.html for the page, or --figures FOLDER", "results.db")
usage("not a page", "does not end in .html", "results.db", "-o", "page.pdf")
usage("a store that is not there", "there.db", "there.db", "-o", "page.html", code=3)
empty = path("empty.db")
shutil.copy(path("results.db"), empty)
with sqlite3.connect(empty) as db:
    for t in ("peaks", "drt", "parameters", "fits", "quality", "metadata", "spectra"):
        db.execute("DELETE FROM " + t)
usage("a store without spectra", "has no spectra yet: nothing to report", "empty.db", "-o", "page.html", code=3)
write("plain-file", "x")
usage("a folder that can't be made", "can't make the folder 'plain-file/figures'", "results.db", "--figures",
      "plain-file/figures", code=5)
if not os.path.exists("/usr/local/share/eisfit/web") and not os.path.exists("/usr/share/eisfit/web"):
    usage("no data folder", "the data folder has no 'web/report.css'", "results.db", "-o", "page.html", code=3,
          env={"EISFIT_DATADIR": WORK})

if not shutil.which("gnuplot"):
    skip("the page", "there is no gnuplot")
    done()

p = run("report", "results.db", "-o", "report.html")
ok(p.code == 0 and os.path.exists(path("report.html")), "the page is written", p)
page = read("report.html").decode("utf-8")


def embedded(name):
    return json.loads(re.search(r'<script type="application/json" id="%s">(.*?)</script>' % name, page).group(1))


# ---- the same numbers as the store ----
data, curves = embedded("columns"), embedded("curves")
db = sqlite3.connect(path("results.db"))
rows = db.execute("SELECT id, file, cell, flags FROM spectra ORDER BY id").fetchall()
ok([list(r) for r in rows] == [list(t) for t in zip(data["id"], data["file"], [data["cells"][c] for c in data["cell"]],
                                                    data["flags"])], "all spectra are in the page, in order")
worst = 0.0
for q in data["parameters"]:
    stored = dict(db.execute("SELECT spectrum, value FROM parameters WHERE name = ?", (q["name"],)))
    for i, spectrum in enumerate(data["id"]):
        if (q["value"][i] is None) != (stored.get(spectrum) is None):
            worst = 1e9
        elif q["value"][i] is not None:
            worst = max(worst, abs(q["value"][i] / stored[spectrum] - 1))
ok(len(data["parameters"]) >= 4 and worst < 1e-5, "parameters are those of the store (%.1e)" % worst)


def floats(text):
    raw = base64.b64decode(text)
    return struct.unpack("<%df" % (len(raw) // 4), raw)


def doubles(raw):
    return struct.unpack("<%dd" % (len(raw) // 8), raw)


value = {q["name"]: q["value"] for q in data["parameters"]}
points, fits, bands = 0.0, 0.0, 0
for i, spectrum in enumerate(data["id"]):
    c = curves["curves"][i]
    re_, im_, raw, status = db.execute("SELECT s.re, s.im, g.x, s.status FROM spectra s LEFT JOIN grids g ON "
                                       "g.id = s.grid WHERE s.id = ?", (spectrum,)).fetchone()
    if status != "ok":
        ok(c[0] == -1 and c[1] == "" and c[3] == "", "a spectrum that failed has no curves", c)
        continue
    z, f = floats(c[1]), doubles(raw)
    n = len(f)
    for k in range(n):
        size = abs(complex(doubles(re_)[k], doubles(im_)[k]))
        points = max(points, abs(z[k] - doubles(re_)[k]) / size, abs(z[n + k] - doubles(im_)[k]) / size)
        jw = 2j * 3.141592653589793 * f[k]
        model = value["R0"][i] + 1 / (1 / value["R1"][i] + value["CPE1_Q"][i] * jw ** value["CPE1_alpha"][i])
        fits = max(fits, abs(complex(z[2 * n + k], z[3 * n + k]) - model) / abs(model))
    gamma = doubles(db.execute("SELECT g.x FROM drt d JOIN grids g ON g.id = d.grid WHERE d.spectrum = ?",
                               (spectrum,)).fetchone()[0])
    bands += len(floats(c[3])) == 3 * len(gamma) and abs(floats(curves["grids"][c[2]])[0] / gamma[0] - 1) < 1e-6
ok(points < 1e-6, "points are those of the store (%.1e)" % points)
ok(fits < 2e-5, "fitted curves are those of the circuit (%.1e)" % fits)
ok(bands == len(data["id"]) - 1, "distributions with their bands (%d)" % bands)

# ---- what is known of the campaign ----
text = html_text.unescape(re.sub(r"<[^>]*>", " ", page[:page.index('id="columns"')]))
text = re.sub(r"\s+", " ", text)
m = re.search(r"R1 bare / coated ([\d.]+) ([\d.]+) … ([\d.]+)", text)
ok(m and float(m.group(2)) < 1 / made.RATIO < float(m.group(3)) and abs(float(m.group(1)) * made.RATIO - 1) < 0.05,
   "the ratio of the groups is in its interval", m and m.group(0))
ok("larger by a factor of 1.4" in text, "and said in words", text[:3000])
energies = re.findall(r"R1 ([\d.]+) ± ([\d.]+) eV ([\d.]+) … ([\d.]+) eV", text)
hit = sum(abs(float(a) - made.EA) < 0.01 for a, _, _, _ in energies)
ok(len(energies) >= 6 and hit == len(energies), "activation energies of all series (%d)" % len(energies), energies)
ok(re.search(r"failed 1 1\.35 %", text), "the file that can't be read is counted", text[:200])

# ---- the processes that were followed ----
SQL = ("SELECT t.process, t.spectrum, t.R, t.R_error, t.C, t.tau, t.process_probability, s.cell, s.group_name, s.cycle,"
       " s.temperature_C FROM tracks t JOIN spectra s ON s.id = t.spectrum WHERE s.flags = ''")
tracks = db.execute(SQL).fetchall()
index = {spectrum: k for k, spectrum in enumerate(data["id"])}
wrong, count = [], 0
for process in embedded("processes")["processes"]:
    v = floats(process["rows"][0])
    for k in range(0, len(v), 7):
        count += 1
        row = db.execute("SELECT R, R_error, C, tau, process_probability FROM tracks WHERE spectrum = ? AND (process = ? OR"
                         " 'track ' || track = ?)", (data["id"][int(v[k])], process["name"], process["name"])).fetchall()
        if not any(all(a is None or abs(a - b) <= 1e-6 * abs(a) for a, b in zip(r, v[k + 1:k + 6])) for r in row):
            wrong.append((process["name"], v[k:k + 7], row))
total = db.execute("SELECT count(*) FROM tracks").fetchone()[0]
ok(not wrong and count == total > 100, "the followed processes are those of the store (%d)" % count, *wrong[:3])
names = {t[0] for t in tracks}
section = page[page.index('<section id="tracks">'):page.index("</section>", page.index('<section id="tracks">'))]
plain = re.sub(r"\s+", " ", html_text.unescape(re.sub(r"<[^>]*>", " ", section)))
ok("SE_bulk" in names and section.count("<figure>") >= 4 and "temperature 20 to 35 °C" in plain,
   "each has its figure, over cycle and over temperature", names, section.count("<figure>"))


def mean(process, group, cycle, temperature):
    """Geometric mean of the cells, and its interval by Student's t (2 degrees of freedom: 4.302653)."""
    ln = [math.log(t[2]) for t in tracks if (t[0], t[8], t[9], t[10]) == (process, group, cycle, temperature)]
    m, n = sum(ln) / len(ln), len(ln)
    half = 4.302653 * math.sqrt(sum((x - m) ** 2 for x in ln) / (n - 1) / n)
    return n, math.exp(m), math.exp(m - half), math.exp(m + half)


SCALE = {"Ω": 1, "mΩ": 1e-3, "kΩ": 1e3}
m = re.search(r"SE_bulk coated ([\d.]+) (m?k?Ω) ([\d.]+) … ([\d.]+) ", plain)
cells, *want = mean("SE_bulk", "coated", 0, 20)
got = [float(m.group(k)) * SCALE[m.group(2)] for k in (1, 3, 4)] if m else [0, 0, 0]
ok(cells == 3 and all(abs(g / w - 1) < 0.02 for g, w in zip(got, want)), "mean of a group and its interval", got, want,
   plain[:1500])
named = sorted(n for n in names if n != "unassigned")
ok(all(re.search(re.escape(n) + r" coated / bare [\d.]+ [\d.]+ … [\d.]+", plain) or
       re.search(re.escape(n) + r" bare / coated [\d.]+ [\d.]+ … [\d.]+", plain) for n in named),
   "and the ratio of the groups", named, plain[-3000:])
shutil.copy(path("results.db"), path("odd.db"))


def odd(*statements):
    with sqlite3.connect(path("odd.db")) as other:
        for s in statements:
            other.execute(s)
    other.close()
    p = run("report", "odd.db", "-o", "odd.html")
    text = read("odd.html").decode("utf-8")
    at = text.index('<section id="tracks">')
    return p, text, text[at:text.index("</section>", at)]


p, other, part = odd("UPDATE spectra SET soc = 0.25 * (cycle / 10), cycle = NULL",
                     "UPDATE tracks SET process = '<b>owned</b>' WHERE process != 'SE_bulk'")
ok(p.code == 0 and "R over state of charge" in part and "over state of charge" in part and "<b>owned" not in other and
   "&lt;b&gt;owned" in part, "over the state of charge where there is one; a hostile name is text", p, part[:600])
p, other, part = odd("UPDATE spectra SET soc = (CASE id % 2 WHEN 0 THEN 9e999 ELSE -9e999 END) WHERE id % 3")
ok(p.code == 0 and "R over state of charge" in part and "<figure>" in part,
   "infinite values of a store that was damaged are left out", p, part[:600])
p, other, part = odd("INSERT OR REPLACE INTO metadata(spectrum, name, text) SELECT id, 'state', CASE WHEN id % 2 THEN '<script>alert(1)</script>'"
                     " ELSE 'b' END FROM spectra")
ok(p.code == 0 and "&lt;script&gt;" in part and "<script>alert" not in part, "a hostile value of the manifest is text", p, part[:3000])
p, other, part = odd("UPDATE tracks SET R_error = NULL WHERE process = 'SE_bulk'")
ok(p.code == 0 and "not known" in part and "below 0" not in part, "no error is known: that is said", p, part[:3000])
p, other, part = odd("UPDATE spectra SET soc = 0.5, temperature_C = 25 WHERE soc IS NOT NULL OR temperature_C IS NOT NULL")
ok(p.code == 0 and "place in the sequence" in part and "<figure>" in part,
   "one SOC and nothing else that varies: over the place in the sequence", p, part[:600])
p, other, part = odd("DELETE FROM spectra WHERE id NOT IN (SELECT min(id) FROM spectra GROUP BY cell)",
                     "DELETE FROM tracks WHERE spectrum NOT IN (SELECT id FROM spectra)", "UPDATE spectra SET position = 0")
ok(p.code == 0 and "All processes" in part, "one spectrum of each cell: a table", p, part[:600])
p, other, part = odd("DELETE FROM tracks")
ok(p.code == 0 and "eisfit campaign track odd.db" in part and "<figure>" not in part,
   "not followed: what to do", p, part)
p, other, part = odd("DELETE FROM drt")
ok(p.code == 0 and "run the campaign with <code>--drt</code>" in part, "nothing to follow: what to do", p, part)
p, other, part = odd("DROP TABLE tracks")
ok(p.code == 0 and "<code>--drt</code>" in part, "a store from before there were tracks", p, part)

# ---- nothing from a file is more than text ----
ok("<script>alert" not in page and "<|script>" not in page, "a hostile name is only text")
ok(not os.path.exists(path("owned")), "and no command")
links = [u for u in re.findall(r"(?:src|href)\s*=\s*[\"']([^\"'#]+)", page) if not u.startswith("data:")]
ok(links == [] and "@import" not in page, "nothing is loaded from elsewhere", links)

# ---- fewer rows ----
many = path("many.db")
shutil.copy(path("results.db"), many)
with sqlite3.connect(many) as db:
    columns = [c[1] for c in db.execute("PRAGMA table_info(spectra)") if c[1] != "id"]
    names = ",".join(columns)
    db.execute("WITH RECURSIVE k(i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM k WHERE i < 21100) INSERT INTO "
               "spectra (id,%s) SELECT k.i,%s FROM k, spectra WHERE spectra.id = 1" % (names, names))
p = run("report", "many.db", "-o", "many.html")
ok(p.code == 0 and re.search(r"one of every 2 of \d+ spectra \(--rows 20000\); everything else is from all", p.err),
   "more spectra than a browser bears: thinned, and said", p)
page = read("many.html").decode("utf-8")
rows = embedded("columns")
total = int(re.search(r"<b>(\d+)</b>spectra<", page).group(1))
ok(total > 20000 and len(rows["id"]) == len(rows["file"]) == len(rows["parameters"][0]["value"]) == (total + 1) // 2 and
   len(rows["axes"][0]["value"]) == len(rows["id"]) == len(embedded("curves")["curves"]),
   "one of every two in the table, all counted", total, len(rows["id"]))
ok("one of every 2 of the %d spectra" % total in page, "and the page says so")
ok({i % 2 for i in rows["id"]} == {0, 1}, "which of the two changes")
run("report", "results.db", "-o", "few.html", "--rows", "7")
page = read("few.html").decode("utf-8")
ok(0 < len(embedded("columns")["id"]) <= 7, "--rows")

# ---- fewer curves, figures ----
run("report", "results.db", "-o", "short.html", "--curves", "10")
ok(len(read("short.html")) < len(read("report.html")), "--curves makes the page shorter")
short = json.loads(re.search(rb'id="curves">(.*?)</script>', read("short.html")).group(1))
ok(0 < sum(isinstance(c, list) for c in short["curves"]) <= 10, "with at most so many curves")
for kind, magic in (("svg", b"<?xml"), ("pdf", b"%PDF")):
    p = run("report", "results.db", "--figures", "figures", "--figure-format", kind)
    files = [f for f in os.listdir(path("figures")) if f.endswith(kind)]
    ok(p.code == 0 and "trend-R1-cycle." + kind in files and "trend-CPE1_Q-temperature_C." + kind in files and
       any(f.startswith("tracks-SE_bulk-") for f in files) and "groups-R1." + kind in files and "arrhenius-R1." + kind in files and
       sum(f.startswith("drt-") for f in files) >= 6, "--figures, %s" % kind, p, files)
    ok(all(read("figures/" + f).startswith(magic) for f in files), "they are what they are called")
svg = read("figures/groups-R1.svg").decode()
ok(svg.count("gpPt") >= 6 or svg.count("<use") >= 6, "every cell is a point", svg[:200])
ok("%d figures in 'figures'" % len(files) in p.err, "how many is said", p)

# ---- laws of ageing: R1 of one cell grows by 5 ohm a cycle, that of the other does not; one spectrum misses the model ----
lines = ["file,cell,cycle"]
for cell, slope in (("grows", 5.0), ("stays", 0.0)):
    for cycle in range(10):
        name = "%s%d.csv" % (cell, cycle)
        write(name, table(lambda w: one_arc(w, r1=100 + slope * cycle) + (cell == "stays" and cycle == 4) * 300 / (1 + 0.05j * w),
                          n=31, noise=0.1, seed=100 + cycle))
        lines.append("%s,%s,%d" % (name, cell, cycle))
write("ages.csv", "\n".join(lines) + "\n")
p = run("campaign", "run", "ages.csv", "-c", ARC, "--store", "ages.db", "-q")
ok(p.code in (0, 1), "a campaign of ages", p)
p = run("report", "ages.db", "-o", "ages.html", "--figures", "ages")
page = read("ages.html").decode("utf-8")
ok(p.code == 0 and "<h3>Laws of ageing</h3>" in page, "a report with laws of ageing", p)
rows = [re.findall(r"<td[^>]*>(.*?)</td>", line) for line in page.split("<h3>Laws of ageing</h3>")[1].split("</table>")[0].splitlines()
        if "<code>R1</code>" in line]
rows = {("grows" if "grows" in row[0] else "stays"): row for row in rows}
ok(set(rows) == {"grows", "stays"}, "a row for each cell", *rows.items())


def in_ohm(cell):
    """Value and half the width of the interval."""
    value, error, unit = re.fullmatch(r"([\d.]+) ± ([\d.]+) (\w*Ω)", cell).groups()
    factor = {"Ω": 1, "kΩ": 1e3, "mΩ": 1e-3}[unit]
    return float(value) * factor, float(error) * factor


for row, law, first, last, change in ((rows["grows"], "linear", 100, 145, 45), (rows["stays"], "no change", 100, 100, 0)):
    start, end = in_ohm(row[3]), in_ohm(row[4])
    ok(row[2].startswith(law), "%s: the law" % row[0], row)
    ok(abs(start[0] - first) < 2 * start[1] + 0.1 and abs(end[0] - last) < 2 * end[1] + 0.1 and end[1] < 1, "%s: from and to" % row[0], row)
    ok(abs(float(row[5].split()[0]) - change) < 1, "%s: the change in per cent" % row[0], row)
ok((rows["grows"][6], rows["stays"][6]) == ("10", "9"), "what missed the model does not count", *rows.items())
svg = read("ages/trend-R1-cycle.svg").decode("utf-8")
ok(svg.count("<path") > 2 and "lines the chosen laws" in page and "grey: flagged spectra" in page, "the lines are in the figure, and said")

# ---- the examples of the page about it ----
with open(os.path.join(TOP, "doc", "report.md"), encoding="utf-8") as f:
    blocks = re.findall(r"^```sh\n(.*?)^```", f.read(), re.M | re.S)
commands = [c for b in blocks for c in b.splitlines()]
ok(len(commands) >= 4, "doc/report.md has examples (%d)" % len(commands))
for c in commands:
    p = run(*shlex.split(c)[1:])
    ok(p.code == 0, c, p)
done()
