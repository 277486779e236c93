"""Where results go: files that appear whole, full disks, closed pipes, Ctrl-C, colours."""
import os
import shutil
import signal
import stat
import subprocess
import time

import schema
from tap import ARC, EISFIT, TOP, WORK, done, ok, on_terminal, path, read, run, skip, standard_files, write

standard_files()
FIT = ["fit", "arc.csv", "-c", ARC]

# -o
r = run(*FIT, "-o", "out.txt")
ok(r.code == 0 and r.out == "" and read("out.txt").decode() == run(*FIT).out, "-o FILE", r)
ok(not [n for n in os.listdir(WORK) if n.startswith("out.txt.")], "no temporary file is left")
os.umask(0o022)
run(*FIT, "-o", "mode.txt")
ok(stat.S_IMODE(os.stat(path("mode.txt")).st_mode) == 0o644, "usual permissions")
write("old.txt", "old")
os.symlink("old.txt", path("link.txt"))
run(*FIT, "-olink.txt")
ok(os.path.islink(path("link.txt")) and b"R1" in read("old.txt"), "a link stays a link")
r = run("fit", "missing.csv", "-c", ARC, "-o", "never.txt")
ok(r.code == 3 and not os.path.exists(path("never.txt")), "no result, no file", r)
write("kept.txt", "kept")
run("fit", "missing.csv", "-c", ARC, "-o", "kept.txt")
ok(read("kept.txt") == b"kept", "a failure leaves the old file alone")
r = run(*FIT, "-o", "no/such/dir.txt")
ok(r.code == 5 and "can't write 'no/such/dir.txt': No such file or directory" in r.err,
   "unwritable: exit 5", r)
r = run(*FIT, "-o", ".")
ok(r.code == 5 and "can't write '.': Is a directory" in r.err, "a directory: exit 5", r)
r = run(*FIT, "-o", "-")
ok(r.code == 0 and "R1" in r.out, "-o - is standard output", r)
write("measured.svg", read("arc.csv").decode())
os.symlink("measured.svg", path("alias.csv"))
before = read("measured.svg")
for args in (["fit", "measured.svg", "-c", ARC, "-o", "./measured.svg"],
             ["fit", "measured.svg", "-c", ARC, "--plot=measured.svg"],
             ["kk", "alias.csv", "arc.csv", "-omeasured.svg"],
             ["convert", "arc.csv", "alias.csv", "-o", "measured.svg"],
             ["trend", "measured.svg", "--keep-plot-script", "measured.svg"]):
    r = run(*args)
    ok(r.code == 2 and "measured.svg' is an input of this command and would be written over" in r.err
       and read("measured.svg") == before, "an input is not written over: %s" % " ".join(args), r)

# a slip of the shell: `fit -o *.csv' takes the first measurement for the name of the result
write("m1.csv", read("arc.csv"))
write("m2.csv", read("arc.csv"))
write("m.mpr", b"BIO-LOGIC MODULAR FILE\x1a")
write("odd.csv", b"\x00\x01\x02 something binary")
write("table.csv", "\n".join(["Freq / Hz,Z' / ohm,Z'' / ohm"] + read("arc.csv").decode().splitlines()[1:]) + "\n")
# so long that its beginning has to tell, and ends within a line
write("long.csv", "Freq / Hz,Z' / ohm,Z'' / ohm\n" + "".join(
    "%.17g,%.17g,%.17g\n" % (1e6 * 0.9996**k, 10 + k * 1e-3, -1 - k * 1e-4) for k in range(40000)))
write("macintosh.csv", read("long.csv").decode().replace("\n", "\r"))
run("convert", "table.csv", "-o", "canonical.csv")
run("scl", "spectrum", "--material", "oxide", "-o", "again_z.csv")
run("simulate", "-c", ARC, "-o", "made.csv")
write("odd.db", b"SQLite format 3\0" + b"\0" * 84)
JOINT = ["joint", os.path.join(TOP, "data", "joint-manifest.csv"), "--model", "joint-ct"]
AGING = os.path.join(TOP, "data", "aging-sample.csv")
for args, name, what in (
        (["fit", "-o", "m1.csv", "m2.csv", "-c", ARC], "m1.csv", "a spectrum"),
        (["drt", "-o", "m1.csv", "m2.csv"], "m1.csv", "a spectrum"),
        (["kk", "-om1.csv", "m2.csv", "--csv"], "m1.csv", "a spectrum"),
        (["convert", "-o", "m1.csv", "m2.csv"], "m1.csv", "a spectrum"),
        (["plot", "m2.csv", "--keep-plot-script", "m1.csv", "-o", "x.svg"], "m1.csv", "a spectrum"),
        (["simulate", "-c", ARC, "-o", "m1.csv"], "m1.csv", "a spectrum"),
        (["models", "-o", "m1.csv"], "m1.csv", "a spectrum"),
        (["campaign", "status", "no.db", "-o", "m1.csv"], "m1.csv", "a spectrum"),
        (["report", "no.db", "-o", "m1.csv"], "m1.csv", "a spectrum"),
        (["trend", AGING, "-o", "m1.csv"], "m1.csv", "a spectrum"),
        (["arrhenius", AGING, "-o", "m1.csv"], "m1.csv", "a spectrum"),
        (["compare", AGING, "-o", "m1.csv"], "m1.csv", "a spectrum"),
        (JOINT + ["-o", "m1.csv"], "m1.csv", "a spectrum"),
        (["scl", "resistance", "--material", "oxide", "-o", "m1.csv"], "m1.csv", "a spectrum"),
        (["fit", "-o", "canonical.csv", "m2.csv", "-c", ARC], "canonical.csv", "a spectrum"),
        (["kk", "m2.csv", "-o", "made.csv"], "made.csv", "a spectrum"),
        (["kk", "m2.csv", "-o", "long.csv"], "long.csv", "a spectrum"),
        (["kk", "m2.csv", "-o", "macintosh.csv"], "macintosh.csv", "a spectrum"),
        (["kk", "m2.csv", "-o", "m.mpr"], "m.mpr", "the file of an instrument"),
        (["kk", "m2.csv", "-o", "odd.csv"], "odd.csv", "a binary file that eisfit did not write"),
        (["kk", "m2.csv", "-o", "odd.db"], "odd.db", "a store of results")):
    before = read(name)
    r = run(*args)
    ok(r.code == 2 and "'%s' is there already and is %s, which a result would destroy; give the "
       "result another name, or remove that file first" % (name, what) in r.err
       and read(name) == before, "spared: %s" % " ".join(args), r)
# while what eisfit wrote is replaced, run by run
for args in (["convert", "table.csv", "-o", "canonical.csv"], ["simulate", "-c", ARC, "-o", "made.csv"],
             ["convert", "m1.csv", "--json", "-o", "again.json"],
             ["fit", "m1.csv", "-c", ARC, "-o", "again.txt"],
             ["fit", "m1.csv", "-c", ARC, "--csv", "-o", "again.csv"],
             ["fit", "m1.csv", "-c", ARC, "--json", "-o", "again.jsonl"],
             ["fit", "m1.csv", "-c", ARC, "--plot", "again.png", "--report", "again.html",
              "--keep-plot-script", "again.gp"],
             ["drt", "m1.csv", "--csv", "-o", "again_drt.csv"],
             ["kk", "m1.csv", "--csv", "-o", "again_kk.csv"],
             ["scl", "resistance", "--material", "oxide", "--dphi", "0:0.4:0.1", "--csv", "-o",
              "again_scl.csv"],
             ["scl", "spectrum", "--material", "oxide", "-o", "again_z.csv"],
             ["trend", AGING, "-p", "R_if", "--csv", "-o", "again_trend.csv"],
             ["plot", "m1.csv", "m2.csv", "-o", "again.svg"]):
    first, second = run(*args, "-q"), run(*args, "-q")
    ok(first.code == second.code == 0, "its own results again: %s" % " ".join(args), second)
r = run(*FIT, "--plot", "no/such/x.svg", "-q")
ok(r.code == 5 and "no/such/x.svg" in r.err, "unwritable figure: exit 5", r)
for args in (["simulate", "-c", ARC], ["convert", "arc.csv"], ["models"], ["elements"],
             ["kk", "arc.csv"]):
    r = run(*args, "-o", "any.txt")
    ok(r.code == 0 and r.out == "" and len(read("any.txt")) > 20, args[0] + " -o", r)
    os.unlink(path("any.txt"))

# full disk
if os.path.exists("/dev/full"):
    for args in (FIT, FIT + ["--json"], FIT + ["--csv"], ["kk", "arc.csv"], ["models"],
                 ["elements"], ["formats"], ["help"], ["help", "fit"], ["version"],
                 ["simulate", "-c", ARC], ["convert", "arc.csv"], ["help", "--man"]):
        with open("/dev/full", "wb") as full:
            r = run(*args, stdout=full)
        ok(r.code == 5 and "can't write 'standard output'" in r.err,
           "/dev/full: %s" % " ".join(args), r)
        r = run(*args, "-o", "/dev/full") if args[0] not in ("help", "version", "formats") else r
        ok(r.code == 5 and "can't write" in r.err, "-o /dev/full: %s" % args[0], r)
else:
    skip("/dev/full", "there is none here")

# a reader that goes away
names = ["s%02d.csv" % i for i in range(30)]
for n in names:
    write(n, read("arc.csv"))
p = subprocess.Popen([EISFIT, "fit"] + names + ["-c", ARC, "--json", "-q"], cwd=WORK,
                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
first = p.stdout.readline()
p.stdout.close()
err = p.stderr.read().decode()
code = p.wait(60)
ok(code in (0, 5) and err == "" and first.startswith(b"{"), "broken pipe: silent end", code, err)
p = subprocess.Popen([EISFIT, "help", "fit"], cwd=WORK, stdout=subprocess.PIPE,
                     stderr=subprocess.PIPE)
p.stdout.close()
ok(p.wait(60) in (0, 5), "broken pipe of help")

# Ctrl-C
args = [EISFIT, "fit"] + names + ["-m", "scl-randles", "--ci", "bootstrap", "--json", "-q",
                                  "-j", "2", "-o", "part.jsonl"]
p = subprocess.Popen(args, cwd=WORK, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
time.sleep(1.5)
p.send_signal(signal.SIGINT)
try:
    p.communicate(timeout=120)
    code = p.returncode
except subprocess.TimeoutExpired:
    p.kill()
    code = None
ok(code in (130, 0, 1), "Ctrl-C ends with 130", code)
if code == 130 and os.path.exists(path("part.jsonl")):
    docs = schema.lines(read("part.jsonl").decode())
    ok([d["input"]["file"] for d in docs] == names[:len(docs)], "finished results are kept, in order")
else:
    skip("finished results are kept", "it ended before the signal")

# colours and progress only on a terminal
try:
    on_terminal("--version")
    terminal = True
except (OSError, ImportError):  # a bare container may have no /dev/pts
    terminal = False
if terminal:
    ok("\033[1m" in on_terminal(*FIT)[0], "colours on a terminal")
    ok("\033[1m" not in on_terminal(*FIT, env={"NO_COLOR": "1"})[0], "NO_COLOR")
    ok("\033[1m" not in on_terminal(*FIT, "--no-color")[0], "--no-color")
    ok(on_terminal(*FIT, "-v")[0].count("columns by header") == 1, "decisions once on a terminal")
else:
    skip("what is shown on a terminal", "no pseudo-terminals here")
ok("\033" not in run(*FIT).out, "no colours in a pipe")
ok(run(*FIT).err == "", "nothing on stderr where the text says it")
for args in (["--json"], ["--csv"], ["-o", "any.txt"], ["-v"]):
    ok("columns by header" in run(*FIT, *args).err, "decisions on stderr with %s" % args[0])
ok("columns by header" in run("convert", "arc.csv").err, "decisions of convert on stderr")

# models beside the program, where nothing is installed
os.mkdir(path("tree"))
os.mkdir(path("tree/build"))
shutil.copy(EISFIT, path("tree/build/eisfit"))
os.symlink(os.path.abspath(os.path.join(TOP, "models")), path("tree/models"))
bare = {k: v for k, v in os.environ.items() if k != "EISFIT_DATADIR"}
p = subprocess.run([path("tree/build/eisfit"), "models"], env=bare, stdout=subprocess.PIPE,
                   stderr=subprocess.PIPE)
if b"dynamic" in p.stderr or p.returncode == 127:
    skip("models beside the program", "it can't be moved")
else:
    ok(p.returncode == 0 and b"scl-randles" in p.stdout, "models beside the program", p)
done()
