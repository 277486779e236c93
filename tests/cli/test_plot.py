"""Figures, the script behind them, and the HTML page."""
import math
import os
import re
import shutil
import subprocess

from tap import ARC, TOP, WORK, done, ok, one_arc, path, read, run, skip, standard_files, table, write

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


def labels():
    """Names of decades stand beside the data, not on them."""
    sample = os.path.join(TOP, "data", "assb-sample.csv")
    for name, args in (("assb", [sample, "-m", "scl-randles"]), ("arc", ["arc.csv", "-c", ARC]),
                       ("two", ["two.csv", "-m", "two-zarc"])):
        run("fit", *args, "--plot", name + "_labels.svg")
        svg = read(name + "_labels.svg").decode()
        points = [(float(x), float(y)) for x, y in
                  re.findall(r"href='#gpPt5' transform='translate\(([0-9.]+),([0-9.]+)\)", svg)]
        points = [p for p in points if 85 < p[0] < 485 and 57 < p[1] < 323]  # the Nyquist panel
        found = re.findall(r'translate\(([0-9.]+),([0-9.]+)\)"[^>]*font-size="([0-9.]+)"[^>]*'
                           r'anchor="(\w+)">\s*<text><tspan[^>]*>(\d+ [mkM]?Hz)<', svg)
        hidden = []
        for x, y, size, anchor, text in found:
            x, y, size = float(x), float(y), float(size)
            width = 0.5 * size * len(text)
            left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
            hidden += [(text, p) for p in points
                       if left < p[0] < left + width and y - 0.75 * size < p[1] < y]
        ok(len(points) > 40 and len(found) > 3 and not hidden,
           "%s: %d names of decades cover none of %d points" % (name, len(found), len(points)), hidden)


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


def block(script, name):
    """Numbers of a block of data in a script."""
    text = script.split("$%s << EOD\n" % name)[1].split("EOD")[0]
    return [[float(v) for v in line.split()] for line in text.splitlines()]


def overlay_scripts():
    """eisfit plot: what the script says; gnuplot is not needed."""
    for k in range(1, 21):
        f = lambda w, k=k: 10 + k / (1 + 1e-3j * w)
        write("o%d.csv" % k, table(f, extra={"soc": "0.%d" % (k % 10), "cycle": k, "cell": "A"}))
    r = run("plot", "o1.csv", "o2.csv", "o3.csv", "--keep-plot-script", "o.gp", "--area", "0.5 cm2")
    text = read("o.gp").decode()
    ok(r.code == 0 and [w in r.out for w in ("o1.csv:", "o3.csv:")] == [True, True] and
       "passed" not in r.err, "plot: what was read is said", r)
    ok("Re Z / Ω cm²" in text and "'o2.csv, soc 0.2' noenhanced" in text and
       text.count("lc palette cb 0.2") == 3, "legend and colours by state of charge", text[-900:])
    for k in (1, 2, 3):
        off = 0
        for f, re_, im, size, phase in block(text, "z%d" % (k - 1)):
            z = 0.5 * (10 + k / (1 + 2e-3j * math.pi * f))
            off = max(off, abs(re_ - z.real), abs(im + z.imag), abs(size - abs(z)),
                      abs(phase + math.degrees(math.atan2(z.imag, z.real))))
        ok(off < 1e-6, "points of spectrum %d in ohm cm2" % k, off)
    at = {w: float(v) for w, v in re.findall(r"set ([lrbt])margin at screen ([\d.]+)", text)[:4]}
    span = [float(b) - float(a) for a, b in
            re.findall(r"^set [xy]range \[([-\d.e+]+):([-\d.e+]+)\]", text, re.M)[:2]]
    shape = span[1] / span[0] * (at["r"] - at["l"]) / (at["t"] - at["b"]) / 0.76
    ok(abs(shape - 1) < 1e-6, "an ohm is as long on both axes", span, at)
    many = ["o%d.csv" % k for k in range(1, 21)]
    run("plot", *many, "--keep-plot-script", "m.gp", "--color-by", "cycle")
    text = read("m.gp").decode()
    ok("set colorbox horizontal" in text and "set cbrange [1:20]" in text and
       "set cblabel 'cycle'" in text and "title 'o" not in text, "many: a colour bar")
    run("plot", *many, "--keep-plot-script", "m.gp", "--color-by", "none", "--lines")
    text = read("m.gp").decode()
    ok("title 'and 4 more'" in text and text.count("title 'o") == 16 and "palette" not in text and
       text.count("with linespoints") == 60, "many without a scale: a legend that ends")
    os.makedirs(path("b"), exist_ok=True)
    write("b/o1.csv", table(one_arc))
    run("plot", "o1.csv", "b/o1.csv", "--keep-plot-script", "two.gp")
    ok("title 'b/o1.csv'" in read("two.gp").decode(), "two files of one name have their folders")
    write("gap.csv", table(one_arc, extra={"cycle": "first"}))
    for args, code, words in (
            (["plot", "-o", "x.svg"], 2, "plot needs at least one file; '-' is standard input"),
            (["plot", "o1.csv"], 2, "plot needs -o FILE for the figure: its name ends in .svg, .png or .pdf"),
            (["plot", "o1.csv", "-o", "x.bmp"], 2, "can't tell the kind of figure from 'x.bmp'"),
            (["plot", "o1.csv", "gap.csv", "-o", "x.svg", "--color-by", "cycle"], 3,
             "--color-by cycle: 'gap.csv' has 'first', which is no number, of that name"),
            (["plot", "o1.csv", "-o", "x.svg", "--color-by", "volts"], 3,
             "--color-by volts: 'o1.csv' has nothing of that name"),
            (["plot", "none.csv", "-o", "x.svg"], 3, "none.csv: can't open")):
        r = run(*args)
        ok(r.code == code and words in r.err and not os.path.exists(path("x.bmp")),
           "refused: " + words, r)
    r = run("plot", "o1.csv", "none.csv", "o2.csv", "--keep-plot-script", "part.gp")
    ok(r.code == 1 and "$z1" in read("part.gp").decode(), "the others are drawn", r)


def overlay_figures():
    for name, magic in (("o.svg", b"<?xml"), ("o.png", b"\x89PNG"), ("o.pdf", b"%PDF")):
        r = run("plot", "o1.csv", "o2.csv", "-o", name)
        ok(r.code == 0 and read(name).startswith(magic) and "eisfit: figure: " + name in r.err,
           "plot -o " + name, r)
    ok("o2.csv, soc 0.2" in read("o.svg").decode(), "legend of the figure")


overlay_scripts()
if have:
    overlay_figures()
    figures()
    inset()
    labels()
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
