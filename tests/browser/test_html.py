"""The HTML report in a real browser: headless Chromium loads the page, draws the figure and all
rows, asks for nothing outside the file and logs no error.  Text from a file name stays text."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from tap import TOP, WORK, done, ok, path, run, skip  # noqa: E402

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--enable-logging=stderr", "--user-data-dir=" + path("profile")]


def browse(*args):
    try:
        return subprocess.run([BROWSER] + FLAGS + list(args), cwd=WORK, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, universal_newlines=True, timeout=120)
    except subprocess.TimeoutExpired:
        return None


EVIL = "<img src=x onerror=document.title='broken'>.csv"
shutil.copy(os.path.join(TOP, "data", "assb-sample.csv"), path(EVIL))
r = run("fit", EVIL, "-m", "scl-randles", "--electrolyte", "LPSCl", "--area", "0.785 cm2", "-q",
        "--report", "page.html")
ok(r.code == 0 and os.path.exists(path("page.html")), "the report is written", r)
html = open(path("page.html"), encoding="utf-8").read()
links = [u for u in re.findall(r"(?:src|href)\s*=\s*[\"']([^\"'#]+)", html) if not u.startswith("data:")]
ok(links == [], "nothing is loaded from elsewhere", links)
probe = browse("--dump-dom", "about:blank") if BROWSER else None
if not BROWSER or probe is None or "<html" not in probe.stdout:
    skip("the page in Chromium", "no chromium that runs here")
else:
    page = browse("--dump-dom", "file://" + path("page.html"))
    dom = page.stdout if page else ""
    ok("<svg" in dom and dom.count("<path") > 10, "the figure is drawn")
    ok(all(name in dom for name in ("R_cei", "CPE_if_alpha", "dphi", "R_scl")), "all tables are there")
    ok("<title>broken" not in dom and "<img src=x" not in dom, "a file name is only text")
    errors = [l for l in (page.stderr if page else "").splitlines() if "CONSOLE" in l]
    ok(errors == [], "no message on the console", errors)
    browse("--window-size=1100,1600", "--screenshot=" + path("page.png"), "file://" + path("page.html"))
    ok(os.path.exists(path("page.png")) and os.path.getsize(path("page.png")) > 50000,
       "a screenshot shows the page")
# the page of a distribution
shutil.copy(os.path.join(TOP, "data", "assb-sample.csv"), path(EVIL))
r = run("drt", EVIL, "--electrolyte", "LPSCl", "--area", "0.785 cm2", "--explain", "-q", "--report", "drt.html")
ok(r.code == 0 and os.path.exists(path("drt.html")), "the report of a distribution is written", r)
html = open(path("drt.html"), encoding="utf-8").read()
links = [u for u in re.findall(r"(?:src|href)\s*=\s*[\"']([^\"'#]+)", html) if not u.startswith("data:")]
ok(links == [], "drt: nothing is loaded from elsewhere", links)
ok(">100 %" not in html and "&gt; 99 %" in html, "drt: no probability of 100 %")
if not BROWSER or probe is None or "<html" not in probe.stdout:
    skip("the page of a distribution in Chromium", "no chromium that runs here")
else:
    page = browse("--dump-dom", "file://" + path("drt.html"))
    dom = page.stdout if page else ""
    ok("<svg" in dom and dom.count("<path") > 10, "drt: the figure is drawn")
    rows = re.findall(r"<tr><td>(\d+)</td>", dom)
    ok(len(rows) >= 2 and rows == [str(i + 1) for i in range(len(rows))], "drt: all peaks are there", rows)
    ok(dom.count("<details") == len(rows) and "usual for" in dom, "drt: why each peak has its name")
    ok("<title>broken" not in dom and "<img src=x" not in dom, "drt: a file name is only text")
    errors = [l for l in (page.stderr if page else "").splitlines() if "CONSOLE" in l]
    ok(errors == [], "drt: no message on the console", errors)
    browse("--window-size=1100,1600", "--screenshot=" + path("drt.png"), "file://" + path("drt.html"))
    ok(os.path.exists(path("drt.png")) and os.path.getsize(path("drt.png")) > 50000,
       "drt: a screenshot shows the page")
done()
