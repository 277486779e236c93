"""Figures, the script behind them, and the HTML page."""
import os
import re
import shutil
import subprocess

from tap import ARC, WORK, done, ok, one_arc, path, read, run, skip, standard_files, table, write

standard_files()
have = shutil.which("gnuplot") is not None


def figures():
    for name, magic in (("x.svg", b"<?xml"), ("x.png", b"\x89PNG"), ("x.pdf", b"%PDF")):
        r = run("fit", "arc.csv", "-c", ARC, "--plot", name)
        ok(r.code == 0 and read(name).startswith(magic), "--plot " + name, r)
    svg = read("x.svg").decode()
    for words in ("Re Z / Ω", "-Im Z / Ω", "frequency / Hz", "residual / % of |Z|",
                  "-phase / degrees", "1 kHz", "arc.csv: R0-p(R1,CPE1)"):
        ok(words in svg, "figure says '%s'" % words)
    run("fit", "arc.csv", "-c", ARC, "--plot", "area.svg", "--area", "0.5 cm2")
    ok("Ω cm²" in read("area.svg").decode(), "ohm cm² when the area is given")
    r = run("kk", "arc.csv", "--plot", "kk.svg")
    ok(r.code == 0 and "Kramers-Kronig test passed" in read("kk.svg").decode(), "kk --plot", r)
    r = run("simulate", "-c", ARC, "--plot", "sim.svg", "-o", "sim.csv")
    ok(r.code == 0 and b"<svg" in read("sim.svg"), "simulate --plot", r)
    r = run("fit", "arc.csv", "two.csv", "-c", ARC, "--plot", "many.svg")
    ok(os.path.exists(path("many-1.svg")) and os.path.exists(path("many-2.svg")), "numbered", r)
    r = run("fit", "arc.csv", "-c", ARC, "-c", "R0-p(R1,C1)", "--plot", "two.svg")
    ok("R0-p(R1,C1)" in read("two.svg").decode(), "every fit of a comparison has its line", r)
    ok("eisfit: figure: two.svg\n" in r.err, "the name of the figure is said", r.err)
    ok("KK model" in read("kk.svg").decode(), "legend of the KK figure")
    kept = run("fit", "arc.csv", "-c", ARC, "--plot", "k.svg", "--keep-plot-script", "k.gp")
    os.unlink(path("k.svg"))
    p = subprocess.run(["gnuplot", "k.gp"], cwd=WORK, stderr=subprocess.PIPE)
    ok(p.returncode == 0 and b"<svg" in read("k.svg"), "the kept script draws the figure", kept,
       p.stderr)


def inset():
    write("spike.csv", table(lambda w: one_arc(w) + 1 / (1j * w * 1e-3), noise=0.1))
    run("fit", "spike.csv", "-c", ARC + "-C1", "--keep-plot-script", "spike.gp")
    ok(b"$arcmarks" in read("spike.gp"), "arcs below a spike are enlarged")
    run("fit", "arc.csv", "-c", ARC, "--keep-plot-script", "plain.gp")
    ok(b"$arcmarks" not in read("plain.gp"), "arcs alone are not")
    lines = table(one_arc, noise=0.1).splitlines()
    for k, size in ((20, 1.005), (40, 1.2)):
        f, a, b = lines[k].split(",")
        lines[k] = "%s,%.17g,%s" % (f, float(a) * size, b)
    write("odd.csv", "\n".join(lines) + "\n")
    run("kk", "odd.csv", "--keep-plot-script", "odd.gp")
    block = read("odd.gp").decode().split("$odd << EOD\n")[1].split("EOD")[0]
    ok(len(block.splitlines()) == 2 and "stands out" in read("odd.gp").decode(),
       "points that stand out by more than 1 % are marked", block)


def page():
    name = write("<b>&'x\".csv", table(one_arc, noise=0.2))
    r = run("fit", name, "-c", ARC, "-c", "R0-p(R1,C1)", "--report", "page.html")
    text = read("page.html").decode()
    ok(r.code == 0 and text.startswith("<!DOCTYPE html>") and text.count("<svg") == 1,
       "--report: a page with the figure", r)
    ok("&lt;b&gt;&amp;" in text and "<b>&" not in text, "names are escaped")
    outside = [u for u in re.findall(r"(?:href|src)=.([^'\"\s>]*)", text) if not u.startswith("#")]
    ok(not outside, "nothing from elsewhere", outside)
    ok("<script" not in text, "no script")
    for words in ("95 % interval", "AICc", "Kramers-Kronig", "SHA-256", "CPE1_alpha", "ΔBIC"):
        ok(words in text, "page has " + words)


if have:
    figures()
    inset()
    page()
    r = run("fit", "arc.csv", "-c", ARC, "--report", "r.html")
    ok("eisfit: report: r.html\n" in r.err, "the name of the report is said", r.err)
else:
    skip("figures", "gnuplot is not installed")

env = {"EISFIT_GNUPLOT": "/no/gnuplot"}
r = run("fit", "arc.csv", "-c", ARC, "--plot", "y.svg", "-q", env=env)
ok(r.code == 5 and "can't run '/no/gnuplot' for the figure: No such file or directory; install "
   "gnuplot, or write the script with --keep-plot-script" in r.err and "R1" in r.out,
   "without gnuplot: words, exit 5, numbers all the same", r)
ok(not os.path.exists(path("y.svg")), "no half figure")
r = run("fit", "arc.csv", "-c", ARC, "--keep-plot-script", "y.gp", env=env)
ok(r.code == 0 and b"plot $data" in read("y.gp"), "the script alone needs no gnuplot", r)
env = {"EISFIT_GNUPLOT": shutil.which("false") or "false"}
r = run("fit", "arc.csv", "-c", ARC, "--plot", "y.svg", "-q", env=env)
ok(r.code == 5 and "could not draw the figure" in r.err, "gnuplot that fails", r)
# a name that tries to be a command
evil = write("'`touch evil`'.csv", table(one_arc, noise=0.2))
r = run("fit", evil, "-c", ARC, "--keep-plot-script", "z.gp", *(["--plot", "z.svg"] if have else []))
ok(r.code == 0 and not os.path.exists(path("evil")), "text in a title is only text", r)
done()
