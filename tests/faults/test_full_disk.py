"""A disk without room, /dev/full, a limit of the size of files: every way a result leaves the program.  What is
written is the old file or nothing, the exit code is 5, the message names the file."""
import os
import resource
import shutil
import subprocess

from faulty import EISFIT, WORK, ok
from tap import ARC, done, one_arc, path, read, run, skip, table, write

write("a.csv", table(one_arc, n=31, noise=0.2))
lines = ["file,cell,group,soc"]
for k in range(6):
    write("c%d.csv" % k, table(one_arc, n=31, noise=0.2, seed=k))
    lines.append("c%d.csv,%s,%s,%g" % (k, "abc"[k // 2], "xxy"[k // 2], 0.2 + 0.3 * (k % 2)))
write("m.csv", "\n".join(lines) + "\n")
run("campaign", "run", "m.csv", "-c", ARC, "--drt", "--store", "s.db")
FIT, DRT = ["fit", "a.csv", "-c", ARC], ["drt", "a.csv"]
# how something is written, and its name
WRITERS = [
    (FIT + ["-o"], "fit.txt"), (FIT + ["--csv", "-o"], "fit.csv"), (FIT + ["--json", "-o"], "fit.json"),
    (FIT + ["--plot"], "fit.svg"), (FIT + ["--plot"], "fit.pdf"), (FIT + ["--report"], "fit.html"),
    (DRT + ["--csv", "--table", "gamma", "-o"], "gamma.csv"), (DRT + ["--json", "-o"], "drt.json"),
    (DRT + ["--plot"], "drt.png"), (DRT + ["--report"], "drt.html"),
    (["kk", "a.csv", "--json", "-o"], "kk.json"), (["convert", "a.csv", "-o"], "copy.csv"),
    (["simulate", "-c", ARC, "--set", "R0=1,R1=10,CPE1_Q=1e-5,CPE1_alpha=.9", "-o"], "sim.csv"),
    (["campaign", "init", ".", "-o"], "proposed.csv"),
    (["campaign", "status", "s.db", "--json", "-o"], "status.json"),
    (["campaign", "track", "s.db", "-o"], "tracks.txt"), (["report", "s.db", "-o"], "report.html")]
WRITERS += [(["campaign", "export", "s.db", "--table", t, "-o"], "%s.csv" % t)
            for t in ("spectra", "fits", "parameters", "peaks", "tracks", "quality")]
WRITERS += [(["campaign", "export", "s.db", "--table", "parameters", "--json", "-o"], "parameters.json")]
DRAWN = (".svg", ".pdf", ".png")
have_gnuplot = shutil.which("gnuplot") is not None


def usable(name):
    return have_gnuplot or not name.endswith(DRAWN)


def small_files(n):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (n, n))


def limited(args, n):
    p = subprocess.run([EISFIT] + args, cwd=WORK, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                       preexec_fn=small_files(n))
    return p.returncode, p.stderr.decode("utf-8", "replace")


def told(err, args, name):
    """What could not be written: the result, what a figure is drawn from, or the store of 'track'."""
    others = ["temporary files for the figure", "all of the figure: no room for temporary files"] * (name.endswith(DRAWN) or name.endswith(".html")) + ["'s.db'"] * ("track" in args)
    return any("can't write " + what in err for what in ["'%s'" % name] + others)


def leftovers(before):
    return sorted(set(os.listdir(WORK)) - before)


# ---- a limit of the size of files: nothing there yet, and an old one that stays
for args, name in WRITERS:
    what = " ".join(args[:4]) + " " + name
    if not usable(name):
        skip(what, "there is no gnuplot")
        continue
    run(*args, name)
    half = os.path.getsize(path(name)) // 2
    os.remove(path(name))
    before = set(os.listdir(WORK))
    for room in (40, half):
        code, err = limited(args + [name], room)
        ok(code == 5 and told(err, args, name) and not leftovers(before), "%s: %d bytes are no room, no file" % (what, room),
           code, err, leftovers(before))
    if args[1] == "init":  # it never replaces a file
        continue
    write(name, "what was there")
    before = set(os.listdir(WORK))
    code, err = limited(args + [name], half)
    ok(code == 5 and read(name) == b"what was there" and not leftovers(before), "%s: the old one stays" % what, code, err,
       leftovers(before))
    os.remove(path(name))

# ---- standard output that is full
for args in (FIT, FIT + ["--csv"], FIT + ["--json"], DRT, DRT + ["--json"], ["kk", "a.csv"], ["convert", "a.csv"],
             ["campaign", "status", "s.db"], ["campaign", "export", "s.db", "--table", "peaks"], ["campaign", "track", "s.db"],
             ["trend", "s.db", "-p", "R1", "--against", "soc"], ["compare", "s.db", "--by", "group", "-p", "R1"], ["simulate", "-c", ARC], ["help", "fit"], ["formats"], ["elements"], ["models"], ["--version"]):
    with open("/dev/full", "wb") as full:
        r = run(*args, stdout=full)
    ok(r.code == 5 and "can't write 'standard output'" in r.err, "%s > /dev/full" % " ".join(args), r)

# ---- the figures of a report: a folder on a disk that is full
whole = run("report", "s.db", "-o", "r.html", "--figures", "figures") if have_gnuplot else None
if whole:
    ok(whole.code == 0 and os.listdir(path("figures")), "the figures of a report", whole)
    before = set(os.listdir(WORK))
    code, err = limited(["report", "s.db", "-o", "r2.html", "--figures", "few"], 100)
    ok(code == 5 and "can't write" in err, "report --figures, no room", code, err)
    ok(set(leftovers(before)) <= {"few"} and not (os.path.isdir(path("few")) and os.listdir(path("few"))),
       "report --figures, no room: nothing in part", leftovers(before))
else:
    skip("report --figures", "there is no gnuplot")

# ---- a disk
os.mkdir(path("disk"))
mounted = os.geteuid() == 0 and shutil.which("mount") and subprocess.run(
    ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", path("disk")], stderr=subprocess.DEVNULL).returncode == 0
if not mounted:
    skip("a full disk", "no small file system can be mounted here")
else:
    try:
        with open(path("disk/filled"), "wb") as f:
            try:
                f.write(b"x" * 16384)
            except OSError:
                pass
        for args, name in WRITERS:
            if usable(name):
                r = run(*args, "disk/" + name)
                ok(r.code == 5 and "can't write 'disk/%s'" % name in r.err and os.listdir(path("disk")) == ["filled"],
                   "%s on a full disk" % " ".join(args), r, os.listdir(path("disk")))
        if have_gnuplot:
            r = run("report", "s.db", "-o", "r3.html", "--figures", "disk/figures")
            ok(r.code == 5 and "can't write" in r.err, "figures on a full disk", r)
    finally:
        subprocess.run(["umount", path("disk")])
done()
