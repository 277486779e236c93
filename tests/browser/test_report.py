"""The report of a campaign in a real browser: it loads, charts are drawn, filter and sorting work, a click
opens a spectrum, no error, no request to the network, hostile names stay text."""
import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import campaign_made as made  # noqa: E402
from tap import WORK, done, ok, path, read, run, skip, write  # noqa: E402

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--enable-logging=stderr", "--window-size=1300,1200",
         "--virtual-time-budget=60000", "--user-data-dir=" + path("profile")]
EVIL = "<script>alert(1)<|script><img src=x onerror=document.title='broken'>.csv"

# What a reader does, after the page has loaded; what it finds stands in the element `found`.
DRIVER = r"""
<script>
(async function () {
  const $ = id => document.getElementById(id), found = {}, wait = ms => new Promise(r => setTimeout(r, ms));
  const rowsOf = id => Array.from($(id).tBodies[0].rows), rows = () => rowsOf("table"), marks = box =>
    $(box).querySelectorAll("circle, path.point, .js-line, svg path").length;
  const column = name => Array.from($("table").tHead.rows[0].cells).findIndex(c => c.textContent === name);
  try {
    if (document.readyState !== "complete") await new Promise(r => addEventListener("load", r));
    await Promise.all(Array.from(document.images).map(i => i.decode().catch(() => {})));
    found.ready = document.documentElement.dataset.ready;
    found.rows = rows().length;
    found.figures = Array.from(document.images).filter(i => i.complete && i.naturalWidth > 100).length;
    found.images = document.images.length;
    found.clipped = Array.from(document.querySelectorAll("#overview .wide, #tracks .wide"))
      .filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 60));
    dispatchEvent(new Event("beforeprint"));
    await wait(300);
    found.printed = [marks("x-chart"), marks("p-charts")];
    const options = id => Array.from($(id).options).map(o => o.textContent);
    const panels = () => $("p-charts").children.length, choose = (id, value) => {
      $(id).value = value;
      $(id).dispatchEvent(new Event("change"));
    };
    found.panels = panels();
    found.over = options("p-axis");
    const all = rowsOf("p-table");
    found.processes = Array.from(new Set(all.map(r => r.cells[0].textContent)));
    choose("p-cell", "2");
    await wait(200);
    found.one = rowsOf("p-table").map(r => Array.from(r.cells).map(c => c.textContent));
    found.held = Array.from($("p-held").querySelectorAll("select")).map(e => [e.value, e.options.length]);
    for (const e of $("p-held").querySelectorAll("select")) {
      e.value = "";
      e.dispatchEvent(new Event("change"));
    }
    await wait(200);
    found.unheld = rowsOf("p-table").length;
    rowsOf("p-table")[0].click();
    await wait(300);
    found.followed = $("s-title").textContent;
    $("s-close").click();
    choose("p-cell", "");
    $("explore").scrollIntoView();
    await wait(500);
    $("x-axis").dispatchEvent(new Event("change"));
    await wait(300);
    found.explored = marks("x-chart");
    $("t-words").value = "c4 c4_35";
    $("t-words").dispatchEvent(new Event("input"));
    await wait(400);
    found.filtered = rows().length;
    found.count = $("t-count").textContent;
    $("t-words").value = "";
    $("t-flag").value = "failed";
    $("t-flag").dispatchEvent(new Event("change"));
    found.failed = rows().map(r => r.textContent).join("|");
    $("t-flag").value = "none";
    $("t-flag").dispatchEvent(new Event("change"));
    const k = column("R1");
    $("table").tHead.rows[0].cells[k].click();
    found.smallest = rows()[0].cells[k].textContent;
    $("table").tHead.rows[0].cells[k].click();
    found.largest = rows()[0].cells[k].textContent;
    rows()[0].click();
    await wait(500);
    found.open = $("spectrum").open;
    found.title = $("s-title").textContent;
    for (const c of ["nyquist", "bode", "residual", "drt"]) found[c] = marks("s-" + c);
    found.values = $("s-values").textContent;
    $("s-next").click();
    await wait(200);
    found.next = $("s-title").textContent;
    $("s-close").click();
    found.closed = !$("spectrum").open;
    $("t-flag").value = "";
    $("t-words").value = "alert";
    $("t-words").dispatchEvent(new Event("input"));
    await wait(400);
    rows()[0].click();
    await wait(300);
    found.evil = $("s-title").textContent;
    found.scripts = document.querySelectorAll("#table script, #table img, dialog script, dialog img").length;
    found.requests = performance.getEntriesByType("resource").map(e => e.name).filter(u => !/^(data|blob):/.test(u));
    found.plotly = Boolean(window.Plotly);
  } catch (e) {
    found.error = String(e && e.stack || e);
  }
  const out = document.createElement("pre");
  out.id = "found";
  out.textContent = JSON.stringify(found);
  document.body.appendChild(out);
})();
</script>
"""


def browse(*args):
    try:
        return subprocess.run([BROWSER] + FLAGS + list(args), cwd=WORK, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, universal_newlines=True, timeout=400)
    except subprocess.TimeoutExpired:
        return None


if not shutil.which("gnuplot"):
    skip("the report in Chromium", "there is no gnuplot")
    done()
made.make(EVIL)
r = run("report", "results.db", "-o", "report.html")
ok(r.code == 0, "the report is written", r)
probe = browse("--dump-dom", "about:blank") if BROWSER else None
if not BROWSER or probe is None or "<html" not in probe.stdout:
    skip("the report in Chromium", "no chromium that runs here")
    done()
page = read("report.html").decode("utf-8")
write("driven.html", page.replace("</body>", DRIVER + "</body>"))
shown = browse("--dump-dom", "file://" + path("driven.html"))
dom = shown.stdout if shown else ""
m = re.search(r'<pre id="found">(.*?)</pre>', dom, re.S)
ok(m, "the page loads and answers", dom[-500:], shown and shown.stderr[-1500:])
found = json.loads(m.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")) if m else {}
ok("error" not in found, "nothing goes wrong while it is used", found.get("error"))
ok(found.get("ready") == "yes" and found.get("rows") == 74, "the table has all spectra", found.get("rows"))
ok(found.get("images", 0) >= 8 and found.get("figures") == found.get("images"), "all figures are drawn",
   found.get("figures"), found.get("images"))
ok(found.get("clipped") == [], "no table of the overview is cut off at 1300 pixels", found.get("clipped"))
drawn = found.get("printed") or [0, 0]
ok(drawn[0] >= 60 and drawn[1] >= 20, "charts that were never in view are drawn for the printer", drawn)
ok(found.get("panels", 0) >= 2 and found.get("processes") and "cycle" in found.get("over", []),
   "the processes that were followed have charts", found.get("panels"), found.get("processes"), found.get("over"))
one = found.get("one") or [[""] * 6]
ok(all(r[1] == "c2" for r in one) and len({r[0] for r in one}) == len(one) / len({tuple(r[3:5]) for r in one}) and
   found.get("unheld", 0) > len(one) and found.get("held"), "one cell, at one temperature, at all", found.get("held"),
   len(one), found.get("unheld"), *one[:3])
ok("c2" in found.get("followed", ""), "a row of theirs opens its spectrum", found.get("followed"))
ok(found.get("explored", 0) >= 60, "any parameter over anything is drawn", found.get("explored"))
ok(found.get("filtered") == 4 and found.get("count") == "4 of 74 spectra", "words filter", found.get("count"))
ok("broken.csv" in found.get("failed", "") and "|" not in found.get("failed", "|"), "flags filter",
   found.get("failed"))
ohm = {"smallest": min(made.r1(c, t, n) for c in range(6) for t in made.TEMPERATURES for n in made.CYCLES),
       "largest": max(made.r1(c, t, n) for c in range(6) for t in made.TEMPERATURES for n in made.CYCLES)}
for end, expected in ohm.items():
    v = re.match(r"([\d.]+) ± [\d.]+ (m|k|)Ω", found.get(end, ""))
    got = float(v.group(1)) * {"m": 1e-3, "": 1, "k": 1e3}[v.group(2)] if v else 0
    ok(abs(got / expected - 1) < 0.02, "sorted by R1: the %s first" % end, found.get(end), expected)
ok(found.get("open") and found.get("closed") and ".csv" in found.get("title", ""), "a click opens a spectrum", found)
for chart in ("nyquist", "bode", "residual", "drt"):
    ok(found.get(chart, 0) >= (2 if chart == "drt" else 40 if not found.get("plotly") else 2),
       "%s is drawn" % chart, found.get(chart))
ok("CPE1_alpha" in found.get("values", "") and found.get("next") != found.get("title"),
   "its parameters, and the next one", found.get("next"))
ok("<script>alert(1)" in found.get("evil", "") and found.get("scripts") == 0 and "<title>broken" not in dom,
   "a hostile name is only text", found.get("evil"))
ok(found.get("requests") == [], "nothing is asked of the network", found.get("requests"))
errors = [l for l in (shown.stderr if shown else "").splitlines() if "CONSOLE" in l]
ok(errors == [], "no message on the console", *errors)
# files with and without a folder from the root have nothing in common
with open(path("manifest.csv"), newline="", encoding="utf-8") as f:
    two = [row["file"] for row in csv.DictReader(f) if "<" not in row["file"]][:2]
write("rooted.csv", "file,cell\n%s,A\n%s,B\n" % (path(two[0]), two[1]))
r = run("campaign", "run", "rooted.csv", "-c", "R0-p(R1,CPE1)", "--store", "rooted.db")
r = run("report", "rooted.db", "-o", "rooted.html")
shown = browse("--dump-dom", "file://" + path("rooted.html"))
ok(r.code == 0 and shown and 'data-ready="yes"' in shown.stdout and "2 spectra" in shown.stdout,
   "absolute and relative names of files in one page", r, shown and shown.stderr[-500:])
# one value with an error of its last digits: an axis without width (noise-free data have such)
db = sqlite3.connect(path("rooted.db"))
db.execute("UPDATE parameters SET value = 50.1235, stderr = 1e-14, ci_low = 50.1235, ci_high = 50.1235")
db.commit()
db.close()
r = run("report", "rooted.db", "-o", "exact.html")
write("exact.html", read("exact.html").decode().replace("</body>", "<script>dispatchEvent(new Event('beforeprint'));"
                                                        "document.body.dataset.drawn = 'yes';</script></body>"))
shown = browse("--dump-dom", "file://" + path("exact.html"))
ok(r.code == 0 and shown and 'data-drawn="yes"' in shown.stdout, "one value to the last digit has a chart", r)
browse("--screenshot=" + path("page.png"), "file://" + path("report.html"))
ok(os.path.exists(path("page.png")) and os.path.getsize(path("page.png")) > 40000, "a screenshot shows the page")
browse("--no-pdf-header-footer", "--print-to-pdf=" + path("page.pdf"), "file://" + path("report.html"))
ok(os.path.exists(path("page.pdf")) and os.path.getsize(path("page.pdf")) > 40000, "it prints")
if shutil.which("pdftotext"):
    words = subprocess.run(["pdftotext", path("page.pdf"), "-"], stdout=subprocess.PIPE, universal_newlines=True).stdout
    ok("R0 / " in words and "R of " in words, "with the charts, drawn for it", words[:500])
done()
